//! The SQLite side of `Db`: one connection, its settings, and its errors in our words.
//!
//! It starts no thread and decides no batch; `writer.rs` and `readers.rs` do.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, ffi};

use super::error::{ConstraintKind, DbError};
use super::placeholders;
use super::row::Row;
use super::value::Value;
use crate::seeded::{self, Bug};

/// How long a statement waits for another program that holds the file, a `sqlite3` shell say.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection: all slices together have fewer.
const STATEMENTS_KEPT: usize = 256;
/// Rewritten texts kept; statements are constants, so only built ones could pass this.
const TEXTS_KEPT: usize = 1024;
/// The size the write-ahead log is grown to at the start and cut back to after a checkpoint.
/// A commit into blocks the file already owns needs no change of the file's length, which makes
/// its `fdatasync` cheaper (replication.md §6).
pub(super) const WAL_BYTES: u64 = 8 * 1024 * 1024;

/// One connection with its prepared statements.
pub(super) struct Sqlite {
    connection: Connection,
    texts: HashMap<String, Arc<str>>,
}

impl Sqlite {
    /// Opens the file for writing and sets it up for durable, concurrent use. `vfs` names the
    /// system underneath, if it is not the machine's own.
    pub(super) fn open_writer(path: &Path, vfs: Option<&str>) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = Self::open(path, flags, vfs)?;
        sqlite.pragma("PRAGMA journal_mode = WAL")?;
        sqlite.pragma(match seeded::has(Bug::NoSync) {
            true => "PRAGMA synchronous = OFF",
            false => "PRAGMA synchronous = FULL",
        })?;
        sqlite.pragma(&format!("PRAGMA journal_size_limit = {WAL_BYTES}"))?;
        // Checkpoints happen between batches, after the answers: see `writer.rs`.
        sqlite.pragma("PRAGMA wal_autocheckpoint = 0")?;
        Ok(sqlite)
    }

    /// Opens the file so that nothing can be written through this connection.
    pub(super) fn open_reader(path: &Path) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = Self::open(path, flags, None)?;
        sqlite.pragma("PRAGMA query_only = ON")?;
        Ok(sqlite)
    }

    fn open(path: &Path, flags: OpenFlags, vfs: Option<&str>) -> Result<Self, DbError> {
        let opened = match vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
            None => Connection::open_with_flags(path, flags),
        };
        let connection = opened.map_err(|cause| DbError::Open {
            path: path.to_owned(),
            cause: Arc::new(cause),
        })?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        let sqlite = Self {
            connection,
            texts: HashMap::new(),
        };
        let configured = sqlite
            .connection
            .busy_timeout(BUSY_TIMEOUT)
            .and_then(|()| {
                // A misspelt column in double quotes must be an error, as on PostgreSQL.
                sqlite
                    .connection
                    .set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
                sqlite
                    .connection
                    .set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
                sqlite
                    .connection
                    .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
            })
            .map(|_| ());
        configured.map_err(|error| failure(&"setting up the connection".into(), error))?;
        sqlite.pragma("PRAGMA foreign_keys = ON")?;
        sqlite.pragma("PRAGMA trusted_schema = OFF")?;
        sqlite.pragma("PRAGMA temp_store = MEMORY")?;
        Ok(sqlite)
    }

    /// Runs a pragma and returns the first row of its answer, empty if it has none.
    pub(super) fn pragma(&self, sql: &str) -> Result<Vec<Value>, DbError> {
        let first = || -> Result<Vec<Value>, Error> {
            let mut statement = self.connection.prepare_cached(sql)?;
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            match rows.next()? {
                Some(row) => (0..width)
                    .map(|column| owned(row.get_ref(column)?))
                    .collect(),
                None => Ok(Vec::new()),
            }
        };
        first().map_err(|error| failure(&sql.into(), error))
    }

    /// Runs several statements without parameters, as migrations do.
    pub(super) fn script(&self, sql: &str) -> Result<(), DbError> {
        let run = self.connection.execute_batch(sql);
        run.map_err(|error| failure(&sql.into(), error))
    }

    /// Runs one statement of the transaction's own making, `BEGIN` for example.
    pub(super) fn control(&self, sql: &str) -> Result<(), DbError> {
        let run = || self.connection.prepare_cached(sql)?.raw_execute();
        run()
            .map(|_| ())
            .map_err(|error| failure(&sql.into(), error))
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let text = self.text(sql);
        let run = || {
            let mut statement = self.connection.prepare_cached(&text)?;
            bind(&mut statement, params)?;
            statement.raw_execute()
        };
        let changed = run().map_err(|error| failure(&text, error))?;
        Ok(changed as u64)
    }

    /// Runs a query and returns at most `rows_max` rows.
    pub(super) fn query(
        &mut self,
        sql: &str,
        params: &[Value],
        rows_max: usize,
    ) -> Result<Vec<Row>, DbError> {
        let text = self.text(sql);
        let run = || {
            let mut statement = self.connection.prepare_cached(&text)?;
            bind(&mut statement, params)?;
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            let mut answer = Vec::new();
            while answer.len() < rows_max
                && let Some(row) = rows.next()?
            {
                let mut values = Vec::with_capacity(width);
                for column in 0..width {
                    values.push(owned(row.get_ref(column)?)?);
                }
                answer.push(Row {
                    sql: text.clone(),
                    values,
                });
            }
            Ok(answer)
        };
        run().map_err(|error| failure(&text, error))
    }

    /// Tells whether a transaction is open; SQLite ends one by itself when a disk is full.
    pub(super) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Gives the connection itself, for the online backup.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn text(&mut self, sql: &str) -> Arc<str> {
        if let Some(text) = self.texts.get(sql) {
            return text.clone();
        }
        if self.texts.len() >= TEXTS_KEPT {
            self.texts.clear();
        }
        let text: Arc<str> = placeholders::to_sqlite(sql).into();
        self.texts.insert(sql.to_owned(), text.clone());
        text
    }
}

