//! A hub for tests: the sync endpoints over mutual TLS, on a real replica with its own file.
//! What it cannot do is what these tests are not about: stores, console, catalogue import.

mod exchanging;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::clock::{Clock as _, ManualClock, SystemClock};
use counterpart_daemon::db::{Db, DbOptions, Tx};
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::http::{Limits, Problem, Transport, bind};
use counterpart_daemon::replica::{Place, REPLICA_MIGRATIONS, Replica, ReplicaFailed};
use counterpart_daemon::tls::{
    Authority, PeerCertificate, Protocols, server_config_with_client_certs,
};
use counterpart_protocol::customers::{CustomerTold, CustomersAsked, CustomersTold, NameTold};
use counterpart_protocol::facts::{Body, ReferencePublished};
use counterpart_protocol::ids::{CustomerId, EdgeNumber};
use counterpart_protocol::reference::packing;
use counterpart_protocol::reference::{Reference, ReferenceKind, Snapshot, hash_text};
use counterpart_protocol::sync::{RecoveryAsked, pack, unpack};
use counterpart_protocol::time::BusinessDate;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::factory::{EDGE, World};

/// A hub. Clones are the same hub; its line can be cut and mended, its data stay.
#[derive(Clone)]
pub(crate) struct FakeHub {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    replica: Replica,
    _folder: TempDir,
    /// Takes the next exchange in, and loses the answer on the way back.
    loses_next_answer: AtomicBool,
    /// It is a program from before exchanges in short.
    is_older: AtomicBool,
    /// How many exchanges it took in short.
    in_short: AtomicU64,
    /// What every call is refused with.
    refuses: Mutex<Option<Problem>>,
    snapshots: Mutex<Vec<(ReferenceKind, Snapshot)>>,
    /// What is sent to an edge that holds a snapshot.
    delta: Mutex<Option<Vec<u8>>>,
    /// The status of every answer with a snapshot or a delta.
    sent: Mutex<Vec<u16>>,
    /// How often reference data was asked for that nobody published.
    asked_in_vain: AtomicU64,
    exchanges: AtomicU64,
    /// What customers are called; nothing while it does not answer that question.
    names: Mutex<Option<BTreeMap<CustomerId, NameTold>>>,
    /// How often it was asked.
    asked_names: AtomicU64,
    stopping: Mutex<CancellationToken>,
}

/// A hub that listens.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    served: JoinHandle<()>,
}

impl Listening {
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Cuts the line: nothing listens any more.
    pub(crate) async fn cut(self) -> SocketAddr {
        self.stop.cancel();
        self.served.await.unwrap();
        self.address
    }
}

