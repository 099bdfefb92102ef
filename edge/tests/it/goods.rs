//! Stock: receiving, what is on hand, and the facts that make the number.

use serde_json::{Value, json};

use crate::counter::{ADA, BEN, Counter, MILK};

const RECEIPTS: &str = "/v1/stock/receipts";

fn delivery(lines: Value) -> Value {
    json!({ "received_as": "delivery", "reference": "DN-7", "lines": lines })
}

#[tokio::test]
async fn a_number_on_hand_is_explained_by_its_facts() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let lines = json!([{ "sku": "MILK", "quantity_milli": 24_000 }]);
    let opening = json!({ "received_as": "opening", "lines": lines });
    assert_eq!(ada.done(RECEIPTS, opening).await["lines"], 1);
    counter
        .world
        .clock
        .advance(std::time::Duration::from_secs(60));
    ada.done(
        RECEIPTS,
        delivery(json!([{ "sku": "MILK", "quantity_milli": 12_000 }])),
    )
    .await;
    counter
        .world
        .clock
        .advance(std::time::Duration::from_secs(60));
    ada.scan(MILK).await;
    ada.scan(MILK).await;
    let sold = ada.pay(300).await.json();
    let stock = ada.get("/v1/stock/MILK").await.json();
    assert_eq!(
        (&stock["on_hand_milli"], &stock["name"]),
        (&json!(34_000), &json!("Oat milk 1 l"))
    );
    let facts: Vec<_> = stock["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| {
            (
                fact["kind"].as_str().unwrap(),
                fact["delta_milli"].as_i64().unwrap(),
                fact["after_milli"].as_i64().unwrap(),
                fact["reference"].clone(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            ("sale_recorded", -2_000, 34_000, json!("1-1-000001")),
            ("stock_received", 12_000, 36_000, json!("DN-7")),
            ("stock_received", 24_000, 24_000, Value::Null),
        ]
    );
    assert_eq!(stock["facts"][0]["sale_id"], sold["sale_id"]);
    assert_eq!(stock["facts"][0]["staff"], "Ada Peeters");
    assert_eq!(stock["facts"][0]["at"], "2026-11-23T11:02:00Z");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_wrong_line_is_refused_and_none_of_the_delivery_counts() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let good = json!({ "sku": "MILK", "quantity_milli": 1_000 });
    for (line, code, detail) in [
        (
            json!({ "sku": "NOWHERE", "quantity_milli": 1_000 }),
            "unknown_product",
            "'NOWHERE' is not in the catalogue: check it, or ask the hub to add it",
        ),
        (
            json!({ "sku": "CANDLE", "quantity_milli": 0 }),
            "quantity_not_positive",
            "CANDLE: a quantity is more than nothing",
        ),
        (
            json!({ "sku": "CANDLE", "quantity_milli": 1_500 }),
            "quantity_not_whole",
            "CANDLE is counted by the piece: type a whole number",
        ),
    ] {
        ada.post(RECEIPTS, delivery(json!([good, line])))
            .await
            .check_refused(code, detail);
    }
    ada.post(RECEIPTS, delivery(json!([]))).await.check_refused(
        "nothing_to_receive",
        "nothing is on the list: scan or find what came in first",
    );
    assert_eq!(ada.get("/v1/stock/MILK").await.json()["on_hand_milli"], 0);
    assert_eq!(ada.get("/v1/stock/NOWHERE").await.status, 404);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_delivery_sent_twice_is_received_once() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let body = delivery(json!([{ "sku": "MILK", "quantity_milli": 12_000 }]));
    let first = ada.post_as("dn-7", RECEIPTS, body.clone()).await.json();
    assert_eq!(ada.post_as("dn-7", RECEIPTS, body).await.json(), first);
    assert_eq!(
        ada.get("/v1/stock/MILK").await.json()["on_hand_milli"],
        12_000
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn stock_is_found_by_name_and_listed_by_sku() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let lines = json!([
        { "sku": "MUG-RED", "quantity_milli": 3_000 },
        { "sku": "APPLES", "quantity_milli": 12_345 },
    ]);
    ada.done(RECEIPTS, delivery(lines)).await;
    let skus = |answer: Value| -> Vec<String> {
        let stock = answer["stock"].as_array().unwrap().clone();
        stock
            .iter()
            .map(|line| line["sku"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        skus(ada.get("/v1/stock").await.json()),
        ["APPLES", "MUG-RED"]
    );
    let found = skus(ada.get("/v1/stock?query=mug").await.json());
    assert_eq!(found.len(), 2, "{found:?}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_delivery_is_counted_scan_by_scan_and_survives_a_reload() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let lines = "/stock/receive/lines";
    ada.press("/stock/receive/scan", &[("code", MILK)]).await;
    let twice = ada.press("/stock/receive/scan", &[("code", MILK)]).await;
    assert!(twice.text.contains(r#"value="2""#), "{}", twice.text);
    let several = ada.press(lines, &[("does", "add"), ("code", "mug")]).await;
    several.check_refused("several_found", "2 products match: press the one you mean");
    let nothing = ada
        .press(lines, &[("does", "add"), ("code", "xylophone")])
        .await;
    nothing.check_refused(
        "not_found_by_name",
        "nothing here is called 'xylophone': scan the item, or type another part of its name",
    );
    ada.press(lines, &[("does", "add"), ("code", "candle")])
        .await;
    let fields = [("does", "set"), ("sku", "CANDLE"), ("quantity", "48")];
    assert_eq!(ada.press(lines, &fields).await.status, 200);
    let half = [("does", "set"), ("sku", "CANDLE"), ("quantity", "0.5")];
    ada.press(lines, &half).await.check_refused(
        "quantity_not_whole",
        "CANDLE is counted by the piece: type a whole number",
    );
    assert!(
        ada.page("/stock/receive")
            .await
            .text
            .contains(r#"value="48""#)
    );
    let received = [("received_as", "delivery"), ("reference", "DN-9")];
    let done = ada.press("/stock/receive", &received).await;
    assert_eq!(
        (done.status, done.location.as_deref()),
        (204, Some("/stock"))
    );
    assert_eq!(
        ada.get("/v1/stock/CANDLE").await.json()["on_hand_milli"],
        48_000
    );
    assert!(
        ada.page("/stock/receive")
            .await
            .text
            .contains("Nothing counted yet")
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn two_people_count_two_deliveries() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    ada.press("/stock/receive/scan", &[("code", MILK)]).await;
    let ben = counter.sign_in(BEN).await;
    assert!(
        ben.page("/stock/receive")
            .await
            .text
            .contains("Nothing counted yet")
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_page_of_a_product_shows_why() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.sell_milk().await;
    let list = ada.page("/stock").await;
    assert!(list.text.contains("Below zero: count it"), "{}", list.text);
    let page = ada.page("/stock/product/MILK").await;
    for text in [
        "Why this number",
        "Sold",
        "1-1-000001",
        "More sold than received",
    ] {
        assert!(page.text.contains(text), "{text}");
    }
    assert_eq!(ada.page("/stock/product/NOWHERE").await.status, 404);
    counter.edge.shutdown().await;
}
