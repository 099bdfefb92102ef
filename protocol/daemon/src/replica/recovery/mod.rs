//! A new life with the data of an earlier one: opening it, and what it must do before it promises.
//!
//! ```text
//! open_life ─► sells, receives ─► nonce answered ─► earlier records taken back ─┐
//!              promises nothing                     what the hub lacks, restated ┴─► promises
//! ```
//!
//! At the edge the records of an earlier life stand in the run of our own feed that is its, whether
//! they were in the backup or came back from the hub: so the run ends as the hub's. Where both
//! parted, ours are stated anew in this life's run and let go of there (`restating.rs`). A view
//! may therefore depend on which edge wrote a fact, never on which of its lives or numbers.

mod answering;
mod asking;
mod opening;
mod restating;
mod state;

use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::lives::LifeBecause;

pub(super) use answering::lives_before;
pub(super) use opening::close_segments;
pub use state::is_recovering;

use super::Replica;
use super::feeds::{Direction, Stream};
use crate::db::{DbError, Tx};

/// Our own feed for the hub, in all our lives.
const OWN: Stream = Stream {
    direction: Direction::Out,
    peer: EdgeNumber::HUB,
};

/// How the recovery of this node's newest life stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// The life.
    pub incarnation: Incarnation,
    /// Why it was opened.
    pub because: LifeBecause,
    /// When, in milliseconds UTC.
    pub opened_at_ms: i64,
    /// How many records of earlier lives came back from the hub so far.
    pub pulled: u64,
    /// How many were stated anew for it so far.
    pub restated: u64,
    /// The time of the last record of an earlier life, in milliseconds UTC, once that is known.
    pub unproven_from_ms: Option<i64>,
    /// Since when it promises again, in milliseconds UTC; nothing while it recovers.
    pub ended_at_ms: Option<i64>,
}

/// What an answer to a recovering life brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovering {
    /// There is more to ask.
    More,
    /// Everything both sides had is on both sides: it promises again.
    Ended,
    /// The hub knew the number already: this life goes on under a higher one.
    Renamed(Incarnation),
    /// A newer life of this edge was met: this one is over.
    Fenced(Incarnation),
    /// The answer was for another life, or to another question: nothing came of it.
    Ignored,
    /// The records could not be taken.
    Refused(String),
}

impl Replica {
    /// Returns how the recovery of this node's newest life stands; nothing if it never was another.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn recovery(&self, tx: &mut Tx) -> Result<Option<Recovery>, DbError> {
        Ok(state::load(tx)?.map(|row| row.recovery))
    }
}
