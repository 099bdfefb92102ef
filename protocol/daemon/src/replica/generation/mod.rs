//! A hub with the data of an earlier generation of itself: opening the next one, and what must be
//! heard from each edge before the hub promises anything for it.
//!
//! ```text
//! open_generation ─► unheard ── met, nothing missing on either side ──► heard: it promises
//!                       │  ▲
//!                       └──┘ asks for what it lacks, gives what the edge lacks
//! ```
//!
//! At the hub the records of an earlier generation stand in the run of our feed that is its, as
//! they stood before the restore, whether they were in the backup or came back from an edge; so
//! both ends of every run become equal again. The decision what comes next is `hear_step`'s, which
//! is pure. An edge's half is in `meeting.rs`.

mod hearing;
mod meeting;
mod opening;
mod state;

use std::collections::BTreeSet;

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::lives::LifeBecause;

pub(super) use hearing::Served;
pub(super) use meeting::{Meeting, met};

use super::Replica;
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

/// The generation a hub opened last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation {
    /// Its number.
    pub generation: u32,
    /// Why it was opened.
    pub because: LifeBecause,
    /// When, in milliseconds UTC.
    pub opened_at_ms: i64,
    /// The time of the last record in its data then, in milliseconds UTC: what the hub did after
    /// that is known only as far as stores tell it.
    pub unproven_from_ms: Option<i64>,
}

/// Why a hub cannot go on with an edge as it should, until a person has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HearTrouble {
    /// The edge knows a newer generation of the hub, this one: our data are an old state.
    Outlived(u32),
    /// The edge holds so many records of ours, more or other ones than we have: our data were put
    /// back to an older state, and no generation was opened.
    Behind(u64),
    /// An earlier run differs from the edge's, up to this number.
    Forked(u64),
}

/// How a hub stands with an edge that it has to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    /// The edge.
    pub edge: EdgeNumber,
    /// Since when the hub has everything back from it, in milliseconds UTC.
    pub heard_at_ms: Option<i64>,
    /// How many records came back from it.
    pub taken: u64,
    /// What keeps the hub from going on.
    pub trouble: Option<HearTrouble>,
}

impl Hearing {
    /// Tells whether the hub may promise for this edge.
    #[must_use]
    pub const fn is_heard(&self) -> bool {
        self.heard_at_ms.is_some() && self.trouble.is_none()
    }
}

/// The edges for which a hub must promise nothing: it was restored and has not everything back from
/// them, or its data are older than what one of them was told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unheard {
    edges: BTreeSet<EdgeNumber>,
    everybody: bool,
}

impl Unheard {
    /// Decides it from how the hub stands with the edges that count. One that shows that the hub
    /// itself is an old state shows it for all of them.
    #[must_use]
    pub fn of(hearings: &[Hearing]) -> Self {
        if seeded::has(Bug::PromisedUnheard) {
            return Self::default();
        }
        let is_old = |hearing: &Hearing| match hearing.trouble {
            Some(HearTrouble::Outlived(_) | HearTrouble::Behind(_)) => true,
            Some(HearTrouble::Forked(_)) | None => false,
        };
        let unheard = hearings.iter().filter(|hearing| !hearing.is_heard());
        Self {
            edges: unheard.map(|hearing| hearing.edge).collect(),
            everybody: hearings.iter().any(is_old),
        }
    }

    /// Tells whether nothing may be promised for this edge.
    #[must_use]
    pub fn holds(&self, edge: EdgeNumber) -> bool {
        self.everybody || self.edges.contains(&edge)
    }

    /// Tells whether every edge was heard.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.everybody && self.edges.is_empty()
    }
}

impl Replica {
    /// Returns the generation this hub opened last; nothing if it was never restored.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn generation(&self, tx: &mut Tx) -> Result<Option<Generation>, DbError> {
        state::generation(tx)
    }

    /// Returns how this hub stands with every edge it has to hear: all it ever exchanged with since
    /// its last restore; before any restore only those there is trouble with.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn hearings(&self, tx: &mut Tx) -> Result<Vec<Hearing>, DbError> {
        state::hearings(tx)
    }

    /// Returns the edges for which this hub must promise nothing yet.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn unheard(&self, tx: &mut Tx) -> Result<Unheard, DbError> {
        Ok(Unheard::of(&state::hearings(tx)?))
    }

    /// Tells whether an edge that has called this hub since its restore has still to tell it what
    /// it knows: until then there is nothing to wake it for.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn waits_for(&self, tx: &mut Tx, edge: EdgeNumber) -> Result<bool, DbError> {
        let hearing = state::hearing(tx, edge)?;
        let is_unheard = hearing.is_some_and(|hearing| !hearing.is_heard());
        Ok(is_unheard && state::generation(tx)?.is_some())
    }
}
