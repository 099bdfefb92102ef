//! The manager's safe: what goes in and out beside what tills drop into it, and its counts.
//!
//! Its book is a sum over facts: what was dropped, given back and taken out, and what counts found
//! over or short. It does not know how many safes a store has: one.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CashCount, CashMoved, CashMovement};
use crate::facts::{Body, Kind};
use crate::money::{Currency, Minor};

/// What happened at the safe. Since version 0.1.0. The envelope says at which register, and who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SafeBooked {
    /// The currency of every amount.
    #[n(0)]
    pub currency: Currency,
    /// What happened.
    #[n(1)]
    pub entry: SafeEntry,
    /// How much: more than nothing when it moved, and what was counted when it was counted.
    #[n(2)]
    pub amount_minor: Minor,
    /// What was counted, by note and coin.
    #[n(3)]
    pub counted: Option<CashCount>,
    /// What its book said before it was counted.
    #[n(4)]
    pub expected_minor: Option<Minor>,
    /// Why a count differs, from a fixed list of words; nothing when it does not.
    #[n(5)]
    pub reason: Option<String>,
    /// The number of the bag that went to the bank, or of the till a float is for.
    #[n(6)]
    pub reference: Option<String>,
}

impl Body for SafeBooked {
    const KIND: Kind = Kind::SafeBooked;
}

/// What happens at a safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum SafeEntry {
    /// A float was taken out for a till.
    #[n(0)]
    FloatOut,
    /// A float came back.
    #[n(1)]
    FloatBack,
    /// A bag went to the bank.
    #[n(2)]
    Banked,
    /// It was counted.
    #[n(3)]
    Counted,
}

impl SafeEntry {
    /// Every entry, in the order a screen offers them.
    pub const ALL: [Self; 4] = [Self::FloatOut, Self::FloatBack, Self::Banked, Self::Counted];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FloatOut => "float_out",
            Self::FloatBack => "float_back",
            Self::Banked => "banked",
            Self::Counted => "counted",
        }
    }
}

impl SafeBooked {
    /// Returns by how much the book changes: a count changes it by what it found over or short.
    /// Amounts beyond an `i64` saturate.
    #[must_use]
    pub fn change_minor(&self) -> Minor {
        match self.entry {
            SafeEntry::FloatOut | SafeEntry::Banked => Minor(self.amount_minor.0.saturating_neg()),
            SafeEntry::FloatBack => self.amount_minor,
            SafeEntry::Counted => {
                let expected = self.expected_minor.unwrap_or(self.amount_minor);
                Minor(self.amount_minor.0.saturating_sub(expected.0))
            }
        }
    }
}

/// Returns what a movement of a till's cash brings into the safe, if it goes there.
#[must_use]
pub fn into_safe(moved: &CashMoved) -> Option<Minor> {
    match moved.movement {
        CashMovement::Dropped => Some(moved.amount_minor),
        CashMovement::PaidIn | CashMovement::PaidOut => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{SafeBooked, SafeEntry};
    use crate::money::{Currency, Minor};

    #[test]
    fn a_count_changes_the_book_by_what_it_found() {
        #[track_caller]
        fn check(entry: SafeEntry, amount: i64, expected: Option<i64>, change: i64) {
            let booked = SafeBooked {
                currency: Currency::EUR,
                entry,
                amount_minor: Minor(amount),
                counted: None,
                expected_minor: expected.map(Minor),
                reason: None,
                reference: None,
            };
            assert_eq!(booked.change_minor(), Minor(change));
        }
        check(SafeEntry::FloatOut, 15_000, None, -15_000);
        check(SafeEntry::FloatBack, 15_000, None, 15_000);
        check(SafeEntry::Banked, 80_000, None, -80_000);
        check(SafeEntry::Counted, 79_950, Some(80_000), -50);
        check(SafeEntry::Counted, 80_000, None, 0);
        check(SafeEntry::Counted, i64::MIN, Some(i64::MAX), i64::MIN);
    }
}
