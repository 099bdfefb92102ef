//! A store edge as the hub meets it: a real replica with its own database, key and certificate,
//! speaking over real TLS. It has no till.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use counterpart_daemon::clock::{Clock, ManualClock};
use counterpart_daemon::db::{CopyFor, Db, DbError, DbOptions};
use counterpart_daemon::entropy::{OsEntropy, random_bytes};
use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::params;
use counterpart_daemon::replica::{
    Place, REPLICA_MIGRATIONS, Recorded, Replica, ReplicaFailed, SealFailed,
};
use counterpart_daemon::tls::{
    EnrolmentCode, Identity, KeyAndCsr, Protocols, client_config, enrolling_client_config,
    make_key_and_csr,
};
use counterpart_protocol::days::DaySealed;
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked};
use counterpart_protocol::facts::{Body, Kind};
use counterpart_protocol::ids::{EdgeNumber, OrderId, RegisterId};
use counterpart_protocol::orders::Order;
use counterpart_protocol::reference::{Reference, Snapshot, hash_of, packing};
use counterpart_protocol::sync::{
    EdgeSession, Exchange, Reply, Step, WithHashes, pack, shorten, unpack,
};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use reqwest::header::ETAG;
use reqwest::{Client, Response, StatusCode};
use tempfile::TempDir;

use crate::facts::Day;
use crate::world::World;

/// An enrolled edge.
pub(crate) struct Peer {
    pub(crate) enrolled: Enrolled,
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    base: String,
    pub(crate) db: Db,
    pub(crate) replica: Replica,
    session: EdgeSession,
    folder: TempDir,
}

/// Posts an enrolment as an edge does: with nothing but the code, to the hub's TLS listener.
pub(crate) async fn ask(world: &World, code: &str, csr_pem: &str) -> Result<Enrolled, ProblemBody> {
    ask_again(world, code, csr_pem, None).await
}

/// As [`ask`], from a folder that holds an edge's data already.
pub(crate) async fn ask_again(
    world: &World,
    code: &str,
    csr_pem: &str,
    edge: Option<EdgeNumber>,
) -> Result<Enrolled, ProblemBody> {
    let known: EnrolmentCode = code.parse().unwrap();
    let tls = enrolling_client_config(&known, Protocols::Http1And2);
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap();
    let asked = EnrolmentAsked {
        code: code.to_owned(),
        csr_pem: csr_pem.to_owned(),
        edge,
    };
    let url = format!("{}/v1/enrolments", world.hub().public_url());
    let answer = client.post(url).json(&asked).send().await.unwrap();
    match answer.status().is_success() {
        true => Ok(answer.json().await.unwrap()),
        false => Err(answer.json().await.unwrap()),
    }
}

impl Peer {
    pub(crate) async fn enrol(world: &World, code: &str) -> Result<Self, ProblemBody> {
        let key = make_key_and_csr().unwrap();
        let enrolled = ask(world, code, &key.csr_pem).await?;
        Ok(Self::of(world, enrolled, &key))
    }

    fn of(world: &World, enrolled: Enrolled, key: &KeyAndCsr) -> Self {
        let identity = Identity {
            certificate_pem: enrolled.certificate_pem.clone(),
            key_pem: key.key_pem.clone(),
        };
        let client = client_of(&enrolled.ca_pem, Some(&identity));
        let folder = TempDir::new().unwrap();
        let clock = ManualClock::starting_at(world.clock.now_ms());
        let (db, replica) = open(folder.path(), &clock);
        let (number, within) = (enrolled.edge_number, replica.clone());
        db.write_blocking(move |tx| -> Result<_, DbError> { within.become_edge(tx, number) })
            .unwrap();
        Self {
            base: format!("https://localhost:{}", world.hub().sync_address().port()),
            session: EdgeSession::new(0),
            enrolled,
            client,
            clock,
            db,
            replica,
            folder,
        }
    }

    /// Enrols the same folder once more, with a new key.
    pub(crate) async fn enrol_again(&mut self, world: &World, code: &str) {
        let key = make_key_and_csr().unwrap();
        let known = Some(self.enrolled.edge_number);
        self.enrolled = ask_again(world, code, &key.csr_pem, known).await.unwrap();
        let identity = Identity {
            certificate_pem: self.enrolled.certificate_pem.clone(),
            key_pem: key.key_pem,
        };
        self.client = client_of(&self.enrolled.ca_pem, Some(&identity));
    }

