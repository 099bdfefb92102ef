//! One hub with a folder, a clock and an operator of its own, and what tests ask it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use counterpart_daemon::clock::{Clock, ManualClock, SystemClock};
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::tls::install_crypto_provider;
use counterpart_hub::{Hub, HubConfig, RunningHub};
use counterpart_postgres_cluster::Database;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::peer::Peer;

/// The first operator's password.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The store most stories are about.
pub(crate) const STORE: &str = "ghent-1";

/// Whether the hubs of this test program keep their data on a PostgreSQL server: `it` does not, and
/// `postgres`, beside this folder, is the same folder by another name, so that every test runs once
/// on each engine.
pub(crate) fn on_postgres() -> bool {
    env!("CARGO_CRATE_NAME") != "it"
}

/// A hub's data folder and, on PostgreSQL, its database.
pub(crate) struct Home {
    folder: TempDir,
    database: Option<Database>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            database: on_postgres().then(Database::create),
        }
    }

    /// Returns the hub's data folder.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("hub")
    }

    /// Returns the folder around it.
    pub(crate) fn around(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Returns the address of the hub's database, if it is not a file.
    pub(crate) fn database(&self) -> Option<String> {
        self.database.as_ref().map(Database::url)
    }
}

/// A hub and an operator signed in at it.
pub(crate) struct World {
    hub: Option<RunningHub>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) http: Client,
    token: String,
    keys: AtomicU64,
    home: Home,
}

impl World {
    /// Starts a hub with an operator and nothing else.
    pub(crate) async fn empty() -> Self {
        install_crypto_provider();
        // Certificates are checked against the machine's clock, so ours begins there.
        let clock = ManualClock::starting_at(SystemClock.now_ms());
        let mut world = Self {
            hub: None,
            clock,
            http: Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            token: String::new(),
            keys: AtomicU64::new(0),
            home: Home::new(),
        };
        world.start().await;
        world
    }

    /// Starts a hub with a store, two people and a catalogue of three products.
    pub(crate) async fn with_a_store() -> Self {
        let world = Self::empty().await;
        world.add_store(STORE).await;
        for (name, role, pin) in [("Ada", "manager", "4711"), ("Ben", "associate", "2580")] {
            let member = json!({ "name": name, "role": role, "pin": pin });
            world
                .post(&format!("/v1/stores/{STORE}/members"), &member)
                .await;
        }
        world.publish(crate::facts::CATALOG).await;
        world
    }

    /// Starts the hub on its folder again, or for the first time.
    pub(crate) async fn start(&mut self) {
        assert!(self.hub.is_none(), "the hub runs already");
        let clock = self.clock.clone();
        let hub = Hub::start_with(self.config(), clock, SeededEntropy::shared(7)).await;
        self.hub = Some(hub.unwrap());
        self.token = self.sign_in("admin", PASSWORD).await.unwrap();
    }

    /// Returns the settings of a hub on this world's folder and database, on free ports.
    pub(crate) fn config(&self) -> HubConfig {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        HubConfig {
            data: self.data(),
            database: self.home.database().map(|url| url.parse().unwrap()),
            public_listen: anywhere,
            sync_listen: anywhere,
            loopback_listen: Some(anywhere),
            first_admin_password: Some(PASSWORD.to_owned()),
            ..HubConfig::default()
        }
    }

    /// Stops the hub in order; nothing may have to be cut off.
    pub(crate) async fn stop(&mut self) {
        let report = self.hub.take().unwrap().shutdown().await;
        assert_eq!(report.cut_off, Vec::<String>::new());
    }

    pub(crate) fn hub(&self) -> &RunningHub {
        self.hub.as_ref().unwrap()
    }

    /// Signs the operator in again, after a session ran out.
    pub(crate) async fn sign_in_again(&mut self) {
        self.token = self.sign_in("admin", PASSWORD).await.unwrap();
    }

    /// Returns the hub's data folder.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.home.data()
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn advance(&self, step: Duration) {
        self.clock.advance(step);
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Result<String, ProblemBody> {
        let body = json!({ "name": name, "password": password });
        let request = self.http.post(self.url("/v1/sign-in")).json(&body);
        let answer = request.send().await.unwrap();
        if answer.status().is_success() {
            let answer: Value = answer.json().await.unwrap();
            return Ok(answer["token"].as_str().unwrap().to_owned());
        }
        Err(answer.json().await.unwrap())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.hub().loopback_url().unwrap())
    }

