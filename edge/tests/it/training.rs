//! A training store beside the shop: other data, other devices, another cookie, and neither takes
//! the other's receipts.

use counterpart_edge::context::Context;
use counterpart_edge::reference::{install_catalog, install_roster};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;

use crate::counter::{ADA, Answer, CLEO, Counter, MILK, answer, catalog, roster};
use crate::factory::{REGISTER, World, soon};

/// A shop with a training store in which the same goods are sold by the same people.
async fn practising() -> Counter {
    let mut world = World::enrolled().await;
    world.config.training = Some("127.0.0.1:0".parse().unwrap());
    let counter = Counter::of(world).await;
    stock(&training(&counter)).await;
    counter
}

async fn stock(training: &Context) {
    install_catalog(training, 3, [3; 32], catalog())
        .await
        .unwrap();
    install_roster(training, 2, [2; 32], roster())
        .await
        .unwrap();
}

fn training(counter: &Counter) -> Context {
    counter.edge.training().expect("the training store runs")
}

/// A browser and program at the training store.
struct Pupil {
    http: Client,
    base: String,
    token: String,
}

impl Pupil {
    async fn sign_in(counter: &Counter, pin: &str) -> Self {
        let base = counter.edge.training_url().unwrap();
        let http = counter.http.clone();
        let body = json!({ "register": 1, "pin": pin });
        let request = http.post(format!("{base}/v1/sign-in")).json(&body);
        let token = answer(request).await.json()["token"].clone();
        let token = token.as_str().unwrap().to_owned();
        Self { http, base, token }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        request.header("cookie", format!("cp_training_ghent={}", self.token))
    }

