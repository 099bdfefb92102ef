//! The replica: one mechanism for every document, feed and view, used by the hub and by each edge.
//!
//! ```text
//!  a command ──► record ─┐                                  ┌─► feed out ──► peer
//!                        ├─► change + document + digest ────┤
//!  a batch ──► guard ────┘         (one transaction)        └─► projections (the slices' views)
//! ```
//!
//! A slice states a fact with [`Replica::record`], or with [`Replica::record_order`] in an order,
//! which the hub and stores write side by side (`orders/`), and registers a [`Projection`] for the
//! kinds its views are made of; local and remote facts reach it the same way. Nothing here knows
//! what a fact means, and nothing here talks to a network: [`Replica::ask`], [`Replica::answer`]
//! and [`Replica::hear`] turn transactions into messages and back.

mod answer;
mod batches;
mod caught_up;
mod comparison;
mod days;
mod examine;
mod exchange;
mod feeds;
mod generation;
mod identity;
mod inbound;
mod journal;
mod lacking;
mod orders;
mod outbound;
mod packing;
#[cfg(test)]
#[path = "tests/mod.rs"]
mod postgres_tests;
mod projection;
mod quarantine;
mod rebuild;
mod record;
mod recovery;
mod schema;
mod sender;
mod short;
mod signals;
mod stored;
mod taking;
#[cfg(test)]
#[path = "tests/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "every story is told once on each engine"
)]
mod tests;
mod upgrade;

pub use caught_up::is_half_heard;
pub use comparison::{ComparisonRefused, LastComparison, needs_writing};
pub use days::{DayAside, SealFailed, SealPoint};
pub use examine::{
    AsideListed, AsideShown, AskFailed, Broken, FeedAsked, FeedListed, InspectFailed, Inspected,
    Question, ReadmitRefused, Readmitted, RecordListed, Said, Statement, Told, Verified,
};
pub use exchange::{Answer, Heard, UpState};
pub use feeds::Direction;
pub use generation::{Generation, HearTrouble, Hearing, Unheard};
pub use identity::{Identity, own_edge};
pub use journal::{JournalPage, Stated};
pub use lacking::lacks_facts;
pub use orders::{OrderFact, fact, is_blocked, order_facts};
pub use packing::{DayToPack, LOOSE_DAYS, PackRefused, PackStep, Packed};
pub use projection::{Origin, Projected, Projection, ProjectionFailed};
pub use quarantine::Quarantined;
pub use rebuild::Rebuilt;
pub use record::{Place, Recorded, ReplicaFailed};
pub use recovery::{Recovering, Recovery, is_recovering};
pub use schema::{
    REPLICA_CAUGHT_UP_MIGRATION_SQL, REPLICA_COMPARED_MIGRATION_SQL,
    REPLICA_COMPARED_RUNS_MIGRATION_SQL, REPLICA_DAYS_MIGRATION_SQL,
    REPLICA_GENERATION_MIGRATION_SQL, REPLICA_LACKING_MIGRATION_SQL, REPLICA_MIGRATION_SQL,
    REPLICA_MIGRATIONS, REPLICA_ORDERS_MIGRATION_SQL, REPLICA_PACKS_MIGRATION_SQL,
    REPLICA_RECOVERY_MIGRATION_SQL, REPLICA_SETTLED_MIGRATION_SQL, REPLICA_UNREAD_MIGRATION_SQL,
    REPLICA_VIEWS_MIGRATION_SQL, REPLICA_WHOLE_MIGRATION_SQL,
};
pub use signals::FeedWatch;
pub use taking::Taken;
pub use upgrade::{REFOLDED_MAX, Refolded};

use std::sync::Arc;

use counterpart_protocol::facts::Kind;
use counterpart_protocol::sync::BATCH_RECORDS_MAX;

use crate::clock::SharedClock;
use crate::entropy::SharedEntropy;
use orders::Damage;
use signals::Signals;

/// A daemon's replica; clones share it.
#[derive(Clone)]
pub struct Replica {
    inner: Arc<Inner>,
}

struct Inner {
    clock: SharedClock,
    entropy: SharedEntropy,
    projections: Vec<Box<dyn Projection>>,
    signals: Signals,
    damage: Damage,
    /// The kinds it goes without: see [`Replica::without_kinds`].
    unknown: &'static [Kind],
    /// How many records a batch of ours holds at most.
    batch_records_max: usize,
    /// How many records are folded anew without asking.
    refolded_max: u64,
}

impl Replica {
    /// Makes a replica with the views of every slice.
    ///
    /// # Panics
    ///
    /// When two projections have one name: a rebuild could not tell them apart.
    #[must_use]
    pub fn new(
        clock: SharedClock,
        entropy: SharedEntropy,
        projections: Vec<Box<dyn Projection>>,
    ) -> Self {
        let mut names: Vec<_> = projections.iter().map(|view| view.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(
            names.len(),
            projections.len(),
            "projections have distinct names"
        );
        let inner = Inner {
            clock,
            entropy,
            projections,
            signals: Signals::default(),
            damage: Damage::default(),
            unknown: &[],
            batch_records_max: BATCH_RECORDS_MAX,
            refolded_max: REFOLDED_MAX,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Returns a replica that is not in use yet with batches of at most `records` records, from 1
    /// to the protocol's own bound: tests and simulations cut a feed anywhere.
    ///
    /// # Panics
    ///
    /// When the replica was cloned before.
    #[must_use]
    pub fn with_batches_of(mut self, records: usize) -> Self {
        let inner = Arc::get_mut(&mut self.inner).expect("nobody uses it yet");
        inner.batch_records_max = records.clamp(1, BATCH_RECORDS_MAX);
        self
    }

    /// Returns a replica that is not in use yet which folds views anew without asking only where no
    /// more than `records` are stored, as tests of large hubs need it.
    #[cfg(test)]
    fn with_refolded_max(mut self, records: u64) -> Self {
        let inner = Arc::get_mut(&mut self.inner).expect("nobody uses it yet");
        inner.refolded_max = records;
        self
    }

    /// Returns a replica that is not in use yet as an older program's, which knows none of `kinds`:
    /// it keeps, chains, counts and forwards them, and its views do without.
    ///
    /// # Panics
    ///
    /// When the replica was cloned before.
    #[must_use]
    pub fn without_kinds(mut self, kinds: &'static [Kind]) -> Self {
        let inner = Arc::get_mut(&mut self.inner).expect("nobody uses it yet");
        inner.unknown = kinds;
        self
    }

    /// Returns the kind of this number, if this program knows it.
    #[must_use]
    pub fn known_kind(&self, number: u32) -> Option<Kind> {
        Kind::from_number(number).filter(|kind| !self.inner.unknown.contains(kind))
    }

    fn views(&self) -> impl Iterator<Item = &dyn Projection> {
        self.inner.projections.iter().map(AsRef::as_ref)
    }

    fn interested(&self, kind: Option<Kind>) -> impl Iterator<Item = &dyn Projection> {
        self.views()
            .filter(move |view| kind.is_some_and(|kind| self.folds(*view, kind)))
    }

    /// Tells whether this program folds facts of a kind into a view.
    fn folds(&self, view: &dyn Projection, kind: Kind) -> bool {
        view.kinds().contains(&kind) && !self.inner.unknown.contains(&kind)
    }

    fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Returns the wall clock as the unsigned milliseconds facts use; before 1970 it is 1970.
    fn wall_ms(&self) -> u64 {
        u64::try_from(self.now_ms()).unwrap_or(0)
    }
}
