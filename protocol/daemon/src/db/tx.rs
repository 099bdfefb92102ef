//! A transaction as the slices see it: statements, savepoints, a cache and hooks.
//!
//! It cannot be begun or committed by a slice: the writer decides when many commands commit at
//! once.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use super::engine::{Engine, Intent, Since, Standing};
use super::error::DbError;
use super::row::Row;
use super::value::Value;
use crate::seeded::{self, Bug};

/// Work that runs once a transaction is durable.
pub type Hook = Box<dyn FnOnce() + Send>;

/// A transaction in progress on a database thread.
///
/// Placeholders are written `$1`, `$2`, … on every engine. Nothing in here may wait for a device,
/// the network or another transaction: every other command waits meanwhile.
pub struct Tx {
    engine: Engine,
    scratch: Scratch,
    /// Whether somebody else wrote since this thread did.
    another_wrote: bool,
    hooks: Vec<Hook>,
    depth: u32,
    /// What ended the transaction.
    ended: Option<DbError>,
    /// What must be undone, with everything since the last savepoint, before anything else.
    spoilt: Option<DbError>,
    met_full_disk: bool,
}

/// What a database thread remembers, by type.
pub(super) type Scratch = HashMap<TypeId, Box<dyn Any + Send>>;

/// Where a savepoint began.
pub(super) struct Mark {
    depth: u32,
    hooks: usize,
}

impl Tx {
    pub(super) fn new(engine: Engine) -> Self {
        Self {
            engine,
            scratch: HashMap::new(),
            another_wrote: false,
            hooks: Vec::new(),
            depth: 0,
            ended: None,
            spoilt: None,
            met_full_disk: false,
        }
    }

