//! Lets a record that was set aside count, while the hub runs.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::{ReadmitRefused, Readmitted, ReplicaFailed};
use counterpart_protocol::ids::EdgeNumber;

use crate::context::Context;
use crate::sync::FACTS;

/// The topic of pages that show what was set aside.
pub(super) const QUARANTINE: &str = "quarantine";

/// Why a record does not count now.
#[derive(Debug, thiserror::Error)]
pub(super) enum QuarantineFailed {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] ReadmitRefused),
    /// The database.
    #[error("could not let a record count")]
    Db(#[from] DbError),
}

impl ToProblem for QuarantineFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(ReadmitRefused::NotThere(record)) => Problem::not_found(format!(
                "{record} does not stand in quarantine here: the list shows what does"
            )),
            Self::Refused(ReadmitRefused::Still { .. }) => {
                Problem::refused("record_not_usable", sentence)
            }
            Self::Db(error) | Self::Refused(ReadmitRefused::Failed(ReplicaFailed::Db(error))) => {
                error.to_problem()
            }
            Self::Refused(ReadmitRefused::Failed(_)) => Problem::failed("replica_failed", sentence),
        }
    }
}

/// Checks a record once more and lets it count if it holds now. Every view is made anew in the
/// caller's transaction, so nothing else is written meanwhile; what is read stays readable.
pub(super) fn readmit_in(
    context: &Context,
    tx: &mut Tx,
    (peer, run, seq): (EdgeNumber, u32, u64),
) -> Result<Readmitted, QuarantineFailed> {
    let readmitted = context.replica().readmit(tx, peer, run, seq)?;
    let within = context.clone();
    tx.on_commit(Box::new(move || {
        // Any page may show something that changed with its view.
        within.live().publish(QUARANTINE);
        within.live().publish(FACTS);
        within.settling().wake.notify_one();
    }));
    Ok(readmitted)
}
