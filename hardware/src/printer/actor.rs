//! The task that owns one printer: jobs one after the other, kicks in between, a look when idle.
//!
//! It keeps no queue beyond the next few jobs: what must survive a restart is stored by whoever
//! prints.

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Profile;
use super::link::{
    KickRequest, Obstacle, Outcome, PrintJob, PrinterConfig, PrinterLink, PrinterProgress,
};
use crate::drawer::{Kick, KickOutcome};

/// Jobs that may wait for the one before; more wait at the caller.
const JOBS_WAITING_MAX: usize = 4;
/// Kicks that may wait; nobody presses a key more often in ten seconds.
const KICKS_WAITING_MAX: usize = 8;

/// A printer and the task that owns it. Dropping it ends the task after the job at hand.
#[derive(Debug)]
pub struct Printer {
    profile: Profile,
    jobs: mpsc::Sender<JobRequest>,
    kicks: mpsc::Sender<KickRequest>,
    progress: watch::Receiver<PrinterProgress>,
    closing: CancellationToken,
    task: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct JobRequest {
    job: PrintJob,
    answer: oneshot::Sender<Outcome>,
}

impl Printer {
    /// Starts the task that owns the printer; needs a runtime.
    pub fn spawn(config: PrinterConfig) -> Self {
        Self::spawn_link(PrinterLink::new(config))
    }

    /// Starts the task for a link that already knows of a job left in doubt.
    pub fn spawn_link(link: PrinterLink) -> Self {
        let (jobs, jobs_waiting) = mpsc::channel(JOBS_WAITING_MAX);
        let (kicks, kicks_waiting) = mpsc::channel(KICKS_WAITING_MAX);
        let closing = CancellationToken::new();
        let profile = link.config().profile.clone();
        let progress = link.progress();
        let task = run(link, jobs_waiting, kicks_waiting, closing.clone());
        Self {
            profile,
            jobs,
            kicks,
            progress,
            closing,
            task: Some(tokio::spawn(task)),
        }
    }

    /// Returns what the printer can do, to encode for it.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns a view of what the printer is doing and how it is.
    pub fn progress(&self) -> watch::Receiver<PrinterProgress> {
        self.progress.clone()
    }

    /// Prints a job after those before it and returns what is known about it.
    ///
    /// The job goes on when the caller stops waiting; it is then in doubt for the caller alone.
    pub async fn print(&self, job: PrintJob) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        let closed = Outcome::NotStarted(Obstacle::Closed);
        if self.jobs.send(JobRequest { job, answer }).await.is_err() {
            return closed;
        }
        outcome.await.unwrap_or(closed)
    }

    /// Opens the drawer now or not at all, also while a job waits for paper.
    pub async fn kick(&self, kick: Kick) -> KickOutcome {
        let (answer, outcome) = oneshot::channel();
        let closed = KickOutcome::NotSent(Obstacle::Closed);
        if self.kicks.send(KickRequest { kick, answer }).await.is_err() {
            return closed;
        }
        tokio::select! {
            outcome = outcome => outcome.unwrap_or(closed),
            // The task refuses it too once it is expired.
            () = tokio::time::sleep(kick.left()) => KickOutcome::Expired,
        }
    }

    /// Ends the task after the job at hand; jobs not begun are answered as not started.
    pub async fn shutdown(mut self) {
        self.closing.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the printer's task ended by itself");
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

async fn run(
    mut link: PrinterLink,
    mut jobs: mpsc::Receiver<JobRequest>,
    mut kicks: mpsc::Receiver<KickRequest>,
    closing: CancellationToken,
) {
    let idle_probe = link.config().timeouts.idle_probe;
    link.probe().await;
    loop {
        tokio::select! {
            biased;
            () = closing.cancelled() => return,
            Some(request) = kicks.recv() => {
                let outcome = link.kick(request.kick).await;
                // Whoever asked may have left; nothing is done again for that.
                let _left = request.answer.send(outcome);
            }
            Some(request) = jobs.recv() => {
                let outcome = link.print_serving(&request.job, &mut Some(&mut kicks)).await;
                tracing::debug!(?outcome, "print job ended");
                // Whoever asked may have left; the job is then in doubt for them.
                let _left = request.answer.send(outcome);
            }
            () = tokio::time::sleep(idle_probe) => {
                link.probe().await;
            }
        }
    }
}
