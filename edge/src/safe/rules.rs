//! What may be said of the safe: decisions from arguments alone.

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::{CashCount, Pieces, SafeBooked, SafeEntry};
use serde::{Deserialize, Serialize};

use crate::shifts::{ShiftRefused, gathered};

/// More whole units than go through a safe at once.
const UNITS_MAX: i64 = 1_000_000;
/// Characters of the number of a bag.
const REFERENCE_MAX: usize = 40;

/// Why a count differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SafeReason {
    /// Cash went in or out and was not recorded.
    NotRecorded,
    /// It was counted wrongly before.
    Miscounted,
    /// Nobody knows.
    Unexplained,
}

impl SafeReason {
    /// Every reason, in the order a screen offers them.
    pub(crate) const ALL: [Self; 3] = [Self::NotRecorded, Self::Miscounted, Self::Unexplained];

    /// Returns its word in facts, SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::NotRecorded => "not_recorded",
            Self::Miscounted => "miscounted",
            Self::Unexplained => "unexplained",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`SafeRefused::UnknownReason`].
    pub(crate) fn read(word: &str) -> Result<Self, SafeRefused> {
        let found = Self::ALL.into_iter().find(|reason| reason.word() == word);
        found.ok_or_else(|| SafeRefused::UnknownReason(word.to_owned()))
    }
}

/// What somebody says of the safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// Cash moved.
    Moved {
        /// Which way; never a count.
        entry: SafeEntry,
        /// How much.
        amount_minor: Minor,
        /// The number of a bag or of a till.
        reference: Option<String>,
    },
    /// It was counted.
    Counted {
        /// Notes and coins.
        pieces: Vec<Pieces>,
        /// Why it differs, if it does and somebody knows.
        reason: Option<SafeReason>,
    },
}

/// Why nothing is booked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SafeRefused {
    /// No amount anybody carries.
    #[error("an amount is more than nothing and at most {UNITS_MAX} {currency}: type it again")]
    AmountOutOfRange {
        /// The currency.
        currency: Currency,
    },
    /// A bag without its number, or one nobody can read.
    #[error(
        "type the number that is printed on the bag: at most {REFERENCE_MAX} letters, digits and \
         marks"
    )]
    ReferenceUnfit,
    /// A count is no movement.
    #[error("say by its notes and coins what was counted")]
    NotCounted,
    /// The count is none.
    #[error(transparent)]
    Count(#[from] ShiftRefused),
    /// The word is none of the list.
    #[error("'{0}' is no reason for a difference: choose one of the list")]
    UnknownReason(String),
}

impl Told {
    /// Returns what happened, as the book calls it.
    #[must_use]
    pub(crate) const fn entry(&self) -> SafeEntry {
        match self {
            Self::Moved { entry, .. } => *entry,
            Self::Counted { .. } => SafeEntry::Counted,
        }
    }
}

/// Returns the operation of an entry.
pub(crate) const fn operation_of(entry: SafeEntry) -> Operation {
    match entry {
        SafeEntry::FloatOut | SafeEntry::FloatBack => Operation::SafeFloat,
        SafeEntry::Banked => Operation::BankDrop,
        SafeEntry::Counted => Operation::CountSafe,
    }
}

/// Decides what is booked, when the book says `expected` is there.
///
/// # Errors
/// [`SafeRefused`].
pub(crate) fn book(
    told: &Told,
    expected: Minor,
    currency: Currency,
) -> Result<SafeBooked, SafeRefused> {
    match told {
        Told::Moved {
            entry,
            amount_minor,
            reference,
        } => moved(*entry, *amount_minor, reference.as_deref(), currency),
        Told::Counted { pieces, reason } => {
            let counted: CashCount = gathered(pieces)?;
            // 100,000 pieces of up to a million units each fit by far.
            let amount_minor = counted.total_minor().unwrap_or(Minor(i64::MAX));
            let reason = (amount_minor != expected)
                .then(|| reason.unwrap_or(SafeReason::Unexplained).word().to_owned());
            Ok(SafeBooked {
                currency,
                entry: SafeEntry::Counted,
                amount_minor,
                counted: Some(counted),
                expected_minor: Some(expected),
                reason,
                reference: None,
            })
        }
    }
}

