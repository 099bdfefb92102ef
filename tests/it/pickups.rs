//! An online order from the shop to the customer's hand: online, cut off, cancelled, and when two
//! want the last piece.

use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use serde_json::{Value, json};

/// A store with ten pieces of every good on its shelf, all of which the hub may promise.
async fn begin() -> (World, Till, Oracle) {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let till = world.open_till(1).await;
    let mut oracle = Oracle::new();
    let delivery: Vec<(&Good, i64)> = world.goods.iter().map(|good| (good, 10)).collect();
    till.receive(&mut oracle, &delivery).await;
    (world, till, oracle)
}

/// Waits until the hub may promise something of a good, and returns how much.
async fn promised(channel: &Channel, good: &Good) -> i64 {
    wait::until_seen(
        "rights to reach the hub",
        || channel.available(good),
        |available| *available > 0,
    )
    .await
}

/// Returns a code with one character of what it says changed.
fn forged(code: &str) -> String {
    let (front, rest) = code.split_at(60);
    let other = if rest.starts_with('A') { "B" } else { "A" };
    format!("{front}{other}{}", &rest[1..])
}

async fn on_hand(till: &Till, good: &Good) -> i64 {
    let path = format!("/v1/stock/{}", good.sku);
    let stock: Value = till.caller().ask(&path).await.unwrap();
    stock["on_hand_milli"].as_i64().unwrap() / 1_000
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_picked_and_handed_over_with_the_hub_cut_off() {
    let (world, till, _) = begin().await;
    let channel = Channel::of(&world.console().await);
    let (mug, socks) = (&world.goods[1], &world.goods[3]);
    let before = promised(&channel, mug).await;
    promised(&channel, socks).await;

    let draft = Channel::draft("W-1", STORE, &[(mug, 2), (socks, 1)]);
    let order = channel.place_as("once", &draft).await.unwrap();
    let again = channel.place_as("once", &draft).await.unwrap();
    assert_eq!(order, again, "the same capture twice is one order");
    let told = channel.told(&order).await;
    let desk = Desk::of(&till);
    let pickup = desk.has(&order, "to_do").await;
    let wrong = json!({ "code": world.goods[0].gtin });
    let refused = desk.does(&pickup, "scans", wrong).await.unwrap_err();
    let refused = refused.problem();
    assert!(refused.kind.ends_with(":wrong_item"), "{}", refused.detail);
    desk.prepare(&pickup, &[(mug, 2), (socks, 1)], "A-3").await;
    channel.is(&order, "ready").await;

    world.line.cut();
    let ready = desk.has(&order, "ready").await;
    let forged = desk.hand_over(&ready, &forged(&told.code)).await;
    let forged = forged.unwrap_err().problem();
    assert!(
        forged.kind.ends_with(":code_not_believed"),
        "{}",
        forged.detail
    );
    desk.hand_over(&ready, &told.code).await.unwrap();
    let twice = desk.hand_over(&ready, &told.code).await.unwrap_err();
    let twice = twice.problem();
    assert!(
        twice.kind.ends_with(":handed_over_already"),
        "{}",
        twice.detail
    );
    assert_eq!(on_hand(&till, mug).await, 8);
    assert_eq!(channel.order(&order).await["status"], "ready");

    world.mend();
    channel.is(&order, "completed").await;
    let rights = channel.available(mug).await;
    assert!(rights <= before - 2, "{rights} of {before} after two left");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_channels_never_get_the_last_pieces_both() {
    let (world, _till, _) = begin().await;
    let channel = Channel::of(&world.console().await);
    let mug = &world.goods[1];
    let units = promised(&channel, mug).await;
    let orders = (0..4).map(|number| {
        let channel = channel.clone();
        let draft = Channel::draft(&format!("W-{number}"), STORE, &[(mug, units)]);
        async move { channel.place(&draft).await.unwrap() }
    });
    let mut routed = 0;
    for order in futures(orders).await {
        match channel.order(&order).await["status"].as_str().unwrap() {
            "unrouted" => {}
            _ => routed += 1,
        }
    }
    assert_eq!(routed, 1, "one of four got all that may be promised");
    world.end().await;
}

async fn futures<F>(each: impl Iterator<Item = F>) -> Vec<String>
where
    F: Future<Output = String> + Send + 'static,
{
    let tasks: Vec<_> = each.map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn walk_ins_go_on_under_partition_and_no_unit_is_promised_twice() {
    let (world, till, mut oracle) = begin().await;
    let channel = Channel::of(&world.console().await);
    let mug = &world.goods[1];
    let units = promised(&channel, mug).await;
    world.line.cut();
    let draft = Channel::draft("W-1", STORE, &[(mug, units)]);
    let order = channel.place(&draft).await.unwrap();
    // Every piece on the shelf is sold to whoever stands there, whatever was promised.
    for _ in 0..10 {
        till.sell(&mut oracle, &[(mug, 1)]).await;
    }
    assert_eq!(on_hand(&till, mug).await, 0);
    let second = Channel::draft("W-2", STORE, &[(mug, 1)]);
    let second = channel.place(&second).await.unwrap();
    let second = channel.order(&second).await;
    assert_eq!(
        second["status"], "unrouted",
        "what is promised is promised once"
    );

    world.mend();
    // The broken promise is named, with the fact that broke it, before the customer travels.
    let order = channel.is(&order, "unrouted").await;
    let facts = order["timeline"].to_string();
    assert!(facts.contains("allocation_broken"), "{facts}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_is_done_by_the_hub_before_the_store_heard_and_asked_of_it_after() {
    let (world, till, _) = begin().await;
    let channel = Channel::of(&world.console().await);
    let mug = &world.goods[1];
    let units = promised(&channel, mug).await;
    world.line.cut();
    let unsent = channel
        .place(&Channel::draft("W-1", STORE, &[(mug, 1)]))
        .await
        .unwrap();
    assert_eq!(channel.cancel(&unsent).await.unwrap(), "cancelled");
    channel.is(&unsent, "cancelled").await;

    world.mend();
    let sent = channel
        .place(&Channel::draft("W-2", STORE, &[(mug, 1)]))
        .await
        .unwrap();
    let desk = Desk::of(&till);
    desk.has(&sent, "to_do").await;
    assert_eq!(channel.cancel(&sent).await.unwrap(), "cancel_requested");
    channel.is(&sent, "cancelled").await;
    channel.may_promise(mug, units).await;
    world.end().await;
}
