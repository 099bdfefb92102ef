//! When cash may move outside a sale and a drawer be opened for none: decisions from arguments.
//!
//! What is said is taken: a drop larger than the till should hold is a difference at the count, not
//! a refusal, because the money is in somebody's hand.

use counterpart_protocol::ids::{ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::{CashMoved, CashMovement};

/// The word of a no-sale beside those of movements.
pub(crate) const NO_SALE: &str = "no_sale";
/// The largest movement, in whole units of the currency: more is a typing mistake.
const UNITS_MAX: i64 = 100_000;
/// How long the number of a bag or a bill may be, in characters.
const REFERENCE_MAX: usize = 40;

/// Why cash moved or a drawer was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CashReason {
    /// For change: from the safe into the drawer, or given to somebody who buys nothing.
    Change,
    /// Cash that turned up.
    Found,
    /// Something was bought for the store.
    Purchase,
    /// Somebody who brought goods was paid.
    Delivery,
    /// To look into the drawer, or to tidy it.
    Looked,
    /// None of these.
    Other,
}

impl CashReason {
    /// Every reason.
    pub(crate) const ALL: [Self; 6] = [
        Self::Change,
        Self::Found,
        Self::Purchase,
        Self::Delivery,
        Self::Looked,
        Self::Other,
    ];

    /// Returns its word in facts, SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Found => "found",
            Self::Purchase => "purchase",
            Self::Delivery => "delivery",
            Self::Looked => "looked",
            Self::Other => "other",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`CashRefused::UnknownReason`].
    pub(crate) fn read(word: &str) -> Result<Self, CashRefused> {
        let found = Self::ALL.into_iter().find(|reason| reason.word() == word);
        found.ok_or_else(|| CashRefused::UnknownReason(word.to_owned()))
    }

    /// Returns the reasons of a movement, in the order a screen offers them; a drop needs none.
    #[must_use]
    pub(crate) const fn of(movement: CashMovement) -> &'static [Self] {
        match movement {
            CashMovement::PaidIn => &[Self::Change, Self::Found, Self::Other],
            CashMovement::PaidOut => &[Self::Purchase, Self::Delivery, Self::Other],
            CashMovement::Dropped => &[],
        }
    }

    /// Returns the reasons of a no-sale, in the order a screen offers them.
    #[must_use]
    pub(crate) const fn of_no_sale() -> &'static [Self] {
        &[Self::Change, Self::Looked, Self::Other]
    }
}

/// Why no cash moves and no drawer opens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CashRefused {
    /// Nothing, less, or absurd.
    #[error("an amount is more than nothing and at most {UNITS_MAX} {currency}: type it again")]
    AmountOutOfRange {
        /// The currency.
        currency: Currency,
    },
    /// The word is none of the list.
    #[error("'{0}' is no reason: choose one of the list")]
    UnknownReason(String),
    /// None was given, or one that belongs to something else.
    #[error("say why with a reason of the list for it: {}", words(.offered))]
    ReasonUnfit {
        /// Those of the list.
        offered: &'static [CashReason],
    },
    /// The number of a bag or a bill is too long or unreadable.
    #[error(
        "the number of a bag or a bill has at most {REFERENCE_MAX} letters, digits and marks: type \
         what is printed on it"
    )]
    ReferenceUnfit,
    /// The store knows no such closing.
    #[error("this register has no closed till of that number: look among its closings")]
    NoSuchClosing,
}

fn words(offered: &[CashReason]) -> String {
    let words: Vec<&str> = offered.iter().map(|reason| reason.word()).collect();
    if words.is_empty() {
        "none is needed".to_owned()
    } else {
        words.join(", ")
    }
}

/// What somebody says went in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Which way.
    pub movement: CashMovement,
    /// How much.
    pub amount_minor: Minor,
    /// Why.
    pub reason: Option<CashReason>,
    /// The number of a bag or a bill.
    pub reference: Option<String>,
}

/// Returns the operation of a movement.
pub(crate) const fn operation_of(movement: CashMovement) -> Operation {
    match movement {
        CashMovement::PaidIn => Operation::PaidIn,
        CashMovement::PaidOut => Operation::PaidOut,
        CashMovement::Dropped => Operation::SafeDrop,
    }
}

