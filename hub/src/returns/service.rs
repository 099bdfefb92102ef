//! Folds the facts of returns into the views.

mod elsewhere;
mod passing;

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, ReplicaFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::returns::ReturnRecorded;

use super::store;
use crate::context::{Context, Progress};

pub use elsewhere::told;

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Returns),
        Box::new(passing::Rights),
        Box::new(elsewhere::Elsewhere),
    ]
}

/// Goes on with every right that was asked for, and tells stores of refunds elsewhere.
///
/// # Errors
/// [`ReplicaFailed`]; what was told before stays told.
pub async fn run_once(context: &Context) -> Result<Progress, ReplicaFailed> {
    let passed = passing::run_once(context).await?;
    match elsewhere::tell_once(context).await? {
        Progress::Moved => Ok(Progress::Moved),
        Progress::Idle => Ok(passed),
    }
}

/// The views of received returns.
struct Returns;

impl Projection for Returns {
    fn name(&self) -> &'static str {
        "returns"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ReturnRecorded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, edge) = (projected.fact, projected.origin.writer.edge);
        let recorded: ReturnRecorded = fact.read()?;
        let return_id = recorded.return_id;
        if store::is_known(tx, return_id.to_bytes())? {
            let reason = format!("the return {return_id} was stated before by another fact");
            return Err(ProjectionFailed::Content(reason));
        }
        if let Err(wrong) = recorded.check() {
            // It happened, so it counts; what does not add up is for whoever looks after the till.
            tracing::error!(
                return.id = %return_id,
                edge.id = edge.0,
                reason = %wrong,
                "a return does not add up"
            );
        }
        Ok(store::put(tx, edge, fact, &recorded)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}
