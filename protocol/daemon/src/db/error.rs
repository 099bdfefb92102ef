//! What can go wrong with the database, in sentences a person can act on.
//!
//! It does not decide what a daemon does about it: HTTP statuses are chosen in `http/problem.rs`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use super::value::ValueMismatch;

/// The engine's own error, kept for the log; shared because one failed commit answers many.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Which rule of the schema a statement would have broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// A primary key or unique index already holds the value.
    Unique,
    /// A row that is referred to does not exist, or is still referred to.
    ForeignKey,
    /// A `CHECK` or a column's strict type says no.
    Check,
    /// A value is missing.
    NotNull,
    /// A text holds U+0000, which PostgreSQL's texts cannot.
    Text,
}

/// A failure of the database, or of what stands around it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// A second daemon was started on the same file.
    #[error("another counterpart process{holder} uses {path}, stop it first")]
    InUse {
        /// The database file.
        path: PathBuf,
        /// ` (process 4711)` when the holder left its number, else empty.
        holder: String,
    },
    /// The database was last written by a program with more migrations than this one.
    #[error(
        "{database} was written by a newer version (schema {found}, this program knows {known}): \
         upgrade the program"
    )]
    Newer {
        /// The database file, or its address without the password.
        database: String,
        /// The highest migration in the file.
        found: u32,
        /// The highest migration this program has.
        known: u32,
    },
    /// The database belongs to another program, or to the other daemon.
    #[error("{database} is not a database of this program (application id {found:#x}): {advice}")]
    Foreign {
        /// The database file, or its address without the password.
        database: String,
        /// The application id it is marked with.
        found: u32,
        /// What to do about it.
        advice: &'static str,
    },
    /// A migration that the file already has no longer has the text it was applied with.
    #[error(
        "migration {version} ({name}) was changed after it was applied to this database: \
         restore its text, or install the version that wrote the database"
    )]
    MigrationEdited {
        /// The migration's number.
        version: u32,
        /// The migration's name.
        name: String,
    },
    /// A migration was inserted below ones that the file already has.
    #[error(
        "migration {version} ({name}) is new but the database is at {reached} already: \
         give it a higher number"
    )]
    MigrationTooLate {
        /// The migration's number.
        version: u32,
        /// The migration's name.
        name: String,
        /// The highest migration in the file.
        reached: u32,
    },
    /// A migration could not be applied; the database is as it was before it.
    #[error("could not apply migration {version} ({name})")]
    MigrationFailed {
        /// The migration's number.
        version: u32,
        /// The migration's name.
        name: String,
        /// What the engine said.
        #[source]
        cause: Cause,
    },
    /// The file, its folder or its lock could not be opened.
    #[error("could not open the database at {path}: check that the folder exists and is writable")]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the system or the engine said.
        #[source]
        cause: Cause,
    },
    /// There is no connection to the server, and none comes about.
    #[error("could not reach {database}: {advice}")]
    Unreachable {
        /// The database's address without the password.
        database: String,
        /// What is wrong, as far as it is known, and what to do about it.
        advice: &'static str,
        /// What the server or the system said.
        #[source]
        cause: Cause,
    },
    /// The connection broke while the command was under way; whether the command was kept is only
    /// uncertain when it broke during the commit.
    #[error("the connection to the database broke: send the command again, it is carried out once")]
    Lost {
        /// What the client or the server said.
        #[source]
        cause: Cause,
    },
    /// Another command was in the way; nothing of this one was kept.
    #[error("another command was in the way: send this one again")]
    Conflict {
        /// What the engine said.
        #[source]
        cause: Cause,
    },
    /// The database's user lacks a right.
    #[error(
        "the user of the database may not do this ({detail}): give it the database with \
         ALTER DATABASE … OWNER TO, or the right that is missing"
    )]
    NotAllowed {
        /// The engine's words.
        detail: String,
    },
    /// A server's database is copied by the server's own tools.
    #[error(
        "the database is {database}: copy it with pg_dump --format=custom, which checks what it \
         reads, and restore it with pg_restore"
    )]
    OnServer {
        /// The database's address without the password.
        database: String,
    },
    /// The disk or the quota is full; nothing of the command was kept.
    #[error("the disk of the database is full: free some space, nothing was stored")]
    DiskFull {
        /// What the engine said.
        #[source]
        cause: Cause,
    },
    /// The disk failed to read or write; whether the command was kept is not known.
    #[error("the disk of the database does not work: check the disk and its cables")]
    Io {
        /// What the engine said.
        #[source]
        cause: Cause,
    },
    /// The file's contents do not add up.
    #[error("the database is damaged ({detail}): stop the program and restore a backup")]
    Corrupt {
        /// The first things found wrong.
        detail: String,
    },
    /// Too many commands wait already, or another program holds the file.
    #[error("the database is busy ({reason}): try again in a moment")]
    Busy {
        /// Why.
        reason: &'static str,
    },
    /// The daemon is stopping, or the database was closed.
    #[error("the database is closed because the program is stopping")]
    Closed,
    /// The command's code panicked; its own changes were rolled back.
    #[error("the command stopped with a bug: {message}")]
    Panicked {
        /// The panic's own message.
        message: String,
    },
    /// A write was tried where only reading is allowed.
    #[error("a write was tried on a reading connection: {sql}")]
    ReadOnly {
        /// The statement.
        sql: Arc<str>,
    },
    /// The statement would break a rule of the schema.
    #[error("the database refused a row ({kind:?}): {detail}")]
    Constraint {
        /// Which kind of rule.
        kind: ConstraintKind,
        /// The engine's words, naming the table and column.
        detail: String,
    },
    /// A row that must be there is not.
    #[error("no row where one was expected: {sql}")]
    NoRow {
        /// The statement.
        sql: Arc<str>,
    },
    /// There is more than one row where at most one can be.
    #[error("several rows where at most one was expected: {sql}")]
    SeveralRows {
        /// The statement.
        sql: Arc<str>,
    },
    /// A column holds something else than the code expects.
    #[error("column {column} of {sql}")]
    Column {
        /// The column's place, counted from 0.
        column: usize,
        /// The statement.
        sql: Arc<str>,
        /// What was found and what was expected.
        #[source]
        mismatch: ValueMismatch,
    },
    /// A statement failed for another reason, a mistake in its text for example.
    #[error("could not run {sql}")]
    Statement {
        /// The statement.
        sql: Arc<str>,
        /// What the engine said.
        #[source]
        cause: Cause,
    },
    /// An earlier failure ended the whole transaction while the command was still running.
    #[error("the transaction was ended by an earlier failure of it")]
    TransactionEnded {
        /// The failure that ended it.
        #[source]
        cause: Box<DbError>,
    },
    /// The backup's target exists already.
    #[error("{path} exists already: give the backup a new name")]
    BackupExists {
        /// The target.
        path: PathBuf,
    },
    /// The backup could not be written.
    #[error("could not write the backup to {path}")]
    Backup {
        /// The target.
        path: PathBuf,
        /// What the system or the engine said.
        #[source]
        cause: Cause,
    },
}

impl DbError {
    /// Tells whether the same command may succeed a little later without anyone doing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy { .. }
            | Self::Closed
            | Self::Unreachable { .. }
            | Self::Lost { .. }
            | Self::Conflict { .. } => true,
            Self::TransactionEnded { cause } => cause.is_passing(),
            _ => false,
        }
    }

    /// Tells whether the statement met a row with the same key.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(
            self,
            Self::Constraint {
                kind: ConstraintKind::Unique,
                ..
            }
        )
    }
}
