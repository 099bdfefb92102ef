//! Real sockets, real handshakes: who gets in and who does not.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{DAY_MS, authority, client};
use crate::clock::{Clock, SystemClock};
use crate::entropy::SeededEntropy;
use crate::http::{Limits, Listener, Transport, bind};
use crate::tls::{
    Authority, DistrustReason, EnrolmentCode, Fingerprint, Identity, PeerCertificate, Protocols,
    client_config, distrust_reason, enrolling_client_config, install_crypto_provider,
    server_config, server_config_with_client_certs,
};

/// A server on a port of its own that tells whom it sees.
struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    fn start(config: std::sync::Arc<rustls::ServerConfig>) -> Self {
        Self::start_with(Transport::tls(config))
    }

    fn start_with(transport: Transport) -> Self {
        install_crypto_provider();
        let whoami = |peer: PeerCertificate| async move {
            format!("edge {} of {}", peer.edge.edge_number, peer.edge.store)
        };
        let router = Router::new()
            .route("/", get(whoami))
            .route("/open", get(async || "open"));
        let listener: Listener = bind(([127, 0, 0, 1], 0).into(), "--port").unwrap();
        let (address, stop) = (listener.address(), CancellationToken::new());
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

    /// Asks `path` and returns the status and the text, or why there was no connection; `None`
    /// when the hub hung up before its reason arrived.
    async fn ask(
        &self,
        config: rustls::ClientConfig,
        path: &str,
    ) -> Result<(u16, String), Option<DistrustReason>> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        let url = format!("https://127.0.0.1:{}{path}", self.address.port());
        let asked = async {
            let response = client.get(url).send().await?;
            Ok((response.status().as_u16(), response.text().await?))
        };
        asked
            .await
            .map_err(|error: reqwest::Error| distrust_reason(&error))
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

/// Checks that the hub refused the edge, with this reason if it arrived.
#[track_caller]
fn check_refused(answer: Result<(u16, String), Option<DistrustReason>>, expected: DistrustReason) {
    let reason = answer.expect_err("this edge must not get in");
    assert!(reason.is_none_or(|found| found == expected), "{reason:?}");
}

async fn check_known(protocols: Protocols) {
    let hub = authority(1);
    let server = sync_server(&hub);
    let identity = client(&hub, SystemClock.now_ms(), 30);
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    let answer = server.ask(config, "/").await;
    assert_eq!(answer, Ok((200, "edge 7 of harbour-street".to_owned())));
    server.stop().await;
}

#[tokio::test]
async fn an_edge_with_the_right_certificate_is_known_by_name() {
    check_known(Protocols::Http1).await;
    check_known(Protocols::Http1And2).await;
}

#[tokio::test]
async fn an_edge_whose_certificate_is_over_does_not_get_in() {
    let hub = authority(1);
    let server = sync_server(&hub);
    let identity = client(&hub, SystemClock.now_ms() - 31 * DAY_MS, 30);
    let protocols = Protocols::Http1And2;
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    check_refused(server.ask(config, "/").await, DistrustReason::Expired);
    server.stop().await;
}

#[tokio::test]
async fn an_edge_without_certificate_does_not_get_in() {
    let hub = authority(1);
    let server = sync_server(&hub);
    let config = client_config(hub.certificate_pem(), None, Protocols::Http1And2).unwrap();
    check_refused(server.ask(config, "/").await, DistrustReason::NoCertificate);
    server.stop().await;
}

#[tokio::test]
async fn an_edge_of_another_hub_does_not_get_in() {
    let (hub, other) = (authority(1), authority(2));
    let server = sync_server(&hub);
    let identity = client(&other, SystemClock.now_ms(), 30);
    let protocols = Protocols::Http1And2;
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    check_refused(server.ask(config, "/").await, DistrustReason::Refused);
    server.stop().await;
}

#[tokio::test]
async fn an_edge_does_not_talk_to_another_hub() {
    let (hub, other) = (authority(1), authority(2));
    let server = sync_server(&other);
    let identity = client(&hub, SystemClock.now_ms(), 30);
    let protocols = Protocols::Http1And2;
    let config = client_config(hub.certificate_pem(), Some(&identity), protocols).unwrap();
    assert_eq!(
        server.ask(config, "/").await,
        Err(Some(DistrustReason::OtherHub))
    );
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
        Ok((200, "open".to_owned()))
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
    assert_eq!(ask(hub.fingerprint()).await, Ok((200, "open".to_owned())));
    let other = ask(authority(2).fingerprint()).await;
    assert_eq!(other, Err(Some(DistrustReason::OtherHub)));
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
    assert_eq!(
        server.ask(config, "/open").await,
        Err(Some(DistrustReason::OtherHub))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_server_without_tls_or_under_another_name_is_told_apart() {
    let hub = authority(1);
    let client = || client_config(hub.certificate_pem(), None, Protocols::Http1And2).unwrap();
    let names = ["hub.example".to_owned()];
    let elsewhere = hub
        .issue_server(&names, SystemClock.now_ms(), 30, &SeededEntropy::new(9))
        .unwrap();
    let server = Server::start(server_config(&elsewhere, Protocols::Http1And2).unwrap());
    assert_eq!(
        server.ask(client(), "/open").await,
        Err(Some(DistrustReason::OtherName))
    );
    server.stop().await;

    let over = SystemClock.now_ms() - 40 * DAY_MS;
    let names = ["127.0.0.1".to_owned()];
    let over = hub
        .issue_server(&names, over, 30, &SeededEntropy::new(9))
        .unwrap();
    let server = Server::start(server_config(&over, Protocols::Http1And2).unwrap());
    assert_eq!(
        server.ask(client(), "/open").await,
        Err(Some(DistrustReason::HubNotValidNow))
    );
    server.stop().await;

    let server = Server::start_with(Transport::Plain);
    assert_eq!(
        server.ask(client(), "/open").await,
        Err(Some(DistrustReason::NoTls))
    );
    server.stop().await;
}
