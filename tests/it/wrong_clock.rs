//! A store whose clock is a day off: it sells, its facts and orders arrive, and both ends say in a
//! sentence that the clock is wrong.

use std::time::Duration;

use counterpart_daemon::clock::{Clock, ManualClock};
use counterpart_edge::{Edge, EdgeConfig};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, FLOAT_MINOR, PIN, STORE, World, status};

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A day of trade with the store's clock at `store_ms`, which it says is `direction` of the hub's.
async fn check(off: impl Fn(i64, i64) -> i64, direction: &str) {
    let mut world = World::begin(Beginning::default()).await;
    world.stop_edge().await;
    let day_ms = i64::try_from(DAY.as_millis()).unwrap();
    let config = EdgeConfig {
        clock: ManualClock::starting_at(off(world.clock.now_ms(), day_ms)),
        ..world.edge_config()
    };
    let edge = Edge::start(config).await.unwrap();
    let till = Till::sign_in(&edge.url(), 1, PIN).await.unwrap();
    till.open(FLOAT_MINOR).await.unwrap();
    let (good, mut oracle) = (&world.goods[1], Oracle::new());
    till.receive(&mut oracle, &[(good, 10)]).await;
    for _ in 0..3 {
        till.sell(&mut oracle, &[(good, 1)]).await;
    }
    world.console().await.has_everything(STORE, &oracle).await;
    let about_the_clock = |status: &serde_json::Value| {
        let concerns = status["concerns"].as_array().cloned().unwrap_or_default();
        let texts = concerns.iter().map(ToString::to_string);
        let mut clock = texts.filter(|text| text.contains("clock"));
        clock.any(|text| text.contains(direction))
    };
    let url = edge.url();
    wait::until_seen(
        "the store to say that its clock is off",
        || status(&url),
        about_the_clock,
    )
    .await;

    let channel = Channel::of(&world.console().await);
    let promised = || channel.available(good);
    wait::until_seen("rights to reach the hub", promised, |units| *units > 0).await;
    let draft = Channel::draft("W-1", STORE, &[(good, 1)]);
    let order = channel.place(&draft).await.unwrap();
    let told = channel.told(&order).await;
    let desk = Desk::of(&till);
    let pickup = desk.has(&order, "to_do").await;
    desk.prepare(&pickup, &[(good, 1)], "A-1").await;
    let ready = desk.has(&order, "ready").await;
    desk.hand_over(&ready, &told.code).await.unwrap();
    oracle.handed_over(&order, vec![(good.sku.clone(), 1)]);
    channel.is(&order, "completed").await;
    world.console().await.has_everything(STORE, &oracle).await;
    assert!(edge.shutdown().await.cut_off.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_clock_is_a_day_ahead_trades_and_is_told_so() {
    check(|now_ms, day_ms| now_ms + day_ms, "ahead of").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_clock_is_a_day_behind_trades_and_is_told_so() {
    check(|now_ms, day_ms| now_ms - day_ms, "behind").await;
}
