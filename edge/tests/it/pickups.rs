//! Pickups at the counter, from the bell to the customer's hand, mostly with the hub cut off.

mod back;
mod codes;
mod names;
mod pieces;
mod screens;

use std::time::Duration;

use counterpart_daemon::web::text::Lang;
use counterpart_edge::pickups;
use counterpart_protocol::orders::{OrderStatus, Stage};
use serde_json::{Value, json};

use crate::counter::{ADA, BEN, Clerk, MILK};
use crate::factory::{World, read};
use crate::orders::{Ordered, Shop, code, signer};

/// Returns an address below a pickup's.
pub(crate) fn to(ordered: Ordered, place: &str) -> String {
    format!("/v1/pickups/{}/{place}", ordered.part)
}

pub(crate) async fn scan(clerk: &Clerk<'_>, ordered: Ordered, code: &str) -> Value {
    let body = json!({ "code": code });
    clerk.done(&to(ordered, "scans"), body).await
}

/// Picks and stages all of line 1, which is all there is.
pub(crate) async fn staged(clerk: &Clerk<'_>, ordered: Ordered) {
    for _ in 0..ordered.count {
        scan(clerk, ordered, MILK).await;
    }
    let body = json!({ "location": "a-3" });
    let done = clerk.done(&to(ordered, "stage"), body).await;
    assert_eq!(done["stage"], "staged");
}

/// Hands everything over for the signed code.
pub(crate) fn by_code(ordered: Ordered) -> Value {
    let text = signer().sign(&code(ordered));
    json!({ "proof": { "shown": "code", "code": text } })
}

/// Returns what is on hand of the milk.
pub(crate) async fn milk(clerk: &Clerk<'_>) -> i64 {
    let answer = clerk.get("/v1/stock/MILK").await;
    answer.json()["on_hand_milli"].as_i64().unwrap()
}

#[tokio::test]
async fn an_order_is_picked_and_handed_over_while_the_hub_is_cut_off() {
    let mut shop = Shop::open().await;
    let ordered = shop.order(1, 2, 0).await;
    let address = shop.line.as_ref().unwrap().address;
    shop.cut().await;
    let clerk = shop.counter.sign_in(ADA).await;
    let list = clerk.get("/v1/pickups").await.json();
    assert_eq!(list["counts"], json!({ "to_do": 1, "ready": 0, "done": 0 }));
    let card = &list["pickups"][0];
    assert_eq!(
        (&card["reference"], &card["stage"]),
        (&json!("W-1"), &json!("offered"))
    );
    let done = clerk.done(&to(ordered, "accept"), json!({})).await;
    assert_eq!(done["stage"], "accepted");

    let wrong = clerk
        .post(&to(ordered, "scans"), json!({ "code": "CANDLE" }))
        .await;
    wrong.check_refused(
        "wrong_item",
        "expected 2 × Oat milk 1 l, scanned Candle: put it back and scan the right one",
    );
    assert_eq!(
        scan(&clerk, ordered, MILK).await["note"],
        "Oat milk 1 l: 1 of 2"
    );
    let early = clerk
        .post(&to(ordered, "stage"), json!({ "location": "A-3" }))
        .await;
    early.check_refused(
        "to_pick_first",
        "still to be picked: 1 × Oat milk 1 l; pick it, or say that it is short",
    );
    let done = scan(&clerk, ordered, MILK).await;
    assert_eq!(done["note"], "Oat milk 1 l: 2 of 2; everything is picked");
    let over = clerk
        .post(&to(ordered, "scans"), json!({ "code": MILK }))
        .await;
    over.check_refused(
        "enough_picked",
        "enough of Oat milk 1 l was picked already; left to pick: nothing",
    );
    clerk
        .done(&to(ordered, "stage"), json!({ "location": " a-3 " }))
        .await;
    let seen = clerk
        .get(&format!("/v1/pickups/{}", ordered.part))
        .await
        .json();
    assert_eq!(
        (&seen["stage"], &seen["location"]),
        (&json!("staged"), &json!("A-3"))
    );

    handed_over_once(&clerk, ordered).await;

    let line = shop
        .hub
        .listen(&shop.counter.world.authority, Some(address));
    let order = shop
        .heard(ordered, |order| order.status() == OrderStatus::Completed)
        .await;
    assert_eq!(order.fulfilments[&ordered.part].stage(), Stage::HandedOver);
    shop.counter.edge.shutdown().await;
    line.cut().await;
}

