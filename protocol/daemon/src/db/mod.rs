//! The database of a daemon: one writing thread with group commit, a few reading ones, over a
//! SQLite file or, with the feature `postgres`, a database of a PostgreSQL server.
//!
//! It knows no table but its own migration history and no slice's SQL. SQL is written once for
//! every engine: placeholders `$1`, `$2`, …; types `INTEGER` or `BIGINT`, `TEXT`, `BLOB`; times in
//! integer milliseconds UTC; no `DEFERRABLE` constraints, whose refusal would come only at the
//! commit and so hit every command of the batch.
//!
//! ```text
//! db.write(|tx| …)  ─►  bounded queue ─►  writer: BEGIN, [SAVEPOINT command RELEASE]*, COMMIT
//!                                                 on_commit hooks, then the answers
//! db.read(|tx| …)   ─►  bounded queue ─►  readers: BEGIN, command, ROLLBACK
//! ```
//!
//! A file has one process; a server's database may have several, whose writing transactions take
//! turns, and which call to each other by [`Hints`].

mod backup;
#[cfg(feature = "postgres")]
mod dialect;
mod engine;
mod error;
mod gauges;
mod hints;
mod job;
mod lock;
mod migrations;
mod open;
mod place;
mod placeholders;
#[cfg(feature = "postgres")]
mod postgres;
mod queue;
mod readers;
mod reserve;
mod row;
mod solo;
mod sqlite;
#[cfg(feature = "postgres")]
mod turn;
mod tx;
mod value;
mod writer;

#[cfg(test)]
mod file_tests;
#[cfg(test)]
#[path = "tests/mod.rs"]
mod postgres_tests;
#[cfg(test)]
#[path = "tests/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "every test runs once on each engine")]
mod tests;

use std::cell::Cell;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

pub use backup::CopyFor;
pub use error::{Cause, ConstraintKind, DbError};
pub use hints::{Hearer, Hint, Hints};
pub use migrations::Migration;
pub use open::DbOptions;
pub use place::DbPlace;
#[cfg(feature = "postgres")]
pub use postgres::{ServerUrl, UrlRefused};
pub use row::Row;
pub use solo::Solo;
#[cfg(feature = "postgres")]
pub use turn::Turn;
pub use tx::{Hook, Tx};
pub use value::{FromValue, Value, ValueMismatch};

use gauges::Gauges;
use job::{Command, Job};
use queue::{NotQueued, Queue};

thread_local! {
    static ON_DATABASE_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// A handle on an open database; clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

/// What all handles share. The threads end when the last handle goes or [`Db::close`] is called.
struct Inner {
    place: DbPlace,
    writes: Lane,
    reads: Lane,
    hints: Hints,
    /// Ends the line to other processes.
    stop: CancellationToken,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    readers: Vec<JoinHandle<()>>,
    writer: Option<JoinHandle<()>>,
    line: Option<JoinHandle<()>>,
}

/// A queue and what it tells about itself.
struct Lane {
    queue: Arc<Queue<Box<dyn Job>>>,
    gauges: Gauges,
}

impl Db {
    /// Runs `work` in a transaction and returns once its changes are durable.
    ///
    /// It may share its commit with other commands, which see its changes and it theirs; when it
    /// returns an error its own changes vanish and the others' stay. When the caller stops
    /// waiting, the command still runs.
    ///
    /// # Errors
    ///
    /// Whatever `work` returns; [`DbError::Busy`] when 1,024 commands wait already;
    /// [`DbError::Panicked`]; [`DbError::Closed`]; the failure of the commit, after which the
    /// command may be sent again (that it was kept is only possible after [`DbError::Io`]).
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        submit(&self.inner.writes, work).await
    }

    /// Runs `work` on a reading connection, on one snapshot of what is durable.
    ///
    /// # Errors
    ///
    /// As [`Db::write`]; [`DbError::ReadOnly`] when `work` tries to write.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        submit(&self.inner.reads, work).await
    }

    /// Does what [`Db::write`] does and blocks the thread: for tests and the command line.
    ///
    /// # Errors
    ///
    /// As [`Db::write`].
    ///
    /// # Panics
    ///
    /// When called inside a command, which would wait for itself.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        submit_blocking(&self.inner.writes, work)
    }

    /// Does what [`Db::read`] does and blocks the thread: for tests and the command line.
    ///
    /// # Errors
    ///
    /// As [`Db::read`].
    ///
    /// # Panics
    ///
    /// When called inside a command, which would wait for itself.
    pub fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        submit_blocking(&self.inner.reads, work)
    }

    /// Returns where the database is.
    #[must_use]
    pub fn place(&self) -> &DbPlace {
        &self.inner.place
    }

    /// Returns the way to the other processes on this database.
    #[must_use]
    pub fn hints(&self) -> &Hints {
        &self.inner.hints
    }

    /// Takes no more commands, finishes the waiting ones, copies the log into the file and gives
    /// the file free. Later commands get [`DbError::Closed`]. Closing twice does nothing more.
    pub async fn close(&self) {
        let inner = self.inner.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || inner.close()).await {
            tracing::error!(error = %error, "could not close the database in order");
        }
    }

    /// Does what [`Db::close`] does and blocks the thread.
    pub fn close_blocking(&self) {
        self.inner.close();
    }
}

impl Inner {
    fn lock_threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.reads.queue.close();
        self.stop.cancel();
        // A command may hold the last handle: then every thread ends by itself.
        if ON_DATABASE_THREAD.get() {
            self.writes.queue.close();
            return;
        }
        let mut threads = self.lock_threads();
        // Readers first: the connection that is closed last, the writer's, empties the log.
        threads.readers.drain(..).for_each(join);
        self.writes.queue.close();
        for thread in [threads.writer.take(), threads.line.take()] {
            thread.into_iter().for_each(join);
        }
    }
}

fn join(thread: JoinHandle<()>) {
    let name = thread.thread().name().unwrap_or("database").to_owned();
    if thread.join().is_err() {
        tracing::error!(thread = name, "a database thread ended with a panic");
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

async fn submit<T, E, F>(lane: &Lane, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    enqueue(lane, work, move |outcome| {
        // A caller that stopped waiting (a closed connection) has no use for the answer.
        let _ = answer.send(outcome);
    })?;
    answered
        .await
        .unwrap_or_else(|_| Err(E::from(DbError::Closed)))
}

fn submit_blocking<T, E, F>(lane: &Lane, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    assert!(
        !ON_DATABASE_THREAD.get(),
        "a command does not wait for another command"
    );
    let (answer, answered) = sync_channel(1);
    enqueue(lane, work, move |outcome| {
        // The caller blocks until this arrives, so it is still there.
        let _ = answer.send(outcome);
    })?;
    answered
        .recv()
        .unwrap_or_else(|_| Err(E::from(DbError::Closed)))
}

fn enqueue<T, E, F, A>(lane: &Lane, work: F, answer: A) -> Result<(), E>
where
    F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    A: FnOnce(Result<T, E>) + Send + 'static,
{
    match lane.queue.push(Box::new(Command::new(work, answer))) {
        Ok(waiting) => {
            lane.gauges.queue_depth(waiting);
            Ok(())
        }
        Err(NotQueued::Full) => Err(E::from(DbError::Busy {
            reason: "too many commands wait",
        })),
        Err(NotQueued::Closed) => Err(E::from(DbError::Closed)),
    }
}
