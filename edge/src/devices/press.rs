//! What prints the jobs of a queue: a receipt printer or a label printer.
//!
//! It tells only what became of one job; what is done then is the worker's, and the same for both.

use std::sync::Arc;

use counterpart_hardware::{
    LabelJob, LabelLink, Obstacle, Outcome, Phase, PrintJob as Bytes, Printer,
};
use tokio::sync::Mutex;

use super::queue::Waiting;

/// What prints the jobs of a queue.
pub(super) enum Press {
    /// A receipt printer.
    Receipts(Printer),
    /// A label printer, which the devices page tries and looks at too.
    Labels(Arc<Mutex<LabelLink>>),
}

impl Press {
    /// Prints one job and returns what is known about it.
    pub(super) async fn print(&self, job: &Waiting) -> Outcome {
        match self {
            Self::Receipts(printer) => {
                let bytes = Bytes {
                    bytes: job.bytes.clone(),
                    first_ink: job.first_ink,
                };
                printer.print(bytes).await
            }
            Self::Labels(link) => match LabelJob::of_carrier(job.bytes.clone()) {
                Ok(label) => link.lock().await.print(&label).await,
                Err(refused) => Outcome::NotStarted(Obstacle::Unfit(refused.to_string())),
            },
        }
    }

    /// Waits until the printer took all of the job at hand; a label printer does not say so.
    pub(super) async fn took_all(&self) -> bool {
        match self {
            Self::Receipts(printer) => {
                let mut progress = printer.progress();
                let confirming = progress.wait_for(|told| told.phase == Phase::Confirming);
                confirming.await.is_ok()
            }
            Self::Labels(_) => std::future::pending().await,
        }
    }

    pub(super) async fn shutdown(self) {
        match self {
            Self::Receipts(printer) => printer.shutdown().await,
            Self::Labels(_) => {}
        }
    }
}