/// Hands everything over for the code, and finds that it is not to be had twice.
async fn handed_over_once(clerk: &Clerk<'_>, ordered: Ordered) {
    let before = milk(clerk).await;
    let done = clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(
        (&done["stage"], &done["note"]),
        (&json!("handed_over"), &json!("W-1 is handed over"))
    );
    assert_eq!(milk(clerk).await, before - 2_000);
    let again = clerk
        .post(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(again.problem().1, "handed_over_already");
    let list = clerk.get("/v1/pickups?list=done").await.json();
    assert_eq!(list["counts"], json!({ "to_do": 0, "ready": 0, "done": 1 }));
}

#[tokio::test]
async fn two_colleagues_who_pick_one_order_pick_each_unit_once() {
    let (mut world, hub, line) = World::with_hub().await;
    let mut second = world.config.registers[0].clone();
    second.id = counterpart_protocol::ids::RegisterId(2);
    world.config.registers.push(second);
    let shop = Shop::of(world, hub, line).await;
    let ordered = shop.order(1, 1, 1).await;
    let ada = shop.counter.sign_in(ADA).await;
    let ben = shop.counter.sign_in_at(2, BEN).await;
    scan(&ada, ordered, MILK).await;
    let taken = ben
        .post(&to(ordered, "scans"), json!({ "code": MILK }))
        .await;
    taken.check_refused(
        "picked_by_colleague",
        "Ada Peeters has Oat milk 1 l already; left to pick: 1 × Mug, red",
    );
    let done = scan(&ben, ordered, "MUG-RED").await;
    assert_eq!(done["stage"], "picked");
    let order = shop.heard(ordered, |order| {
        order
            .fulfilments
            .values()
            .all(|part| part.stage() == Stage::Picked)
    });
    // Both scans became one fact.
    let order = order.await;
    assert!(order.fulfilments[&ordered.part].accepted);
}

#[tokio::test]
async fn a_scan_sent_twice_counts_once() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 2, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let (path, body) = (to(ordered, "scans"), json!({ "code": MILK }));
    let first = clerk.post_as("one", &path, body.clone()).await.json();
    let second = clerk.post_as("one", &path, body).await.json();
    assert_eq!(first, second);
    assert_eq!(first["lines"][0]["scanned_milli"], 1_000);
    let other = clerk
        .post_as("one", &path, json!({ "code": "CANDLE" }))
        .await;
    assert_eq!(other.status, 422);
}

#[tokio::test]
async fn what_is_short_leaves_the_shelf_and_says_where_it_goes_next() {
    let mut shop = Shop::open().await;
    let ordered = shop.order(1, 3, 0).await;
    shop.cut().await;
    let mut links = shop.ctx().link().changes();
    links
        .wait_for(|link| link.standing == counterpart_edge::sync::Standing::Alone)
        .await
        .unwrap();
    let clerk = shop.counter.sign_in(ADA).await;
    let before = milk(&clerk).await;
    scan(&clerk, ordered, MILK).await;
    let body = json!({ "line": 1, "quantity_milli": 3_000, "because": "not_found" });
    let refused = clerk.post(&to(ordered, "shorts"), body).await;
    refused.check_refused("too_many", "only 2 × Oat milk 1 l is still to be picked");
    let body = json!({ "line": 1, "because": "damaged" });
    let done = clerk.done(&to(ordered, "shorts"), body).await;
    assert_eq!(
        done["note"],
        "the hub looks for another store for 2 × Oat milk 1 l as soon as it is reached: tell the \
         customer if they are here"
    );
    assert_eq!(milk(&clerk).await, before - 2_000);
    let body = json!({ "location": "B-1" });
    let done = clerk.done(&to(ordered, "stage"), body).await;
    assert_eq!(done["stage"], "staged");
}

