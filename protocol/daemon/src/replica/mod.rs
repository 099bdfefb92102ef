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
mod days;
mod examine;
mod exchange;
mod feeds;
mod generation;
mod identity;
mod inbound;
mod orders;
mod outbound;
#[cfg(test)]
#[path = "tests/mod.rs"]
mod postgres_tests;
mod projection;
mod quarantine;
mod rebuild;
mod record;
mod recovery;
mod schema;
mod signals;
#[cfg(test)]
#[path = "tests/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "every story is told once on each engine"
)]
mod tests;

pub use days::{DayAside, SealFailed, SealPoint};
pub use examine::{
    AsideListed, AsideShown, AskFailed, Broken, FeedAsked, FeedListed, InspectFailed, Inspected,
    Question, ReadmitRefused, Readmitted, RecordListed, Said, Statement, Told, Verified,
};
pub use exchange::{Answer, Heard, UpState};
pub use feeds::Direction;
pub use generation::{Generation, HearTrouble, Hearing, Unheard};
pub use identity::{Identity, own_edge};
pub use inbound::Taken;
pub use orders::{OrderFact, fact, is_blocked, order_facts};
pub use projection::{Origin, Projected, Projection, ProjectionFailed};
pub use quarantine::Quarantined;
pub use rebuild::Rebuilt;
pub use record::{Place, Recorded, ReplicaFailed};
pub use recovery::{Recovering, Recovery, is_recovering};
pub use schema::{
    REPLICA_DAYS_MIGRATION_SQL, REPLICA_GENERATION_MIGRATION_SQL, REPLICA_MIGRATION_SQL,
    REPLICA_ORDERS_MIGRATION_SQL, REPLICA_RECOVERY_MIGRATION_SQL,
};
pub use signals::FeedWatch;

use std::sync::Arc;

use counterpart_protocol::facts::Kind;

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
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    fn interested(&self, kind: Option<Kind>) -> impl Iterator<Item = &dyn Projection> {
        self.inner
            .projections
            .iter()
            .map(AsRef::as_ref)
            .filter(move |view| kind.is_some_and(|kind| view.kinds().contains(&kind)))
    }

    fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Returns the wall clock as the unsigned milliseconds facts use; before 1970 it is 1970.
    fn wall_ms(&self) -> u64 {
        u64::try_from(self.now_ms()).unwrap_or(0)
    }
}
