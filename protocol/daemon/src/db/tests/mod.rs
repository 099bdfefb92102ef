//! The database as its callers see it, on either engine: this file is loaded once as `tests` and
//! once as `postgres_tests`. Each test has its own file in its own folder, or its own database.

mod commits;
pub(super) mod opening;
mod values;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use counterpart_postgres_cluster::Database;
use tempfile::TempDir;

use super::{Db, DbError, DbOptions, DbPlace, Migration, Tx};
use crate::clock::ManualClock;
use crate::params;

/// Marks the files of these tests.
pub(super) const APPLICATION_ID: u32 = 0xC0_0F_7E_57;

pub(super) const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "sales",
    sql: "CREATE TABLE sales (
              id INTEGER NOT NULL PRIMARY KEY,
              total_minor INTEGER NOT NULL CHECK (total_minor >= 0)
          ) STRICT;
          CREATE TABLE lines (
              sale_id INTEGER NOT NULL REFERENCES sales (id) DEFERRABLE,
              sku TEXT NOT NULL
          ) STRICT;",
}];

/// Whether these are the tests on PostgreSQL.
fn on_postgres() -> bool {
    module_path!().contains("postgres")
}

/// A folder for a database file, or an empty database of a server.
pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) server: Option<Database>,
}

impl Place {
    fn new() -> Self {
        let mut place = Self::for_files();
        place.server = on_postgres().then(Database::create);
        place
    }

    pub(super) fn for_files() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            server: None,
        }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn place(&self) -> DbPlace {
        match &self.server {
            Some(database) => DbPlace::Server(database.url().parse().unwrap()),
            None => DbPlace::File(self.file("store.db")),
        }
    }

    pub(super) fn options<'a>(&self, migrations: &'a [Migration]) -> DbOptions<'a> {
        let mut options = DbOptions::new("test", self.place(), APPLICATION_ID, migrations);
        options.reserve_bytes = 64 * 1024;
        options.clock = ManualClock::starting_at(1_700_000_000_000);
        options
    }

    pub(super) fn open(&self) -> Db {
        Db::open(self.options(SCHEMA)).unwrap()
    }
}

pub(super) fn sell(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    let sql = "INSERT INTO sales (id, total_minor) VALUES ($1, $2)";
    tx.execute(sql, params![id, id * 100]).map(|_| ())
}

pub(super) fn sold(db: &Db) -> Vec<i64> {
    db.read_blocking(|tx| {
        let rows = tx.query_all("SELECT id FROM sales ORDER BY id", params![])?;
        rows.iter()
            .map(|row| row.read(0))
            .collect::<Result<_, DbError>>()
    })
    .unwrap()
}

/// Holds the writer between two commits until the returned gate is opened, so that commands
/// queued meanwhile share the next one.
pub(super) fn hold(db: &Db) -> Sender<()> {
    let (gate, opened) = channel::<()>();
    let (entered, held) = channel::<()>();
    queue(db, move |tx| {
        tx.on_commit(Box::new(move || {
            entered.send(()).unwrap();
            opened.recv().unwrap();
        }));
        Ok(())
    });
    held.recv().unwrap();
    gate
}

/// Puts a command into the queue without waiting for it.
pub(super) fn queue<T: Send + 'static>(
    db: &Db,
    work: impl FnOnce(&mut Tx) -> Result<T, DbError> + Send + 'static,
) -> Receiver<Result<T, DbError>> {
    let (answer, answered) = channel();
    super::enqueue::<_, DbError, _, _>(&db.inner.writes, work, move |outcome| {
        // Not every test looks at every answer.
        let _ = answer.send(outcome);
    })
    .unwrap();
    answered
}