impl FakeHub {
    pub(crate) fn new(clock: Arc<ManualClock>) -> Self {
        let folder = TempDir::new().unwrap();
        let mut options = DbOptions::new(
            "hub",
            folder.path().join("h.db"),
            0x7e57,
            REPLICA_MIGRATIONS,
        );
        options.reserve_bytes = 0;
        let db = Db::open(options).unwrap();
        let replica = Replica::new(clock, SeededEntropy::shared(99), Vec::new());
        let hub = replica.clone();
        db.write_blocking(move |tx| hub.become_edge(tx, EdgeNumber::HUB))
            .unwrap();
        let shared = Shared {
            db,
            replica,
            _folder: folder,
            loses_next_answer: AtomicBool::new(false),
            is_older: AtomicBool::new(false),
            in_short: AtomicU64::new(0),
            refuses: Mutex::new(None),
            snapshots: Mutex::new(Vec::new()),
            delta: Mutex::new(None),
            sent: Mutex::new(Vec::new()),
            asked_in_vain: AtomicU64::new(0),
            exchanges: AtomicU64::new(0),
            names: Mutex::new(Some(BTreeMap::new())),
            asked_names: AtomicU64::new(0),
            stopping: Mutex::new(CancellationToken::new()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Listens for the edges of `authority`, on any free port or where it listened before.
    pub(crate) fn listen(&self, authority: &Authority, at: Option<SocketAddr>) -> Listening {
        let at = at.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        // The handshake is checked by this machine's own clock, not by the world's.
        let now_ms = SystemClock.now_ms();
        let names = ["127.0.0.1".to_owned()];
        let identity = authority
            .issue_server(&names, now_ms, 3_650, &SeededEntropy::new(5))
            .unwrap();
        let pem = authority.certificate_pem();
        let config = server_config_with_client_certs(&identity, pem, Protocols::Http1And2).unwrap();
        let listener = bind(at, "--port").unwrap();
        let address = listener.address();
        let stop = CancellationToken::new();
        *self.shared.stopping.lock().unwrap() = stop.clone();
        let router = Router::new()
            .route("/sync/v1/exchange", post(exchanging::exchange))
            .route("/sync/v1/recovery", post(recovery))
            .route("/sync/v1/wake", get(wake))
            .route("/sync/v1/customers", post(customers))
            .route("/sync/v1/reference/{kind}", get(newest_reference))
            .route("/sync/v1/reference/{kind}/{sha256}", get(reference))
            .with_state(self.clone());
        let token = stop.clone();
        let served = tokio::spawn(async move {
            let deadline = Duration::from_millis(200);
            let limits = Limits::default();
            listener
                .serve(router, Transport::tls(config), limits, token, deadline)
                .await
                .unwrap();
        });
        Listening {
            address,
            stop,
            served,
        }
    }

    /// States a fact for the world's edge.
    pub(crate) async fn say<B: Body + Send + 'static>(&self, body: B) {
        self.write(move |replica, tx| replica.record(tx, EDGE, place(), &body))
            .await;
    }

    /// Publishes reference data as version `version`.
    pub(crate) async fn publish<R: Reference>(&self, version: u64, content: &R) -> Snapshot {
        let snapshot = Snapshot::of(content);
        self.serve_snapshot(R::KIND, snapshot.clone());
        self.say(ReferencePublished {
            reference: R::KIND.word().to_owned(),
            version,
            sha256: snapshot.sha256,
        })
        .await;
        snapshot
    }

    /// Serves these bytes under this hash, whether they have it or not.
    pub(crate) fn serve_snapshot(&self, kind: ReferenceKind, snapshot: Snapshot) {
        let mut snapshots = self.shared.snapshots.lock().unwrap();
        snapshots.retain(|(other, _)| *other != kind);
        snapshots.push((kind, snapshot));
    }

    /// Sends these bytes as what changed to every edge that holds something.
    pub(crate) fn serve_delta(&self, delta: Option<Vec<u8>>) {
        *self.shared.delta.lock().unwrap() = delta;
    }

    /// Returns the status of every snapshot and delta sent since it was last asked.
    pub(crate) fn sent(&self) -> Vec<u16> {
        std::mem::take(&mut *self.shared.sent.lock().unwrap())
    }

    /// Returns how often reference data was asked for that nobody published.
    pub(crate) fn asked_in_vain(&self) -> u64 {
        self.shared.asked_in_vain.load(Ordering::SeqCst)
    }

    pub(crate) fn lose_next_answer(&self) {
        self.shared.loses_next_answer.store(true, Ordering::SeqCst);
    }

    pub(crate) fn refuse(&self, problem: Option<Problem>) {
        *self.shared.refuses.lock().unwrap() = problem;
    }

    /// Tells this of a customer from now on.
    pub(crate) fn tell(&self, customer: CustomerId, name: NameTold) {
        let mut names = self.shared.names.lock().unwrap();
        names.get_or_insert_default().insert(customer, name);
    }

    /// Answers no more what customers are called, until it is told a name again.
    pub(crate) fn keep_names_back(&self) {
        *self.shared.names.lock().unwrap() = None;
    }

    /// Returns how often it was asked what customers are called.
    pub(crate) fn asked_names(&self) -> u64 {
        self.shared.asked_names.load(Ordering::SeqCst)
    }

    /// Returns how many records of the world's edge it holds, and how many facts they are.
    pub(crate) async fn holds(&self) -> (u64, u64) {
        self.write(|_, tx| {
            let row = tx.query_one(
                "SELECT COUNT(*), COUNT(DISTINCT change_hash) FROM feed_records
                 WHERE direction = 'in' AND peer = $1",
                counterpart_daemon::params![EDGE.0],
            )?;
            let (records, facts): (i64, i64) = (row.read(0)?, row.read(1)?);
            Ok((records.cast_unsigned(), facts.cast_unsigned()))
        })
        .await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> T {
        let replica = self.shared.replica.clone();
        self.shared
            .db
            .write(move |tx| work(&replica, tx))
            .await
            .unwrap()
    }
}

impl World {
    /// Makes a world whose hub listens.
    pub(crate) async fn with_hub() -> (Self, FakeHub, Listening) {
        let world = Self::new();
        let hub = FakeHub::new(world.clock.clone());
        let listening = hub.listen(&world.authority, None);
        world.enrol(&listening.url()).await;
        (world, hub, listening)
    }
}

async fn recovery(State(hub): State<FakeHub>, peer: PeerCertificate, body: Bytes) -> Response {
    let asked: RecoveryAsked = unpack(&body).unwrap();
    let edge = EdgeNumber(peer.edge.edge_number);
    let told = hub.write(move |replica, tx| replica.answer_recovery(tx, edge, &asked));
    pack(&told.await).unwrap().into_response()
}

async fn customers(State(hub): State<FakeHub>, _: PeerCertificate, body: Bytes) -> Response {
    hub.shared.asked_names.fetch_add(1, Ordering::SeqCst);
    let asked: CustomersAsked = serde_json::from_slice(&body).unwrap();
    let names = hub.shared.names.lock().unwrap();
    let Some(names) = names.as_ref() else {
        return Problem::not_found("there is nothing at this address").into_response();
    };
    let told = asked.customers.iter().map(|one| CustomerTold {
        customer_id: one.customer_id,
        name: names
            .get(&one.customer_id)
            .cloned()
            .unwrap_or(NameTold::Unknown),
    });
    let customers = told.collect();
    serde_json::to_vec(&CustomersTold { customers })
        .unwrap()
        .into_response()
}

#[derive(Deserialize)]
struct Asked {
    feed: u32,
    after: u64,
}

async fn wake(State(hub): State<FakeHub>, peer: PeerCertificate, asked: Query<Asked>) -> Response {
    let edge = EdgeNumber(peer.edge.edge_number);
    let stop = hub.shared.stopping.lock().unwrap().clone();
    let mut watch = hub.shared.replica.watch_feed(edge);
    loop {
        watch.mark_unchanged();
        let up = hub
            .write(move |replica, tx| Ok(replica.up_state(tx, edge)?))
            .await;
        if up.head_seq > asked.after || asked.feed != 1 {
            return StatusCode::OK.into_response();
        }
        tokio::select! {
            _ = watch.changed() => {}
            () = stop.cancelled() => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            () = tokio::time::sleep(Duration::from_secs(20)) => {
                return StatusCode::NO_CONTENT.into_response();
            }
        }
    }
}

async fn newest_reference(
    hub: State<FakeHub>,
    Path(kind): Path<String>,
    headers: HeaderMap,
) -> Response {
    reference(hub, Path((kind, String::new())), headers).await
}

/// Answers whatever hash is asked for with what it serves: a delta to it, if it was given one.
async fn reference(
    State(hub): State<FakeHub>,
    Path((kind, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let snapshots = hub.shared.snapshots.lock().unwrap();
    let found = snapshots.iter().find(|(known, _)| known.word() == kind);
    let Some((_, snapshot)) = found else {
        hub.shared.asked_in_vain.fetch_add(1, Ordering::SeqCst);
        return Problem::not_found("nothing is published").into_response();
    };
    let tag = format!("\"{}\"", hash_text(&snapshot.sha256));
    let etag = HeaderValue::from_str(&tag).unwrap();
    let held = headers.get(header::IF_NONE_MATCH);
    if held.is_some_and(|held| *held == etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let delta = hub.shared.delta.lock().unwrap().clone();
    let (status, body) = match delta.filter(|_| held.is_some()) {
        Some(delta) => (StatusCode::IM_USED, delta),
        None => (StatusCode::OK, packing::pack(&snapshot.bytes).unwrap()),
    };
    hub.shared.sent.lock().unwrap().push(status.as_u16());
    let version = (
        header::HeaderName::from_static("x-reference-version"),
        HeaderValue::from_static("9"),
    );
    (status, [(header::ETAG, etag), version], body).into_response()
}

pub(crate) fn place() -> Place {
    Place {
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: None,
        staff: None,
    }
}