    /// Runs a statement and returns how many rows it inserted, changed or deleted.
    ///
    /// # Errors
    ///
    /// [`DbError::Constraint`] when the schema refuses; the other failures of [`DbError`].
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        self.attempt(|engine| engine.execute(sql, params))
    }

    /// Runs a query that may find one row.
    ///
    /// # Errors
    ///
    /// [`DbError::SeveralRows`] when it finds more; the failures of [`DbError`].
    pub fn query_opt(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, DbError> {
        let mut rows = self.query(sql, params, 2)?;
        if rows.len() > 1 {
            return Err(DbError::SeveralRows { sql: sql.into() });
        }
        Ok(rows.pop())
    }

    /// Runs a query that finds exactly one row.
    ///
    /// # Errors
    ///
    /// [`DbError::NoRow`] or [`DbError::SeveralRows`]; the failures of [`DbError`].
    pub fn query_one(&mut self, sql: &str, params: &[Value]) -> Result<Row, DbError> {
        self.query_opt(sql, params)?
            .ok_or_else(|| DbError::NoRow { sql: sql.into() })
    }

    /// Runs a query and returns all its rows; bound the answer with `LIMIT`.
    ///
    /// # Errors
    ///
    /// The failures of [`DbError`].
    pub fn query_all(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.query(sql, params, usize::MAX)
    }

    /// Runs `work` so that its changes vanish when it returns an error.
    ///
    /// # Errors
    ///
    /// Whatever `work` returns, or the failure to keep its changes.
    pub fn savepoint<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mark = self.enter()?;
        match work(self) {
            Ok(value) => {
                self.keep(&mark)?;
                Ok(value)
            }
            Err(error) => {
                self.undo(&mark);
                Err(error)
            }
        }
    }

    /// Lends a cache that lives as long as this database thread.
    ///
    /// It is emptied whenever anything is rolled back, here or in another command, and whenever
    /// another process has written, so it never shows what was not kept or is not so any more; a
    /// reading connection's is emptied after every read.
    pub fn scratch<T: Default + Any + Send>(&mut self) -> &mut T {
        self.scratch
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Box::<T>::default())
            .downcast_mut()
            .expect("the entry was made with this type")
    }

    /// Runs `hook` on the database thread once everything is durable, before the command's caller
    /// gets its answer; never, if the command or the commit fails. It must be short: wake a task,
    /// publish a topic.
    pub fn on_commit(&mut self, hook: Hook) {
        self.hooks.push(hook);
    }

    /// Takes another process's memory up, which wrote before this one did, and returns this one's.
    pub(super) fn exchange_scratch(&mut self, other: Scratch) -> Scratch {
        self.another_wrote = true;
        std::mem::replace(&mut self.scratch, other)
    }

    pub(super) fn begin(&mut self, intent: Intent) -> Result<(), DbError> {
        self.depth = 0;
        self.ended = None;
        self.spoilt = None;
        self.hooks.clear();
        let changed = self.engine.begin(intent)? == Since::Changed;
        let changed = std::mem::take(&mut self.another_wrote) || changed;
        if changed && !seeded::has(Bug::OthersWritesIgnored) {
            self.scratch.clear();
        }
        Ok(())
    }

    /// Makes everything durable and returns the hooks to run, or rolls everything back.
    pub(super) fn commit(&mut self) -> Result<Vec<Hook>, DbError> {
        let committed = match self.ended.as_ref().or(self.spoilt.as_ref()) {
            Some(cause) => Err(cause.clone()),
            None => self.engine.commit(),
        };
        match committed {
            Ok(()) => Ok(std::mem::take(&mut self.hooks)),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// Undoes everything since `begin`.
    pub(super) fn roll_back(&mut self) {
        self.scratch.clear();
        self.hooks.clear();
        if let Err(error) = self.engine.roll_back() {
            tracing::error!(error = %error, "could not roll back a transaction");
        }
    }

    /// Ends a reading transaction and forgets what it cached.
    pub(super) fn end_read(&mut self) {
        self.roll_back();
    }

    pub(super) fn enter(&mut self) -> Result<Mark, DbError> {
        self.still_open()?;
        let mark = Mark {
            depth: self.depth,
            hooks: self.hooks.len(),
        };
        self.engine.control(&format!("SAVEPOINT s{}", mark.depth))?;
        self.depth += 1;
        Ok(mark)
    }

    pub(super) fn keep(&mut self, mark: &Mark) -> Result<(), DbError> {
        if let Err(error) = self.still_open() {
            // It went on as if nothing had failed; what it did before is not half of anything.
            self.undo(mark);
            return Err(error);
        }
        self.depth = mark.depth;
        self.engine
            .control(&format!("RELEASE s{}", mark.depth))
            .inspect_err(|error| {
                // The command would believe in changes whose fate is unknown.
                self.ended = Some(error.clone());
            })
    }

    pub(super) fn undo(&mut self, mark: &Mark) {
        if !seeded::has(Bug::MemorySurvivesRollback) {
            self.scratch.clear();
        }
        self.hooks.truncate(mark.hooks);
        self.depth = mark.depth;
        if self.ended.is_some() {
            return;
        }
        self.spoilt = None;
        let undone = self
            .engine
            .control(&format!("ROLLBACK TO s{}", mark.depth))
            .and_then(|()| self.engine.control(&format!("RELEASE s{}", mark.depth)));
        if let Err(error) = undone {
            // What should be gone may still be there, so nothing of this batch may be kept.
            self.ended = Some(error);
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Tells whether any statement since the last call found the disk full, even if the command
    /// that ran it said otherwise.
    pub(super) fn take_met_full_disk(&mut self) -> bool {
        std::mem::take(&mut self.met_full_disk)
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn query(&mut self, sql: &str, params: &[Value], rows_max: usize) -> Result<Vec<Row>, DbError> {
        self.attempt(|engine| engine.query(sql, params, rows_max))
    }

    /// Runs a statement unless the transaction is over, and notices when the statement ended or
    /// spoilt it: SQLite rolls everything back by itself when the disk is full, and what came after
    /// would then be stored without any transaction; PostgreSQL refuses everything after a failure.
    fn attempt<T>(
        &mut self,
        run: impl FnOnce(&mut Engine) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.still_open()?;
        let attempted = run(&mut self.engine);
        let failure = attempted.as_ref().err();
        self.met_full_disk |= matches!(failure, Some(DbError::DiskFull { .. }));
        match self.engine.standing(failure) {
            Standing::Open => {}
            Standing::Spoilt => self.spoilt = failure.cloned(),
            Standing::Over => {
                let cause = failure.cloned().unwrap_or_else(|| DbError::Statement {
                    sql: "COMMIT or ROLLBACK".into(),
                    cause: Arc::new(std::io::Error::other("only the writer ends a transaction")),
                });
                self.ended = Some(cause);
            }
        }
        attempted
    }

    fn still_open(&self) -> Result<(), DbError> {
        match self.ended.as_ref().or(self.spoilt.as_ref()) {
            Some(cause) => Err(DbError::TransactionEnded {
                cause: Box::new(cause.clone()),
            }),
            None => Ok(()),
        }
    }
}