    /// Begins a request of the operator.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, self.url(path))
            .bearer_auth(self.token())
    }

    /// Returns what the operator's requests are let in by.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Returns a key no command had before.
    pub(crate) fn key(&self) -> String {
        format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    /// Asks, and expects an answer.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "GET {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Commands, and expects it to be done.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        match self.try_post(path, body).await {
            Ok(value) => value,
            Err(problem) => panic!("POST {path}: {problem:?}"),
        }
    }

    /// Commands once, under a fresh key.
    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> Result<Value, ProblemBody> {
        self.try_post_as(&self.key(), path, body).await
    }

    /// Commands under a given key.
    pub(crate) async fn try_post_as(
        &self,
        key: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, ProblemBody> {
        let request = self
            .request(Method::POST, path)
            .header("idempotency-key", key);
        let answer = request.json(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        match status.is_success() {
            true => Ok(serde_json::from_str(&text).unwrap()),
            false => Err(serde_json::from_str(&text)
                .unwrap_or_else(|_| panic!("{path} answered {status}: {text}"))),
        }
    }

    /// Asks for something that must be refused, and returns why.
    pub(crate) async fn refused(&self, path: &str) -> ProblemBody {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        assert!(!answer.status().is_success(), "GET {path} must be refused");
        answer.json().await.unwrap()
    }

    /// Reads a page as the operator's browser does.
    pub(crate) async fn page(&self, path: &str) -> String {
        let request = self
            .request(Method::GET, path)
            .header("accept", "text/html");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "GET {path}");
        answer.text().await.unwrap()
    }

    /// Posts a form as a page without script does, and returns status, place to go and text.
    pub(crate) async fn submit(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (StatusCode, Option<String>, String) {
        self.submit_as(&self.key(), path, fields).await
    }

    /// Posts a form under a given command id.
    pub(crate) async fn submit_as(
        &self,
        key: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (StatusCode, Option<String>, String) {
        let all: Vec<String> = fields
            .iter()
            .chain(&[("command_id", key)])
            .map(|(name, value)| format!("{name}={}", counterpart_hub::web::escaped(value)))
            .collect();
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .body(all.join("&"));
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let place = answer.headers().get("location");
        let place = place.map(|place| place.to_str().unwrap().to_owned());
        (status, place, answer.text().await.unwrap())
    }

    pub(crate) async fn add_store(&self, store: &str) {
        let body = json!({
            "store_id": store, "name": format!("Shop {store}"), "address": "Veldstraat 1",
            "currency": "EUR", "time_zone": "Europe/Brussels", "locale": "en",
        });
        self.post("/v1/stores", &body).await;
    }

    pub(crate) async fn code(&self, store: &str) -> String {
        let path = format!("/v1/stores/{store}/enrolment-codes");
        let made = self.post(&path, &json!({})).await;
        made["code"].as_str().unwrap().to_owned()
    }

    /// Uploads a product file that is published if it is good, and returns the finished import.
    pub(crate) async fn import(&self, csv: &str) -> Value {
        let path = "/v1/imports?publish=true&file_name=test.csv";
        let request = self.request(Method::POST, path).body(csv.to_owned());
        let request = request.header("idempotency-key", self.key());
        let taken: Value = request.send().await.unwrap().json().await.unwrap();
        let path = format!("/v1/imports/{}", taken["import_id"].as_str().unwrap());
        loop {
            let import = self.get(&path).await;
            match import["state"].as_str().unwrap() {
                // Done here and now, whether the background got to it or not.
                "checking" | "checked" | "applying" => {
                    counterpart_hub::app::import_once(self.hub().context())
                        .await
                        .unwrap();
                }
                _ => return import,
            }
        }
    }

    /// Publishes a product file.
    pub(crate) async fn publish(&self, csv: &str) {
        let import = self.import(csv).await;
        assert_eq!(import["state"], "applied", "{import:#}");
    }

    /// Enrols an edge of a store and brings it up to date.
    pub(crate) async fn edge(&self, store: &str) -> Peer {
        let code = self.code(store).await;
        let mut peer = Peer::enrol(self, &code).await.unwrap();
        peer.sync().await;
        peer
    }

    /// Returns how the hub says a store stands.
    pub(crate) async fn store(&self, store: &str) -> Value {
        self.get(&format!("/v1/stores/{store}")).await
    }

    /// Returns the time at the hub, in milliseconds UTC.
    pub(crate) fn clock_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Takes every permission but that of looking from the operator.
    pub(crate) async fn become_viewer(&mut self) {
        let changed = self.hub().context().db().write(|tx| {
            tx.execute(
                "UPDATE operators SET role = 'viewer'",
                counterpart_daemon::params![],
            )
        });
        let changed: Result<u64, counterpart_daemon::db::DbError> = changed.await;
        assert_eq!(changed.unwrap(), 1);
        self.sign_in_again().await;
    }
}
