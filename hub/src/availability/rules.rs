//! Decides how much of what the hub holds may be promised now: the first formula of staleness.
//!
//! While a store is silent it goes on selling. What it sells first comes out of its own part of the
//! shelf; only what is beyond that eats into the hub's. So a promise shrinks by
//! `max(0, expected sales − the store's own part)`, where expected sales are the average of the
//! last four weeks times the time since the last contact (replication.md, section 3: rights ×
//! freshness).

use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::Rights;

/// A store that was heard of within this time counts as on the line, in milliseconds: a long poll
/// lasts less than a minute, and some are lost.
const SILENT_AFTER_MS: i64 = 600_000;
/// What the average of sales is taken over, in days; `stock` counts them by weeks.
pub(super) const SALES_DAYS: i64 = 28;
const DAY_MS: i128 = 86_400_000;

/// What is known of one SKU at one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    /// The hub's rights.
    pub(super) rights: Rights,
    /// What the store has on hand, as last heard.
    pub(super) on_hand: Milli,
    /// What the store sold in the last [`SALES_DAYS`].
    pub(super) sold: Milli,
    /// How the store is reached.
    pub(super) line: Line,
}

/// How a store is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// It was last heard of so many milliseconds ago.
    Heard(i64),
    /// It was never heard of.
    Never,
    /// Its edge is blocked.
    Blocked,
    /// This hub was restored and has not heard it since.
    Unheard,
}

/// How much may be promised, and why it is not more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Of what is on the store's shelf, how much is the hub's to promise or promised by it.
    pub held: Milli,
    /// How much of that is promised.
    pub reserved: Milli,
    /// How much of the rest may be believed, in thousandths.
    pub freshness_permille: u16,
    /// How much may be promised now.
    pub available: Milli,
    /// Why it is not more.
    pub why: Why,
}

/// Why not more may be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The store has let the hub promise nothing of it.
    NothingHeld,
    /// Everything the hub holds is promised.
    AllReserved,
    /// Everything that is not promised is available.
    Free,
    /// Some may have been sold since the store was last heard of.
    Silent {
        /// How long ago that was, in milliseconds.
        age_ms: i64,
        /// How much the store sells in that time.
        expected: Milli,
    },
    /// The store was never heard of.
    NeverHeard,
    /// The store's edge may not sync.
    Blocked,
    /// This hub was restored, or is an old state, and does not know what it told the store.
    Unheard,
}

/// Judges one SKU at one store.
#[must_use]
pub(super) fn judge(evidence: &Evidence) -> Judged {
    let rights = &evidence.rights;
    let (held, reserved) = (rights.encumbered(), rights.open_reservations());
    let free = Milli(rights.hub_may_promise().0.max(0));
    let (available, why) = match evidence.line {
        // What the hub seems to hold is what it held once.
        Line::Unheard => (Milli::ZERO, Why::Unheard),
        _ if held.0 <= 0 => (Milli::ZERO, Why::NothingHeld),
        _ if free == Milli::ZERO => (Milli::ZERO, Why::AllReserved),
        Line::Never => (Milli::ZERO, Why::NeverHeard),
        Line::Blocked => (Milli::ZERO, Why::Blocked),
        Line::Heard(..=SILENT_AFTER_MS) => (free, Why::Free),
        Line::Heard(age_ms) => shrunk(evidence, held, free, age_ms),
    };
    let freshness = i128::from(available.0) * 1_000 / i128::from(free.0.max(1));
    Judged {
        held,
        reserved,
        freshness_permille: u16::try_from(freshness).unwrap_or(1_000),
        available,
        why,
    }
}

fn shrunk(evidence: &Evidence, held: Milli, free: Milli, age_ms: i64) -> (Milli, Why) {
    let sold = i128::from(evidence.sold.0.max(0)) * i128::from(age_ms);
    let expected = sold / (DAY_MS * i128::from(SALES_DAYS));
    let own = i128::from(evidence.on_hand.0) - i128::from(held.0);
    let risk = (expected - own.max(0)).max(0);
    let left = (i128::from(free.0) - risk).max(0);
    // What is counted in pieces is promised in pieces.
    let left = match free.is_whole() {
        true => left / 1_000 * 1_000,
        false => left,
    };
    let available = Milli(i64::try_from(left).expect("it is at most what is free"));
    let why = match available == free {
        true => Why::Free,
        false => Why::Silent {
            age_ms,
            expected: Milli(i64::try_from(expected).unwrap_or(i64::MAX)),
        },
    };
    (available, why)
}

