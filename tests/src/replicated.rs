//! A store that is nothing but a replica: it states facts with the product's own code and speaks to
//! a hub either over TLS, as in life, or within a process, where only the databases work.

use std::sync::Arc;

use counterpart_daemon::clock::{Clock, ManualClock};
use counterpart_daemon::db::{Db, DbError, DbOptions, Migration};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{
    Place, REPLICA_DAYS_MIGRATION_SQL, REPLICA_GENERATION_MIGRATION_SQL, REPLICA_MIGRATION_SQL,
    REPLICA_ORDERS_MIGRATION_SQL, REPLICA_RECOVERY_MIGRATION_SQL, Replica, ReplicaFailed,
};
use counterpart_daemon::tls::{
    EnrolmentCode, Identity, Protocols, client_config, enrolling_client_config, make_key_and_csr,
};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked};
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::sync::{EdgeSession, Exchange, Reply, Step, WithHashes, pack, unpack};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use reqwest::Client;
use tempfile::TempDir;

/// Where a hub is.
#[derive(Debug, Clone)]
pub struct HubPlace {
    /// Where it enrols.
    pub public_url: String,
    /// Where it takes exchanges.
    pub sync_url: String,
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
    Migration {
        version: 3,
        name: "replica_days",
        sql: REPLICA_DAYS_MIGRATION_SQL,
    },
    Migration {
        version: 4,
        name: "replica_recovery",
        sql: REPLICA_RECOVERY_MIGRATION_SQL,
    },
    Migration {
        version: 5,
        name: "replica_generation",
        sql: REPLICA_GENERATION_MIGRATION_SQL,
    },
];
/// Marks the files of these stores: "CpYd".
const APPLICATION_ID: u32 = 0x4370_5964;
/// More exchanges than anything here needs.
const ROUNDS_MAX: usize = 10_000;

impl Replicated {
    /// Makes a store of an enrolment code.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    pub async fn enrol(hub: &HubPlace, code: &str, clock: Arc<ManualClock>) -> Self {
        let key = make_key_and_csr().expect("a key can be made");
        let known: EnrolmentCode = code.parse().expect("a code is readable");
        let asked = EnrolmentAsked {
            code: code.to_owned(),
            csr_pem: key.csr_pem.clone(),
            edge: None,
        };
        let url = format!("{}/v1/enrolments", hub.public_url);
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
        let replica = Replica::new(clock.clone(), OsEntropy::shared(), Vec::new());
        let (edge, within) = (enrolled.edge_number, replica.clone());
        db.write_blocking(move |tx| -> Result<_, DbError> { within.become_edge(tx, edge) })
            .expect("an empty file takes its number");
        Self {
            edge,
            client: client(tls.expect("the hub's certificates are readable")),
            sync: hub.sync_url.clone(),
            db,
            replica,
            session: EdgeSession::new(0),
            clock,
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

    /// Waits at the hub for news, as a store that has nothing to do does; returns when there are
    /// any or the hub's time is up.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    pub async fn wait_for_news(&self) -> Result<(), reqwest::Error> {
        // Further than any feed goes, so that nothing is news.
        let url = format!("{}/sync/v1/wake?feed=1&after={}", self.sync, i64::MAX);
        self.client.get(url).send().await?.error_for_status()?;
        Ok(())
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
