//! A whole demo: it starts, sells, stops, and starts again with what it had.

use std::path::{Path, PathBuf};
use std::time::Duration;

use counterpart_daemon::config::{ConfigFile, Sources, load};
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::tls::Authority;
use counterpart_edge::Settings;
use counterpart_hardware::Profiles;
use serde_json::{Value, json};

use super::*;
use counterpart_protocol::catalog::Unit;

use crate::DemoOptions;
use crate::catalog::DemoProduct;
use crate::line::Passage;

/// Long enough for two slow cores; only a hang exceeds it.
const AMPLE: Duration = Duration::from_secs(50);

/// A person at the till, by the same API as any program.
struct Person {
    http: reqwest::Client,
    base: String,
    token: String,
    commands: std::cell::Cell<u128>,
}

impl Person {
    async fn at(demo: &RunningDemo) -> Self {
        let mut person = Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: demo.edge().url(),
            token: String::new(),
            commands: std::cell::Cell::new(1),
        };
        let pin = &demo.members()[1].pin;
        let sign_in = json!({ "register": 1, "pin": pin });
        let signed_in = person.does("/v1/sign-in", sign_in).await;
        person.token = signed_in["token"].as_str().unwrap().to_owned();
        person
    }

    async fn does(&self, path: &str, body: Value) -> Value {
        let number = self.commands.get();
        self.commands.set(number + 1);
        let id = counterpart_protocol::ids::CommandId::from_parts(1, number);
        let answer = self
            .http
            .post(format!("{}{path}", self.base))
            .header("idempotency-key", id.to_string())
            .bearer_auth(&self.token)
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let said: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {said}");
        said
    }

    async fn sees(&self, path: &str) -> Value {
        let call = self.http.get(format!("{}{path}", self.base));
        let answer = call.bearer_auth(&self.token).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn until(&self, path: &str, reached: impl Fn(&Value) -> bool) -> Value {
        let until = tokio::time::Instant::now() + AMPLE;
        loop {
            let seen = self.sees(path).await;
            if reached(&seen) {
                return seen;
            }
            assert!(
                tokio::time::Instant::now() < until,
                "{path} stays at {seen}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn started(folder: &Path) -> RunningDemo {
    Demo::start(DemoOptions::for_tests(folder)).await.unwrap()
}

/// Scans the `nth` product on the serial line and pays it; returns the receipt's number. Each sale
/// has its own: the same code within 150 ms is one read that came twice.
async fn sell(demo: &RunningDemo, person: &Person, nth: usize) -> String {
    let products = catalog::generate(SEED, demo.ledger().products);
    let sold = |p: &&DemoProduct| p.price_minor.is_some() && p.unit == Unit::Piece;
    let product = products.iter().filter(sold).nth(nth).unwrap();
    let code = product.gtins[0].to_string();
    // What a scanner reads before the till has opened its line is nobody's.
    person
        .until("/v1/status", |status| {
            status["registers"][0]["scanner"]["health"] == "ready"
        })
        .await;
    demo.counter()
        .scanner()
        .scan(code.as_bytes())
        .await
        .unwrap();
    let basket = person
        .until("/v1/registers/1/basket", |basket| {
            basket["lines"]
                .as_array()
                .is_some_and(|lines| lines.len() == 1)
        })
        .await;
    let due = basket["total_minor"].as_i64().unwrap();
    assert_eq!(due, product.price_minor.unwrap().0);
    let cash = json!({ "tenders": [{ "kind": "cash", "amount_minor": due }] });
    let paid = person.does("/v1/registers/1/pay", cash).await;
    paid["receipt"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_sells_survives_a_cut_and_starts_again_with_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let demo = started(folder.path()).await;
    let person = Person::at(&demo).await;
    let shift = json!({ "float_minor": 10_000 });
    person.does("/v1/registers/1/shift/open", shift).await;
    let first = sell(&demo, &person, 0).await;
    let printed = demo.counter().printer().until(|seen| {
        seen.receipts
            .iter()
            .any(|piece| piece.complete && piece.text.contains(&first))
    });
    let printed = tokio::time::timeout(AMPLE, printed).await.unwrap();
    assert!(printed.drawer_open, "cash opens the drawer");
    demo.counter().printer().close_drawer();
    person
        .until("/v1/status", |status| status["unsent"] == 0)
        .await;
    demo.line().cut();
    let second = sell(&demo, &person, 1).await;
    assert_ne!(first, second);
    assert!(person.sees("/v1/status").await["unsent"].as_u64().unwrap() > 0);
    assert_eq!(demo.line().state().passage, Passage::Cut);
    let (ledger, doors) = (demo.ledger().clone(), demo.doors().clone());
    demo.shutdown().await;

    let demo = started(folder.path()).await;
    assert_eq!(
        *demo.ledger(),
        ledger,
        "people, PINs and password are the same"
    );
    assert_eq!(demo.doors().store, doors.store);
    let person = Person::at(&demo).await;
    let sales = person.sees("/v1/sales?limit=10").await.to_string();
    assert!(sales.contains(&first) && sales.contains(&second), "{sales}");
    // The line is whole at every start: what waited is sent.
    person
        .until("/v1/status", |status| status["unsent"] == 0)
        .await;
    demo.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_stock_lies_on_every_shelf() {
    let folder = tempfile::tempdir().unwrap();
    let demo = started(folder.path()).await;
    let person = Person::at(&demo).await;
    let products = catalog::generate(SEED, demo.ledger().products);
    for product in [&products[0], &products[products.len() - 1]] {
        let stock = person.sees(&format!("/v1/stock/{}", product.sku)).await;
        assert!(stock["on_hand_milli"].as_i64().unwrap() >= 6_000, "{stock}");
    }
    demo.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_demo_says_what_is_in_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let demo = started(folder.path()).await;
    let again = Demo::start(DemoOptions::for_tests(folder.path())).await;
    let refused = again.err().expect("one at a time").to_string();
    assert!(refused.contains("another demo runs on"), "{refused}");
    let elsewhere = tempfile::tempdir().unwrap();
    let mut options = DemoOptions::for_tests(elsewhere.path());
    options.ports.stores[0].edge = demo.edge().address().port();
    let refused = Demo::start(options).await.err().expect("the port is taken");
    assert!(
        refused.to_string().contains("taken by another program"),
        "{refused}"
    );
    assert!(!elsewhere.path().join("hub").exists(), "nothing was begun");
    demo.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_was_interrupted_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let half = DataFolder::take(folder.path()).unwrap();
    std::fs::create_dir_all(half.hub()).unwrap();
    std::fs::write(half.hub().join("hub.db"), "half a database").unwrap();
    drop(half);
    let demo = started(folder.path()).await;
    demo.shutdown().await;
}

/// Where the example says that the authority of a payment terminal lies.
const TERMINAL_AUTHORITY: &str = "/etc/counterpart/terminal-authority.pem";
/// Where it says that the shop's logo lies.
const LOGO: &str = "/etc/counterpart/logo.png";
/// Where it says that the printer profiles are.
const PROFILES: &str = "/etc/counterpart/printers.toml";

/// The example settings, once as they are and once with every example in force: what they name on
/// disk lies beside them here.
fn example(name: &str) -> [(tempfile::TempDir, PathBuf); 2] {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let as_is = std::fs::read_to_string(path).unwrap();
    let in_force: Vec<&str> = as_is
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            _ => line,
        })
        .collect();
    [as_is.clone(), in_force.join("\n")].map(|text| {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::create("terminals", 0, &SeededEntropy::new(1)).unwrap();
        let there = folder.path().join("terminal-authority.pem");
        std::fs::write(&there, authority.certificate_pem()).unwrap();
        let text = text.replace(TERMINAL_AUTHORITY, there.to_str().unwrap());
        let logo = folder.path().join("logo.pbm");
        std::fs::write(&logo, b"P4 8 2\n\x7E\x18").unwrap();
        let text = text.replace(LOGO, logo.to_str().unwrap());
        let profiles = folder.path().join("printers.toml");
        std::fs::write(&profiles, Profiles::USUAL).unwrap();
        let text = text.replace(PROFILES, profiles.to_str().unwrap());
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        (folder, path)
    })
}

#[test]
fn the_example_settings_are_settings() {
    for (_folder, path) in example("counterpart-edge.toml") {
        let sources = Sources::none().file(ConfigFile::Named(path));
        let settings: Settings = load(&sources).unwrap();
        settings.check().unwrap();
    }
    for (_folder, path) in example("counterpart-hub.toml") {
        let sources = Sources::none().file(ConfigFile::Named(path));
        let config: HubConfig = load(&sources).unwrap();
        assert_eq!(config.check().unwrap().len(), 3);
    }
}
