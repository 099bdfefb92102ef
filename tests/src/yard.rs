//! A hub on either engine in this process, for stores that are nothing but a replica: what a bench
//! measures sync and orders with, when tills and their pages would only be in the way.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use counterpart_daemon::clock::{Clock, ManualClock, SystemClock};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{Answer, ReplicaFailed};
use counterpart_hub::{Hub, HubConfig, RunningHub};
use counterpart_postgres_cluster::{Database, Server};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Exchange, Reply};
use tempfile::TempDir;

use crate::console::{Console, PASSWORD};
use crate::replicated::{HubPlace, Replicated};

/// Where a hub keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server of its own, started for this hub, as durable as a retailer's: with `fsync`.
    Postgres,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// Returns its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A hub in this process.
pub struct Yard {
    hub: RunningHub,
    clock: Arc<ManualClock>,
    console: Console,
    folder: TempDir,
    _database: Option<Database>,
    _server: Option<Server>,
}

impl Yard {
    /// Starts a hub with one operator and nothing else.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn open(engine: Engine) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let server = (engine == Engine::Postgres).then(Server::durable);
        let database = server.as_ref();
        let database = database.map(|server| Database::create_on(&server.address()));
        let place = database.as_ref().map(|database| database.url().parse());
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = HubConfig {
            data: folder.path().join("hub"),
            database: place.map(|url| url.expect("a server's address is readable")),
            public_listen: anywhere,
            sync_listen: anywhere,
            loopback_listen: Some(anywhere),
            first_admin_password: Some(PASSWORD.to_owned()),
            ..HubConfig::default()
        };
        let clock = ManualClock::starting_at(SystemClock.now_ms());
        let hub = Hub::start_with(config, clock.clone(), OsEntropy::shared()).await;
        let hub = hub.unwrap_or_else(|error| panic!("the hub does not start: {error}"));
        let console = Console::sign_in(&hub.console_url()).await;
        Self {
            console: console.expect("the first operator signs in"),
            clock,
            hub,
            folder,
            _database: database,
            _server: server,
        }
    }

    /// Returns a folder on the disk the hub's file is on.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the console of the first operator.
    #[must_use]
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Returns the clock of the hub and its stores.
    #[must_use]
    pub fn clock(&self) -> &Arc<ManualClock> {
        &self.clock
    }

    /// Returns the hub.
    #[must_use]
    pub fn hub(&self) -> &RunningHub {
        &self.hub
    }

    /// Adds a store and enrols its replica.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    pub async fn store(&self, store: &str) -> Replicated {
        let added = self.console.add_store(store).await;
        added.unwrap_or_else(|error| panic!("the store is not added: {error}"));
        let code = self.console.enrolment_code(store).await;
        let place = HubPlace {
            public_url: self.hub.public_url(),
            sync_url: format!("https://localhost:{}", self.hub.sync_address().port()),
        };
        let code = code.expect("a store has a code");
        Replicated::enrol(&place, &code, self.clock.clone()).await
    }

    /// Takes an exchange in as the sync listener does, without its line.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    #[must_use]
    pub fn answer(&self, edge: EdgeNumber, exchange: Exchange) -> Reply {
        let replica = self.hub.context().replica().clone();
        let answer =
            self.hub
                .context()
                .db()
                .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                    replica.answer(tx, edge, &exchange)
                });
        match answer.expect("the hub's database works") {
            Answer::Reply(reply) => reply,
            other => panic!("the hub refused: {other:?}"),
        }
    }

    /// Stops the hub in order.
    pub async fn close(self) {
        let _stopped = self.hub.shutdown().await;
    }
}
