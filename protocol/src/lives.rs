//! The lives of a store server: which number the next one has, and what is said of it.
//!
//! A store server whose disk was replaced, restored or rolled back cannot know what it said since.
//! It goes on as a new writer, with an actor, a feed and receipt series of its own. What it asks
//! the hub is in [`crate::sync`].

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::facts::{Body, Kind};
use crate::ids::Incarnation;

/// 2025-01-01T00:00:00Z, from which minutes are counted, in milliseconds since 1970.
const EPOCH_MS: i64 = 1_735_689_600_000;
const MINUTE_MS: i64 = 60_000;

/// Returns the number of the life that begins at `now_ms` (milliseconds since 1970 UTC), with data
/// in which the highest known life is `known`: the minutes since 2025, or one more than `known`.
///
/// A backup cannot know how many lives came after it, so counting on is not enough; a clock goes
/// on whatever became of the disk. Where it is wrong the hub says so at first contact, and the life
/// takes the next number before anything was promised under it.
#[must_use]
pub fn next_life(known: Incarnation, now_ms: i64) -> Incarnation {
    let minutes = now_ms.saturating_sub(EPOCH_MS).div_euclid(MINUTE_MS);
    let by_clock = u32::try_from(minutes.max(0)).unwrap_or(u32::MAX);
    Incarnation(by_clock.max(known.0.saturating_add(1)))
}

/// Why a life began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum LifeBecause {
    /// A backup was put in the place of the data.
    #[n(0)]
    Restored,
    /// The data as they lay there were found to be older than what the hub holds, or to exist
    /// twice, and a person said that this machine goes on.
    #[n(1)]
    InPlace,
}

impl LifeBecause {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::InPlace => "in_place",
        }
    }

    /// Returns what has this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Restored, Self::InPlace]
            .into_iter()
            .find(|because| because.word() == word)
    }
}

/// A store server began a new life. Stated in its own journal, first of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct LifeOpened {
    /// Its number.
    #[n(0)]
    pub incarnation: Incarnation,
    /// The life whose data it goes on with.
    #[n(1)]
    pub before: Incarnation,
    /// How many records of that life it has.
    #[n(2)]
    pub held_seq: u64,
    /// Why.
    #[n(3)]
    pub because: LifeBecause,
}

impl Body for LifeOpened {
    const KIND: Kind = Kind::LifeOpened;
}

/// A new life holds what the hub held of the earlier ones, has stated again what the hub lacked,
/// and promises again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RecoveryEnded {
    /// Its number.
    #[n(0)]
    pub incarnation: Incarnation,
    /// How many records of earlier lives it took back from the hub.
    #[n(1)]
    pub pulled: u64,
    /// How many records of earlier lives it stated again.
    #[n(2)]
    pub restated: u64,
    /// The time of the last record of an earlier life, in milliseconds since 1970 UTC: what was
    /// done between then and the beginning of this life is known to nobody.
    #[n(3)]
    pub unproven_from_ms: Option<i64>,
}

impl Body for RecoveryEnded {
    const KIND: Kind = Kind::RecoveryEnded;
}

#[cfg(test)]
mod tests {
    use super::{LifeBecause, LifeOpened, RecoveryEnded, next_life};
    use crate::facts::{Body, Fact, Header, check_canonical};
    use crate::hlc::Hlc;
    use crate::ids::{FactId, Incarnation};
    use crate::time::BusinessDate;

    #[track_caller]
    fn check(known: u32, now_ms: i64, expected: u32) {
        assert_eq!(next_life(Incarnation(known), now_ms), Incarnation(expected));
    }

    #[test]
    fn a_later_life_has_a_higher_number_whatever_the_backup_knows() {
        // 2026-11-29T16:00:00Z, and a minute later from the same backup.
        check(1, 1_795_968_000_000, 1_004_640);
        check(1, 1_795_968_060_000, 1_004_641);
        check(1_004_640, 1_795_968_000_000, 1_004_641);
    }

    #[test]
    fn a_clock_that_is_wrong_still_counts_on() {
        check(3, 0, 4);
        check(3, i64::MIN, 4);
        check(2_000_000, 1_795_968_000_000, 2_000_001);
        check(3, i64::MAX, u32::MAX);
    }

    #[track_caller]
    fn travels<B: Body + PartialEq + std::fmt::Debug>(body: &B, hex: &str) {
        let header = Header {
            id: FactId::from_parts(1, 3),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: None,
            staff: None,
        };
        let bytes = Fact::new(header, body).encode();
        check_canonical(&bytes).unwrap();
        assert_eq!(&Fact::decode(&bytes).unwrap().read::<B>().unwrap(), body);
        let written: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(written.contains(hex), "{written}");
    }

    /// The bytes stand in stores' journals for good: what is added later has an index of its own.
    #[test]
    fn the_facts_of_a_life_travel_as_these_bytes() {
        let opened = LifeOpened {
            incarnation: Incarnation(1_004_640),
            before: Incarnation(1),
            held_seq: 31,
            because: LifeBecause::Restored,
        };
        travels(&opened, "a4001a000f5460010102181f0300");
        let ended = RecoveryEnded {
            incarnation: Incarnation(1_004_640),
            pulled: 10,
            restated: 2,
            unproven_from_ms: Some(1),
        };
        travels(&ended, "a4001a000f5460010a02020301");
        for because in [LifeBecause::Restored, LifeBecause::InPlace] {
            assert_eq!(LifeBecause::from_word(because.word()), Some(because));
        }
    }
}
