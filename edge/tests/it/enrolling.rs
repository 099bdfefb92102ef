//! Enrolment against a hub's public listener: a typed code becomes a store, once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use counterpart_daemon::clock::{Clock as _, SystemClock};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::http::{Limits, Problem, Transport, bind};
use counterpart_daemon::tls::{Authority, EdgeName, EnrolmentCode, Protocols, server_config};
use counterpart_edge::context::Context;
use counterpart_edge::{Edge, enrol, keep};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked};
use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::EdgeNumber;
use tokio_util::sync::CancellationToken;

use crate::factory::{EDGE, World, read, sentence, store};

/// A hub's public listener that takes one code, once.
struct Public {
    address: SocketAddr,
    code: EnrolmentCode,
    stop: CancellationToken,
}

struct Desk {
    authority: Authority,
    code: EnrolmentCode,
    next: EdgeNumber,
    used: std::sync::atomic::AtomicBool,
}

impl Public {
    fn open(authority: Authority) -> Self {
        Self::giving(authority, EDGE)
    }

    /// Gives `next` to whoever asks as nobody's edge yet.
    fn giving(authority: Authority, next: EdgeNumber) -> Self {
        let code = EnrolmentCode::new(&authority.fingerprint(), &OsEntropy);
        let names = ["127.0.0.1".to_owned()];
        let identity = authority
            .issue_server(&names, SystemClock.now_ms(), 10, &OsEntropy)
            .unwrap();
        let transport = Transport::tls(server_config(&identity, Protocols::Http1And2).unwrap());
        let desk = Desk {
            authority,
            code: code.clone(),
            next,
            used: false.into(),
        };
        let router = Router::new()
            .route("/v1/enrolments", post(answer))
            .with_state(Arc::new(desk));
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0)), "--port").unwrap();
        let address = listener.address();
        let stop = CancellationToken::new();
        let token = stop.clone();
        tokio::spawn(async move {
            let deadline = Duration::from_millis(100);
            listener
                .serve(router, transport, Limits::default(), token, deadline)
                .await
                .unwrap();
        });
        Self {
            address,
            code,
            stop,
        }
    }

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