/// Turns an error of the engine into one of ours.
fn failure(sql: &Arc<str>, error: Error) -> DbError {
    let (code, extended) = match &error {
        Error::SqliteFailure(code, _) | Error::SqlInputError { error: code, .. } => {
            (code.code, code.extended_code)
        }
        _ => {
            return DbError::Statement {
                sql: sql.clone(),
                cause: Arc::new(error),
            };
        }
    };
    match code {
        ErrorCode::DiskFull => DbError::DiskFull {
            cause: Arc::new(error),
        },
        ErrorCode::SystemIoFailure => DbError::Io {
            cause: Arc::new(error),
        },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DbError::Corrupt {
            detail: error.to_string(),
        },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DbError::Busy {
            reason: "another program holds the file",
        },
        ErrorCode::ReadOnly => DbError::ReadOnly { sql: sql.clone() },
        ErrorCode::ConstraintViolation => DbError::Constraint {
            kind: constraint(extended),
            detail: error.to_string(),
        },
        _ => DbError::Statement {
            sql: sql.clone(),
            cause: Arc::new(error),
        },
    }
}

fn constraint(extended: i32) -> ConstraintKind {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => ConstraintKind::Unique,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ConstraintKind::ForeignKey,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ConstraintKind::NotNull,
        _ => ConstraintKind::Check,
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> Result<(), Error> {
    if statement.parameter_count() != params.len() {
        return Err(Error::InvalidParameterCount(
            params.len(),
            statement.parameter_count(),
        ));
    }
    for (index, value) in params.iter().enumerate() {
        let borrowed = match value {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        };
        statement.raw_bind_parameter(index + 1, ToSqlOutput::Borrowed(borrowed))?;
    }
    Ok(())
}

fn owned(value: ValueRef<'_>) -> Result<Value, Error> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes)?;
            Ok(Value::Text(text.to_owned()))
        }
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        // A strict schema has no REAL column; an expression that yields one is a bug of its text.
        ValueRef::Real(_) => Err(Error::InvalidColumnType(
            0,
            "floating point is never stored".to_owned(),
            rusqlite::types::Type::Real,
        )),
    }
}
