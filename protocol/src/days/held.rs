//! What a feed holds of a day: counted from its records, at both ends alike.

use super::KindCount;
use crate::sync::DayDigest;

/// What counts for a day in one run of a feed, up to a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayHeld {
    /// How many, and the sum of their hashes.
    pub digest: DayDigest,
    /// How many of each kind, by ascending number.
    pub kinds: Vec<KindCount>,
    /// How many records of the day came at that record or later, but for changes of orders that
    /// were sent once more.
    pub later: u64,
}
