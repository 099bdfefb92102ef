//! The generations of a hub: which number the next one has, and what is said of it.
//!
//! A hub whose data were put back to a backup, or that a lagging copy took over from, cannot know
//! what it said since. It goes on as a new writer. How it gets back what it said is in
//! [`crate::sync`].

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::facts::{Body, Kind};
use crate::ids::Incarnation;
use crate::lives::{LifeBecause, next_life};

/// Returns the number of the generation that is opened at `now_ms` (milliseconds since 1970 UTC),
/// with data in which the highest known one is `known`: the minutes since 2025, or one more than
/// `known`. Two restores of one backup so are two writers, as with a store's lives.
#[must_use]
pub fn next_generation(known: u32, now_ms: i64) -> u32 {
    next_life(Incarnation(known), now_ms).0
}

/// A hub began a new generation. Stated in its journal for each store, first of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct GenerationOpened {
    /// Its number.
    #[n(0)]
    pub generation: u32,
    /// The generation whose data it goes on with.
    #[n(1)]
    pub before: u32,
    /// How many records of that generation's feed for this store it has.
    #[n(2)]
    pub held_seq: u64,
    /// Why.
    #[n(3)]
    pub because: LifeBecause,
    /// The time of the last record in those data, in milliseconds since 1970 UTC: what the hub was
    /// told by channels from then on, and told no store, is known to nobody.
    #[n(4)]
    pub unproven_from_ms: Option<i64>,
}

impl Body for GenerationOpened {
    const KIND: Kind = Kind::GenerationOpened;
}

#[cfg(test)]
mod tests {
    use super::next_generation;

    #[test]
    fn two_restores_of_one_backup_are_two_generations() {
        assert_eq!(next_generation(1, 1_795_968_000_000), 1_004_640);
        assert_eq!(next_generation(1, 1_795_968_060_000), 1_004_641);
        assert_eq!(next_generation(1_004_641, 1_795_968_060_000), 1_004_642);
        assert_eq!(next_generation(1, 0), 2);
    }
}
