//! A store that goes on with a backup: what it refuses to be made of, what it does at once, and
//! what waits for the hub.

use std::fs;

use counterpart_edge::{BackedUp, Edge, RestoreFrom, Restored, back_up, restore, rights};
use counterpart_protocol::orders::Stage;
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Counter, MILK};
use crate::factory::{World, sentence, soon};
use crate::hub::FakeHub;
use crate::orders::Shop;
use crate::pickups::{by_code, staged, to};

impl Counter {
    /// Stops the store, puts `from` in the place of its data, and starts it again.
    async fn restored(self, from: RestoreFrom) -> (Self, Restored) {
        let Self {
            world,
            edge,
            http,
            keys,
        } = self;
        edge.shutdown().await;
        let restored = restore(&world.config, from).await.unwrap();
        let edge = world.start().await;
        let counter = Self {
            world,
            edge,
            http,
            keys,
        };
        (counter, restored)
    }
}

async fn backup_of(world: &World, name: &str) -> RestoreFrom {
    let target = world.folder.path().join(name);
    back_up(&world.config, &target).await.unwrap();
    RestoreFrom::Backup(target)
}

async fn status(counter: &Counter) -> Value {
    let clerk = counter.sign_in(ADA).await;
    clerk.get("/v1/status").await.json()
}

/// Returns why nothing was restored; the folder is as it was.
async fn refusal(world: &World, from: RestoreFrom) -> String {
    let error = restore(&world.config, from).await.unwrap_err();
    let folder = world.folder.path().display().to_string();
    assert!(!world.config.data.join("restoring").exists());
    sentence(&error).replace(&folder, "")
}

#[tokio::test]
async fn what_cannot_be_restored_is_refused_and_the_folder_stays() {
    let world = World::enrolled().await;
    let before = fs::read(world.config.database()).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = world.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        RestoreFrom::Backup(path)
    };
    let missing = RestoreFrom::Backup(world.folder.path().join("missing.db"));
    assert_eq!(
        refusal(&world, missing).await,
        "there is no backup /missing.db: name a file that counterpart-edge backup made"
    );
    let said = refusal(&world, file("letter.db", b"Dear Sir or Madam")).await;
    assert!(
        said.starts_with("/letter.db cannot be restored: it is no whole backup of a store"),
        "{said}"
    );
    let said = refusal(&world, file("empty.db", b"")).await;
    assert_eq!(
        said,
        "/empty.db is the backup of a store that was not enrolled yet: enrol this one instead"
    );
    let mut damaged = {
        let RestoreFrom::Backup(path) = backup_of(&world, "whole.db").await else {
            unreachable!("it was just named")
        };
        fs::read(path).unwrap()
    };
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4_096].fill(0x5a);
    let said = refusal(&world, file("damaged.db", &damaged)).await;
    assert!(said.starts_with("/damaged.db cannot be restored"), "{said}");
    assert_eq!(fs::read(world.config.database()).unwrap(), before);
}

#[tokio::test]
async fn a_store_server_that_runs_is_not_restored_under_its_feet() {
    let world = World::enrolled().await;
    let backup = backup_of(&world, "backup.db").await;
    let edge = Edge::start(world.config.clone()).await.unwrap();
    for from in [backup, RestoreFrom::InPlace] {
        let said = refusal(&world, from).await;
        assert!(said.contains("stop it first"), "{said}");
    }
    edge.shutdown().await;
}

#[tokio::test]
async fn what_lay_there_is_kept_aside_and_each_restore_is_another_life() {
    let world = World::enrolled().await;
    let backup = backup_of(&world, "backup.db").await;
    let first = restore(&world.config, backup.clone()).await.unwrap();
    let second = restore(&world.config, backup).await.unwrap();
    let third = restore(&world.config, RestoreFrom::InPlace).await.unwrap();
    assert!(
        first.incarnation < second.incarnation,
        "{first:?} {second:?}"
    );
    assert!(
        second.incarnation < third.incarnation,
        "{second:?} {third:?}"
    );
    let (a, b) = (first.kept_aside.unwrap(), second.kept_aside.unwrap());
    assert!(a != b && a.join("edge.db").exists() && b.join("edge.db").exists());
    assert_eq!(third.kept_aside, None);
    assert_eq!(
        back_up(&world.config, &world.folder.path().join("after.db"))
            .await
            .unwrap(),
        BackedUp::Here
    );
}

