//! What the hub of a story keeps its data in. The test program decides it, so that one text of a
//! story runs once on each.

use counterpart_daemon::db::ServerUrl;
use counterpart_postgres_cluster::Database;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// A file in the hub's data folder.
    #[default]
    Sqlite,
    /// A database of its own on the PostgreSQL server that the tests share.
    Postgres,
}

impl Engine {
    /// Makes an empty database, unless the hub makes its own file.
    ///
    /// # Panics
    ///
    /// When PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn database(self) -> Option<Database> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(Database::create()),
        }
    }
}

/// Returns a database's address as the hub's settings hold it.
///
/// # Panics
///
/// Never: the cluster writes addresses.
#[must_use]
pub fn address(database: &Database) -> ServerUrl {
    let url = database.url().parse();
    url.expect("the cluster writes addresses")
}
