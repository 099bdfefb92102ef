//! A store loses its disk: restored from a backup it sells at once, comes back whole from what the
//! hub knows, and a copy of the old disk that starts later is told what it is, and tells what it
//! sold.

use std::fs;
use std::path::{Path, PathBuf};

use counterpart_edge::{Edge, EdgeConfig, RestoreFrom, Restored, back_up, restore};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN, STORE, World, status};
use serde_json::Value;

use crate::ENGINE;

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

/// The disk dies: the database is gone, the keys come from where they are kept.
fn lose_the_database(folder: &Path) {
    for name in ["edge.db", "edge.db-wal", "edge.db-shm"] {
        let file = folder.join(name);
        if file.exists() {
            fs::remove_file(file).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_lost_its_disk_comes_back_with_everything_the_hub_had_heard() {
    let mut world = World::begin(Beginning {
        engine: ENGINE,
        ..Beginning::default()
    })
    .await;
    let (mut kept, mut lost) = (Oracle::new(), Oracle::new());
    let (backup, old_disk) = sells_until_its_disk_dies(&mut world, &mut kept, &mut lost).await;
    let restored = restore(&world.edge_config(), RestoreFrom::Backup(backup)).await;
    let restored = restored.unwrap();
    assert!(restored.has_key);
    comes_back(&mut world, &mut kept, &restored).await;
    the_old_disk_is_told_what_it_is(&world, &old_disk).await;
    what_it_sold_counts(&world, &mut kept, &lost).await;
    world.end().await;
}

/// Thirty sales, a backup, twenty more of which the hub hears of ten. Returns the backup, and the
/// disk as it was at the end.
async fn sells_until_its_disk_dies(
    world: &mut World,
    kept: &mut Oracle,
    lost: &mut Oracle,
) -> (PathBuf, PathBuf) {
    let till = world.open_till(1).await;
    for at in 0..30 {
        till.sell(kept, &[(&world.goods[at % 7], 1)]).await;
    }
    let backup = world.folder().join("night.db");
    back_up(&world.edge_config(), &backup).await.unwrap();
    for at in 0..10 {
        till.sell(kept, &[(&world.goods[at % 5], 2)]).await;
    }
    world.console().await.has_everything(STORE, kept).await;
    world.line.cut();
    for at in 0..10 {
        till.sell(lost, &[(&world.goods[at % 3], 1)]).await;
    }
    world.stop_edge().await;
    let old_disk = world.folder().join("old-disk");
    copy_folder(&world.edge_folder(), &old_disk);
    lose_the_database(&world.edge_folder());
    (backup, old_disk)
}

/// It sells before it has heard anything, in a series of its own; then it hears, and is whole.
async fn comes_back(world: &mut World, kept: &mut Oracle, restored: &Restored) {
    world.start_edge().await;
    let till = world.sign_in(1).await;
    let paid = till.sell(kept, &[(&world.goods[0], 1)]).await;
    assert_eq!(paid.receipt, format!("1-{}-000001", restored.incarnation));
    let waits = world.status().await;
    assert!(waits["recovery"]["ended_at"].is_null(), "{waits}");
    assert!(
        waits["concerns"].to_string().contains("was restored"),
        "{waits}"
    );
    world.mend();
    let back = wait::until_seen(
        "the records of the old life to be back",
        || world.status(),
        |status| status["recovery"]["ended_at"].is_string() && status["unsent"] == 0,
    )
    .await;
    assert_eq!(back["quarantined"], 0, "{back}");
    assert!(
        back["concerns"].to_string().contains("no record anywhere"),
        "{back}"
    );
    till.sell(kept, &[(&world.goods[1], 1)]).await;
    let console = world.console().await;
    console.has_everything(STORE, kept).await;
    kept.agrees_with("the store", &till.seen(kept).await);
    kept.receipts_are_gap_free();
    let path = format!("/v1/stores/{STORE}");
    let store: Value = console.caller().ask(&path).await.unwrap();
    assert_eq!(
        store["life"]["incarnation"].as_u64(),
        Some(u64::from(restored.incarnation.0)),
        "{store}"
    );
    assert!(store["life"]["recovered_at"].is_string(), "{store}");
}

/// What the old disk had sold and told nobody is at the hub and in the store that goes on.
async fn what_it_sold_counts(world: &World, kept: &mut Oracle, lost: &Oracle) {
    for sold in lost.sales().values() {
        kept.sold(sold.clone());
    }
    let till = world.sign_in(1).await;
    till.sell(kept, &[(&world.goods[2], 1)]).await;
    let console = world.console().await;
    console.has_everything(STORE, kept).await;
    wait::until("the store to have it too", || async {
        let there = till.seen(kept).await.sales.len() as u64;
        (there == kept.count()).then_some(())
    })
    .await;
    kept.agrees_with("the store", &till.seen(kept).await);
    kept.receipts_are_gap_free();
    let concerns = console.status().await.unwrap()["concerns"].to_string();
    assert!(
        concerns.contains("Another machine with this store's identity"),
        "{concerns}"
    );
}

/// Somebody starts the old disk after all.
async fn the_old_disk_is_told_what_it_is(world: &World, old_disk: &Path) {
    let copy = EdgeConfig {
        listen: world.edge_config().listen,
        clock: world.clock.clone(),
        ..EdgeConfig::new(old_disk.to_owned())
    };
    let second = Edge::start(copy).await.unwrap();
    let url = second.url();
    let stopped = wait::until_seen(
        "the old disk to be told",
        || status(&url),
        |status| status["hub"]["standing"] == "stopped",
    )
    .await;
    let trouble = stopped["hub"]["trouble"].as_str().unwrap_or_default();
    assert!(
        trouble.contains("another machine goes on with this store"),
        "{trouble}"
    );
    let other = Till::sign_in(&url, 1, PIN).await.unwrap();
    other
        .sell(&mut Oracle::new(), &[(&world.goods[1], 1)])
        .await;
    assert!(second.shutdown().await.cut_off.is_empty());
}
