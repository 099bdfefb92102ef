//! The worker of one printer, of receipts or of labels: takes the oldest waiting job, prints it,
//! writes down what is known.
//!
//! It decides nothing about receipts; what a person must settle it only marks.

use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::db::{Db, DbError, Tx};
use counterpart_hardware::{
    Doubt, LabelLink, Obstacle, Outcome, Printer, PrinterConfig, PrinterLink,
};
use counterpart_protocol::ids::{PrintJobId, RegisterId};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use super::drawers::{self, Drawer};
use super::job::PrintState;
use super::press::Press;
use super::queue::{self, Line, Waiting};
use super::status::{Board, Moment};
use super::{Devices, Register, sentences};

/// The first pause before a printer that could not be reached is tried again; it doubles.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// The longest such pause: a person who has put paper in does not wait longer than this.
const PAUSE_LAST: Duration = Duration::from_secs(10);
/// How long a job waits for a printer. A receipt that comes out later lies there for nobody, and a
/// morning's receipts at noon would bury the one that is needed.
const WAITS_MS_MAX: i64 = 30 * 60 * 1_000;

/// What one turn of a worker did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Nothing waits.
    Idle,
    /// A job reached a state in which it stays.
    Ended(PrintJobId, PrintState),
    /// A job waits for the printer; none of it is on paper.
    Waits(PrintJobId),
}

/// Prints the jobs of one printer of a register.
pub(super) struct Worker {
    register: RegisterId,
    line: Line,
    db: Db,
    clock: SharedClock,
    board: Board,
    woken: Arc<Notify>,
    press: Press,
    /// The drawer, which hangs on a receipt printer.
    drawer: Option<Drawer>,
}

impl Devices {
    /// Makes the worker of a receipt printer and first calls uncertain what the last run left on
    /// its way.
    pub(super) async fn receipts_worker(
        &self,
        db: &Db,
        register: RegisterId,
        config: &PrinterConfig,
    ) -> Result<Worker, DbError> {
        let mut link = PrinterLink::new(config.clone());
        if self.left_torn(db, register, Line::Receipts).await? {
            link.expect_torn_job();
        }
        let own = self.own(register);
        let press = Press::Receipts(Printer::spawn_link(link));
        let mut worker = self.worker(db, register, own, press);
        worker.drawer = Some(own.drawer.clone());
        Ok(worker)
    }

    /// Makes the worker of a label printer, as that of a receipt printer.
    pub(super) async fn labels_worker(
        &self,
        db: &Db,
        register: RegisterId,
        link: Arc<Mutex<LabelLink>>,
    ) -> Result<Worker, DbError> {
        if self.left_torn(db, register, Line::Labels).await? {
            link.lock().await.expect_torn_job();
        }
        Ok(self.worker(db, register, self.own(register), Press::Labels(link)))
    }

    fn worker(&self, db: &Db, register: RegisterId, own: &Register, press: Press) -> Worker {
        let (line, woken) = match press {
            Press::Receipts(_) => (Line::Receipts, &own.woken),
            Press::Labels(_) => (Line::Labels, &own.labels_woken),
        };
        Worker {
            register,
            line,
            db: db.clone(),
            clock: self.inner.clock.clone(),
            board: self.inner.board.clone(),
            woken: Arc::clone(woken),
            press,
            drawer: None,
        }
    }

    fn own(&self, register: RegisterId) -> &Register {
        let own = self.inner.registers.get(&register);
        own.expect("a worker is made for a register of this store")
    }

    /// Calls uncertain what was on its way when the program ended, and returns whether its tail may
    /// still be in the printer.
    async fn left_torn(&self, db: &Db, register: RegisterId, line: Line) -> Result<bool, DbError> {
        let now_ms = self.inner.clock.now_ms();
        db.write(move |tx| {
            let doubted = queue::doubt_interrupted(tx, register, line, now_ms)?;
            if doubted > 0 {
                tracing::warn!(
                    register.id = register.0,
                    jobs = doubted,
                    "a print job was interrupted: a person must say whether it came out"
                );
            }
            queue::last_is_uncertain(tx, register, line)
        })
        .await
    }
}

impl Worker {
    /// Prints until `stop`; the job at hand is finished first.
    pub(super) async fn run(self, stop: CancellationToken) {
        match (&self.drawer, &self.press) {
            (Some(drawer), Press::Receipts(printer)) => {
                let mut asked = drawer.take();
                tokio::join!(
                    self.print_all(&stop),
                    drawers::serve(&self.db, printer, &mut asked, &stop),
                    self.follow(printer, &stop),
                );
                drawer.give_back(asked);
            }
            (_, Press::Receipts(_) | Press::Labels(_)) => self.print_all(&stop).await,
        }
        self.press.shutdown().await;
    }

