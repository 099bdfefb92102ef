//! Repeatable choices from a seed. Not for secrets, and not for tests that shrink.

/// A stream of choices that is the same for the same seed and name.
pub(super) struct Chance {
    state: u64,
}

impl Chance {
    /// Begins the stream `name` of `seed`; streams of different names have nothing in common.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        // FNV-1a (draft-eastlake-fnv-21): enough to tell names apart.
        let named = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            state: named ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// Returns 64 bits: SplitMix64 (Steele, Lea and Flood, 2014).
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Returns a number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.abs_diff(low) + 1;
        low.saturating_add_unsigned(self.next() % width)
    }

    /// Puts things into another order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(last);
            things.swap(last, other);
        }
    }
}
