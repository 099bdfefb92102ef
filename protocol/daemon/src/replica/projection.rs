//! How a slice's views are made of facts: the same way for local and remote ones.

use counterpart_protocol::facts::{BodyRefused, Fact, Kind};
use counterpart_protocol::ids::Writer;

use crate::db::{DbError, Tx};

/// Where a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Who wrote it. At the hub, `writer.edge` is the store's edge; the hub's own is 0.
    pub writer: Writer,
    /// Its number in the writer's feed: the order in which that writer stated its facts.
    pub seq: u64,
}

/// A fact on its way into the views.
#[derive(Debug)]
pub struct Projected<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// Where it came from.
    pub origin: Origin,
}

/// Folds facts into the views of one slice.
///
/// Laws: it depends on nothing but the fact, its origin and its own tables; folding the same facts
/// in any order that keeps each writer's own gives equal tables; it sees every fact once.
pub trait Projection: Send + Sync {
    /// Names it in logs and rebuilds, in snake case.
    fn name(&self) -> &'static str;

    /// Returns the kinds of fact it wants to see.
    fn kinds(&self) -> &'static [Kind];

    /// Folds one fact into the views.
    ///
    /// # Errors
    ///
    /// [`ProjectionFailed::Content`] when the fact's content cannot be used: the record is
    /// quarantined and the rest goes on. [`ProjectionFailed::Db`] when the database failed: the
    /// whole transaction is tried again later.
    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed>;

    /// Empties the views before a rebuild.
    ///
    /// # Errors
    ///
    /// Those of the database.
    fn clear(&self, tx: &mut Tx) -> Result<(), DbError>;
}

/// Why a fact could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionFailed {
    /// What the fact says cannot be used.
    #[error("{0}")]
    Content(String),
    /// The database failed.
    #[error("could not store the view of a fact")]
    Db(#[from] DbError),
}

impl From<BodyRefused> for ProjectionFailed {
    fn from(refused: BodyRefused) -> Self {
        Self::Content(refused.to_string())
    }
}