#[tokio::test]
async fn the_youngest_unpicked_order_loses_what_a_walk_in_took() {
    let shop = Shop::open().await;
    let older = shop.order(1, 1, 0).await;
    let younger = shop.order(2, 2, 0).await;
    let ctx = shop.ctx().clone();
    let cause = counterpart_protocol::ids::FactId::from_parts(9, 9);
    let sku = "MILK".parse().unwrap();
    let broken = shop
        .ctx()
        .db()
        .write(move |tx| {
            let wanted = counterpart_protocol::quantity::Milli::units(1);
            pickups::break_allocation(&ctx, tx, &sku, wanted, cause)
        })
        .await
        .unwrap();
    assert_eq!(broken.0, 1_000);
    let clerk = shop.counter.sign_in(ADA).await;
    let left = |view: &Value| view["lines"][0]["remaining_milli"].as_i64().unwrap();
    let view = clerk
        .get(&format!("/v1/pickups/{}", younger.part))
        .await
        .json();
    assert_eq!(left(&view), 1_000);
    let view = clerk
        .get(&format!("/v1/pickups/{}", older.part))
        .await
        .json();
    assert_eq!(left(&view), 1_000);
}

#[tokio::test]
async fn the_views_are_the_same_when_they_are_made_anew() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 2, 1).await;
    let clerk = shop.counter.sign_in(ADA).await;
    scan(&clerk, ordered, MILK).await;
    clerk.done(&to(ordered, "picks"), json!({})).await;
    let before = clerk.get("/v1/pickups").await.json();
    let replica = shop.ctx().replica().clone();
    let rebuilt = shop.ctx().db().write(move |tx| replica.rebuild(tx)).await;
    rebuilt.unwrap();
    assert_eq!(clerk.get("/v1/pickups").await.json(), before);
}

#[tokio::test]
async fn a_new_pickup_rings_until_somebody_accepts_it() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let lang: Lang = shop.ctx().lang();
    let alert = |lang: Lang| read(shop.ctx().db(), move |tx| pickups::alert(tx, &lang));
    assert_eq!(alert(lang.clone()).await.unwrap().word, "1 new pickup");
    let clerk = shop.counter.sign_in(ADA).await;
    // No page was open for a minute: that is seen.
    shop.counter
        .world
        .clock
        .advance(Duration::from_millis(61_000));
    let card = |list: Value| list["pickups"][0]["bell"].clone();
    assert_eq!(card(clerk.get("/v1/pickups").await.json()), "unheard");
    let heard = clerk.press("/pickups/bell", &[("sounded", "no")]).await;
    assert_eq!(heard.status, 204);
    assert_eq!(
        card(clerk.get("/v1/pickups").await.json()),
        "unheard",
        "it was late"
    );
    clerk.done(&to(ordered, "accept"), json!({})).await;
    assert!(alert(lang).await.is_none());
    assert_eq!(card(clerk.get("/v1/pickups").await.json()), "answered");
}

#[tokio::test]
async fn a_walk_in_sale_of_promised_goods_goes_through_and_names_who_loses_them() {
    let mut shop = Shop::open().await;
    let clerk = shop.counter.at_open_till(0).await;
    let body = json!({
        "received_as": "delivery",
        "lines": [{ "sku": "MILK", "quantity_milli": 3_000 }],
    });
    clerk.done("/v1/stock/receipts", body).await;
    let older = shop.order(1, 1, 0).await;
    let younger = shop.order(2, 1, 0).await;
    shop.cut().await;
    let clerk = shop.counter.sign_in(ADA).await;
    clerk.sell_milk().await;
    clerk.sell_milk().await;
    counterpart_edge::rights::run_once(shop.ctx())
        .await
        .unwrap();
    counterpart_edge::rights::run_once(shop.ctx())
        .await
        .unwrap();
    let stage = async |ordered: Ordered| {
        let path = format!("/v1/pickups/{}", ordered.part);
        clerk.get(&path).await.json()["stage"].clone()
    };
    assert_eq!(stage(older).await, "offered");
    assert_eq!(
        stage(younger).await,
        "released",
        "the one that came last loses its unit"
    );
}
