//! The basket: scans, quantities, removing, and everything that waits for a person.

use reqwest::Method;
use serde_json::{Value, json};

use crate::counter::{ADA, Counter, MILK, MISREAD, STRANGER, answer};
use crate::factory::REGISTER;

fn lines(basket: &Value) -> Vec<(u64, String, i64, i64)> {
    basket["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["line"].as_u64().unwrap(),
                line["sku"].as_str().unwrap().to_owned(),
                line["quantity_milli"].as_i64().unwrap(),
                line["amount_minor"].as_i64().unwrap(),
            )
        })
        .collect()
}

fn waiting(basket: &Value) -> Vec<(String, String)> {
    let unsettled = basket["unsettled"].as_array().unwrap();
    let pairs = unsettled.iter().map(|scan| {
        let text = |key: &str| scan[key].as_str().unwrap().to_owned();
        (text("code"), text("why"))
    });
    pairs.collect()
}

#[tokio::test]
async fn scans_become_lines_and_the_same_goods_count_up() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let first = ada.scan(MILK).await;
    assert_eq!(
        (&first["outcome"], &first["line"]),
        (&json!("added"), &json!(1))
    );
    ada.scan("CANDLE").await;
    let basket = ada.scan(MILK).await["basket"].clone();
    assert_eq!(
        lines(&basket),
        [
            (1, "MILK".to_owned(), 2_000, 258),
            (2, "CANDLE".to_owned(), 1_000, 350)
        ]
    );
    assert_eq!(
        (&basket["items"], &basket["total_minor"]),
        (&json!(3), &json!(608))
    );
    assert_eq!(basket["lines"][0]["newest"], true);
    assert_eq!(
        basket["taxes"],
        json!([
            { "rate": 6_000, "gross_minor": 258, "tax_minor": 15 },
            { "rate": 21_000, "gross_minor": 350, "tax_minor": 61 },
        ])
    );
    assert_eq!(basket["barred"], Value::Null);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_scanner_says_what_kind_of_symbol_it_read() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let body = json!({ "code": MILK, "aim": "E0" });
    let ean = ada.done("/v1/registers/1/scans", body).await;
    assert_eq!(ean["outcome"], "added");
    // The same digits in a CODE128 symbol are no trade item number.
    let body = json!({ "code": MILK, "aim": "C0" });
    let other = ada.done("/v1/registers/1/scans", body).await;
    assert_eq!(other["why"], "unknown");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_identifier_is_understood_however_it_comes() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let path = "/v1/registers/1/scans";
    for body in [
        json!({ "code": MILK, "aim": "]E0" }),
        json!({ "code": format!("01{:0>14}", MILK), "aim": "]C1" }),
        json!({ "code": format!("01{:0>14}10A\u{1d}21B", MILK), "aim": "]d2" }),
        // As a scanner that types sends it, and as its code may be.
        json!({ "code": format!("]E0{MILK}") }),
        json!({ "code": "]j0CANDLE" }),
        json!({ "code": "]C0]E0-SCREW" }),
        json!({ "code": "]E0-SCREW" }),
    ] {
        let taken = ada.done(path, body.clone()).await;
        assert_eq!(taken["outcome"], "added", "{body}: {taken}");
    }
    let misread = ada
        .done(path, json!({ "code": format!("]E0{MISREAD}") }))
        .await;
    assert_eq!(misread["why"], "misread");
    let stranger = ada.done(path, json!({ "code": "]E0-NAIL" })).await;
    assert_eq!(stranger["why"], "unknown");
    let refused = ada.post(path, json!({ "code": MILK, "aim": "EAN" })).await;
    let (status, _, detail) = refused.problem();
    assert_eq!(status, 400);
    assert!(detail.contains("as in ]E0"), "{detail}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_sold_waits_for_a_person_and_bars_pay_until_then() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    for (code, why, sentence) in [
        (
            STRANGER,
            "unknown",
            "Not in the catalogue: find it by name (F2), or put the item aside.",
        ),
        (
            MISREAD,
            "misread",
            "Read wrong: scan the item again, or type the number below the bars, then put this \
             one aside.",
        ),
        (
            "NEWS",
            "unpriced",
            "It has no price yet: ask the manager, or put the item aside.",
        ),
    ] {
        let taken = ada.scan(code).await;
        assert_eq!(taken["outcome"], "unsettled");
        assert_eq!(
            (&taken["why"], &taken["sentence"]),
            (&json!(why), &json!(sentence))
        );
    }
    // A good scan clears nothing: the item in the customer's hand is still not in the basket.
    let basket = ada.scan(MILK).await["basket"].clone();
    assert_eq!(basket["unsettled"].as_array().unwrap().len(), 3);
    let barred = "3 scans are not settled: scan the items again or put them aside, then pay";
    assert_eq!(basket["barred"], barred);
    ada.pay(258).await.check_refused("scans_unsettled", barred);
    for scan in basket["unsettled"].as_array().unwrap() {
        let path = format!("/v1/registers/1/scans/{}/settle", scan["scan"]);
        ada.done(&path, json!({ "settle": "aside" })).await;
    }
    assert_eq!(ada.pay(258).await.json()["total_minor"], 258);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_settled_scan_is_settled_once() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let scan = ada.scan(STRANGER).await["basket"]["unsettled"][0]["scan"].clone();
    let path = format!("/v1/registers/1/scans/{scan}/settle");
    let again = ada.done(&path, json!({ "settle": "again" })).await;
    assert_eq!(
        waiting(&again),
        [(STRANGER.to_owned(), "unknown".to_owned())]
    );
    ada.post(&path, json!({ "settle": "aside" }))
        .await
        .check_refused(
            "no_such_scan",
            &format!("scan {scan} does not wait any more: look at what is shown now"),
        );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_scan_before_the_till_is_open_is_kept_and_taken_up() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let held = ada.scan(MILK).await;
    assert_eq!(
        (&held["outcome"], &held["why"]),
        (&json!("held"), &json!("till_closed"))
    );
    assert_eq!(held["sentence"], "Kept until the till is opened.");
    ada.pay(129).await.check_refused(
        "scans_unsettled",
        "a scan is not settled: scan the item again or put it aside, then pay",
    );
    ada.done("/v1/registers/1/shift/open", json!({ "float_minor": 0 }))
        .await;
    let basket = ada.basket().await;
    assert_eq!((lines(&basket).len(), waiting(&basket).len()), (1, 0));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_read_the_scanner_lost_is_shown() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let lost = counterpart_edge::sales::lost(counter.edge.context(), REGISTER).await;
    assert_eq!(
        lost.unwrap().sentence.as_deref(),
        Some("The scanner read something it could not make out: scan the item again.")
    );
    assert_eq!(
        waiting(&ada.basket().await),
        [(String::new(), "lost".to_owned())]
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_quantity_no_counter_sells_is_refused_in_words() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    ada.scan("APPLES").await;
    let path = |line: u8| format!("/v1/registers/1/basket/lines/{line}");
    let quantity = |milli: i64| json!({ "quantity_milli": milli });
    let set = ada.put(&path(1), quantity(12_000)).await.json();
    assert_eq!(set["total_minor"], 12 * 129);
    for (line, milli, code, detail) in [
        (
            1,
            0,
            "quantity_not_positive",
            "a quantity is more than nothing: press Del to remove the line",
        ),
        (
            1,
            1_500,
            "quantity_not_whole",
            "Oat milk 1 l is sold by the piece: type a whole number",
        ),
        (
            1,
            1_000_000,
            "quantity_too_large",
            "a line holds at most 999 pieces, and 1000 were typed: type less, or scan again",
        ),
        (
            2,
            1_000_000,
            "quantity_too_large",
            "a line holds at most 999.999 kg, and 1000 were typed: type less",
        ),
        (
            7,
            1_000,
            "no_such_line",
            "line 7 is not in the basket: choose a line that is shown",
        ),
    ] {
        ada.put(&path(line), quantity(milli))
            .await
            .check_refused(code, detail);
    }
    ada.pay(9_999).await.check_refused(
        "not_weighed",
        "Apples Jonagold was not weighed: select it, type its kilograms and press Qty",
    );
    let weighed = ada.put(&path(2), quantity(435)).await.json();
    assert_eq!(weighed["total_minor"], 12 * 129 + 130);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_removed_line_can_be_put_back_and_is_told_with_the_sale() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    ada.scan("CANDLE").await;
    let line = "/v1/registers/1/basket/lines/2";
    let voided = ada.delete(line).await.json();
    assert_eq!(
        (&voided["total_minor"], &voided["lines"][1]["voided"]),
        (&json!(129), &json!(true))
    );
    ada.delete(line)
        .await
        .check_refused("line_voided", "line 2 was removed: press Undo on it first");
    let restored = ada.done(&format!("{line}/restore"), json!({})).await;
    assert_eq!(restored["total_minor"], 479);
    ada.delete(line).await.json();
    let sold = ada.pay(129).await.json();
    let path = format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap());
    let sale = ada.get(&path).await.json();
    assert_eq!(sale["lines"].as_array().unwrap().len(), 1);
    assert_eq!(sale["voided"][0]["sku"], "CANDLE");
    assert_eq!(sale["voided"][0]["amount_minor"], 350);
    assert_eq!(sale["voided"][0]["staff"], "00000000010000000000000001");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_sale_given_up_is_stated_and_leaves_an_empty_register() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    ada.scan(STRANGER).await;
    let basket = ada.delete("/v1/registers/1/basket").await.json();
    assert_eq!(basket["sale_id"], Value::Null);
    assert_eq!((lines(&basket).len(), waiting(&basket).len()), (0, 0));
    ada.pay(129).await.check_refused(
        "basket_empty",
        "there is nothing to pay yet: scan an item first",
    );
    // Nothing to give up is nothing to complain about.
    assert_eq!(ada.delete("/v1/registers/1/basket").await.status, 200);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_power_cut_loses_neither_a_line_nor_a_waiting_scan() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(5_000).await;
    let token = ada.token.clone();
    ada.scan(MILK).await;
    ada.scan(MILK).await;
    ada.scan(STRANGER).await;
    let before = ada.basket().await;
    let counter = counter.restarted().await;
    let request = counter.request(Method::GET, "/v1/registers/1/basket");
    let after = answer(request.bearer_auth(token)).await.json();
    assert_eq!(after, before);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_same_scan_sent_twice_is_one_scan() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let (path, body) = ("/v1/registers/1/scans", json!({ "code": MILK }));
    let first = ada.post_as("scan-1", path, body.clone()).await.json();
    let second = ada.post_as("scan-1", path, body).await.json();
    assert_eq!(first["line"], second["line"]);
    assert_eq!(second["basket"]["items"], 1);
    let other = ada
        .post_as("scan-1", path, json!({ "code": "CANDLE" }))
        .await;
    let (status, code, _) = other.problem();
    assert_eq!((status, code.as_str()), (422, "idempotency_key_reused"));
    let keyless = counter.request(Method::POST, path).bearer_auth(&ada.token);
    let (status, code, _) = answer(keyless.json(&json!({ "code": MILK })))
        .await
        .problem();
    assert_eq!((status, code.as_str()), (400, "idempotency_key_missing"));
    counter.edge.shutdown().await;
}
