//! Back to the shelf: refused, expired, cancelled; and a cancellation that comes too late.

use std::time::Duration;

use counterpart_edge::pickups;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::orders::{HandedOver, HandoverCheck, Units};
use counterpart_protocol::quantity::Milli;
use serde_json::json;

use super::{by_code, milk, scan, staged, to};
use crate::counter::{ADA, MILK};
use crate::orders::{Shop, cancel};

const DAY_MS: u64 = 86_400_000;

#[tokio::test]
async fn what_the_customer_refuses_is_free_once_it_was_scanned_at_the_shelf() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 2, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    let before = milk(&clerk).await;
    let units = json!({ "units": [{ "line": 1, "quantity_milli": 1_000 }] });
    clerk.done(&to(ordered, "refusals"), units).await;
    let list = clerk.get("/v1/pickups").await.json();
    assert_eq!(list["counts"]["to_do"], 1, "somebody has to put it away");
    let wrong = clerk
        .post(&to(ordered, "put-aways"), json!({ "code": "CANDLE" }))
        .await;
    wrong.check_refused(
        "wrong_item",
        "expected 1 × Oat milk 1 l, scanned Candle: put it back and scan the right one",
    );
    // The other one is still the customer's.
    let done = clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(done["lines"][0]["handed_over_milli"], 1_000);
    let done = clerk
        .done(&to(ordered, "put-aways"), json!({ "code": MILK }))
        .await;
    assert_eq!(
        done["note"],
        "Oat milk 1 l: put away; everything is back on the shelf"
    );
    assert_eq!(done["stage"], "handed_over");
    assert_eq!(milk(&clerk).await, before - 1_000);
    let more = clerk
        .post(&to(ordered, "put-aways"), json!({ "code": MILK }))
        .await;
    more.check_refused(
        "nothing_to_put_away",
        "nothing of this pickup is to be put away",
    );
    shop.heard(ordered, |order| {
        order
            .fulfilments
            .values()
            .any(|part| part.lines[&1].released == Milli::ONE)
    })
    .await;
}

#[tokio::test]
async fn a_bag_nobody_fetched_goes_back_to_the_shelf() {
    let mut shop = Shop::open().await;
    let ordered = shop.order(1, 2, 0).await;
    shop.cut().await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    shop.counter
        .world
        .clock
        .advance(Duration::from_millis(7 * DAY_MS + 1));
    pickups::run_once(shop.ctx()).await.unwrap();
    pickups::run_once(shop.ctx()).await.unwrap();
    let clerk = shop.counter.sign_in(ADA).await;
    let late = clerk
        .post(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(late.problem().1, "pickup_expired");
    clerk
        .done(&to(ordered, "put-aways"), json!({ "code": MILK }))
        .await;
    let done = clerk
        .done(&to(ordered, "put-aways"), json!({ "code": MILK }))
        .await;
    assert_eq!(done["stage"], "released");
    let over = clerk
        .post(&to(ordered, "handovers"), by_code(ordered))
        .await;
    over.check_refused(
        "pickup_over",
        "nothing is left of this pickup: it was cancelled, put away or not found",
    );
}

#[tokio::test]
async fn a_cancellation_frees_at_once_what_nobody_has_picked() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 2, 0).await;
    shop.says(ordered, cancel(ordered)).await;
    let order = shop
        .heard(ordered, |order| {
            order
                .fulfilments
                .values()
                .all(|part| part.lines[&1].released == Milli::units(2))
        })
        .await;
    assert!(!order.fulfilments[&ordered.part].cancel_waits());
}

#[tokio::test]
async fn a_cancellation_of_what_is_in_the_bag_waits_for_the_scan_at_the_shelf() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 2, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    scan(&clerk, ordered, MILK).await;
    shop.says(ordered, cancel(ordered)).await;
    let view = clerk
        .get(&format!("/v1/pickups/{}", ordered.part))
        .await
        .json();
    assert_eq!(view["cancel_waits"], true);
    assert_eq!(view["work"][0]["to_put_away_milli"], 1_000);
    let done = clerk
        .done(&to(ordered, "put-aways"), json!({ "code": MILK }))
        .await;
    assert_eq!(done["stage"], "released");
    shop.heard(ordered, |order| {
        order
            .fulfilments
            .values()
            .all(|part| part.lines[&1].released == Milli::units(2))
    })
    .await;
}

#[tokio::test]
async fn a_customer_who_is_here_gets_the_goods_and_the_cancellation_is_declined() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    shop.says(ordered, cancel(ordered)).await;
    let done = clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(done["stage"], "handed_over");
    assert_eq!(
        done["lines"][0]["to_put_away_milli"], 0,
        "there is nothing left to put away"
    );
    shop.heard(ordered, |order| {
        order
            .fulfilments
            .values()
            .all(|part| part.lines[&1].cancel_declined == Milli::ONE)
    })
    .await;
}

#[tokio::test]
async fn what_another_store_hands_over_leaves_this_stores_stock_alone() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let before = milk(&clerk).await;
    let handed = HandedOver {
        fulfilment_id: ordered.part,
        units: vec![Units::of(1, &"MILK".parse().unwrap(), Milli::ONE)],
        checked_by: HandoverCheck::Code,
        approved_by: None,
    };
    // The fake hub speaks with its own number: whoever is not this store is another.
    assert_ne!(EdgeNumber::HUB, crate::factory::EDGE);
    shop.says(ordered, handed).await;
    assert_eq!(milk(&clerk).await, before);
}
