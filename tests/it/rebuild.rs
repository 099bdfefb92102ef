//! Views are folds: whatever was stopped and started in between, making them anew from the stored
//! facts, with the installed programs, changes no row on either side.

use counterpart_tests::books::{self, Books};
use counterpart_tests::chance::Chance;
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::process::Program;
use counterpart_tests::shop::Till;
use counterpart_tests::world::{Beginning, STORE, World};

const ROUNDS: u64 = 8;

/// What happens to a till between two restarts.
async fn trade(chance: &mut Chance, till: &Till, goods: &[Good], oracle: &mut Oracle) {
    for _ in 0..chance.between(1, 4) {
        let basket: Vec<(&Good, i64)> = (0..chance.between(1, 3))
            .map(|_| {
                let pieces = i64::try_from(chance.between(1, 2)).unwrap();
                (chance.one_of(goods), pieces)
            })
            .collect();
        if chance.happens(15) {
            till.scan(&chance.one_of(goods).gtin).await.unwrap();
            till.void_basket().await.unwrap();
        }
        let paid = till.sell(oracle, &basket).await;
        if chance.happens(20) {
            till.reprint(&paid.sale_id).await.unwrap();
        }
        if chance.happens(20) {
            till.receive(oracle, &[(chance.one_of(goods), 6)]).await;
        }
    }
}

/// Makes the views anew with the installed program and returns what that changed.
fn changed_by_rebuild(world: &World, program: &'static str, data: &str, file: &str) -> Vec<String> {
    let database = world.folder().join(data).join(file);
    let before = views(&database);
    let arguments = ["--data", data, "rebuild"];
    let ended = Program::new(program, arguments, world.folder(), "").run();
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.output.contains("facts folded"), "{ended:?}");
    books::differences(&before, &views(&database))
}

/// Every table but what a full-text index keeps for itself, whose layout depends on its history,
/// and the list of shelves somebody should look at, which a rebuild fills for good measure.
fn views(database: &std::path::Path) -> Books {
    let mut books = books::read(database);
    books.retain(|name, _| !name.contains("_fts") && name != "rights_due");
    books
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_restarted_in_between_views_made_anew_are_the_views_that_were() {
    let mut chance = Chance::of("restarts", 7);
    let mut world = World::begin(Beginning::default()).await;
    let mut oracle = Oracle::new();
    let goods = world.goods.clone();
    drop(world.open_till(1).await);
    for _ in 0..ROUNDS {
        let till = world.sign_in(1).await;
        trade(&mut chance, &till, &goods, &mut oracle).await;
        match chance.below(4) {
            0 => world.line.cut(),
            1 => world.mend(),
            2 => {
                world.stop_hub().await;
                world.start_hub().await;
            }
            _ => {
                world.stop_edge().await;
                world.start_edge().await;
            }
        }
    }
    world.mend();
    world.console().await.has_everything(STORE, &oracle).await;
    world.stop_edge().await;
    world.stop_hub().await;
    let edge = changed_by_rebuild(&world, "counterpart-edge", "edge", "edge.db");
    assert!(edge.is_empty(), "{}", edge.join("\n"));
    let hub = changed_by_rebuild(&world, "counterpart-hub", "hub", "hub.db");
    assert!(hub.is_empty(), "{}", hub.join("\n"));

    world.start_hub().await;
    world.start_edge().await;
    let till = world.sign_in(1).await;
    oracle.agrees_with("the rebuilt edge", &till.seen(&oracle).await);
    oracle.agrees_with(
        "the rebuilt hub",
        &world.console().await.seen(STORE, &oracle).await,
    );
    trade(&mut chance, &till, &goods, &mut oracle).await;
    world.console().await.has_everything(STORE, &oracle).await;
    world.end().await;
}