#[tokio::test]
async fn a_restored_store_sells_at_once_and_promises_when_the_hub_has_answered() {
    let mut shop = Shop::open().await;
    let ada = shop.counter.at_open_till(0).await;
    let delivery = json!({
        "received_as": "delivery", "lines": [{ "sku": "MILK", "quantity_milli": 20_000 }],
    });
    ada.done("/v1/stock/receipts", delivery).await;
    let ordered = shop.order(1, 2, 0).await;
    staged(&ada, ordered).await;
    // Somebody else is being scanned, and pays after the backup.
    ada.scan(MILK).await;
    let backup = backup_of(&shop.counter.world, "night.db").await;
    ada.pay(500).await;
    // The customer fetches it, and the hub hears of it; then the disk dies.
    ada.done(&to(ordered, "handovers"), by_code(ordered)).await;
    shop.heard(ordered, |order| {
        let mut parts = order.fulfilments.values();
        parts.all(|part| part.stage() == Stage::HandedOver)
    })
    .await;
    let at = shop.line.take().unwrap().cut().await;
    let (counter, restored) = shop.counter.restored(backup).await;

    let ada = counter.sign_in(ADA).await;
    assert_eq!(ada.basket().await["lines"], json!([]));
    let sold = ada.sell_milk().await;
    assert_eq!(
        sold["receipt"],
        json!(format!("1-{}-000001", restored.incarnation))
    );
    let handover = ada.post(&to(ordered, "handovers"), by_code(ordered)).await;
    handover.check_refused(
        "store_recovering",
        "this store was restored and does not know yet what became of this order: it is handed \
         over, found short or put away when the hub has answered; look for the goods meanwhile",
    );
    let looked = rights::run_once(counter.edge.context()).await.unwrap();
    assert_eq!(looked, rights::Progress::default());
    let recovery = status(&counter).await["recovery"].clone();
    assert_eq!(
        (&recovery["because"], &recovery["ended_at"]),
        (&json!("restored"), &Value::Null)
    );

    let _line = listen_again(&shop.hub, &counter, at);
    soon("the records of the old life", async {
        while status(&counter).await["recovery"]["ended_at"].is_null() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let handover = ada.post(&to(ordered, "handovers"), by_code(ordered)).await;
    assert_eq!(handover.problem().1, "handed_over_already");

    // What sold before is to be counted first, until it was put right.
    let cleo = counter.sign_in(CLEO).await;
    let to_count = async || cleo.get("/v1/stock-recount").await.json()["recount"].clone();
    let listed = to_count().await;
    assert_eq!(listed["lines"][0]["sku"], "MILK", "{listed}");
    assert!(listed["lines"][0]["taken_milli"].as_i64().unwrap() >= 1_000);
    let page = cleo.page("/stock/recount").await.text;
    assert!(page.contains("No record from") && page.contains("/stock/adjust/MILK"));
    let missing = json!({ "sku": "MILK", "delta_milli": -1_000 });
    let adjustment = json!({ "reason": "missing", "lines": [missing] });
    cleo.done("/v1/stock/adjustments", adjustment).await;
    assert_eq!(to_count().await["lines"], json!([]));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_bag_packed_before_the_restore_is_seen_before_it_is_given_out() {
    let mut shop = Shop::open().await;
    let ada = shop.counter.at_open_till(0).await;
    let delivery = json!({
        "received_as": "delivery", "lines": [{ "sku": "MILK", "quantity_milli": 20_000 }],
    });
    ada.done("/v1/stock/receipts", delivery).await;
    let ordered = shop.order(1, 2, 0).await;
    staged(&ada, ordered).await;
    shop.heard(ordered, |order| {
        let mut parts = order.fulfilments.values();
        parts.all(|part| part.stage() == Stage::Staged)
    })
    .await;
    let backup = backup_of(&shop.counter.world, "night.db").await;
    let at = shop.line.take().unwrap().cut().await;
    let (counter, _) = shop.counter.restored(backup).await;
    let _line = listen_again(&shop.hub, &counter, at);
    soon("the records of the old life", async {
        while status(&counter).await["recovery"]["ended_at"].is_null() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let ada = counter.sign_in(ADA).await;
    let handover = ada.post(&to(ordered, "handovers"), by_code(ordered)).await;
    assert_eq!(handover.problem().1, "bag_unseen");
    let seen = ada
        .get(&format!("/v1/pickups/{}", ordered.part))
        .await
        .json();
    assert_eq!(seen["bag_unseen"], json!(true));
    let done = ada
        .done(&to(ordered, "scans"), json!({ "code": MILK }))
        .await;
    assert_eq!(done["note"], "the bag of W-1 is here");
    let done = ada.done(&to(ordered, "handovers"), by_code(ordered)).await;
    assert_eq!(done["stage"], "handed_over");
    counter.edge.shutdown().await;
}

fn listen_again(
    hub: &FakeHub,
    counter: &Counter,
    at: std::net::SocketAddr,
) -> crate::hub::Listening {
    hub.listen(&counter.world.authority, Some(at))
}
