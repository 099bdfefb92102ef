//! Hybrid logical time: orders what people see. No safety rule depends on it.
//!
//! Milliseconds since 1970 UTC and 16 bits of counter (replication.md §5 and §9), in 63 bits: the
//! databases' integers are signed.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A hybrid logical timestamp: `milliseconds << 16 | counter`.
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
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Hlc(#[n(0)] pub u64);

/// How far ahead of our own clock another node's time is believed, in milliseconds (§5: 60 s).
pub const AHEAD_MS_MAX: u64 = 60_000;

impl Hlc {
    /// The last timestamp there is, in the year 6429. The wire can carry later ones; no fact does.
    pub const LAST: Self = Self(u64::MAX >> 1);

    /// Makes a timestamp from milliseconds since 1970 UTC and a counter, at most [`Hlc::LAST`].
    #[must_use]
    pub const fn from_parts(at_ms: u64, counter: u16) -> Self {
        if at_ms > Self::LAST.at_ms() {
            return Self::LAST;
        }
        Self(at_ms << 16 | counter as u64)
    }

    /// Returns the milliseconds since 1970 UTC.
    #[must_use]
    pub const fn at_ms(self) -> u64 {
        self.0 >> 16
    }

    /// Returns the next timestamp of a writer whose last was `self` and whose clock says `wall_ms`:
    /// always later than `self` (until [`Hlc::LAST`]), and the wall clock's own time if that is
    /// later still.
    #[must_use]
    pub fn tick(self, wall_ms: u64) -> Self {
        let next = Self(self.0.saturating_add(1)).min(Self::LAST);
        next.max(Self::from_parts(wall_ms, 0))
    }

    /// Returns the later of `self` and `remote`, believing `remote` only up to a minute ahead of
    /// `wall_ms`: a wrong clock elsewhere must not drag ours along.
    #[must_use]
    pub fn absorb(self, remote: Self, wall_ms: u64) -> Self {
        let limit = Self::from_parts(wall_ms.saturating_add(AHEAD_MS_MAX), u16::MAX);
        self.max(remote.min(limit))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{AHEAD_MS_MAX, Hlc};

    #[test]
    fn a_clock_that_jumps_back_never_repeats_a_timestamp() {
        let first = Hlc::default().tick(5_000);
        let second = first.tick(1_000);
        let third = second.tick(6_000);
        assert!(first < second && second < third);
        assert_eq!(third, Hlc::from_parts(6_000, 0));
    }

    #[test]
    fn a_wrong_clock_elsewhere_is_believed_for_a_minute_only() {
        let ours = Hlc::from_parts(1_000_000, 0);
        let absurd = Hlc::from_parts(90_000_000, 0);
        assert_eq!(
            ours.absorb(absurd, 1_000_000).at_ms(),
            1_000_000 + AHEAD_MS_MAX
        );
    }

    #[test]
    fn a_clock_gone_mad_stays_within_what_the_databases_store() {
        let mad = Hlc::from_parts(u64::MAX, 7);
        assert_eq!(mad, Hlc::LAST);
        assert_eq!(mad.tick(u64::MAX), Hlc::LAST);
        assert_eq!(Hlc(u64::MAX).tick(0), Hlc::LAST);
        assert_eq!(Hlc(1).absorb(Hlc(u64::MAX), u64::MAX), Hlc::LAST);
    }

    proptest! {
        #[test]
        fn ticking_always_moves_forward(last in 0_u64..1 << 60, wall in 0_u64..1 << 44) {
            prop_assert!(Hlc(last).tick(wall) > Hlc(last));
        }

        #[test]
        fn absorbing_never_moves_back(
            a in any::<u32>(),
            b in any::<u32>(),
            wall in 0_u64..1 << 40,
        ) {
            let (a, b) = (Hlc(u64::from(a) << 20), Hlc(u64::from(b) << 20));
            prop_assert!(a.absorb(b, wall) >= a);
        }
    }
}
