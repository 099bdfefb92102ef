//! Folds the facts of lives into their view.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;

use super::store;

/// Returns the views of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Lives)]
}

struct Lives;

impl Projection for Lives {
    fn name(&self) -> &'static str {
        "lives"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::LifeOpened, Kind::RecoveryEnded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, edge) = (projected.fact, projected.origin.writer.edge);
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        if fact.kind() == Some(Kind::LifeOpened) {
            store::put_opened(tx, edge, &fact.read()?, at_ms)?;
        } else {
            store::put_recovered(tx, edge, &fact.read()?, at_ms)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["edge_lives"]
    }
}