fn moved(
    entry: SafeEntry,
    amount_minor: Minor,
    reference: Option<&str>,
    currency: Currency,
) -> Result<SafeBooked, SafeRefused> {
    let most = UNITS_MAX * 10_i64.pow(u32::from(currency.decimals()));
    if !(1..=most).contains(&amount_minor.0) {
        return Err(SafeRefused::AmountOutOfRange { currency });
    }
    let reference = reference.map(str::trim).filter(|text| !text.is_empty());
    let readable =
        |text: &str| text.chars().count() <= REFERENCE_MAX && !text.chars().any(char::is_control);
    let wanted = match entry {
        SafeEntry::Banked => true,
        SafeEntry::FloatOut | SafeEntry::FloatBack => false,
        SafeEntry::Counted => return Err(SafeRefused::NotCounted),
    };
    if (wanted && reference.is_none()) || reference.is_some_and(|text| !readable(text)) {
        return Err(SafeRefused::ReferenceUnfit);
    }
    Ok(SafeBooked {
        currency,
        entry,
        amount_minor,
        counted: None,
        expected_minor: None,
        reason: None,
        reference: reference.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::shifts::{Pieces, SafeEntry};

    use super::{SafeReason, SafeRefused, Told, book};

    fn told(entry: SafeEntry, amount: i64, reference: &str) -> Told {
        Told::Moved {
            entry,
            amount_minor: Minor(amount),
            reference: Some(reference.to_owned()),
        }
    }

    fn counted(count: u32, reason: Option<SafeReason>) -> Told {
        Told::Counted {
            pieces: vec![Pieces {
                value_minor: Minor(5_000),
                count,
            }],
            reason,
        }
    }

    #[test]
    fn a_bag_has_a_number_and_every_amount_is_one() {
        let book = |told: &Told| book(told, Minor(0), Currency::EUR);
        let bag = book(&told(SafeEntry::Banked, 80_000, " BAG 17 ")).unwrap();
        assert_eq!(bag.reference.as_deref(), Some("BAG 17"));
        assert_eq!(bag.change_minor(), Minor(-80_000));
        let unnamed = book(&told(SafeEntry::Banked, 80_000, "  "));
        assert_eq!(unnamed, Err(SafeRefused::ReferenceUnfit));
        let long = told(SafeEntry::FloatOut, 1, &"9".repeat(41));
        assert_eq!(book(&long), Err(SafeRefused::ReferenceUnfit));
        assert!(book(&told(SafeEntry::FloatOut, 15_000, "")).is_ok());
        for absurd in [i64::MIN, -1, 0, 100_000_001, i64::MAX] {
            let refused = book(&told(SafeEntry::FloatBack, absurd, "")).unwrap_err();
            let sentence = "an amount is more than nothing and at most 1000000 EUR: type it again";
            assert_eq!(refused.to_string(), sentence);
        }
        let count = book(&told(SafeEntry::Counted, 1, ""));
        assert_eq!(count, Err(SafeRefused::NotCounted));
    }

    #[test]
    fn any_count_is_booked_and_a_difference_is_named() {
        let exact = book(&counted(2, None), Minor(10_000), Currency::EUR).unwrap();
        assert_eq!(
            (exact.reason.clone(), exact.change_minor()),
            (None, Minor(0))
        );
        let short = book(&counted(1, None), Minor(10_000), Currency::EUR).unwrap();
        assert_eq!(short.reason.as_deref(), Some("unexplained"));
        assert_eq!(short.change_minor(), Minor(-5_000));
        let why = Some(SafeReason::Miscounted);
        let over = book(&counted(3, why), Minor(10_000), Currency::EUR).unwrap();
        assert_eq!(over.reason.as_deref(), Some("miscounted"));
        assert_eq!(over.change_minor(), Minor(5_000));
        assert!(book(&counted(100_001, None), Minor(0), Currency::EUR).is_err());
        for reason in SafeReason::ALL {
            assert_eq!(SafeReason::read(reason.word()), Ok(reason));
        }
    }
}
