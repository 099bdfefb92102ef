//! A promotion of the hub's, a discount by hand, a parked sale and a return while the line is cut:
//! the till takes off what was promised, gives back what was paid, and the hub agrees to the cent.

use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key, sold};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::ENGINE;

async fn does(till: &Till, path: &str, body: &Value) -> Value {
    let key = fresh_key();
    let done: Result<Value, _> = till.caller().command(Method::POST, path, &key, body).await;
    done.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Scans one piece and returns what the basket comes to.
async fn scanned(till: &Till, gtin: &str) -> i64 {
    let scanned = till.scan(gtin).await;
    let scanned = scanned.unwrap_or_else(|error| panic!("{gtin}: {error}"));
    assert_eq!(scanned.outcome, "added", "{scanned:?}");
    till.basket().await.unwrap().total_minor
}

/// Puts half off a good at the hub, and waits until the till takes it off.
async fn promote(world: &World, till: &Till, sku: &str, gtin: &str, price_minor: i64) {
    let console = world.console().await;
    let promotion = json!({
        "promotion": {
            "id": "half", "name": "Half off",
            "deal": { "kind": "each", "cut": { "percent": 50_000 } },
            "goods": { "skus": [sku] },
        },
    });
    let key = fresh_key();
    let put: Result<Value, _> = console
        .caller()
        .command(Method::POST, "/v1/promotions", &key, &promotion)
        .await;
    put.unwrap_or_else(|error| panic!("the promotion is refused: {error}"));
    wait::until("the promotion to be in force", || async {
        let total = scanned(till, gtin).await;
        till.void_basket().await.unwrap();
        (total < price_minor).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_off_and_given_back_without_the_hub_is_what_the_hub_counts() {
    let beginning = Beginning {
        engine: ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    let (cheap, other) = (&world.goods[0], &world.goods[1]);
    till.receive(&mut oracle, &[(cheap, 20), (other, 20)]).await;
    let price_minor = cheap.price_minor.unwrap();
    promote(&world, &till, &cheap.sku, &cheap.gtin, price_minor).await;

    world.line.cut();
    scanned(&till, &cheap.gtin).await;
    let promoted = scanned(&till, &cheap.gtin).await;
    assert!(promoted < 2 * price_minor && promoted > 0, "{promoted}");
    let off = json!({ "off": { "percent": 10_000 }, "reason": "goodwill" });
    let less = does(&till, "/v1/registers/1/basket/discounts", &off).await;
    let less = less["total_minor"].as_i64().unwrap();
    assert!(less < promoted, "{less}");
    let parked = does(&till, "/v1/registers/1/basket/suspend", &json!({})).await;
    till.sell(&mut oracle, &[(other, 1)]).await;
    let number = &parked["number"];
    let recall = format!("/v1/registers/1/suspended-baskets/{number}/recall");
    does(&till, &recall, &json!({})).await;
    let paid = till.pay(less).await.unwrap();
    oracle.sold(sold(&paid, &[(cheap, 2)]));

    let piece = json!({
        "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock",
    });
    let back = json!({ "sale_id": paid.sale_id, "lines": [piece] });
    let first = does(&till, "/v1/registers/1/returns", &back).await;
    let first = first["total_minor"].as_i64().unwrap();
    assert!(
        first == less / 2 || first == less - less / 2,
        "{first} of {less}"
    );
    oracle.received(&cheap.sku, 1);
    oracle.agrees_with("the edge", &till.seen(&oracle).await);

    world.mend();
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    world.end().await;
}
