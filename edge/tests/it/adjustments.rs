//! Stock put right: by a manager or with a manager's PIN, with the hub cut off, promised or not.

use counterpart_edge::rights;
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter};
use crate::orders::Shop;
use crate::pickups::milk;

const ADJUSTMENTS: &str = "/v1/stock/adjustments";

fn body(reason: &str, delta_milli: i64) -> Value {
    json!({ "reason": reason, "lines": [{ "sku": "MILK", "delta_milli": delta_milli }] })
}

async fn receive(clerk: &Clerk<'_>, units: i64) {
    let lines = json!([{ "sku": "MILK", "quantity_milli": units * 1_000 }]);
    let delivery = json!({ "received_as": "delivery", "lines": lines });
    clerk.done("/v1/stock/receipts", delivery).await;
}

#[tokio::test]
async fn a_manager_puts_stock_right_once_and_the_reason_stands_among_the_facts() {
    let counter = Counter::open().await;
    let cleo = counter.sign_in(CLEO).await;
    receive(&cleo, 5).await;
    let first = cleo
        .post_as("broken", ADJUSTMENTS, body("damaged", -2_000))
        .await;
    let again = cleo
        .post_as("broken", ADJUSTMENTS, body("damaged", -2_000))
        .await;
    assert_eq!(first.json(), again.json());
    assert_eq!(milk(&cleo).await, 3_000);
    let stock = cleo.get("/v1/stock/MILK").await.json();
    let facts = stock["facts"].as_array().unwrap();
    let adjusted = |fact: &&Value| fact["kind"] == "stock_adjusted";
    let fact = facts.iter().find(adjusted).expect("it is among the facts");
    assert_eq!(
        (&fact["delta_milli"], &fact["reference"]),
        (&json!(-2_000), &json!("damaged"))
    );
    let page = cleo.page("/stock/product/MILK").await.text;
    assert!(page.contains("broken or spoilt"), "{page}");
    assert!(page.contains("/stock/adjust/MILK"), "{page}");
    for (reason, delta, code) in [
        ("damaged", 1_000, "reason_goes_other_way"),
        ("found", -1_000, "reason_goes_other_way"),
        ("other", 0, "no_change"),
        ("other", 500, "quantity_not_whole"),
    ] {
        let answer = cleo.post(ADJUSTMENTS, body(reason, delta)).await;
        assert_eq!((answer.status, answer.problem().1.as_str()), (409, code));
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn others_need_a_managers_pin_on_the_page_too() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    receive(&ada, 5).await;
    let alone = ada.post(ADJUSTMENTS, body("missing", -1_000)).await;
    assert_eq!(alone.status, 403, "{}", alone.text);
    assert!(
        alone.text.contains("a manager must approve"),
        "{}",
        alone.text
    );
    let page = ada.page("/stock/adjust/MILK").await.text;
    assert!(page.contains("name=\"pin\""), "{page}");
    let fields = [("what", "found"), ("quantity", "2"), ("pin", ADA)];
    let own = ada.press("/stock/adjust/MILK", &fields).await;
    assert_ne!(own.status, 204, "{}", own.text);
    assert_eq!(milk(&ada).await, 5_000);
    let fields = [("what", "found"), ("quantity", "2"), ("pin", CLEO)];
    let pressed = ada.press("/stock/adjust/MILK", &fields).await;
    assert_eq!(pressed.status, 204, "{}", pressed.text);
    assert_eq!(milk(&ada).await, 7_000);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_is_gone_is_taken_off_although_promised_and_the_order_that_loses_it_is_named() {
    let mut shop = Shop::open().await;
    let clerk = shop.counter.sign_in(CLEO).await;
    receive(&clerk, 1).await;
    shop.order(1, 1, 0).await;
    shop.cut().await;
    let clerk = shop.counter.sign_in(CLEO).await;
    clerk.done(ADJUSTMENTS, body("expired", -1_000)).await;
    rights::run_once(shop.ctx()).await.unwrap();
    assert_eq!(milk(&clerk).await, 0);
    let inbox = clerk.get("/v1/exceptions").await.json();
    let found = &inbox["exceptions"][0];
    assert_eq!(
        (&found["rule"], &found["reference"]),
        (&json!("over_sale"), &json!("W-1"))
    );
    let facts = found["facts"].as_array().unwrap();
    let kinds: Vec<&str> = facts
        .iter()
        .map(|fact| fact["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"stock_adjusted"), "{kinds:?}");
    shop.counter.edge.shutdown().await;
}
