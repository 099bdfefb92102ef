//! A customer's name from the channel to the counter: there when the line is cut, and gone once it
//! was erased at the hub.

use std::time::Duration;

use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::shop::fresh_key;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

const NAME: &str = "Jonas Vandamme";

/// Waits until the counter shows this name of an order, or none.
async fn is_called(desk: &Desk, order: &str, name: &Value) {
    wait::until_seen(
        "the counter to show who ordered",
        || desk.has(order, "to_do"),
        |pickup| pickup["customer_name"] == *name,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_at_the_counter_with_the_line_cut_and_gone_after_it_was_erased() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let till = world.open_till(1).await;
    let delivery: Vec<(&Good, i64)> = world.goods.iter().map(|good| (good, 10)).collect();
    till.receive(&mut Oracle::new(), &delivery).await;
    let channel = Channel::of(&world.console().await);
    let mug = &world.goods[1];
    wait::until_seen(
        "rights to reach the hub",
        || channel.available(mug),
        |available| *available > 0,
    )
    .await;

    let mut draft = Channel::draft("W-1", STORE, &[(mug, 1)]);
    draft["customer"] = json!({ "name": NAME, "phone": "+32 9 123 45 67" });
    let order = channel.place(&draft).await.unwrap();
    let desk = Desk::of(&till);
    is_called(&desk, &order, &json!(NAME)).await;

    world.line.cut();
    let customer = channel.order(&order).await["customer_id"].clone();
    let erase = format!("/v1/customers/{}/erase", customer.as_str().unwrap());
    let (key, nothing) = (fresh_key(), json!({}));
    let erased = channel
        .caller()
        .command::<Value>(Method::POST, &erase, &key, &nothing);
    erased.await.unwrap();
    wait::until_seen(
        "the store to know that it is alone",
        || world.status(),
        |status| status["hub"]["standing"] == "alone",
    )
    .await;
    world.clock.advance(Duration::from_secs(60));
    is_called(&desk, &order, &json!(NAME)).await;

    world.mend();
    is_called(&desk, &order, &json!(null)).await;
    // The order goes on without the name.
    desk.prepare(&desk.has(&order, "to_do").await, &[(mug, 1)], "A-3")
        .await;
    let told = channel.told(&order).await;
    let ready = desk.has(&order, "ready").await;
    desk.hand_over(&ready, &told.code).await.unwrap();
    channel.is(&order, "completed").await;
    world.end().await;
}