    async fn page(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    async fn does(&self, key: &str, path: &str, body: serde_json::Value) -> Answer {
        let request = self.request(Method::POST, path);
        answer(request.header("idempotency-key", key).json(&body)).await
    }

    async fn sells_milk(&self) -> serde_json::Value {
        let open = json!({ "float_minor": 0 });
        self.does("open", "/v1/registers/1/shift/open", open)
            .await
            .json();
        let scan = json!({ "code": MILK });
        self.does("scan", "/v1/registers/1/scans", scan)
            .await
            .json();
        let pay = json!({ "tenders": [{ "kind": "cash", "amount_minor": 129 }] });
        self.does("pay", "/v1/registers/1/pay", pay).await.json()
    }
}

#[tokio::test]
async fn a_practised_sale_bears_the_word_and_is_nothing_to_the_shop() {
    let counter = practising().await;
    let pupil = Pupil::sign_in(&counter, ADA).await;
    let sold = pupil.sells_milk().await;
    assert_eq!(sold["receipt"], "1-9001-000001");
    let training = training(&counter);
    let printer = training.training().unwrap().twins[&REGISTER]
        .printer()
        .clone();
    let mut changes = printer.changes();
    let printed = soon("the receipt", async {
        loop {
            if let Some(paper) = printer.snapshot().receipts.last() {
                return paper.text.clone();
            }
            changes.changed().await.unwrap();
        }
    });
    let printed = printed.await;
    assert!(printed.contains("TRAINING"), "{printed}");
    assert!(printed.contains("1-9001-000001"), "{printed}");

    // The shop has sold nothing, and says whose receipt that is.
    let ada = counter.sign_in(ADA).await;
    let shops = ada.get("/v1/sales?limit=10").await.json();
    assert_eq!(shops["sales"], json!([]));
    let found = ada.get("/v1/returnable?receipt=1-9001-000001").await;
    found.check_refused(
        "other_ground",
        "the receipt 1-9001-000001 is from training: nothing was sold with it, and nothing comes \
         back",
    );
    let real = pupil.page("/v1/returnable?receipt=1-1-000001").await;
    real.check_refused(
        "other_ground",
        "the receipt 1-1-000001 is a real one and this is training: take it back at the real \
         register",
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn every_page_of_training_says_so_and_its_cookie_opens_no_shop() {
    let counter = practising().await;
    let pupil = Pupil::sign_in(&counter, ADA).await;
    for path in [
        "/sign-in",
        "/register/1",
        "/sales",
        "/stock",
        "/status",
        "/training",
    ] {
        let page = pupil.page(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        assert!(page.text.contains("<b>TRAINING</b>"), "{path}");
    }
    let lost = pupil
        .request(Method::GET, "/nowhere")
        .header("accept", "text/html");
    let lost = answer(lost).await;
    assert_eq!(lost.status, 404);
    assert!(lost.text.contains("<b>TRAINING</b>"), "{}", lost.text);

    let cookie = format!("cp_training_ghent={0}; cp_ghent={0}", pupil.token);
    let shop = counter
        .request(Method::GET, "/v1/sales")
        .header("cookie", cookie);
    assert_eq!(answer(shop).await.status, 401);
    let page = answer(counter.request(Method::GET, "/sign-in")).await;
    assert!(!page.text.contains("<b>TRAINING</b>"), "{}", page.text);
    assert!(page.text.contains(r#"href="/training""#), "{}", page.text);
    let door = answer(counter.request(Method::GET, "/training")).await;
    assert_eq!(
        (door.status, door.location),
        (303, counter.edge.training_url())
    );
    let back = pupil.page("/training/shop").await;
    assert_eq!(back.location, Some(counter.edge.url()));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_shop_without_training_offers_none() {
    let counter = Counter::open().await;
    let page = answer(counter.request(Method::GET, "/sign-in")).await;
    assert!(!page.text.contains(r#"href="/training""#), "{}", page.text);
    let door = answer(counter.request(Method::GET, "/training")).await;
    let (status, code, detail) = door.problem();
    assert_eq!((status, code.as_str()), (404, "not_found"));
    assert!(detail.contains("[training] enabled = true"), "{detail}");
    let scan = counter.request(Method::POST, "/training/1/scan");
    let scan = scan.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(answer(scan.body("code=1")).await.status, 404);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn only_a_manager_lets_training_begin_anew_and_then_nothing_is_left() {
    let counter = practising().await;
    let ada = Pupil::sign_in(&counter, ADA).await;
    ada.sells_milk().await;
    let refused = answer(ada.request(Method::POST, "/training/anew")).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let address = counter.edge.training_url();
    let mut changes = counter.edge.training_changes().unwrap();
    changes.mark_unchanged();
    let cleo = Pupil::sign_in(&counter, CLEO).await;
    let done = answer(cleo.request(Method::POST, "/training/anew")).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let anew = soon("another training store", async {
        loop {
            changes.changed().await.unwrap();
            if let Some(anew) = changes.borrow_and_update().clone() {
                return anew;
            }
        }
    });
    let anew = anew.await;
    assert_eq!(
        counter.edge.training_url(),
        address,
        "people find it where it was"
    );
    stock(&anew).await;
    let ada = Pupil::sign_in(&counter, ADA).await;
    assert_eq!(ada.page("/v1/sales").await.json()["sales"], json!([]));
    assert_eq!(ada.sells_milk().await["receipt"], "1-9002-000001");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_scanner_of_training_reaches_the_register_of_training() {
    let counter = practising().await;
    let pupil = Pupil::sign_in(&counter, ADA).await;
    let open = json!({ "float_minor": 0 });
    pupil
        .does("open", "/v1/registers/1/shift/open", open)
        .await
        .json();
    let pressed = pupil
        .request(Method::POST, "/training/1/scan")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("code={MILK}"));
    assert_eq!(answer(pressed).await.status, 303);
    let training = training(&counter);
    let scanned = soon("the scan", async {
        let topic = counterpart_edge::sales::topic(REGISTER);
        let mut heard = training.live().changes();
        loop {
            let basket = pupil.page("/v1/registers/1/basket").await.json();
            if basket["total_minor"] == 129 {
                return basket;
            }
            heard.any_of(&[&topic]).await;
        }
    });
    assert_eq!(scanned.await["lines"][0]["quantity_milli"], 1_000);
    let odd = pupil
        .request(Method::POST, "/training/1/does")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("does=explode");
    assert_eq!(answer(odd).await.status, 400);
    counter.edge.shutdown().await;
}
