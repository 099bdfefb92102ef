//! Real sockets, real handshakes: who gets in and who does not.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{DAY_MS, authority, client};
use crate::clock::{Clock, SystemClock};
use crate::entropy::SeededEntropy;
use crate::http::{Limits, Listener, Transport, bind};
use crate::tls::{
    Authority, EnrolmentCode, Fingerprint, Identity, PeerCertificate, Protocols, client_config,
    enrolling_client_config, install_crypto_provider, server_config,
    server_config_with_client_certs,
};

/// A server on a port of its own that tells whom it sees.
struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    fn start(config: std::sync::Arc<rustls::ServerConfig>) -> Self {
        install_crypto_provider();
        let whoami = |peer: PeerCertificate| async move {
            format!("edge {} of {}", peer.edge.edge_number, peer.edge.store)
        };
        let router = Router::new()
            .route("/", get(whoami))
            .route("/open", get(async || "open"));
        let listener: Listener = bind(([127, 0, 0, 1], 0).into(), "--port").unwrap();
        let (address, stop) = (listener.address(), CancellationToken::new());
        let transport = Transport::Tls(RustlsConfig::from_config(config));
        let serving = listener.serve(
            router,
            transport,
            Limits::default(),
            stop.clone(),
            Duration::from_secs(5),
        );
        let task = tokio::spawn(async move { serving.await.unwrap() });
        Self {
            address,
            stop,
            task,
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// Asks `path` and returns the status and the text, or that there was no connection.
    async fn ask(&self, config: rustls::ClientConfig, path: &str) -> Option<(u16, String)> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        let url = format!("https://127.0.0.1:{}{path}", self.address.port());
        let response = client.get(url).send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.text().await.ok()?))
    }
}

fn server_identity(authority: &Authority) -> Identity {
    let names = ["127.0.0.1".to_owned()];
    authority
        .issue_server(&names, SystemClock.now_ms(), 30, &SeededEntropy::new(9))
        .unwrap()
}

fn sync_server(authority: &Authority) -> Server {
    let identity = server_identity(authority);
    let pem = authority.certificate_pem();
    let protocols = Protocols::Http1And2;
    Server::start(server_config_with_client_certs(&identity, pem, protocols).unwrap())
}

async fn check(protocols: Protocols, issued_days_ago: i64, days: u32, expected: Option<&str>) {
    let hub = authority(1);
    let server = sync_server(&hub);
    let identity = client(&hub, SystemClock.now_ms() - issued_days_ago * DAY_MS, days);
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    let answer = server.ask(config, "/").await;
    assert_eq!(answer, expected.map(|text| (200, text.to_owned())));
    server.stop().await;
}

#[tokio::test]
async fn an_edge_with_the_right_certificate_is_known_by_name() {
    check(Protocols::Http1, 0, 30, Some("edge 7 of harbour-street")).await;
    check(
        Protocols::Http1And2,
        0,
        30,
        Some("edge 7 of harbour-street"),
    )
    .await;
}

#[tokio::test]
async fn an_edge_whose_certificate_is_over_does_not_get_in() {
    check(Protocols::Http1And2, 31, 30, None).await;
}

#[tokio::test]
async fn an_edge_without_certificate_does_not_get_in() {
    let hub = authority(1);
    let server = sync_server(&hub);
    let config = client_config(hub.certificate_pem(), None, Protocols::Http1And2).unwrap();
    assert_eq!(server.ask(config, "/").await, None);
    server.stop().await;
}

#[tokio::test]
async fn an_edge_of_another_hub_does_not_get_in() {
    let (hub, other) = (authority(1), authority(2));
    let server = sync_server(&hub);
    let identity = client(&other, SystemClock.now_ms(), 30);
    let protocols = Protocols::Http1And2;
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    assert_eq!(server.ask(config, "/").await, None);
    server.stop().await;
}

#[tokio::test]
async fn an_edge_does_not_talk_to_another_hub() {
    let (hub, other) = (authority(1), authority(2));
    let server = sync_server(&other);
    let identity = client(&hub, SystemClock.now_ms(), 30);
    let protocols = Protocols::Http1And2;
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    assert_eq!(server.ask(config, "/").await, None);
    server.stop().await;
}

#[tokio::test]
async fn a_listener_without_client_certificates_answers_but_names_nobody() {
    let hub = authority(1);
    let config = server_config(&server_identity(&hub), Protocols::Http1And2).unwrap();
    let server = Server::start(config);
    let client = || client_config(hub.certificate_pem(), None, Protocols::Http1And2).unwrap();
    assert_eq!(
        server.ask(client(), "/open").await,
        Some((200, "open".to_owned()))
    );
    let (status, body) = server.ask(client(), "/").await.unwrap();
    assert_eq!(status, 401);
    assert!(
        body.contains("urn:counterpart:problem:client_certificate_refused"),
        "{body}"
    );
    assert!(body.contains("enrol this edge at the hub first"), "{body}");
    server.stop().await;
}

#[tokio::test]
async fn an_enrolment_code_is_enough_to_find_the_right_hub() {
    let hub = authority(1);
    let config = server_config(&server_identity(&hub), Protocols::Http1And2).unwrap();
    let server = Server::start(config);
    let ask = |fingerprint: Fingerprint| {
        let code = EnrolmentCode::new(&fingerprint, &SeededEntropy::new(3));
        server.ask(
            enrolling_client_config(&code, Protocols::Http1And2),
            "/open",
        )
    };
    assert_eq!(ask(hub.fingerprint()).await, Some((200, "open".to_owned())));
    assert_eq!(ask(authority(2).fingerprint()).await, None);
    server.stop().await;
}

#[tokio::test]
async fn an_impostor_who_shows_the_hubs_certificate_in_its_chain_is_found_out() {
    let (hub, impostor) = (authority(1), authority(2));
    let mut identity = server_identity(&impostor);
    identity.certificate_pem.push_str(hub.certificate_pem());
    let server = Server::start(server_config(&identity, Protocols::Http1And2).unwrap());
    let code = EnrolmentCode::new(&hub.fingerprint(), &SeededEntropy::new(3));
    let config = enrolling_client_config(&code, Protocols::Http1And2);
    assert_eq!(server.ask(config, "/open").await, None);
    server.stop().await;
}
