//! Fifty sales without the hub, and what the hub knows once the line is mended.

use counterpart_demo::line::Direction;
use counterpart_tests::books;
use counterpart_tests::chance::Chance;
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

const SALES: usize = 50;

fn unsent(status: &serde_json::Value) -> u64 {
    status["unsent"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_sales_without_the_hub_arrive_once_and_whole_when_the_line_is_mended() {
    let mut chance = Chance::of("fifty sales without the hub", 50);
    let beginning = Beginning {
        registers: 2,
        ..Beginning::default()
    };
    let mut world = World::begin(beginning).await;
    let tills = [world.open_till(1).await, world.open_till(2).await];
    let mut oracle = Oracle::new();
    let delivery: Vec<(&Good, i64)> = world.goods.iter().map(|good| (good, 20)).collect();
    tills[0].receive(&mut oracle, &delivery).await;
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;

    world.line.cut();
    let mut waiting = unsent(&world.status().await);
    for _ in 0..SALES {
        let basket: Vec<(&Good, i64)> = (0..chance.between(1, 4))
            .map(|_| (chance.one_of(&world.goods), 1))
            .collect();
        chance.one_of(&tills).sell(&mut oracle, &basket).await;
        let now = unsent(&world.status().await);
        assert!(
            now > waiting,
            "{now} wait after {waiting} and one more sale"
        );
        waiting = now;
    }
    oracle.agrees_with("the edge", &tills[0].seen(&oracle).await);
    oracle.receipts_are_gap_free();
    let held = console.store(STORE).await.unwrap();
    assert_eq!(
        held.today.sales, 0,
        "nothing can have come through a cut line"
    );
    let status = world.status().await;
    assert_eq!(status["hub"]["standing"], "alone");
    let trouble = status["hub"]["trouble"].as_str().unwrap();
    assert!(trouble.contains("selling goes on"), "{trouble}");

    // The first answer after the cut is lost on its way, so the hub hears everything twice.
    world.line.mend();
    world.line.drop_after(Direction::Down, 3_000);
    wait::until_seen(
        "the queue to drain",
        || world.status(),
        |status| unsent(status) == 0,
    )
    .await;
    console.has_everything(STORE, &oracle).await;
    let day = console.store(STORE).await.unwrap().today;
    let total_minor = oracle.total_minor();
    assert_eq!(
        (day.sales, day.total_minor),
        (i64::try_from(SALES).unwrap(), total_minor)
    );

    let edge = world.edge_folder().join("edge.db");
    let hub = world.hub_folder().join("hub.db");
    world.stop_edge().await;
    world.stop_hub().await;
    let (sent, held) = (books::feed(&edge, "out", 0), books::feed(&hub, "in", 1));
    assert!(sent.len() > SALES);
    assert_eq!(sent, held, "the hub's feed is the edge's, link by link");
}
