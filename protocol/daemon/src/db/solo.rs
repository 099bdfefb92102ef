//! A database without threads: commands run one by one on the caller's own, on any SQLite VFS.
//!
//! It is the same writer over the same connection as behind [`super::Db`]; only the queue is left
//! out, so that whoever must repeat a run step by step can: the simulator. It has no reader, no
//! lock on the file and no space set aside.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::engine::Engine;
use super::error::DbError;
use super::gauges::Gauges;
use super::job::Command;
use super::migrations::{self, Migration};
use super::open::claim;
use super::queue::Queue;
use super::sqlite::Sqlite;
use super::tx::{Scratch, Tx};
use super::writer::Writer;

/// An open database that works only while it is asked to.
pub struct Solo {
    writer: Writer,
    /// The process that writes.
    process: usize,
    /// What the others remember.
    memories: HashMap<usize, Scratch>,
}

impl Solo {
    /// Opens the database at `path` of the registered VFS `vfs`, marks a new one as
    /// `application_id`'s (not 0), and brings the schema up to date at `now_ms` (milliseconds UTC).
    /// The log is copied into the file from `checkpoint_pages` pages of 4 KiB on.
    ///
    /// # Errors
    ///
    /// As [`super::Db::open`] on a file.
    pub fn open(
        vfs: &str,
        path: &Path,
        application_id: u32,
        migrations: &[Migration],
        checkpoint_pages: i64,
        now_ms: i64,
    ) -> Result<Self, DbError> {
        let sqlite = Sqlite::open_writer(path, Some(vfs))?;
        claim(&sqlite, path, application_id)?;
        let mut engine = Engine::Sqlite(sqlite);
        let name = path.display().to_string();
        migrations::migrate(&mut engine, &name, migrations, now_ms)?;
        let writer = Writer {
            tx: Tx::new(engine),
            queue: Arc::new(Queue::new(1)),
            gauges: Gauges::new("solo", "write"),
            reserve: None,
            checkpoint_pages,
            _lock: None,
        };
        Ok(Self {
            writer,
            process: 0,
            memories: HashMap::new(),
        })
    }

    /// Lets process `process` write from now on, of several that take turns on one database: it
    /// finds what it remembered, and that another one has written since. The first is 0.
    pub fn turn_to(&mut self, process: usize) {
        if process == self.process {
            return;
        }
        let memory = self.memories.remove(&process).unwrap_or_default();
        let before = self.writer.tx.exchange_scratch(memory);
        self.memories.insert(self.process, before);
        self.process = process;
    }

    /// Lets a process forget everything, as one does that starts again.
    pub fn forget(&mut self, process: usize) {
        self.memories.remove(&process);
        if process == self.process {
            drop(self.writer.tx.exchange_scratch(Scratch::new()));
        }
    }

    /// Runs `work` in a transaction of its own and returns once its changes are durable.
    ///
    /// # Errors
    ///
    /// Whatever `work` returns; [`DbError::Panicked`]; the failure of the commit, as
    /// [`super::Db::write`].
    pub fn write<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = sync_channel(1);
        let command = Command::new(work, move |outcome| {
            // The caller stands below this call, so it is still there.
            let _ = answer.send(outcome);
        });
        self.writer.run_batch(Box::new(command));
        self.writer.checkpoint_if_long();
        answered
            .recv()
            .unwrap_or_else(|_| Err(E::from(DbError::Closed)))
    }
}
