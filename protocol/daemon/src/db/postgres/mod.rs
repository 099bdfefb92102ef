//! The PostgreSQL side of `Db`: one connection, which heals itself, and its statements.
//!
//! It starts no thread and decides no batch; `writer.rs` and `readers.rs` do. Nothing of it may be
//! used on a thread of an async runtime: the client blocks.
//!
//! **One transaction writes at a time**, in whichever process: each begins by locking the mark's
//! table, so slices may read, decide and write as they do on SQLite, and no command ever meets
//! another half-way. Commands are closures that can run once, so nothing here could run one again
//! after a conflict; with the lock there is none. The mark also says who wrote last: what a writing
//! thread remembers is true if it was itself. `protocol/DESIGN.md` has the rejected ways.

mod connect;
mod failure;
mod hints;
mod open;
#[cfg(test)]
mod tests;
mod url;
mod values;

pub use url::{ServerUrl, UrlRefused};

pub(super) use open::{hold_turn, open};

use std::collections::HashMap;
use std::sync::Arc;

use postgres::types::{ToSql, Type};
use postgres::{Client, Error, SimpleQueryMessage, Statement};

use super::engine::{Intent, Since};
use super::error::DbError;
use super::placeholders;
use super::row::Row;
use super::value::Value;
use crate::entropy::{OsEntropy, random_bytes};
use crate::seeded::{self, Bug};
use connect::Connector;
use failure::failure;
use values::{Fetched, Param, declared};

/// Prepared statements kept per connection: all slices together have fewer.
const STATEMENTS_KEPT: usize = 1_024;
/// Begins a transaction that writes: nobody else's does until it ends. Tells who wrote last.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
     LOCK TABLE counterpart_mark IN EXCLUSIVE MODE; \
     SELECT last_writer FROM counterpart_mark";
/// Begins one that writes beside others, which only a deliberate mistake does.
const BEGIN_UNLOCKED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/// Begins a transaction that reads one moment.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// What a command may not say: only the threads begin and end transactions.
const RESERVED: [&str; 9] = [
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT",
    "RELEASE",
    "PREPARE",
];

/// One connection with its prepared statements.
pub(super) struct Postgres {
    connector: Connector,
    client: Option<Client>,
    /// Tells this connection's transactions from everybody else's.
    writer: i64,
    statements: HashMap<(String, Vec<Type>), (Statement, Arc<str>)>,
    in_transaction: bool,
}

impl Postgres {
    /// Makes a connection that is opened when it is first needed.
    pub(super) fn new(connector: Connector) -> Self {
        Self {
            connector,
            client: None,
            writer: i64::from_be_bytes(random_bytes(&OsEntropy)),
            statements: HashMap::new(),
            in_transaction: false,
        }
    }

    /// Begins a transaction; tells whether nobody else has written since the last one. An idle
    /// connection that was cut meanwhile is made anew, once.
    pub(super) fn begin(&mut self, intent: Intent) -> Result<Since, DbError> {
        let was_open = self.client.is_some();
        let begun = match self.try_begin(intent) {
            Err(DbError::Lost { .. }) if was_open => self.try_begin(intent),
            other => other,
        };
        match begun {
            Ok(_) => self.in_transaction = true,
            // The lock may have been refused inside a transaction that was begun.
            Err(_) => self.end_quietly(),
        }
        begun
    }

    fn try_begin(&mut self, intent: Intent) -> Result<Since, DbError> {
        self.connect()?;
        match intent {
            Intent::Read => {
                self.control(BEGIN_READ)?;
                Ok(Since::Unchanged)
            }
            Intent::Write if seeded::has(Bug::TurnNotTaken) => {
                self.control(BEGIN_UNLOCKED)?;
                Ok(Since::Changed)
            }
            Intent::Write => {
                let last = self.run(&BEGIN_WRITE.into(), |postgres| {
                    let said = postgres.client()?.simple_query(BEGIN_WRITE);
                    Ok(last_writer(&said.map_err(Failed::Said)?))
                })?;
                if last == Some(self.writer) {
                    return Ok(Since::Unchanged);
                }
                let me = self.writer;
                self.control(&format!("UPDATE counterpart_mark SET last_writer = {me}"))?;
                Ok(Since::Changed)
            }
        }
    }

    /// Undoes the transaction, if one is open.
    pub(super) fn roll_back(&mut self) -> Result<(), DbError> {
        match std::mem::take(&mut self.in_transaction) {
            true => self.control("ROLLBACK"),
            false => Ok(()),
        }
    }