    /// Returns a second machine with a copy of this one's disk and keys.
    pub(crate) fn copied(&self) -> Self {
        let folder = TempDir::new().unwrap();
        let target: PathBuf = folder.path().join("edge.db");
        let db = self.db.clone();
        let to = target.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime
                .block_on(db.backup_to(to, CopyFor::Keeping))
                .unwrap();
        })
        .join()
        .unwrap();
        let clock = ManualClock::starting_at(self.clock.now_ms());
        let (db, replica) = open(folder.path(), &clock);
        Self {
            enrolled: self.enrolled.clone(),
            client: self.client.clone(),
            base: self.base.clone(),
            session: EdgeSession::new(0),
            clock,
            db,
            replica,
            folder,
        }
    }

    /// Becomes another life of the same edge, with another actor.
    pub(crate) fn become_life(&self, incarnation: u32) {
        let actor: [u8; 16] = random_bytes(&OsEntropy);
        let written: Result<u64, DbError> = self.db.write_blocking(move |tx| {
            tx.execute(
                "UPDATE replica_identity SET incarnation = $1, actor = $2",
                params![incarnation, actor],
            )
        });
        assert_eq!(written.unwrap(), 1);
    }

    /// Returns register 1 on the store's day.
    pub(crate) fn place(&self) -> Place {
        Place {
            business_date: self.today(),
            register: Some(RegisterId(1)),
            staff: None,
        }
    }

    /// States a fact at register 1 on the store's day: every store here is in Belgium.
    pub(crate) fn state<B: Body + Send + 'static>(&self, body: B) -> Recorded {
        let (replica, place) = (self.replica.clone(), self.place());
        self.db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                replica.record(tx, EdgeNumber::HUB, place, &body)
            })
            .unwrap()
    }

    /// Returns the store's day that it is now.
    pub(crate) fn today(&self) -> BusinessDate {
        let now = Timestamp::from_millisecond(self.clock.now_ms()).unwrap();
        let today = now.in_tz("Europe/Brussels").unwrap().date();
        BusinessDate::from_civil(today).unwrap()
    }

    /// Seals a day, of which the store says that this was sold, numbered and is on hand.
    pub(crate) fn seal(&self, date: BusinessDate, day: &Day) -> Recorded {
        let (replica, sums, stock) = (self.replica.clone(), day.sums(), day.stock());
        let sealed = self.db.write_blocking(move |tx| {
            replica.seal(tx, date, |_, point| {
                Ok(DaySealed {
                    business_date: date,
                    previous: point.previous,
                    after_seq: point.after.seq,
                    chain: point.after.chain,
                    digest: point.held.digest,
                    kinds: point.held.kinds,
                    sums,
                    stock,
                    open_tills: Vec::new(),
                })
            })
        });
        sealed.unwrap_or_else(|failed: SealFailed| panic!("{failed:?}"))
    }

    /// Returns the facts of a kind that the hub told this edge.
    pub(crate) fn heard(&self, kind: Kind) -> i64 {
        let sql = "SELECT COUNT(*) FROM feed_records WHERE direction = 'in' AND kind = $1";
        let counted = self.db.read_blocking(move |tx| -> Result<_, DbError> {
            tx.query_one(sql, params![kind.number()])?.read(0)
        });
        counted.unwrap()
    }

    /// States a fact in an order's document, under custody epoch 1.
    pub(crate) fn state_in<B: Body + Send + 'static>(&self, order: OrderId, body: B) -> Recorded {
        let days = self.clock.now_ms().div_euclid(86_400_000);
        let place = Place {
            business_date: BusinessDate::from_days(i32::try_from(days).unwrap()).unwrap(),
            register: None,
            staff: None,
        };
        let replica = self.replica.clone();
        self.db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                replica.record_order(tx, order, 1, place, &body)
            })
            .unwrap()
    }

    /// Returns an order as this edge's facts say it is.
    pub(crate) fn order(&self, order: OrderId) -> Order {
        let replica = self.replica.clone();
        let facts = self
            .db
            .read_blocking(move |tx| -> Result<_, ReplicaFailed> { replica.order_facts(tx, order) })
            .unwrap();
        Order::fold(&facts).unwrap()
    }

    /// Returns the business dates of the records heard from the hub, in their order.
    pub(crate) fn dates_heard(&self) -> Vec<BusinessDate> {
        let sql =
            "SELECT business_date FROM feed_records WHERE direction = 'in' ORDER BY feed, seq";
        let dates = self.db.read_blocking(move |tx| -> Result<_, DbError> {
            let rows = tx.query_all(sql, params![])?;
            rows.iter().map(|row| row.read::<i32>(0)).collect()
        });
        let dates: Vec<i32> = dates.unwrap();
        dates
            .into_iter()
            .map(|days| BusinessDate::from_days(days).unwrap())
            .collect()
    }

    /// Makes the exchange that sends what follows record `after_seq`.
    pub(crate) fn exchange_after(&self, after_seq: u64) -> Exchange {
        let replica = self.replica.clone();
        self.db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                replica.ask(tx, after_seq, WithHashes::No)
            })
            .unwrap()
    }

    /// Says an exchange in short.
    pub(crate) fn in_short(&self, exchange: &Exchange) -> Vec<u8> {
        let (replica, asked) = (self.replica.clone(), exchange.clone());
        let before = self
            .db
            .read_blocking(move |tx| replica.told_before(tx, &asked));
        shorten(exchange, &before.unwrap()).unwrap()
    }

    /// Sends an exchange and returns the hub's answer as it is.
    pub(crate) async fn send(&self, exchange: &Exchange) -> Response {
        self.send_bytes(pack(exchange).unwrap()).await
    }

    pub(crate) async fn send_bytes(&self, body: Vec<u8>) -> Response {
        let url = format!("{}/sync/v1/exchange", self.base);
        self.client.post(url).body(body).send().await.unwrap()
    }

    /// Sends an exchange that must be answered.
    pub(crate) async fn reply(&self, exchange: &Exchange) -> Reply {
        let answer = self.send(exchange).await;
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
        unpack(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Sends an exchange that must be refused, and returns why.
    pub(crate) async fn refusal(&self, exchange: &Exchange) -> ProblemBody {
        let answer = self.send(exchange).await;
        assert!(!answer.status().is_success(), "it must be refused");
        answer.json().await.unwrap()
    }

    /// Exchanges until neither side has anything more to say; returns how often.
    pub(crate) async fn sync(&mut self) -> usize {
        let mut step = self.session.exchange();
        for round in 0..100 {
            let Step::Exchange { after_seq, .. } = step else {
                assert_eq!(step, Step::Listen, "{:?}", self.session.phase());
                return round;
            };
            let exchange = self.exchange_after(after_seq);
            let reply = self.reply(&exchange).await;
            step = self.hear(reply);
        }
        panic!("the two never come to an end");
    }

    /// Takes a reply in.
    pub(crate) fn hear(&mut self, reply: Reply) -> Step {
        let (replica, mut session) = (self.replica.clone(), self.session.clone());
        let (session, step) = self
            .db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                let heard = replica.hear(tx, &mut session, &reply)?;
                Ok((session, heard.step))
            })
            .unwrap();
        self.session = session;
        step
    }

    /// Returns how far the peer holds the hub's feed: its run and its last record.
    pub(crate) fn holds(&self) -> (u32, u64) {
        let hello = self.exchange_after(0).hello;
        (hello.down.feed.0, hello.down.seq)
    }

    /// Returns what the hub publishes of a kind to this edge.
    pub(crate) async fn reference<R: Reference>(&self) -> R {
        let path = format!("/sync/v1/reference/{}", R::KIND);
        let answer = self.get(&path).await;
        let etag = answer.headers()[ETAG].to_str().unwrap().to_owned();
        let bytes = packing::unpack(&answer.bytes().await.unwrap()).unwrap();
        Snapshot::read(&bytes, &hash_of(&etag).unwrap()).unwrap()
    }

    /// Asks anything of the sync listener.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Follows the hub to another port, after its restart.
    pub(crate) fn follow(&mut self, world: &World) {
        self.base = format!("https://localhost:{}", world.hub().sync_address().port());
        assert!(self.folder.path().exists());
    }
}

/// Returns a client that trusts the authority and shows `identity`, if any.
pub(crate) fn client_of(ca_pem: &str, identity: Option<&Identity>) -> Client {
    let tls = client_config(ca_pem, identity, Protocols::Http1And2).unwrap();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}

fn open(folder: &Path, clock: &Arc<ManualClock>) -> (Db, Replica) {
    let db = Db::open(DbOptions {
        readers: 1,
        reserve_bytes: 0,
        clock: clock.clone(),
        ..DbOptions::new("peer", folder.join("edge.db"), 0x1234, REPLICA_MIGRATIONS)
    })
    .unwrap();
    (
        db,
        Replica::new(clock.clone(), OsEntropy::shared(), Vec::new()),
    )
}
