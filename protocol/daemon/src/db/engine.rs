//! The two engines behind one face, so that what differs between them stands in one place each.
//!
//! It decides nothing about transactions; `tx.rs` and the threads do.

#[cfg(feature = "postgres")]
use super::dialect;
use super::error::DbError;
#[cfg(feature = "postgres")]
use super::postgres::Postgres;
use super::row::Row;
use super::sqlite::Sqlite;
use super::value::Value;

/// The engines a transaction may run on.
pub(super) enum Engine {
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(Box<Postgres>),
}

/// Whether a transaction intends to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    Read,
    Write,
}

/// What happened to the database since a writing connection's last transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// Nobody else wrote: what was remembered is true.
    Unchanged,
    /// Another process may have written.
    Changed,
}

/// How a transaction stands after a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// More statements may follow.
    Open,
    /// Nothing may follow before the savepoint is undone: PostgreSQL after any failed statement.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "SQLite goes on after a failed statement")
    )]
    Spoilt,
    /// The transaction is over.
    Over,
}

impl Engine {
    /// Begins a transaction, on PostgreSQL after connecting again if need be.
    pub(super) fn begin(&mut self, intent: Intent) -> Result<Since, DbError> {
        match self {
            // Nobody else writes to a file: its lock sees to that.
            Self::Sqlite(sqlite) => {
                let begun = match intent {
                    Intent::Write => sqlite.control("BEGIN IMMEDIATE"),
                    Intent::Read => sqlite.control("BEGIN"),
                };
                begun.map(|()| Since::Unchanged)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.begin(intent),
        }
    }

    /// Makes the transaction durable.
    pub(super) fn commit(&mut self) -> Result<(), DbError> {
        self.control("COMMIT")
    }

    /// Undoes the transaction, if one is open.
    pub(super) fn roll_back(&mut self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(sqlite) if sqlite.in_transaction() => sqlite.control("ROLLBACK"),
            Self::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.roll_back(),
        }
    }

    /// Runs one statement of the transaction's own making, `SAVEPOINT` for example.
    pub(super) fn control(&mut self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.control(sql),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.control(sql),
        }
    }

    /// Runs several statements without parameters, as migrations do, in the engine's own words.
    pub(super) fn script(&mut self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.script(sql),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.control(&dialect::to_postgres(sql)),
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.execute(sql, params),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.execute(sql, params),
        }
    }

    /// Runs a query and returns at most `rows_max` rows.
    pub(super) fn query(
        &mut self,
        sql: &str,
        params: &[Value],
        rows_max: usize,
    ) -> Result<Vec<Row>, DbError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.query(sql, params, rows_max),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.query(sql, params, rows_max),
        }
    }

    /// Tells how the transaction stands after a statement that ended as `failure` says.
    pub(super) fn standing(&self, failure: Option<&DbError>) -> Standing {
        match (self, failure) {
            (Self::Sqlite(sqlite), _) if sqlite.in_transaction() => Standing::Open,
            (Self::Sqlite(_), _) => Standing::Over,
            #[cfg(feature = "postgres")]
            (Self::Postgres(postgres), _) if !postgres.in_transaction() => Standing::Over,
            #[cfg(feature = "postgres")]
            (Self::Postgres(_), Some(_)) => Standing::Spoilt,
            #[cfg(feature = "postgres")]
            (Self::Postgres(_), None) => Standing::Open,
        }
    }
}
