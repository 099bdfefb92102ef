//! The inbox of exceptions: raised by facts, seen on every page, settled by a fact.

use counterpart_edge::{exceptions, rights};
use serde_json::{Value, json};

use crate::counter::{ADA, MILK};
use crate::factory::read;
use crate::orders::{Shop, cancel, code, signer};

#[tokio::test]
async fn a_walk_in_sale_of_promised_goods_shows_both_facts_until_somebody_settles_it() {
    let shop = Shop::open().await;
    let clerk = shop.counter.at_open_till(0).await;
    let body = json!({
        "received_as": "delivery",
        "lines": [{ "sku": "MILK", "quantity_milli": 1_000 }],
    });
    clerk.done("/v1/stock/receipts", body).await;
    shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    clerk.sell_milk().await;
    rights::run_once(shop.ctx()).await.unwrap();
    rights::run_once(shop.ctx()).await.unwrap();
    let inbox = clerk.get("/v1/exceptions").await.json();
    let found = &inbox["exceptions"][0];
    assert_eq!(
        (&found["rule"], &found["severity"]),
        (&json!("over_sale"), &json!(2))
    );
    assert_eq!(found["reference"], "W-1");
    let mut kinds: Vec<&str> = found["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["kind"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["allocation_broken", "sale_recorded"]);
    let lang = shop.ctx().lang();
    let alert = read(shop.ctx().db(), move |tx| exceptions::alert(tx, &lang)).await;
    assert_eq!(alert.unwrap().word, "1 exception");
    let page = clerk.page("/exceptions").await.text;
    for word in [
        "Sold although promised",
        "lost its goods: 1 × Oat milk 1 l",
        "1 exception",
    ] {
        assert!(page.contains(word), "{word} is missing: {page}");
    }

    let path = format!(
        "/v1/exceptions/{}/resolution",
        found["exception_id"].as_str().unwrap()
    );
    let settled = clerk.done(&path, json!({ "how": "customer_told" })).await;
    assert_eq!(settled["how"], "customer_told");
    let again = clerk.post(&path, json!({ "how": "refunded" })).await;
    again.check_refused(
        "exception_not_open",
        "this exception is taken care of already: somebody resolved it",
    );
    let inbox = clerk.get("/v1/exceptions").await.json();
    assert_eq!(inbox["exceptions"], json!([]));
    let resolved = clerk.get("/v1/exceptions?standing=resolved").await.json();
    assert_eq!(resolved["exceptions"][0]["standing"], "resolved");
}

#[tokio::test]
async fn what_is_short_and_what_is_cancelled_too_late_are_told_apart() {
    let mut shop = Shop::open().await;
    let short = shop.order(1, 1, 0).await;
    let late = shop.order(2, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let body = json!({ "line": 1, "because": "not_found" });
    clerk
        .done(&format!("/v1/pickups/{}/shorts", short.part), body)
        .await;
    let to = |place: &str| format!("/v1/pickups/{}/{place}", late.part);
    clerk.done(&to("scans"), json!({ "code": MILK })).await;
    let text = signer().sign(&code(late));
    let body = json!({ "proof": { "shown": "code", "code": text } });
    clerk.done(&to("handovers"), body).await;
    shop.says(late, cancel(late)).await;
    shop.cut().await;
    let clerk = shop.counter.sign_in(ADA).await;
    let inbox = clerk.get("/v1/exceptions").await.json();
    let rules = |inbox: &Value| -> Vec<String> {
        let found = inbox["exceptions"].as_array().unwrap();
        let mut rules: Vec<String> = found
            .iter()
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect();
        rules.sort_unstable();
        rules
    };
    assert_eq!(rules(&inbox), ["cancel_too_late", "short_pick"]);
    // Settled with the hub cut off, pressed on the page.
    let id = inbox["exceptions"][0]["exception_id"].as_str().unwrap();
    let pressed = clerk
        .press(&format!("/exceptions/{id}"), &[("how", "accepted")])
        .await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    let inbox = clerk.get("/v1/exceptions").await.json();
    assert_eq!(rules(&inbox).len(), 1);
    let nobody = clerk.get("/v1/exceptions/nonsense").await;
    assert_eq!(nobody.status, 404);
}
