//! The hub is away when the store starts, and stays away for hours: everything a till does works,
//! and nothing is forgotten.

use std::time::Duration;

use counterpart_tests::oracle::Oracle;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, FLOAT_MINOR, STORE, World};

const HOUR: Duration = Duration::from_secs(3_600);

async fn alone(world: &World) {
    wait::until_seen(
        "the store to know that it is alone",
        || world.status(),
        |status| status["hub"]["standing"] == "alone",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_starts_without_its_hub_sells_counts_and_receives_for_days() {
    let mut world = World::begin(Beginning::default()).await;
    let mut oracle = Oracle::new();
    world
        .open_till(1)
        .await
        .receive(&mut oracle, &[(&world.goods[0], 30)])
        .await;
    world.console().await.has_everything(STORE, &oracle).await;
    world.stop_edge().await;
    world.stop_hub().await;
    world.line.refuse();

    world.start_edge().await;
    alone(&world).await;
    let trouble = world.status().await["hub"]["trouble"].clone();
    let trouble = trouble.as_str().unwrap();
    assert!(
        trouble.contains("check this store's internet line"),
        "{trouble}"
    );
    // The till stood open when the machine was stopped, and so it stands.
    let till = world.sign_in(1).await;
    till.receive(&mut oracle, &[(&world.goods[1], 12)]).await;
    for hours in [1, 5, 30] {
        world.clock.advance(HOUR * hours);
        let till = world.sign_in(1).await;
        till.sell(&mut oracle, &[(&world.goods[0], 1), (&world.goods[1], 2)])
            .await;
    }
    let till = world.sign_in(1).await;
    let cash = FLOAT_MINOR + oracle.total_minor();
    let closed = till
        .close(&[(1, u32::try_from(cash).unwrap())], None)
        .await
        .unwrap();
    assert_eq!(
        (&closed["expected_minor"], &closed["over_short_minor"]),
        (&cash.into(), &0.into())
    );
    let concerns = world.status().await["concerns"].to_string();
    assert!(
        concerns.contains("waiting"),
        "a day without the hub is a concern: {concerns}"
    );
    world.stop_edge().await;
    world.start_edge().await;
    alone(&world).await;
    oracle.agrees_with(
        "the edge",
        &till.again(&world.edge().url()).seen(&oracle).await,
    );

    world.start_hub().await;
    world.mend();
    world.console().await.has_everything(STORE, &oracle).await;
    wait::until_seen(
        "the store to know that it is connected",
        || world.status(),
        |status| status["hub"]["standing"] == "connected" && status["unsent"] == 0,
    )
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_the_hub_reaches_a_store_that_was_away() {
    let world = World::begin(Beginning::default()).await;
    let console = world.console().await;
    world.line.cut();
    alone(&world).await;
    console
        .post_notice("The lift is out of order until noon")
        .await
        .unwrap();
    let version = |status: &serde_json::Value| {
        let kinds = status["reference"].as_array().unwrap().iter();
        let catalog = kinds.filter(|held| held["kind"] == "catalog");
        catalog
            .filter_map(|held| held["version"].as_u64())
            .max()
            .unwrap()
    };
    let before = version(&world.status().await);
    let more = counterpart_tests::goods::shelf(60);
    console
        .publish_catalog(counterpart_tests::goods::csv(&more))
        .await;
    world.mend();
    wait::until_seen(
        "the new catalogue",
        || world.status(),
        |now| version(now) > before,
    )
    .await;
    let till = world.open_till(1).await;
    let scanned = till.scan(&more[59].gtin).await.unwrap();
    assert_eq!(scanned.outcome, "added", "{scanned:?}");
    let (_, page) = till.caller().fetch("/register/1").await.unwrap();
    assert!(
        page.contains("The lift is out of order until noon"),
        "{page}"
    );
    world.end().await;
}
