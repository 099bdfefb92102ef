//! What the store says of itself, over the last minute; values only.

use std::collections::VecDeque;

use counterpart_daemon::web::shell::HubLink;

/// Readings kept: a minute, two a second.
pub(super) const KEPT: usize = 120;

/// What the store said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// How it stands with its hub.
    pub hub: HubLink,
    /// Facts its hub has not confirmed yet.
    pub waiting: i64,
}

/// The last minute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readings {
    /// The last word; nothing while the store does not answer.
    pub latest: Option<Reading>,
    /// How many facts waited, oldest first; what was not read is not there.
    pub waiting: VecDeque<i64>,
}

impl Readings {
    /// Adds what was read; nothing if the store did not answer.
    pub fn add(&mut self, reading: Option<Reading>) {
        if let Some(reading) = &reading {
            if self.waiting.len() == KEPT {
                self.waiting.pop_front();
            }
            self.waiting.push_back(reading.waiting);
        }
        self.latest = reading;
    }

    /// Returns the most that waited at once during the last minute.
    pub fn peak(&self) -> i64 {
        self.waiting.iter().copied().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_kept_and_a_silence_is_no_reading() {
        let mut readings = Readings::default();
        for waiting in 0..500 {
            readings.add(Some(Reading {
                hub: HubLink::Connected,
                waiting,
            }));
        }
        readings.add(None);
        assert_eq!(readings.latest, None);
        assert_eq!(readings.waiting.len(), KEPT);
        assert_eq!((readings.waiting[0], readings.peak()), (380, 499));
    }
}
