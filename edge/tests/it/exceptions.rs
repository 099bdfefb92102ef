//! The inbox of exceptions: raised by facts, seen on every page, settled by a fact.

use counterpart_edge::{exceptions, rights};
use counterpart_protocol::exceptions::{ExceptionResolved, Resolution};
use serde_json::{Value, json};

use crate::counter::{ADA, MILK};
use crate::factory::{read, soon};
use crate::orders::{Shop, cancel, code, signer};
use crate::transfers::on_its_way;

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

/// A store with its hub cut off that counted in one carton less than the hub had told of, and that
/// was not told of a candle at all.
async fn counted_in(shop: &mut Shop) -> String {
    shop.hub.say(on_its_way()).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let path = format!("/v1/transfers/{}", on_its_way().transfer_id);
    soon("the parcel's announcement", async {
        while clerk.get(&path).await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let line = shop.line.take().unwrap();
    line.cut().await;
    let lines = json!([
        { "sku": "MILK", "quantity_milli": 2_000 },
        { "sku": "CANDLE", "quantity_milli": 2_000 },
    ]);
    let body = json!({ "lines": lines });
    clerk.done(&format!("{path}/arrival"), body).await;
    let seen = clerk.get(&path).await.json();
    seen["exception_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_parcel_that_differs_is_in_the_inbox_until_somebody_settles_it() {
    let mut shop = Shop::open().await;
    let id = counted_in(&mut shop).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let inbox = clerk.get("/v1/exceptions").await.json();
    let found = &inbox["exceptions"][0];
    assert_eq!(
        (&found["exception_id"], &found["rule"], &found["standing"]),
        (&json!(id), &json!("transfer_discrepancy"), &json!("open"))
    );
    assert_eq!(found["order_id"], Value::Null);
    let transfer_id = on_its_way().transfer_id.to_string();
    assert_eq!(found["transfer_id"], json!(transfer_id));
    let lacking = json!({ "sku": "MILK", "name": "Oat milk 1 l", "quantity_milli": -1_000 });
    assert_eq!(found["units"], json!([lacking]));
    let says: Vec<&str> = found["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["says"].as_str().unwrap())
        .collect();
    assert_eq!(
        says,
        [
            "sent by utrecht-1: 2 × Candle, 3 × Oat milk 1 l",
            "counted in: 2 × Candle, 2 × Oat milk 1 l"
        ]
    );
    let page = clerk.page("/exceptions").await.text;
    for word in ["Transfer differs", "1 exception", &transfer_id] {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
    let path = format!("/v1/exceptions/{id}/resolution");
    let told = clerk.post(&path, json!({ "how": "customer_told" })).await;
    told.check_refused(
        "exception_not_settled",
        "this is not settled like that: choose one of the ways that are offered",
    );
    clerk.done(&path, json!({ "how": "recounted" })).await;
    let again = clerk.post(&path, json!({ "how": "accepted" })).await;
    assert_eq!(again.problem().1, "exception_not_open");
    let one = clerk.get(&format!("/v1/exceptions/{id}")).await.json();
    assert_eq!(one["standing"], "resolved");
    shop.counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_the_hub_settles_of_a_parcel_is_settled_here() {
    let mut shop = Shop::open().await;
    let address = shop.line.as_ref().unwrap().address;
    let id = counted_in(&mut shop).await;
    let authority = &shop.counter.world.authority;
    let line = shop.hub.listen(authority, Some(address));
    let settled = ExceptionResolved {
        exception_id: id.parse().unwrap(),
        how: Resolution::Accepted,
    };
    shop.hub.say(settled).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let path = format!("/v1/exceptions/{id}");
    soon("the hub's word", async {
        while clerk.get(&path).await.json()["standing"] != "resolved" {
            tokio::task::yield_now().await;
        }
    })
    .await;
    shop.counter.edge.shutdown().await;
    line.cut().await;
}
