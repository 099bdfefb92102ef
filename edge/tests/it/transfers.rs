//! Goods between stores: packed within rights, counted in against what the hub told, both with the
//! hub out of reach.

use counterpart_edge::reference::install_policies;
use counterpart_edge::rights;
use counterpart_protocol::exceptions::{ExceptionId, Rule};
use counterpart_protocol::ids::{EdgeNumber, FactId, TransferId};
use counterpart_protocol::neighbours::{NeighbourStock, StoreStock};
use counterpart_protocol::policies::{Policies, RightsClass};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::reference::{ReferenceKind, Snapshot};
use counterpart_protocol::rights::SkuUnits;
use counterpart_protocol::stock::TransferExpected;
use serde_json::{Value, json};

use crate::counter::{ADA, BEN, Clerk, Counter, MILK};
use crate::factory::{World, soon};
use crate::hub::{FakeHub, Listening};
use crate::orders::Shop;
use crate::pickups::{by_code, scan, to};

const TRANSFERS: &str = "/v1/transfers";

/// What the hub writes for a store whose only neighbour is Utrecht.
fn utrecht() -> Snapshot {
    Snapshot::of(&NeighbourStock {
        stores: vec![StoreStock {
            store_id: "utrecht-1".parse().unwrap(),
            name: "Utrecht".to_owned(),
            as_of_ms: None,
            on_hand_milli: [].into(),
        }],
    })
}

/// A store that knows Utrecht, keeps what it has for itself, and has ten cartons of milk.
async fn shop() -> (Counter, FakeHub, Listening) {
    let (world, hub, line) = World::with_hub().await;
    with_milk(world, hub, line).await
}

/// As [`shop`], in a world of one's own.
pub(crate) async fn with_milk(
    world: World,
    hub: FakeHub,
    line: Listening,
) -> (Counter, FakeHub, Listening) {
    hub.serve_snapshot(ReferenceKind::Neighbours, utrecht());
    let counter = Counter::of(world).await;
    keeps(&counter, 0, 100).await;
    let ada = counter.sign_in(ADA).await;
    until(&ada, "the other store's name", |all| {
        all["stores"][0]["name"] == "Utrecht"
    })
    .await;
    let delivery = json!({
        "received_as": "delivery", "lines": [{ "sku": "MILK", "quantity_milli": 10_000 }],
    });
    ada.done("/v1/stock/receipts", delivery).await;
    (counter, hub, line)
}

/// Sets how much the store keeps from the hub: so many units, or so many in a hundred.
async fn keeps(counter: &Counter, keep_units: u32, keep_percent: u8) {
    let policies = Policies {
        standard: RightsClass {
            keep_units,
            keep_percent,
            ..Policies::default().standard
        },
        ..Policies::default()
    };
    install_policies(counter.edge.context(), 1, [1; 32], policies)
        .await
        .unwrap();
}

