//! A store's data folder is copied and both copies run: the hub goes on with the one it knows, and
//! the other is told what it is and says so; both go on selling.

use std::fs;

use counterpart_edge::{Edge, EdgeConfig};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN, STORE, World, status};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_machine_with_one_identity_is_named_and_both_go_on_selling() {
    let mut world = World::begin(Beginning::default()).await;
    let mut oracle = Oracle::new();
    let till = world.open_till(1).await;
    till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    world.console().await.has_everything(STORE, &oracle).await;
    world.stop_edge().await;
    let copied = world.folder().join("copied");
    fs::create_dir(&copied).unwrap();
    for file in fs::read_dir(world.edge_folder()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copied.join(file.file_name())).unwrap();
    }

    world.start_edge().await;
    let till = world.sign_in(1).await;
    for _ in 0..6 {
        till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    }
    world.console().await.has_everything(STORE, &oracle).await;
    let copy = EdgeConfig {
        listen: world.edge_config().listen,
        clock: world.clock.clone(),
        ..EdgeConfig::new(copied)
    };
    // Cut off, so that each has a history of its own before the hub meets the second, whose is the
    // shorter one: only then can the hub tell by itself.
    world.line.cut();
    let second = Edge::start(copy).await.unwrap();
    let other = Till::sign_in(&second.url(), 1, PIN).await.unwrap();
    let mut of_the_copy = Oracle::new();
    other.sell(&mut of_the_copy, &[(&world.goods[1], 1)]).await;
    world.mend();
    let url = second.url();
    let stopped = wait::until_seen(
        "the copy to be told",
        || status(&url),
        |status| status["hub"]["standing"] == "stopped",
    )
    .await;
    let trouble = stopped["hub"]["trouble"].as_str().unwrap_or_default();
    assert!(trouble.contains("cop"), "{trouble}");
    // Selling goes on, and what the hub holds of the first is what the first sold.
    other.sell(&mut of_the_copy, &[(&world.goods[1], 1)]).await;
    let sold = world.console().await.seen(STORE, &oracle).await;
    oracle.agrees_with("the hub", &sold);
    assert!(second.shutdown().await.cut_off.is_empty());
    // The first goes on calling, and somebody still has to find the second.
    till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    let concerns = console.status().await.unwrap()["concerns"].to_string();
    assert!(
        concerns.contains("Another machine with this store's identity"),
        "{concerns}"
    );
    world.end().await;
}