impl Drop for Public {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn answer(State(desk): State<Arc<Desk>>, Json(asked): Json<EnrolmentAsked>) -> Response {
    assert_eq!(asked.code, desk.code.to_string());
    if desk.used.swap(true, std::sync::atomic::Ordering::SeqCst) {
        let said = "this code was used already: make a new one at the console";
        return Problem::refused("code_used", said).into_response();
    }
    let edge_number = asked.edge.unwrap_or(desk.next);
    let name = EdgeName {
        edge_number: edge_number.0,
        store: "ghent".to_owned(),
    };
    let certificate_pem = desk
        .authority
        .sign_client(&asked.csr_pem, &name, SystemClock.now_ms(), 365, &OsEntropy)
        .unwrap();
    Json(Enrolled {
        edge_number,
        certificate_pem,
        ca_pem: desk.authority.certificate_pem().to_owned(),
        sync_address: "https://127.0.0.1:9".to_owned(),
        store: store(),
    })
    .into_response()
}

fn authority(name: &str) -> Authority {
    Authority::create(name, SystemClock.now_ms(), &OsEntropy).unwrap()
}

async fn refusal(world: &World, hub: &str, code: &str) -> String {
    sentence(&enrol(&world.config, hub, code).await.unwrap_err())
}

#[tokio::test]
async fn a_typed_code_makes_this_machine_the_stores_edge_once() {
    let world = World::new();
    let hub = Public::open(authority("hub"));
    let typed = hub.code.to_string().to_lowercase().replace('-', " ");
    let enrolled = enrol(&world.config, &hub.url(), &typed).await.unwrap();
    assert_eq!((enrolled.edge_number, enrolled.store), (EDGE, store()));
    let edge = Edge::start(world.config.clone()).await.unwrap();
    assert_eq!(edge.context().profile().name, "Corner Shop Ghent");
    assert_eq!(edge.context().business_date().to_string(), "2026-11-23");
    edge.shutdown().await;
    let again = refusal(&world, &hub.url(), &hub.code.to_string()).await;
    assert_eq!(
        again,
        "the hub refused: this code was used already: make a new one at the console"
    );
    let edge = Edge::start(world.config.clone()).await.unwrap();
    edge.shutdown().await;
}

/// Returns how many facts wait for the hub.
async fn waiting(context: &Context) -> u64 {
    let replica = context.replica().clone();
    let up = read(context.db(), move |tx| {
        replica.up_state(tx, EdgeNumber::HUB)
    });
    up.await.waiting()
}

#[tokio::test]
async fn an_enrolled_folder_enrols_again_and_stays_the_same_edge_with_its_facts() {
    let world = World::enrolled().await;
    let context = world.assembled().await;
    let within = context.clone();
    let fact = NoticePosted {
        text: "Written before".to_owned(),
        until_ms: None,
    };
    let write = context.db().write(move |tx| {
        let place = within.place(None, None);
        within.replica().record(tx, EdgeNumber::HUB, place, &fact)
    });
    write.await.unwrap();
    assert_eq!(waiting(&context).await, 1);
    context.db().close().await;
    drop(context);
    let certificate = world.config.data.join("edge.pem");
    let before = std::fs::read_to_string(&certificate).unwrap();
    let hub = Public::giving(authority("hub"), EdgeNumber(8));
    let code = hub.code.to_string();
    let again = enrol(&world.config, &hub.url(), &code).await.unwrap();
    assert_eq!(again.edge_number, EDGE);
    assert_ne!(std::fs::read_to_string(&certificate).unwrap(), before);
    let context = world.assembled().await;
    assert_eq!(waiting(&context).await, 1);
}

#[tokio::test]
async fn a_mistyped_code_is_refused_here_and_names_its_group() {
    let world = World::new();
    let hub = Public::open(authority("hub"));
    let mut groups: Vec<String> = hub.code.to_string().split('-').map(str::to_owned).collect();
    groups.swap(2, 3);
    let said = refusal(&world, &hub.url(), &groups.join("-")).await;
    assert_eq!(
        said,
        "the enrolment code is not right: group 3 is mistyped or in the wrong place"
    );
    let said = refusal(&world, &hub.url(), "ABCDE").await;
    assert_eq!(
        said,
        "the enrolment code is not right: the code has 5 characters instead of 50: check that all \
         ten groups are there"
    );
}

#[tokio::test]
async fn the_code_is_never_shown_to_another_hub() {
    let world = World::new();
    let (hub, other) = (
        Public::open(authority("hub")),
        Public::open(authority("other")),
    );
    let said = refusal(&world, &other.url(), &hub.code.to_string()).await;
    assert_eq!(
        said,
        "the server is not the hub this edge was enrolled at: check the hub's address, and that \
         the code is this hub's"
    );
}

#[tokio::test]
async fn an_address_that_is_none_and_a_hub_that_is_away_are_said() {
    let world = World::new();
    let code = EnrolmentCode::new(&authority("hub").fingerprint(), &OsEntropy).to_string();
    assert_eq!(
        refusal(&world, "hub.example:8400", &code).await,
        "'hub.example:8400' is no address of a hub: write it as https://hub.example:8400"
    );
    assert_eq!(
        refusal(&world, "http://hub.example:8400", &code).await,
        "'http://hub.example:8400' is no address of a hub: write it as https://hub.example:8400"
    );
    assert_eq!(
        refusal(&world, "https://127.0.0.1:9", &code).await,
        "no hub answers at https://127.0.0.1:9: check its address and this machine's network"
    );
}

#[tokio::test]
async fn a_folder_of_another_edge_is_left_alone() {
    let world = World::enrolled().await;
    let (mut other, key) = world.answered("https://127.0.0.1:9", SystemClock.now_ms(), 10);
    other.edge_number = EdgeNumber(8);
    let refused = keep(&world.config, &other, &key.key_pem).await.unwrap_err();
    assert_eq!(
        sentence(&refused),
        "this data folder belongs to edge 7, and the code is for edge 8: choose an empty data \
         folder with --data, or ask for a code of this store"
    );
}

#[tokio::test]
async fn a_time_zone_this_machine_does_not_know_is_said_before_anything_is_kept() {
    let world = World::new();
    let (mut answered, key) = world.answered("https://127.0.0.1:9", SystemClock.now_ms(), 10);
    answered.store.time_zone = "Europe/Atlantis".to_owned();
    let refused = keep(&world.config, &answered, &key.key_pem)
        .await
        .unwrap_err();
    assert_eq!(
        sentence(&refused),
        "the hub's answer cannot be used: this machine does not know the time zone \
         'Europe/Atlantis': install its time zone data (package tzdata), or correct the store at \
         the hub"
    );
    assert!(!world.config.data.join("edge.pem").exists());
}