impl Why {
    /// Returns its word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NothingHeld => "nothing_held",
            Self::AllReserved => "all_reserved",
            Self::Free => "free",
            Self::Silent { .. } => "silent",
            Self::NeverHeard => "never_heard",
            Self::Blocked => "blocked",
            Self::Unheard => "unheard",
        }
    }

    /// Returns the sentence people read.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::NothingHeld => "the store lets the hub promise nothing of it".to_owned(),
            Self::AllReserved => "everything the hub holds is promised already".to_owned(),
            Self::Free => "everything that is not promised may be promised".to_owned(),
            Self::Silent { age_ms, expected } => format!(
                "the store was last heard of {} min ago, and sells {expected} in that time",
                age_ms / 60_000
            ),
            Self::NeverHeard => "the store was never heard of".to_owned(),
            Self::Blocked => "the store's edge is blocked".to_owned(),
            Self::Unheard => "the hub was restored and the store has not told it yet what was \
                              promised: it will as soon as it is on the line"
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Judged, Line, Why, judge};
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::rights::Rights;
    use proptest::prelude::{prop_assert, proptest};

    const HOUR_MS: i64 = 3_600_000;

    fn evidence(granted: i32, reserved: i32, on_hand: i32, line: Line) -> Evidence {
        Evidence {
            rights: Rights {
                granted: Milli::units(granted),
                reserved: Milli::units(reserved),
                ..Rights::default()
            },
            on_hand: Milli::units(on_hand),
            // One an hour.
            sold: Milli::units(24 * 28),
            line,
        }
    }

    #[track_caller]
    fn check(judged: &Judged, available: i32, permille: u16, word: &str) {
        assert_eq!(
            (
                judged.available,
                judged.freshness_permille,
                judged.why.word()
            ),
            (Milli::units(available), permille, word)
        );
    }

    #[test]
    fn a_store_on_the_line_promises_what_is_not_reserved() {
        check(
            &judge(&evidence(10, 4, 20, Line::Heard(HOUR_MS / 6))),
            6,
            1_000,
            "free",
        );
        check(
            &judge(&evidence(10, 10, 20, Line::Heard(0))),
            0,
            0,
            "all_reserved",
        );
        check(
            &judge(&evidence(0, 0, 20, Line::Heard(0))),
            0,
            0,
            "nothing_held",
        );
    }

    #[test]
    fn a_silent_store_promises_less_once_its_own_part_is_sold() {
        // It keeps 4 of 14 for itself: after four hours it begins to sell the hub's.
        check(
            &judge(&evidence(10, 0, 14, Line::Heard(4 * HOUR_MS))),
            10,
            1_000,
            "free",
        );
        let later = judge(&evidence(10, 0, 14, Line::Heard(9 * HOUR_MS)));
        check(&later, 5, 500, "silent");
        assert_eq!(
            later.why.sentence(),
            "the store was last heard of 540 min ago, and sells 9 in that time"
        );
        check(
            &judge(&evidence(10, 0, 14, Line::Heard(90 * HOUR_MS))),
            0,
            0,
            "silent",
        );
        check(
            &judge(&evidence(10, 0, 14, Line::Never)),
            0,
            0,
            "never_heard",
        );
        check(&judge(&evidence(10, 0, 14, Line::Blocked)), 0, 0, "blocked");
        check(&judge(&evidence(10, 0, 14, Line::Unheard)), 0, 0, "unheard");
        check(&judge(&evidence(0, 0, 14, Line::Unheard)), 0, 0, "unheard");
        assert_eq!(judge(&evidence(3, 0, 3, Line::Heard(0))).why, Why::Free);
    }

    proptest! {
        #[test]
        fn more_silence_never_promises_more_and_never_beyond_what_is_free(
            granted in 0_i64..100_000,
            reserved in 0_i64..100_000,
            on_hand in -50_000_i64..200_000,
            sold in 0_i64..10_000_000,
            age in 0_i64..1_000_000_000,
        ) {
            let at = |age_ms: i64| judge(&Evidence {
                rights: Rights {
                    granted: Milli(granted),
                    reserved: Milli(reserved),
                    ..Rights::default()
                },
                on_hand: Milli(on_hand),
                sold: Milli(sold),
                line: Line::Heard(age_ms),
            }).available.0;
            prop_assert!(at(age) >= at(age * 2));
            prop_assert!(at(age) >= 0);
            prop_assert!(at(age) <= (granted - reserved).max(0));
        }
    }
}
