//! Throw-away PostgreSQL servers for tests: one that all tests of this machine share, each with a
//! database of its own, and servers of their own for tests that stop and kill them.
//!
//! Debian's package `postgresql` must be installed, which `tests/run` sees to; without it these
//! functions panic, because a test that was skipped in silence is worse than one that fails.
//! Nothing here is durable, except [`Server::durable`] for benches: the servers run without
//! `fsync`, which a killed process does not notice and a power cut would.

mod config;
mod server;
mod shared;
mod tls;

pub use server::Server;

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use postgres::{Client, NoTls};

/// A database that is there for as long as this is.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Makes an empty database on the shared server.
    ///
    /// # Panics
    ///
    /// When there is no PostgreSQL on this machine, or it does not start.
    #[must_use]
    pub fn create() -> Self {
        Self::create_on(&shared::address())
    }

    /// Makes an empty database on the server at this address: `postgres://user@host` without a
    /// database.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    #[must_use]
    pub fn create_on(server: &str) -> Self {
        // Test processes run side by side, and each may make several.
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{number}", std::process::id());
        let database = Self {
            server: server.to_owned(),
            name,
        };
        database.ask(&format!("DROP DATABASE IF EXISTS {}", database.name));
        database.ask(&format!(
            "CREATE DATABASE {} TEMPLATE template0",
            database.name
        ));
        database
    }

    /// Returns its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_at(&self.server)
    }

    /// Returns its address at another address of its server.
    #[must_use]
    pub fn url_at(&self, server: &str) -> String {
        format!("{server}/{}", self.name)
    }

    /// Runs statements in it.
    ///
    /// # Panics
    ///
    /// When the server refuses them.
    pub fn run(&self, sql: &str) {
        batch(&self.url(), sql).expect("the statements are right");
    }

    /// Tells whether any row of any table holds these words, as text or as bytes.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    #[must_use]
    pub fn holds(&self, words: &str) -> bool {
        let hex: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
        let look = |client: &mut Client| -> Result<bool, postgres::Error> {
            let tables = "SELECT c.oid::REGCLASS::TEXT FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = 'public' AND c.relkind = 'r'";
            for table in client.query(tables, &[])? {
                let table: String = table.get(0);
                for row in client.query(&format!("SELECT t::TEXT FROM {table} t"), &[])? {
                    let text: String = row.get(0);
                    if text.contains(words) || text.contains(&hex) {
                        return Ok(true);
                    }
                }
            }
            Ok(false)
        };
        thread::scope(|scope| {
            let looking = scope.spawn(|| look(&mut Client::connect(&self.url(), NoTls)?));
            let found = looking.join().expect("looking does not panic");
            found.expect("the test server answers")
        })
    }

    fn ask(&self, sql: &str) {
        batch(&format!("{}/postgres", self.server), sql).expect("the test server answers");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let gone = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // The server may be gone on purpose; what is left goes with it.
        let _ = batch(&format!("{}/postgres", self.server), &gone);
    }
}

/// Runs statements on a thread of its own: the client blocks, which a test's runtime forbids.
pub(crate) fn batch(url: &str, sql: &str) -> Result<(), postgres::Error> {
    thread::scope(|scope| {
        let asking = scope.spawn(|| Client::connect(url, NoTls)?.batch_execute(sql));
        asking.join().expect("asking does not panic")
    })
}
