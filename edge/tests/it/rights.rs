//! Who may promise what is on the shelf: the store lets the hub, asks back, and never stops a sale.

use counterpart_daemon::params;
use counterpart_edge::reference::install_policies;
use counterpart_edge::rights;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::Sku;
use counterpart_protocol::policies::{Policies, RightsClass};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{RightsReturned, SkuUnits};
use serde_json::json;

use crate::counter::{ADA, Counter};
use crate::factory::{World, read, soon};

fn milk() -> Sku {
    "MILK".parse().unwrap()
}

async fn receive(counter: &Counter, units: i64) {
    let clerk = counter.sign_in(ADA).await;
    let body = json!({
        "received_as": "delivery",
        "lines": [{ "sku": "MILK", "quantity_milli": units * 1000 }],
    });
    clerk.done("/v1/stock/receipts", body).await;
}

async fn sell(counter: &Counter, pieces: usize) {
    let clerk = counter.sign_in(ADA).await;
    for _ in 0..pieces {
        clerk.sell_milk().await;
    }
}

/// Waits until the store may promise so many units by itself, and the hub so many.
async fn shelf(counter: &Counter, own: i32, hubs: i32) {
    let expected = (Milli::units(own), Milli::units(hubs));
    let what = format!("{own} units of the store's own and {hubs} of the hub's");
    soon(&what, async {
        loop {
            let context = counter.edge.context().clone();
            let look = move |tx: &mut _| rights::shelf_of(&context, tx, &milk());
            let shelf = read(counter.edge.context().db(), look).await;
            if (shelf.may_promise(), shelf.rights.hub_may_promise()) == expected {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Returns how often the hub was asked to give rights back.
async fn questions(counter: &Counter) -> i64 {
    read(counter.edge.context().db(), |tx| {
        let sql = "SELECT COUNT(*) FROM feed_records WHERE direction = 'out' AND kind = $1";
        let row = tx.query_one(sql, params![Kind::RightsAsked.number()])?;
        row.read(0)
    })
    .await
}

async fn keep(counter: &Counter, units: u32) {
    keep_by(counter, 1, units).await;
}

/// Puts policies in by which so many units are kept; others have another number.
async fn keep_by(counter: &Counter, policies_number: u8, units: u32) {
    let standard = Policies::default().standard;
    let policies = Policies {
        standard: RightsClass {
            keep_units: units,
            keep_percent: 0,
            ..standard
        },
        ..Policies::default()
    };
    let (version, hash) = (u64::from(policies_number), [policies_number; 32]);
    install_policies(counter.edge.context(), version, hash, policies)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_hub_may_promise_what_the_store_does_not_keep() {
    let counter = Counter::open().await;
    keep(&counter, 4).await;
    receive(&counter, 10).await;
    shelf(&counter, 4, 6).await;
    receive(&counter, 8).await;
    shelf(&counter, 4, 14).await;
    assert_eq!(questions(&counter).await, 0);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn shelves_that_never_move_follow_other_policies_too() {
    let counter = Counter::open().await;
    keep(&counter, 4).await;
    receive(&counter, 10).await;
    shelf(&counter, 4, 6).await;
    keep_by(&counter, 2, 1).await;
    rights::run_once(counter.edge.context()).await.unwrap();
    shelf(&counter, 1, 9).await;
    assert_eq!(questions(&counter).await, 0);
    keep_by(&counter, 3, 5).await;
    for _ in 0..2 {
        rights::run_once(counter.edge.context()).await.unwrap();
    }
    assert_eq!(questions(&counter).await, 1, "it is looked at once");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_walk_in_is_sold_to_and_the_hub_is_asked_once_to_give_back() {
    let counter = Counter::open().await;
    keep(&counter, 2).await;
    receive(&counter, 6).await;
    shelf(&counter, 2, 4).await;
    counter.at_open_till(0).await;
    sell(&counter, 4).await;
    shelf(&counter, 0, 4).await;
    soon("the question", async {
        while questions(&counter).await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    sell(&counter, 1).await;
    rights::run_once(counter.edge.context()).await.unwrap();
    assert_eq!(
        questions(&counter).await,
        1,
        "the hub has minutes to answer"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_the_hub_gives_back_is_the_stores_again() {
    let (world, hub, listening) = World::with_hub().await;
    let counter = Counter::of(world).await;
    keep(&counter, 0).await;
    receive(&counter, 5).await;
    shelf(&counter, 0, 5).await;
    keep(&counter, 2).await;
    hub.say(RightsReturned {
        lines: vec![SkuUnits {
            sku: milk(),
            quantity_milli: Milli::units(2),
        }],
    })
    .await;
    shelf(&counter, 2, 3).await;
    listening.cut().await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_hub_that_runs_low_is_filled_up_even_with_what_is_not_worth_a_fact() {
    let counter = Counter::open().await;
    keep(&counter, 39).await;
    receive(&counter, 40).await;
    shelf(&counter, 39, 1).await;
    // Two spare of 41: the hub holds fewer than two.
    keep(&counter, 38).await;
    receive(&counter, 1).await;
    shelf(&counter, 38, 3).await;
    // Two spare of 43, and the hub has enough.
    receive(&counter, 2).await;
    rights::run_once(counter.edge.context()).await.unwrap();
    shelf(&counter, 40, 3).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_store_whose_sums_lack_damaged_facts_lets_the_hub_promise_nothing_until_they_are_mended()
{
    let counter = Counter::open().await;
    keep(&counter, 4).await;
    let db = counter.edge.context().db().clone();
    let lacks = "INSERT INTO replica_lacking (view, change_hash, peer) VALUES ('stock', $1, 0)";
    db.write(move |tx| tx.execute(lacks, params![[7_u8; 32]]))
        .await
        .unwrap();
    receive(&counter, 10).await;
    rights::run_once(counter.edge.context()).await.unwrap();
    shelf(&counter, 10, 0).await;
    db.write(|tx| tx.execute("DELETE FROM replica_lacking", params![]))
        .await
        .unwrap();
    rights::run_once(counter.edge.context()).await.unwrap();
    shelf(&counter, 4, 6).await;
    counter.edge.shutdown().await;
}
