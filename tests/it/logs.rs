//! What stands in the logs of both daemons after the most ordinary things: who did what by number,
//! and no name of a person, no PIN, no password, no token, no code.
//!
//! It listens at the finest level there is: what is written only while somebody looks for a fault
//! must not hold a secret either.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_tests::console::{ADMIN, PASSWORD};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::world::{Beginning, PIN, World};
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// A PIN nobody has.
const WRONG_PIN: &str = "86420975";

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to listen. A process has one log: with a runner that keeps tests in one process, the
    /// lines of others are in it too, and must be as clean.
    fn listen() -> Self {
        let log = Self::default();
        let filter = "info,counterpart_hub=trace,counterpart_edge=trace,counterpart_daemon=trace";
        let listening = tracing_subscriber::fmt()
            .json()
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(log.clone())
            .try_init();
        listening.expect("nobody else listens in this process");
        log
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8(bytes.clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolling_signing_in_and_selling_leave_no_name_and_no_secret_in_the_logs() {
    let log = Log::listen();
    let mut world = World::before_the_store(Beginning::default()).await;
    let code = world.found().await;
    world.enrol(&code).await.unwrap();
    world.start_edge().await;
    world.can_sell().await;
    let (hub, store) = (world.hub().loopback_url().unwrap(), world.edge().url());
    let operator = sign_in(&hub, &json!({ "name": ADMIN, "password": PASSWORD })).await;
    let clerk = sign_in(&store, &json!({ "register": 1, "pin": PIN })).await;
    let _refused = sign_in(&store, &json!({ "register": 1, "pin": WRONG_PIN })).await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    till.receive(&mut oracle, &[(&world.goods[0], 10)]).await;
    till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    world.end().await;

    let text = log.text();
    for happened in ["the store server runs", "the hub runs", "\"answered\""] {
        assert!(text.contains(happened), "nothing says {happened}");
    }
    for line in text.lines() {
        let parsed: Value = serde_json::from_str(line).unwrap();
        assert!(parsed["level"].is_string(), "{line}");
    }
    let (operator, clerk) = (operator.unwrap(), clerk.unwrap());
    let secrets = ["Robin", PIN, WRONG_PIN, PASSWORD, &operator, &clerk, &code];
    for secret in secrets {
        let line = text.lines().find(|line| holds(line, secret));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
    }
}

async fn sign_in(base: &str, credentials: &Value) -> Option<String> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http.post(format!("{base}/v1/sign-in")).json(credentials);
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    answer["token"].as_str().map(ToOwned::to_owned)
}

/// Whether a word stands in a line by itself: a PIN's digits may be part of a longer number.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
        !part(before) && !part(after)
    })
}
