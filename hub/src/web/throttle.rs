//! Holds up callers who ask too often, each by its own measure.
//!
//! It lives in memory and in one process: two hub processes allow twice as much, and a restart
//! forgives, which bounds the load and costs nobody a row.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Callers remembered at once; the hub has fewer keys than this.
const CALLERS_MAX: usize = 10_000;
/// How much of a minute's measure may come at once.
const BURST_PART: i64 = 4;

/// When each caller may ask again; clones would not share it, so there is one.
#[derive(Debug, Default)]
pub struct Throttle {
    // The instant, in microseconds, at which a caller would have used up what it is allowed, if it
    // had asked evenly.
    spent_until_us: Mutex<BTreeMap<[u8; 16], i64>>,
}

impl Throttle {
    /// Counts a request of `caller`, who may make so many a minute, a quarter of them at once.
    ///
    /// # Errors
    /// After how many whole seconds the same request would be taken.
    pub fn take(&self, caller: [u8; 16], per_minute: u32, now_ms: i64) -> Result<(), u32> {
        let now_us = now_ms.saturating_mul(1_000);
        let per_minute = i64::from(per_minute.max(1));
        let each_us = 60_000_000 / per_minute;
        let burst_us = each_us * (per_minute / BURST_PART).max(1);
        let mut all = self
            .spent_until_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if all.len() >= CALLERS_MAX {
            all.retain(|_, until_us| *until_us > now_us);
        }
        let spent_us = all.get(&caller).copied().unwrap_or(now_us).max(now_us);
        let next_us = spent_us + each_us;
        if next_us - now_us > burst_us {
            let wait_us = next_us - now_us - burst_us;
            return Err(u32::try_from((wait_us + 999_999) / 1_000_000).unwrap_or(u32::MAX));
        }
        all.insert(caller, next_us);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Throttle;

    const SHOP: [u8; 16] = [1; 16];

    #[test]
    fn a_quarter_of_a_minute_may_come_at_once_and_the_rest_evenly() {
        let throttle = Throttle::default();
        for _ in 0..15 {
            assert_eq!(throttle.take(SHOP, 60, 0), Ok(()));
        }
        assert_eq!(throttle.take(SHOP, 60, 0), Err(1));
        assert_eq!(throttle.take(SHOP, 60, 999), Err(1));
        assert_eq!(throttle.take(SHOP, 60, 1_000), Ok(()));
        assert_eq!(throttle.take([2; 16], 60, 1_000), Ok(()));
        for second in 2..600 {
            assert_eq!(throttle.take(SHOP, 60, second * 1_000), Ok(()));
        }
    }

    #[test]
    fn whoever_may_ask_once_a_minute_waits_that_long() {
        let throttle = Throttle::default();
        assert_eq!(throttle.take(SHOP, 1, 0), Ok(()));
        assert_eq!(throttle.take(SHOP, 1, 0), Err(60));
        assert_eq!(throttle.take(SHOP, 0, 59_001), Err(1));
        assert_eq!(throttle.take(SHOP, 1, 60_000), Ok(()));
    }

    #[test]
    fn a_clock_set_back_forgets_nothing_and_breaks_nothing() {
        let throttle = Throttle::default();
        assert_eq!(throttle.take(SHOP, 60, 100_000), Ok(()));
        assert!(throttle.take(SHOP, 60, 0).is_err());
        assert_eq!(throttle.take(SHOP, u32::MAX, i64::MAX), Ok(()));
    }
}
