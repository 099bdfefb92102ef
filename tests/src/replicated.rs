//! A store that is nothing but a replica: it states facts with the product's own code and speaks to
//! a hub either over TLS, as in life, or within a process, where only the databases work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use counterpart_daemon::clock::{Clock, ManualClock};
use counterpart_daemon::db::{Db, DbError, DbOptions};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{Place, REPLICA_MIGRATIONS, Replica, ReplicaFailed};
use counterpart_daemon::tls::{
    EnrolmentCode, Identity, Protocols, client_config, enrolling_client_config, make_key_and_csr,
};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked};
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::sync::{
    EdgeSession, Exchange, Reply, ShortTalk, Step, WithHashes, pack, shorten,
};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use reqwest::{Client, StatusCode};
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
    talk: ShortTalk,
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

/// Marks the files of these stores: "CpYd".
const APPLICATION_ID: u32 = 0x4370_5964;
/// More exchanges than anything here needs.
const ROUNDS_MAX: usize = 10_000;
/// How long a store waits before it asks a hub again that does not answer.
const AGAIN: Duration = Duration::from_millis(100);

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
            ..DbOptions::new("yard", place, APPLICATION_ID, REPLICA_MIGRATIONS)
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
            talk: ShortTalk::default(),
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
            let answered = self.exchange(&exchange, &mut passed).await;
            let reply = answered.unwrap_or_else(|refused| panic!("the hub refuses: {refused}"));
            step = self.hear(reply);
        }
        passed
    }

    /// As [`Replicated::sync`], through a hub that comes and goes: what it does not answer is asked
    /// again. `answered` counts what it did answer, of all stores that share it.
    ///
    /// # Panics
    ///
    /// When the two never come to an end.
    pub async fn sync_through(&mut self, answered: &AtomicU64) {
        let mut passed = Passed::default();
        let mut step = self.first();
        while let Some(exchange) = self.next(step) {
            assert!(passed.rounds < ROUNDS_MAX, "they never come to an end");
            step = match self.exchange(&exchange, &mut passed).await {
                Ok(reply) => {
                    answered.fetch_add(1, Ordering::Relaxed);
                    self.hear(reply)
                }
                Err(_) => {
                    tokio::time::sleep(AGAIN).await;
                    self.first()
                }
            };
        }
    }

    /// Makes one exchange over TLS.
    ///
    /// # Errors
    ///
    /// What the hub or the line said instead of an answer.
    async fn exchange(
        &mut self,
        exchange: &Exchange,
        passed: &mut Passed,
    ) -> Result<Reply, String> {
        let short = self.talk.may().then(|| self.in_short(exchange)).flatten();
        let whole = || pack(exchange).expect("an exchange is small enough");
        let body = match short {
            Some(body) => match self.post(body, passed).await? {
                (StatusCode::PRECONDITION_FAILED, _) => self.post(whole(), passed).await?,
                answered => answered,
            },
            None => self.post(whole(), passed).await?,
        };
        let (status, body) = body;
        if !status.is_success() {
            return Err(String::from_utf8_lossy(&body).into_owned());
        }
        let read = self.talk.read(&body, exchange);
        Ok(read.expect("the hub's frames are readable"))
    }

    fn in_short(&self, exchange: &Exchange) -> Option<Vec<u8>> {
        let (replica, asked) = (self.replica.clone(), exchange.clone());
        let before = self
            .db
            .read_blocking(move |tx| replica.told_before(tx, &asked));
        shorten(exchange, &before.expect("the store's database works"))
    }

    async fn post(
        &self,
        body: Vec<u8>,
        passed: &mut Passed,
    ) -> Result<(StatusCode, Vec<u8>), String> {
        passed.rounds += 1;
        passed.up_bytes += body.len();
        let url = format!("{}/sync/v1/exchange", self.sync);
        let sent = self.client.post(url).body(body).send().await;
        let answer = sent.map_err(|failed| failed.to_string())?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|failed| failed.to_string())?;
        passed.down_bytes += body.len();
        Ok((status, body.to_vec()))
    }
}

fn client(tls: rustls::ClientConfig) -> Client {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .expect("a client can be made")
}
