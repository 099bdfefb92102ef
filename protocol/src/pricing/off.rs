//! Shares and amounts that come off: what they take of a price, never more than there is.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Minor;
use crate::quantity::Milli;

/// A share in thousandths of a percent: 12.5 % is 12 500. Above 100 000 counts as all of it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[schema(value_type = u32, maximum = 100_000, example = 12_500)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Percent(#[n(0)] pub u32);

impl Percent {
    /// All of it.
    pub const ALL: Self = Self(100_000);

    /// Returns this share of an amount, halves away from zero.
    #[must_use]
    pub fn of(self, amount: Minor) -> Minor {
        let share = i64::from(self.0.min(Self::ALL.0));
        amount
            .scaled(share, i64::from(Self::ALL.0))
            .expect("a share of an amount is at most the amount")
    }

    /// Returns which share `part` is of `whole`, rounded up, at most all of it; nothing of nothing
    /// is no share.
    #[must_use]
    pub fn that(part: Minor, whole: Minor) -> Self {
        if part <= Minor::ZERO {
            return Self(0);
        }
        if whole <= part {
            return Self::ALL;
        }
        let all = i128::from(Self::ALL.0);
        let (part, whole) = (i128::from(part.0), i128::from(whole.0));
        let share = (part * all + whole - 1) / whole;
        Self(u32::try_from(share).expect("a part is less than its whole"))
    }
}

/// What comes off a line or a basket as a whole.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// A share of what it costs.
    Percent(Percent),
    /// So many minor units.
    Amount(Minor),
}

impl Off {
    /// Returns what it takes off `amount`, which is not negative: at most all of it.
    #[must_use]
    pub fn of(self, amount: Minor) -> Minor {
        match self {
            Self::Percent(share) => share.of(amount),
            Self::Amount(off) => off.min(amount).max(Minor::ZERO),
        }
    }
}

/// What a promotion makes of the price of each unit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// A share of it comes off.
    Percent(Percent),
    /// So many minor units come off each unit.
    Amount(Minor),
    /// Each unit costs this, where that is less.
    Price(Minor),
}

impl Cut {
    /// Returns what it takes off `quantity` that costs `amount`, which is not negative: at most all
    /// of it, and nothing where it would make it dearer.
    #[must_use]
    pub fn of(self, amount: Minor, quantity: Milli) -> Minor {
        let each = |minor: Minor| minor.scaled(quantity.0, Milli::ONE.0);
        let off = match self {
            Self::Percent(share) => return share.of(amount),
            // What does not fit an amount is more than there is.
            Self::Amount(off) => each(off).unwrap_or(amount),
            Self::Price(to) => each(to).and_then(|to| amount.minus(to)).unwrap_or_default(),
        };
        off.min(amount).max(Minor::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Off, Percent};
    use crate::money::Minor;
    use crate::quantity::Milli;

    #[test]
    fn no_more_comes_off_than_there_is() {
        assert_eq!(Off::Percent(Percent(12_500)).of(Minor(999)), Minor(125));
        assert_eq!(Off::Percent(Percent(u32::MAX)).of(Minor(999)), Minor(999));
        assert_eq!(Off::Amount(Minor(1_000)).of(Minor(999)), Minor(999));
        assert_eq!(Off::Amount(Minor(-5)).of(Minor(999)), Minor(0));
    }

    #[test]
    fn a_cut_is_about_each_unit_and_never_makes_it_dearer() {
        #[track_caller]
        fn check(cut: Cut, amount: i64, milli: i64, off: i64) {
            assert_eq!(cut.of(Minor(amount), Milli(milli)), Minor(off));
        }
        check(Cut::Amount(Minor(50)), 400, 2_000, 100);
        check(Cut::Amount(Minor(50)), 60, 2_000, 60);
        check(Cut::Price(Minor(150)), 400, 2_000, 100);
        check(Cut::Price(Minor(250)), 400, 2_000, 0);
        // 1.99 a kilogram instead of 2.99: 435 g cost 0.87 instead of 1.30.
        check(Cut::Price(Minor(199)), 130, 435, 43);
        check(Cut::Amount(Minor(i64::MAX)), 400, 2_000, 400);
        check(Cut::Price(Minor(i64::MAX)), 400, 2_000, 0);
    }

    #[test]
    fn a_share_is_rounded_up_so_that_a_limit_is_kept() {
        assert_eq!(Percent::that(Minor(1), Minor(3)), Percent(33_334));
        assert_eq!(Percent::that(Minor(10), Minor(100)), Percent(10_000));
        assert_eq!(Percent::that(Minor(0), Minor(0)), Percent(0));
        assert_eq!(Percent::that(Minor(5), Minor(0)), Percent::ALL);
    }
}
