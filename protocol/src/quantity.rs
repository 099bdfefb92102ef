//! Quantities: whole thousandths of a unit, so that a piece, a kilogram and a metre add up alike.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A number of units in thousandths: 1 piece is 1000, 350 g is 350 when the unit is the kilogram.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[schema(value_type = i64, example = 1000)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Milli(#[n(0)] pub i64);

/// A text that is no quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a quantity: write a number with at most three decimals, such as 2 or 0.350")]
pub struct QuantityRefused(pub String);

impl Milli {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One unit.
    pub const ONE: Self = Self(1000);

    /// Returns so many whole units.
    #[must_use]
    pub const fn units(count: i32) -> Self {
        Self(count as i64 * 1000)
    }

    /// Returns the sum, or nothing on overflow of an `i64`.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Returns whether this is a whole number of units.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.0 % 1000 == 0
    }
}

impl fmt::Display for Milli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let (whole, rest) = (magnitude / 1000, magnitude % 1000);
        if rest == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{rest:03}")
        }
    }
}

impl FromStr for Milli {
    type Err = QuantityRefused;

    /// Reads `2`, `0.35` or `0,350`; both the point and the comma separate decimals.
    fn from_str(text: &str) -> Result<Self, QuantityRefused> {
        let refused = || QuantityRefused(text.to_owned());
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(rest) || rest.len() > 3 {
            return Err(refused());
        }
        let whole: i64 = whole.parse().map_err(|_| refused())?;
        let rest: i64 = format!("{rest:0<3}").parse().map_err(|_| refused())?;
        let milli = whole
            .checked_mul(1000)
            .and_then(|m| m.checked_add(rest))
            .ok_or_else(refused)?;
        Ok(Self(if negative { -milli } else { milli }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::Milli;

    #[test]
    fn a_quantity_is_read_as_people_write_it() {
        for (text, milli) in [("2", 2000), ("0.35", 350), ("0,350", 350), (" 1.5 ", 1500)] {
            assert_eq!(text.parse(), Ok(Milli(milli)), "{text:?}");
        }
        for bad in [
            "",
            "-",
            "1.2345",
            "1.",
            ".5",
            "two",
            "1 000",
            "99999999999999999",
        ] {
            assert!(bad.parse::<Milli>().is_err(), "{bad:?} must be refused");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(milli in -10_000_000_000_i64..10_000_000_000) {
            prop_assert_eq!(Milli(milli).to_string().parse(), Ok(Milli(milli)));
        }
    }
}
