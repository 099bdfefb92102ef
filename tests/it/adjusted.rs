//! Stock is put right while the line is cut; the hub's number follows once it is mended, with the
//! reason beside it.

use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::fresh_key;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::ENGINE;

#[tokio::test(flavor = "multi_thread")]
async fn stock_put_right_without_the_hub_is_put_right_there_when_the_line_is_mended() {
    let beginning = Beginning {
        engine: ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    let good = &world.goods[0];
    till.receive(&mut oracle, &[(good, 12)]).await;
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;

    world.line.cut();
    till.sell(&mut oracle, &[(good, 2)]).await;
    for (reason, pieces) in [("damaged", -3), ("found", 1)] {
        let line = json!({ "sku": good.sku, "delta_milli": pieces * 1_000 });
        let body = json!({ "reason": reason, "lines": [line] });
        let path = "/v1/stock/adjustments";
        let key = fresh_key();
        let put: Result<Value, _> = till.caller().command(Method::POST, path, &key, &body).await;
        put.unwrap_or_else(|error| panic!("{reason}: {error}"));
        oracle.received(&good.sku, pieces);
    }
    oracle.agrees_with("the edge", &till.seen(&oracle).await);
    let held = console.stock(STORE, &good.sku).await;
    assert_eq!(
        held["on_hand_milli"], 12_000,
        "nothing can have come through"
    );

    world.mend();
    let stock = wait::until_seen(
        "the hub's stock to follow",
        || console.stock(STORE, &good.sku),
        |stock| stock["on_hand_milli"] == 8_000,
    )
    .await;
    console.has_everything(STORE, &oracle).await;
    let movements = stock["movements"].as_array().unwrap();
    let kinds: Vec<&str> = movements
        .iter()
        .map(|movement| movement["kind"].as_str().unwrap())
        .collect();
    for kind in ["adjusted_damaged", "adjusted_found"] {
        let told = kinds.iter().filter(|known| **known == kind).count();
        assert_eq!(told, 1, "{kind}: {stock:#}");
    }
    world.end().await;
}