/// Decides whether cash moves.
///
/// # Errors
/// [`CashRefused`]: what is wrong with what was told.
pub(crate) fn move_cash(
    shift_id: ShiftId,
    told: &Told,
    currency: Currency,
    approved_by: Option<StaffId>,
) -> Result<CashMoved, CashRefused> {
    let most = UNITS_MAX * 10_i64.pow(u32::from(currency.decimals()));
    if !(1..=most).contains(&told.amount_minor.0) {
        return Err(CashRefused::AmountOutOfRange { currency });
    }
    let offered = CashReason::of(told.movement);
    let fits = match told.reason {
        None => offered.is_empty(),
        Some(reason) => offered.contains(&reason),
    };
    if !fits {
        return Err(CashRefused::ReasonUnfit { offered });
    }
    let reference = told.reference.as_deref().map(str::trim);
    let reference = reference.filter(|text| !text.is_empty());
    let readable =
        |text: &str| text.chars().count() <= REFERENCE_MAX && !text.chars().any(char::is_control);
    if reference.is_some_and(|text| !readable(text)) {
        return Err(CashRefused::ReferenceUnfit);
    }
    Ok(CashMoved {
        shift_id,
        currency,
        movement: told.movement,
        amount_minor: told.amount_minor,
        reason: told.reason.map(|reason| reason.word().to_owned()),
        reference: reference.map(str::to_owned),
        approved_by,
    })
}

/// Decides whether a drawer is opened for no sale.
///
/// # Errors
/// [`CashRefused::ReasonUnfit`].
pub(crate) fn no_sale(reason: Option<CashReason>) -> Result<CashReason, CashRefused> {
    let offered = CashReason::of_no_sale();
    let fits = reason.filter(|reason| offered.contains(reason));
    fits.ok_or(CashRefused::ReasonUnfit { offered })
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::ShiftId;
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::policies::Permission;
    use counterpart_protocol::shifts::CashMovement;
    use counterpart_protocol::staff::Role;

    use super::{CashReason, CashRefused, Told, move_cash, no_sale, operation_of};

    fn told(movement: CashMovement, amount: i64, reason: Option<CashReason>) -> Told {
        Told {
            movement,
            amount_minor: Minor(amount),
            reason,
            reference: None,
        }
    }

    #[track_caller]
    fn check(told: &Told, expected: &str) {
        let shift = ShiftId::from_parts(1, 1);
        let said = match move_cash(shift, told, Currency::EUR, None) {
            Ok(moved) => format!("{} {}", moved.movement.word(), moved.amount_minor.0),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn cash_moves_for_a_reason_that_belongs_to_it() {
        let out = CashMovement::PaidOut;
        check(
            &told(out, 1_250, Some(CashReason::Purchase)),
            "paid_out 1250",
        );
        check(&told(CashMovement::Dropped, 50_000, None), "dropped 50000");
        let which = "say why with a reason of the list for it: purchase, delivery, other";
        check(&told(out, 1_250, None), which);
        check(&told(out, 1_250, Some(CashReason::Found)), which);
        check(
            &told(CashMovement::Dropped, 1, Some(CashReason::Other)),
            "say why with a reason of the list for it: none is needed",
        );
    }

    #[test]
    fn an_absurd_amount_is_asked_for_again() {
        for amount in [i64::MIN, -1, 0, 10_000_001, i64::MAX] {
            check(
                &told(CashMovement::Dropped, amount, None),
                "an amount is more than nothing and at most 100000 EUR: type it again",
            );
        }
    }

    #[test]
    fn the_number_of_a_bag_is_short_and_readable() {
        let bag = |reference: &str| Told {
            reference: Some(reference.to_owned()),
            ..told(CashMovement::Dropped, 1, None)
        };
        let shift = ShiftId::from_parts(1, 1);
        let moved = |told: &Told| move_cash(shift, told, Currency::EUR, None);
        let kept = moved(&bag("  BAG 0017 ")).unwrap().reference;
        assert_eq!(kept.as_deref(), Some("BAG 0017"));
        assert_eq!(moved(&bag("   ")).unwrap().reference, None);
        for unfit in ["é".repeat(41), "a\nb".to_owned()] {
            assert_eq!(moved(&bag(&unfit)), Err(CashRefused::ReferenceUnfit));
        }
    }

    #[test]
    fn money_that_leaves_for_good_wants_a_manager_and_a_no_sale_a_reason() {
        let usual = CashMovement::ALL.map(|it| operation_of(it).usual(Role::Associate));
        let (alone, needs) = (Permission::Alone, Permission::WithManager);
        assert_eq!(usual, [alone, needs, alone]);
        assert_eq!(no_sale(Some(CashReason::Looked)), Ok(CashReason::Looked));
        for unfit in [None, Some(CashReason::Purchase)] {
            assert!(matches!(
                no_sale(unfit),
                Err(CashRefused::ReasonUnfit { .. })
            ));
        }
        for reason in CashReason::ALL {
            assert_eq!(CashReason::read(reason.word()), Ok(reason));
        }
    }
}