    async fn print_all(&self, stop: &CancellationToken) {
        let mut pause = PAUSE_FIRST;
        while !stop.is_cancelled() {
            let woken = self.woken.notified();
            let patience = match self.run_once().await {
                Ok(Progress::Ended(..)) => {
                    pause = PAUSE_FIRST;
                    continue;
                }
                Ok(Progress::Idle) => {
                    pause = PAUSE_FIRST;
                    None
                }
                Ok(Progress::Waits(_)) => Some(pause),
                Err(error) => {
                    tracing::error!(
                        register.id = self.register.0,
                        error = %error,
                        "could not read or write the print queue"
                    );
                    Some(pause)
                }
            };
            match patience {
                None => {
                    stop.run_until_cancelled(woken).await;
                }
                Some(longest) => {
                    pause = (pause * 2).min(PAUSE_LAST);
                    let again = async {
                        tokio::select! {
                            () = woken => {}
                            () = tokio::time::sleep(longest) => {}
                        }
                    };
                    stop.run_until_cancelled(again).await;
                }
            }
        }
    }

    /// Prints the oldest waiting job, if one waits.
    ///
    /// # Errors
    ///
    /// Those of the database. A job that was on its way then stays so, and is called uncertain at
    /// the next start.
    pub(super) async fn run_once(&self) -> Result<Progress, DbError> {
        let (register, line) = (self.register, self.line);
        let job = loop {
            let next = self.db.read(move |tx| queue::next(tx, register, line));
            let Some(job) = next.await? else {
                return Ok(Progress::Idle);
            };
            let job_id = job.job_id;
            let begun = self.write(move |tx| queue::begin(tx, job_id, register));
            if begun.await? {
                break job;
            }
        };
        let job_id = job.job_id;
        let outcome = self.print(&job).await?;
        let waited_ms = self.clock.now_ms().saturating_sub(job.queued_at_ms);
        match outcome {
            Outcome::Confirmed => self.end(job_id, PrintState::Confirmed, None).await,
            // It took everything and its paper and cover are in order; it cannot say more.
            Outcome::Unconfirmed(Doubt::NoBarrier) => {
                self.end(job_id, PrintState::Sent, None).await
            }
            Outcome::Unconfirmed(doubt) => {
                let reason = sentences::of_doubt(doubt);
                self.end(job_id, PrintState::Uncertain, Some(reason)).await
            }
            // It never will: waiting helps nobody.
            Outcome::NotStarted(obstacle @ Obstacle::Unfit(_)) => {
                let reason = sentences::of_obstacle(&obstacle);
                self.end(job_id, PrintState::Failed, Some(reason)).await
            }
            Outcome::NotStarted(obstacle) if waited_ms >= WAITS_MS_MAX => {
                let reason = sentences::gave_up(&obstacle);
                self.end(job_id, PrintState::Failed, Some(reason)).await
            }
            Outcome::NotStarted(obstacle) => self.wait(job_id, &obstacle).await,
        }
    }

    /// Sends a job and notes on the way that the printer took all of it.
    async fn print(&self, job: &Waiting) -> Result<Outcome, DbError> {
        let job_id = job.job_id;
        let printed = self.press.print(job);
        tokio::pin!(printed);
        let taken = tokio::select! {
            biased;
            outcome = &mut printed => return Ok(outcome),
            taken = self.press.took_all() => taken,
        };
        if taken {
            let noted = self.write(move |tx| queue::took_all(tx, job_id)).await;
            if let Err(error) = noted {
                // What matters is written when it ends; until then `sending` is the safe word.
                tracing::warn!(error = %error, "could not note that a print job was taken");
            }
        }
        Ok(printed.await)
    }

    async fn end(
        &self,
        job_id: PrintJobId,
        state: PrintState,
        reason: Option<String>,
    ) -> Result<Progress, DbError> {
        let now_ms = self.clock.now_ms();
        metrics::counter!("counterpart_print_jobs_total", "state" => state.word()).increment(1);
        if state == PrintState::Uncertain {
            tracing::warn!(
                register.id = self.register.0,
                job.id = %job_id,
                reason = reason.as_deref(),
                "a print job may or may not have come out"
            );
        }
        self.write(move |tx| queue::end(tx, job_id, state, reason.as_deref(), now_ms))
            .await?;
        Ok(Progress::Ended(job_id, state))
    }

    async fn wait(&self, job_id: PrintJobId, obstacle: &Obstacle) -> Result<Progress, DbError> {
        let reason = sentences::of_obstacle(obstacle);
        tracing::info!(register.id = self.register.0, reason, "a print job waits");
        self.write(move |tx| queue::wait(tx, job_id, &reason))
            .await?;
        Ok(Progress::Waits(job_id))
    }

    /// Writes, and tells the pages once it is durable.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let (board, register) = (self.board.clone(), self.register);
        self.db
            .write(move |tx| {
                let done = work(tx)?;
                tx.on_commit(Box::new(move || board.touch(register)));
                Ok(done)
            })
            .await
    }

    /// Shows on the board what the printer says about itself.
    async fn follow(&self, printer: &Printer, stop: &CancellationToken) {
        let mut progress = printer.progress();
        loop {
            let moment = Moment::of(&progress.borrow_and_update());
            self.board.printer(self.register, moment);
            match stop.run_until_cancelled(progress.changed()).await {
                Some(Ok(())) => {}
                Some(Err(_)) | None => return,
            }
        }
    }
}