async fn until(clerk: &Clerk<'_>, what: &str, holds: fn(&Value) -> bool) {
    soon(what, async {
        while !holds(&clerk.get(TRANSFERS).await.json()) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

pub(crate) async fn packed(clerk: &Clerk<'_>, quantity_milli: i64) -> String {
    let body = json!({
        "to": "utrecht-1", "lines": [{ "sku": "MILK", "quantity_milli": quantity_milli }],
    });
    let begun = clerk.done(TRANSFERS, body).await;
    begun["transfer_id"].as_str().unwrap().to_owned()
}

async fn milk(clerk: &Clerk<'_>) -> i64 {
    let stock = clerk.get("/v1/stock/MILK").await.json();
    stock["on_hand_milli"].as_i64().unwrap()
}

/// A parcel of three cartons of milk and two candles, as the hub tells of it.
pub(crate) fn on_its_way() -> TransferExpected {
    let line = |sku: &str, units| SkuUnits {
        sku: sku.parse().unwrap(),
        quantity_milli: Milli::units(units),
    };
    TransferExpected {
        transfer_id: TransferId::from_parts(7, 7),
        from: "utrecht-1".parse().unwrap(),
        from_edge: EdgeNumber(9),
        lines: vec![line("MILK", 3), line("CANDLE", 2)],
        sent_at_ms: 1,
        sent_fact: Some(FactId::from_parts(7, 1)),
    }
}

#[tokio::test]
async fn a_new_store_can_choose_where_to_send_as_soon_as_the_hub_can_tell() {
    let (world, hub, _line) = World::with_hub().await;
    let counter = Counter::of(world).await;
    let ada = counter.sign_in(ADA).await;
    soon("the hub to be asked before it knows", async {
        while hub.asked_in_vain() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let none = ada.get(TRANSFERS).await.json();
    assert_eq!(none["stores"], json!([]));
    hub.serve_snapshot(ReferenceKind::Neighbours, utrecht());
    until(&ada, "the other store's name", |all| {
        all["stores"][0]["name"] == "Utrecht"
    })
    .await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn goods_leave_once_within_rights_with_the_hub_cut_off() {
    let (counter, _hub, line) = shop().await;
    line.cut().await;
    let ada = counter.sign_in(ADA).await;
    let id = packed(&ada, 4_000).await;
    assert_eq!(milk(&ada).await, 10_000, "what is packed is still here");
    let leave = format!("{TRANSFERS}/{id}/departure");
    let first = ada.post_as("leave", &leave, Value::Null).await.json();
    let again = ada.post_as("leave", &leave, Value::Null).await.json();
    assert_eq!(first, again);
    ada.post(&leave, Value::Null).await.check_refused(
        "transfer_left",
        "this transfer has left already: what is in it can't be changed any more",
    );
    assert_eq!(milk(&ada).await, 6_000);
    let sent = ada.get(&format!("{TRANSFERS}/{id}")).await.json();
    assert_eq!(
        (&sent["state"], &sent["lines"][0]["sent_milli"]),
        (&json!("sent"), &json!(4_000))
    );
    let page = ada.page(&format!("/transfers/{id}")).await;
    assert!(
        page.text.contains("as far as this store knows"),
        "{}",
        page.text
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn more_than_may_leave_is_refused_with_the_reason() {
    let (counter, _hub, line) = shop().await;
    line.cut().await;
    let ada = counter.sign_in(ADA).await;
    let id = packed(&ada, 11_000).await;
    let leave = format!("{TRANSFERS}/{id}/departure");
    ada.post(&leave, Value::Null).await.check_refused(
        "not_free",
        "MILK: 10 of 11 may leave: 10 are on hand, 0 are promised to orders, and 0 the hub may \
         still promise; it is asked to give them back when it can be reached",
    );
    assert_eq!(milk(&ada).await, 10_000);
    let lines = format!("/transfers/{id}/lines");
    let fields = [("does", "set"), ("sku", "MILK"), ("quantity", "10")];
    assert_eq!(ada.press(&lines, &fields).await.status, 200);
    let sent = ada.press(&format!("/transfers/{id}/send"), &[]).await;
    assert_eq!(sent.status, 204);
    assert_eq!(milk(&ada).await, 0);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_wrong_store_or_line_is_named() {
    let (counter, _hub, _line) = shop().await;
    let ada = counter.sign_in(ADA).await;
    let line = |sku: &str, milli: i64| json!([{ "sku": sku, "quantity_milli": milli }]);
    for (to, lines, code) in [
        ("ghent", json!([]), "same_store"),
        ("atlantis", json!([]), "unknown_store"),
        ("utrecht-1", line("NOWHERE", 1_000), "unknown_product"),
        ("utrecht-1", line("MILK", 0), "quantity_not_positive"),
        ("utrecht-1", line("MILK", 500), "quantity_not_whole"),
    ] {
        let answer = ada
            .post(TRANSFERS, json!({ "to": to, "lines": lines }))
            .await;
        assert_eq!((answer.status, answer.problem().1.as_str()), (409, code));
    }
    let nowhere = format!("{TRANSFERS}/{}", TransferId::from_parts(5, 5));
    assert_eq!(ada.get(&nowhere).await.status, 404);
    let empty = ada.done(TRANSFERS, json!({ "to": "utrecht-1" })).await;
    let leave = format!(
        "{TRANSFERS}/{}/departure",
        empty["transfer_id"].as_str().unwrap()
    );
    ada.post(&leave, Value::Null).await.check_refused(
        "nothing_packed",
        "nothing is packed: scan or find what goes to the other store first",
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_was_told_is_counted_in_by_two_people_with_the_hub_cut_off() {
    let (counter, hub, line) = shop().await;
    let ada = counter.sign_in(ADA).await;
    hub.say(on_its_way()).await;
    hub.say(on_its_way()).await;
    until(&ada, "the parcel's announcement", |all| {
        all["transfers"][0]["state"] == "expected"
    })
    .await;
    line.cut().await;
    let id = on_its_way().transfer_id;
    let scan = format!("/transfers/{id}/scan");
    ada.press(&scan, &[("code", MILK)]).await;
    let ben = counter.sign_in(BEN).await;
    let both = ben.press(&scan, &[("code", MILK)]).await;
    assert!(both.text.contains(r#"value="2""#), "{}", both.text);
    assert_eq!(
        milk(&ben).await,
        10_000,
        "in transit until the count is finished"
    );
    let arrive = format!("{TRANSFERS}/{id}/arrival");
    let found = json!({ "lines": [{ "sku": "MUG-RED", "quantity_milli": 1_000 }] });
    ben.post_as("in", &arrive, found.clone()).await.json();
    ben.post_as("in", &arrive, found.clone()).await.json();
    ben.post(&arrive, found).await.check_refused(
        "transfer_received",
        "this transfer was counted in already: a difference found later is a stock correction",
    );
    assert_eq!(milk(&ben).await, 12_000);
    let view = ben.get(&format!("{TRANSFERS}/{id}")).await.json();
    let lines: Vec<_> = view["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["sku"].clone(),
                line["sent_milli"].clone(),
                line["counted_milli"].clone(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (json!("CANDLE"), json!(2_000), json!(0)),
            (json!("MILK"), json!(3_000), json!(2_000)),
            (json!("MUG-RED"), json!(0), json!(1_000)),
        ]
    );
    assert_eq!(view["state"], "discrepancy");
    let stock = ben.get("/v1/stock/MILK").await.json();
    let facts = stock["facts"].as_array().unwrap();
    let counted_in = |fact: &&Value| fact["kind"] == "transfer_received";
    let received = facts
        .iter()
        .find(counted_in)
        .expect("it is among the facts");
    let received: FactId = received["fact_id"].as_str().unwrap().parse().unwrap();
    let expected = ExceptionId::of(
        Rule::TransferDiscrepancy,
        &[on_its_way().sent_fact.unwrap(), received],
    );
    assert_eq!(view["exception_id"], expected.to_string(), "as at the hub");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_the_catalogue_lacks_is_counted_in_if_the_parcel_is_said_to_hold_it() {
    let (counter, hub, line) = shop().await;
    let ada = counter.sign_in(ADA).await;
    let lamps = SkuUnits {
        sku: "LAMP-9".parse().unwrap(),
        quantity_milli: Milli::units(2),
    };
    hub.say(TransferExpected {
        lines: vec![lamps],
        ..on_its_way()
    })
    .await;
    until(&ada, "the parcel's announcement", |all| {
        all["transfers"][0]["state"] == "expected"
    })
    .await;
    line.cut().await;
    let id = on_its_way().transfer_id;
    let scan = format!("/transfers/{id}/scan");
    let page = ada.press(&scan, &[("code", "LAMP-9")]).await;
    assert!(page.text.contains(r#"value="1""#), "{}", page.text);
    let arrive = format!("{TRANSFERS}/{id}/arrival");
    let line = |sku: &str| json!({ "lines": [{ "sku": sku, "quantity_milli": 2_000 }] });
    let stray = ada.post(&arrive, line("LAMP-8")).await;
    assert_eq!(stray.problem().1, "unknown_product", "nobody sent it");
    ada.done(&arrive, line("LAMP-9")).await;
    let view = ada.get(&format!("{TRANSFERS}/{id}")).await.json();
    assert_eq!(
        (&view["state"], &view["lines"][0]["name"]),
        (&json!("received"), &json!("LAMP-9"))
    );
    let stock = ada.get("/v1/stock/LAMP-9").await.json();
    assert_eq!(stock["on_hand_milli"], 2_000);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_an_order_was_promised_does_not_leave_reserved_picked_or_staged() {
    let (world, hub, line) = World::with_hub().await;
    hub.serve_snapshot(ReferenceKind::Neighbours, utrecht());
    let mut shop = Shop::of(world, hub, line).await;
    let line = shop.line.take().unwrap();
    keeps(&shop.counter, 1, 0).await;
    let ada = shop.counter.sign_in(ADA).await;
    until(&ada, "the other store's name", |all| {
        all["stores"][0]["name"] == "Utrecht"
    })
    .await;
    let delivery = json!({
        "received_as": "delivery", "lines": [{ "sku": "MILK", "quantity_milli": 3_000 }],
    });
    ada.done("/v1/stock/receipts", delivery).await;
    rights::run_once(shop.ctx()).await.unwrap();
    let ordered = shop.order(1, 2, 0).await;
    line.cut().await;

    let id = packed(&ada, 2_000).await;
    let leave = format!("{TRANSFERS}/{id}/departure");
    let sentence = "MILK: 1 of 2 may leave: 3 are on hand, 2 are promised to orders, and 0 the hub \
         may still promise; it is asked to give them back when it can be reached";
    let stays = async || {
        let refused = ada.post(&leave, Value::Null).await;
        refused.check_refused("not_free", sentence);
    };
    stays().await;
    scan(&ada, ordered, MILK).await;
    stays().await;
    scan(&ada, ordered, MILK).await;
    stays().await;
    ada.done(&to(ordered, "stage"), json!({ "location": "A-3" }))
        .await;
    stays().await;
    let fields = [("does", "set"), ("sku", "MILK"), ("quantity", "1")];
    ada.press(&format!("/transfers/{id}/lines"), &fields).await;
    ada.done(&leave, Value::Null).await;
    ada.done(&to(ordered, "handovers"), by_code(ordered)).await;
    assert_eq!(milk(&ada).await, 0, "each unit went where it was promised");
    shop.counter.edge.shutdown().await;
}
