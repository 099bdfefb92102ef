//! A hub on either engine and stores that are nothing but a replica: what a bench measures sync and
//! orders with, when tills and their pages would only be in the way.
//!
//! A store here states facts with the product's own replica and speaks to the hub either over TLS,
//! as in life, or in this process, where nothing but the database's work is timed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use counterpart_daemon::clock::{Clock, ManualClock, SystemClock};
use counterpart_daemon::db::{Db, DbError, DbOptions, Migration};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{
    Answer, Place, REPLICA_MIGRATION_SQL, REPLICA_ORDERS_MIGRATION_SQL, Replica, ReplicaFailed,
};
use counterpart_daemon::tls::{
    EnrolmentCode, Identity, Protocols, client_config, enrolling_client_config, make_key_and_csr,
};
use counterpart_hub::{Hub, HubConfig, RunningHub};
use counterpart_postgres_cluster::{Database, Server};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked};
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::sync::{EdgeSession, Exchange, Reply, Step, WithHashes, pack, unpack};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use reqwest::Client;
use tempfile::TempDir;

use crate::console::{Console, PASSWORD};

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

/// A store's replica.
pub struct Replicated {
    edge: EdgeNumber,
    client: Client,
    sync: String,
    db: Db,
    replica: Replica,
    session: EdgeSession,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

/// What went over the line until neither side had anything more to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Bytes of the bodies from the store to the hub, as packed.
    pub up_bytes: usize,
    /// Bytes of the bodies back.
    pub down_bytes: usize,
    /// Exchanges.
    pub rounds: usize,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "replica",
        sql: REPLICA_MIGRATION_SQL,
    },
    Migration {
        version: 2,
        name: "replica_orders",
        sql: REPLICA_ORDERS_MIGRATION_SQL,
    },
];
/// Marks the files of these stores: "CpYd".
const APPLICATION_ID: u32 = 0x4370_5964;
/// More exchanges than anything here needs.
const ROUNDS_MAX: usize = 10_000;

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
        Replicated::enrol(self, &code.expect("a store has a code")).await
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
            Answer::Refused(refused) => panic!("the hub refused: {refused:?}"),
        }
    }

    /// Stops the hub in order.
    pub async fn close(self) {
        let _stopped = self.hub.shutdown().await;
    }
}

impl Replicated {
    async fn enrol(yard: &Yard, code: &str) -> Self {
        let key = make_key_and_csr().expect("a key can be made");
        let known: EnrolmentCode = code.parse().expect("a code is readable");
        let asked = EnrolmentAsked {
            code: code.to_owned(),
            csr_pem: key.csr_pem.clone(),
            edge: None,
        };
        let url = format!("{}/v1/enrolments", yard.hub.public_url());
        let stranger = client(enrolling_client_config(&known, Protocols::Http1And2));
        let answer = stranger.post(url).json(&asked).send().await;
        let enrolled: Enrolled = answer
            .expect("the hub answers")
            .json()
            .await
            .expect("a fresh code enrols");
        let identity = Identity {
            certificate_pem: enrolled.certificate_pem,
            key_pem: key.key_pem,
        };
        let tls = client_config(&enrolled.ca_pem, Some(&identity), Protocols::Http1And2);
        let folder = TempDir::new().expect("a temporary folder can be made");
        let place = folder.path().join("edge.db");
        let db = Db::open(DbOptions {
            readers: 1,
            reserve_bytes: 0,
            ..DbOptions::new("yard", place, APPLICATION_ID, MIGRATIONS)
        })
        .expect("a file can be made");
        let replica = Replica::new(yard.clock.clone(), OsEntropy::shared(), Vec::new());
        let (edge, within) = (enrolled.edge_number, replica.clone());
        db.write_blocking(move |tx| -> Result<_, DbError> { within.become_edge(tx, edge) })
            .expect("an empty file takes its number");
        Self {
            edge,
            client: client(tls.expect("the hub's certificates are readable")),
            sync: format!("https://localhost:{}", yard.hub.sync_address().port()),
            db,
            replica,
            session: EdgeSession::new(0),
            clock: yard.clock.clone(),
            _folder: folder,
        }
    }

    /// States facts on the store's day, in one transaction.
    ///
    /// # Panics
    ///
    /// When one cannot be recorded.
    pub fn state<B: Body + Send + 'static>(&self, bodies: Vec<B>) {
        let now = Timestamp::from_millisecond(self.clock.now_ms()).expect("a clock's time");
        let today = now.in_tz("Europe/Brussels").expect("a zone").date();
        let place = Place {
            business_date: BusinessDate::from_civil(today).expect("a date of today"),
            register: Some(RegisterId(1)),
            staff: None,
        };
        let replica = self.replica.clone();
        self.db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                for body in &bodies {
                    replica.record(tx, EdgeNumber::HUB, place, body)?;
                }
                Ok(())
            })
            .expect("facts are never refused");
    }

    /// Returns the store's next exchange, if it has anything to say.
    ///
    /// # Panics
    ///
    /// When its database fails.
    #[must_use]
    pub fn next(&self, step: Step) -> Option<Exchange> {
        let Step::Exchange { after_seq, .. } = step else {
            return None;
        };
        let replica = self.replica.clone();
        let asked = self
            .db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                replica.ask(tx, after_seq, WithHashes::No)
            });
        Some(asked.expect("the store's database works"))
    }

    /// Takes the hub's reply and returns what to do next.
    ///
    /// # Panics
    ///
    /// When its database fails.
    pub fn hear(&mut self, reply: Reply) -> Step {
        let (replica, mut session) = (self.replica.clone(), self.session.clone());
        let heard = self
            .db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                let heard = replica.hear(tx, &mut session, &reply)?;
                Ok((session, heard.step))
            });
        let (session, step) = heard.expect("the store's database works");
        self.session = session;
        step
    }

    /// Returns what to do first.
    #[must_use]
    pub fn first(&self) -> Step {
        self.session.exchange()
    }

    /// Returns its number.
    #[must_use]
    pub fn edge(&self) -> EdgeNumber {
        self.edge
    }

    /// Exchanges over TLS until neither side has anything more to say.
    ///
    /// # Panics
    ///
    /// When the hub refuses, or the two never come to an end.
    pub async fn sync(&mut self) -> Passed {
        let mut passed = Passed::default();
        let mut step = self.first();
        while let Some(exchange) = self.next(step) {
            assert!(passed.rounds < ROUNDS_MAX, "they never come to an end");
            let body = pack(&exchange).expect("an exchange is small enough");
            passed.rounds += 1;
            passed.up_bytes += body.len();
            let url = format!("{}/sync/v1/exchange", self.sync);
            let answer = self.client.post(url).body(body).send().await;
            let answer = answer.expect("the hub answers");
            assert!(answer.status().is_success(), "{:?}", answer.text().await);
            let body = answer.bytes().await.expect("the answer is whole");
            passed.down_bytes += body.len();
            step = self.hear(unpack(&body).expect("the hub's frames are readable"));
        }
        passed
    }
}

fn client(tls: rustls::ClientConfig) -> Client {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .expect("a client can be made")
}
