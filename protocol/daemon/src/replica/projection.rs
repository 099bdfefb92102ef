//! How a slice's views are made of facts: the same way for local and remote ones.

use counterpart_protocol::facts::{BodyRefused, Fact, Kind};
use counterpart_protocol::ids::{DocumentId, Writer};

use super::record::ReplicaFailed;
use crate::db::{DbError, Tx};
use crate::params;

/// Where a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Who wrote it. At the hub, `writer.edge` is the store's edge; the hub's own is 0.
    pub writer: Writer,
    /// The order in which that writer stated its facts: in a journal its number in the writer's
    /// feed, in an order document its number among what the writer wrote into it, from 1.
    pub seq: u64,
}

/// A fact on its way into the views.
#[derive(Debug)]
pub struct Projected<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// Where it came from.
    pub origin: Origin,
    /// The document it stands in, which holds it already.
    pub document: DocumentId,
    /// In an order document, the custody epoch it was written under.
    pub epoch: Option<u32>,
}

/// Folds facts into the views of one slice.
///
/// Laws: it depends on nothing but the fact, its origin and its own tables; folding the same facts
/// in any order that keeps each writer's own within a document gives equal tables; it sees every
/// fact once. A view of orders may fold the whole order anew, with [`super::order_facts`].
pub trait Projection: Send + Sync {
    /// Names it in logs and rebuilds, in snake case.
    fn name(&self) -> &'static str;

    /// Returns the kinds of fact it wants to see.
    fn kinds(&self) -> &'static [Kind];

    /// Returns the version of its rules: one more whenever it makes something else of the same
    /// facts, so that a database folded by the old ones is folded anew.
    fn version(&self) -> u32 {
        1
    }

    /// Folds one fact into the views.
    ///
    /// # Errors
    ///
    /// [`ProjectionFailed::Content`] when the fact's content cannot be used: the record is
    /// quarantined and the rest goes on. [`ProjectionFailed::Db`] when the database failed: the
    /// whole transaction is tried again later.
    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed>;

    /// Names the tables of its views: they hold nothing that its facts do not say.
    fn tables(&self) -> &'static [&'static str];

    /// Empties the views before a rebuild. Only a table that also holds what is no view needs more
    /// than this.
    ///
    /// # Errors
    ///
    /// Those of the database.
    fn clear(&self, tx: &mut Tx) -> Result<(), DbError> {
        for table in self.tables() {
            tx.execute(&format!("DELETE FROM {table}"), params![])?;
        }
        Ok(())
    }
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

impl From<ReplicaFailed> for ProjectionFailed {
    /// What a view reads of the replica fails with the database or because it is damaged, which is
    /// the content's trouble and not the connection's.
    fn from(failed: ReplicaFailed) -> Self {
        match failed {
            ReplicaFailed::Db(error) => Self::Db(error),
            ReplicaFailed::Projection { .. }
            | ReplicaFailed::Segment(_)
            | ReplicaFailed::Order(_)
            | ReplicaFailed::OrderIncomplete(_)
            | ReplicaFailed::NoIdentity => Self::Content(sentence(&failed)),
        }
    }
}

/// Returns an error's message with those of its causes.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = format!("{sentence}: {error}");
        cause = error.source();
    }
    sentence
}