    fn end_quietly(&mut self) {
        self.in_transaction = false;
        if self.client.is_some()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::debug!(error = %error, "gave a connection up");
            self.disconnect();
        }
    }

    /// Tells whether a transaction is open.
    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction && self.client.is_some()
    }

    /// Runs statements without parameters.
    pub(super) fn control(&mut self, sql: &str) -> Result<(), DbError> {
        let text: Arc<str> = sql.into();
        self.run(&text, |postgres| {
            postgres.client()?.batch_execute(sql).map_err(Failed::Said)
        })?;
        if sql == "COMMIT" {
            self.in_transaction = false;
        }
        Ok(())
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let text: Arc<str> = sql.into();
        self.run(&text, |postgres| {
            let (statement, _) = postgres.statement(sql, params)?;
            let bound: Vec<Param<'_>> = params.iter().map(Param).collect();
            let changed = postgres.client()?.execute(&statement, &refer(&bound));
            changed.map_err(Failed::Said)
        })
    }

    /// Runs a query and returns at most `rows_max` rows.
    pub(super) fn query(
        &mut self,
        sql: &str,
        params: &[Value],
        rows_max: usize,
    ) -> Result<Vec<Row>, DbError> {
        let text: Arc<str> = sql.into();
        self.run(&text, |postgres| {
            let (statement, text) = postgres.statement(sql, params)?;
            let bound: Vec<Param<'_>> = params.iter().map(Param).collect();
            let rows = postgres.client()?.query(&statement, &refer(&bound));
            let rows = rows.map_err(Failed::Said)?;
            let rows = rows.iter().take(rows_max);
            rows.map(|row| owned(row, &text).map_err(Failed::Said))
                .collect()
        })
    }

    /// Runs something on the connection, and gives the connection up if it is cut.
    fn run<T>(
        &mut self,
        sql: &Arc<str>,
        work: impl FnOnce(&mut Self) -> Result<T, Failed>,
    ) -> Result<T, DbError> {
        work(self).map_err(|failed| match failed {
            Failed::Said(error) => {
                let cut = self.client.as_ref().is_none_or(Client::is_closed);
                let failed = failure(sql, error, cut);
                if matches!(failed, DbError::Lost { .. }) {
                    self.disconnect();
                }
                failed
            }
            Failed::NotConnected => DbError::Lost {
                cause: Arc::new(std::io::Error::from(std::io::ErrorKind::NotConnected)),
            },
            Failed::Reserved => {
                self.end_quietly();
                wrong(sql, "only the writer ends a transaction")
            }
            Failed::Parameters { wanted, given } => {
                wrong(sql, &format!("{given} parameters were given for {wanted}"))
            }
        })
    }

    /// Returns a statement prepared for parameters of these kinds.
    fn statement(&mut self, sql: &str, params: &[Value]) -> Result<(Statement, Arc<str>), Failed> {
        let types: Vec<Type> = params.iter().map(declared).collect();
        let key = (sql.to_owned(), types);
        if let Some(prepared) = self.statements.get(&key) {
            return Ok(prepared.clone());
        }
        let first = sql.split_whitespace().next().unwrap_or_default();
        if RESERVED.iter().any(|word| first.eq_ignore_ascii_case(word)) {
            return Err(Failed::Reserved);
        }
        let wanted = placeholders::highest(sql);
        if wanted != params.len() {
            return Err(Failed::Parameters {
                wanted,
                given: params.len(),
            });
        }
        let prepared = self.client()?.prepare_typed(sql, &key.1);
        let prepared = prepared.map_err(Failed::Said)?;
        if self.statements.len() >= STATEMENTS_KEPT {
            self.statements.clear();
        }
        let prepared = (prepared, Arc::from(sql));
        self.statements.insert(key, prepared.clone());
        Ok(prepared)
    }

    fn client(&mut self) -> Result<&mut Client, Failed> {
        self.client.as_mut().ok_or(Failed::NotConnected)
    }

    /// Connects unless it is connected.
    pub(super) fn connect(&mut self) -> Result<(), DbError> {
        if self.client.is_none() {
            self.client = Some(self.connector.connect()?);
        }
        Ok(())
    }

    fn disconnect(&mut self) {
        self.client = None;
        self.statements.clear();
        self.in_transaction = false;
    }
}

fn last_writer(said: &[SimpleQueryMessage]) -> Option<i64> {
    said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    })
}

/// Why something could not be run on the connection.
enum Failed {
    /// The client or the server said so.
    Said(Error),
    /// There is no connection.
    NotConnected,
    /// It would have begun or ended a transaction.
    Reserved,
    /// It has more parameters than places for them, or fewer.
    Parameters { wanted: usize, given: usize },
}

fn wrong(sql: &Arc<str>, why: &str) -> DbError {
    DbError::Statement {
        sql: sql.clone(),
        cause: Arc::new(std::io::Error::other(why.to_owned())),
    }
}

fn refer<'a>(bound: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    let each = bound.iter();
    each.map(|param| param as &(dyn ToSql + Sync)).collect()
}

fn owned(row: &postgres::Row, sql: &Arc<str>) -> Result<Row, Error> {
    let values = (0..row.len())
        .map(|column| row.try_get::<_, Fetched>(column).map(|fetched| fetched.0))
        .collect::<Result<_, Error>>()?;
    Ok(Row {
        sql: sql.clone(),
        values,
    })
}
