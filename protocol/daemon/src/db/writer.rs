//! The one thread that writes, and its group commit.
//!
//! A durable commit waits for the disk; commands that arrive meanwhile share the next one. Each
//! runs in its own savepoint, so one that fails takes none of the others with it. Nobody is
//! answered before the commit is durable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::engine::{Engine, Intent};
use super::error::DbError;
use super::gauges::Gauges;
use super::job::{Job, Ran, panic_message};
use super::lock::DbLock;
use super::queue::Queue;
use super::reserve::Reserve;
use super::tx::{Hook, Tx};
use super::value::Value;
use crate::clock::Stopwatch;
use crate::seeded::{self, Bug};

/// Commands per commit at most: bounds what one lost commit can cost.
const BATCH_MAX: usize = 256;
/// No further command joins a commit that has collected for so long, so that the first one's
/// caller does not wait for the last one's work.
const BATCH_TIME: Duration = Duration::from_millis(10);
/// Pages of 4 KiB in the log from which on a checkpoint pays (SQLite's own default).
pub(super) const CHECKPOINT_PAGES: i64 = 1_000;
/// Under constant load the log's length is looked at every so many batches.
const CHECKPOINT_BATCHES: u32 = 32;

/// What the writing thread owns.
pub(super) struct Writer {
    pub(super) tx: Tx,
    pub(super) queue: Arc<Queue<Box<dyn Job>>>,
    pub(super) gauges: Gauges,
    /// Space beside a file; a server looks after its own disk.
    pub(super) reserve: Option<Reserve>,
    /// From how many pages in a file's log on they are copied into the file.
    pub(super) checkpoint_pages: i64,
    // Last, so that the connection is closed before another process may have the file.
    pub(super) _lock: Option<DbLock>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let mut batches_unchecked = 0;
        while let Some(first) = self.queue.pop() {
            self.run_batch(first);
            self.gauges.queue_depth(self.queue.waiting());
            batches_unchecked += 1;
            if batches_unchecked >= CHECKPOINT_BATCHES || self.queue.waiting() == 0 {
                batches_unchecked = 0;
                self.checkpoint_if_long();
            }
        }
    }

    /// Runs a command, and those that wait behind it, in one transaction, and answers them.
    pub(super) fn run_batch(&mut self, first: Box<dyn Job>) {
        let mut jobs = Vec::new();
        if let Err(error) = self.tx.begin(Intent::Write) {
            answer_all(vec![(first, Ran::Done)], Some(&error));
            return;
        }
        let collecting = Stopwatch::start();
        let mut next = Some(first);
        while let Some(mut job) = next {
            let ran = run_guarded(&mut self.tx, job.as_mut());
            jobs.push((job, ran));
            let full = jobs.len() >= BATCH_MAX || collecting.elapsed() >= BATCH_TIME;
            next = if full || self.tx.has_ended() {
                None
            } else {
                self.queue.try_pop()
            };
        }
        if seeded::has(Bug::AnswerBeforeCommit) {
            answer_all(std::mem::take(&mut jobs), None);
        }
        let committing = Stopwatch::start();
        let committed = self.tx.commit();
        self.gauges.batch(jobs.len(), committing.elapsed());
        let no_room = matches!(committed, Err(DbError::DiskFull { .. }));
        if (self.tx.take_met_full_disk() || no_room)
            && let Some(reserve) = &self.reserve
        {
            reserve.release();
        }
        match committed {
            Ok(hooks) => {
                run_hooks(hooks);
                answer_all(jobs, None);
            }
            Err(error) => {
                tracing::error!(error = %error, commands = jobs.len(), "a commit failed");
                answer_all(jobs, Some(&error));
            }
        }
    }

    /// Copies the log into the database file once it is long, after the answers were sent.
    pub(super) fn checkpoint_if_long(&mut self) {
        let sqlite = match self.tx.engine() {
            Engine::Sqlite(sqlite) => sqlite,
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => return,
        };
        let log = sqlite.pragma("PRAGMA wal_checkpoint(NOOP)");
        let pages = match log.as_deref() {
            Ok([_, Value::Int(pages), Value::Int(copied)]) => {
                self.gauges.log_pages(*pages);
                pages - copied
            }
            _ => return,
        };
        if pages >= self.checkpoint_pages
            && let Err(error) = sqlite.pragma("PRAGMA wal_checkpoint(PASSIVE)")
        {
            tracing::warn!(error = %error, "could not copy the log into the database file");
        }
    }
}

/// Runs one job in its own savepoint.
fn run_guarded(tx: &mut Tx, job: &mut dyn Job) -> Ran {
    let mark = match tx.enter() {
        Ok(mark) => mark,
        Err(error) => {
            job.refuse(error);
            return Ran::Failed;
        }
    };
    match job.run(tx) {
        Ran::Done => match tx.keep(&mark) {
            Ok(()) => Ran::Done,
            Err(error) => {
                job.refuse(error);
                Ran::Failed
            }
        },
        Ran::Failed => {
            tx.undo(&mark);
            Ran::Failed
        }
    }
}

fn run_hooks(hooks: Vec<Hook>) {
    for hook in hooks {
        // The facts are durable: a hook that panics may cost a wake-up, never an answer.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(hook)) {
            let message = panic_message(panic.as_ref());
            tracing::error!(message, "what should run after a commit panicked");
        }
    }
}

fn answer_all(jobs: Vec<(Box<dyn Job>, Ran)>, failure: Option<&DbError>) {
    for (mut job, ran) in jobs {
        if let (Some(error), Ran::Done) = (failure, ran) {
            job.refuse(error.clone());
        }
        job.answer();
    }
}
