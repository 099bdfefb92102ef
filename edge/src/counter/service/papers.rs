//! Papers that wait for a printer which stays away, sent to another.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{PrintJobId, RegisterId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::devices::{self, Rerouted};

/// A paper that waits for a printer now, as the API answers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(in crate::counter) struct PaperView {
    /// Its print job.
    pub(in crate::counter) job_id: PrintJobId,
    /// The register whose printer prints it.
    pub(in crate::counter) register: RegisterId,
}

/// Why no paper was sent to another printer.
#[derive(Debug, thiserror::Error)]
pub(in crate::counter) enum PaperError {
    /// The register has none.
    #[error("register {0} has no receipt printer: choose another register")]
    NoPrinter(RegisterId),
    /// It was made for a printer of another kind.
    #[error(
        "the printer of register {0} is of another kind than the one this paper was made for: \
         choose another register, or print a copy there"
    )]
    OtherPrinter(RegisterId),
    /// It is being printed, on paper or in doubt.
    #[error(
        "this paper is being printed, is printed or in doubt: say first at its till what came out"
    )]
    NotWaiting,
    /// There is none.
    #[error("there is no print {0}")]
    Unknown(PrintJobId),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The database failed.
    #[error("could not read or store prints")]
    Db(#[from] DbError),
}

/// Sends a paper that waits or failed to the printer of another register, or tries it again at its
/// own. It stays the original: none of it is on paper.
///
/// # Errors
///
/// [`PaperError`].
pub(in crate::counter) async fn reroute(
    ctx: &Context,
    job_id: PrintJobId,
    register: RegisterId,
    command: Command,
) -> Result<PaperView, PaperError> {
    let context = ctx.clone();
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let job = devices::print_job(tx, job_id)?;
            // A label has a page of its own.
            if job.is_none_or(|job| job.kind.is_label()) {
                return Err(PaperError::Unknown(job_id));
            }
            match context.devices().reroute(tx, job_id, register)? {
                Rerouted::Queued => Ok(PaperView { job_id, register }),
                Rerouted::NoPrinter => Err(PaperError::NoPrinter(register)),
                Rerouted::OtherPrinter => Err(PaperError::OtherPrinter(register)),
                Rerouted::NotWaiting => Err(PaperError::NotWaiting),
                Rerouted::Unknown => Err(PaperError::Unknown(job_id)),
            }
        })
    };
    ctx.db().write(work).await
}
