//! What may be promised where, and why it is not more.

use std::time::Duration;

use counterpart_daemon::params;
use counterpart_protocol::rights::RightsAsked;
use serde_json::json;

use crate::facts::sale;
use crate::shop::{grant, pens, pickup, with_rights};
use crate::world::STORE;

#[tokio::test]
async fn a_silent_store_promises_less_the_longer_it_is_silent() {
    let (world, mut ghent) = with_rights(12, 6).await;
    for number in 1..=7 {
        ghent.state(sale(number, 4));
    }
    ghent.sync().await;
    let fresh = world.get("/v1/availability?sku=PEN").await;
    assert_eq!(fresh["stores"][0]["available_milli"], 6_000);
    assert_eq!(fresh["stores"][0]["freshness_permille"], 1_000);
    // One a day: after three days three of its promises may have been sold.
    world.advance(Duration::from_secs(3 * 86_400 + 60));
    let mut world = world;
    world.sign_in_again().await;
    let stale = world.get("/v1/availability?sku=PEN").await;
    let at = &stale["stores"][0];
    assert_eq!(at["available_milli"], 3_000, "{at:#}");
    assert_eq!(at["freshness_permille"], 500);
    assert_eq!(at["why"], "silent");
    assert!(
        at["because"].as_str().unwrap().contains("sells 3"),
        "{at:#}"
    );
    let order = world.capture(&pickup("W-1", STORE, 4)).await;
    assert_eq!(order.status, "unrouted", "more than may be believed");
    ghent.clock.advance(Duration::from_secs(3 * 86_400 + 60));
    grant(&mut ghent, 0).await;
    world.settle().await;
    assert_eq!(
        world.pens_at(STORE).await.0,
        2,
        "six are believed again, and four go to who waited"
    );
}

#[tokio::test]
async fn a_basket_is_complete_where_everything_may_be_promised() {
    let (world, _ghent) = with_rights(10, 4).await;
    world.add_store("antwerp-1").await;
    let mut antwerp = world.edge("antwerp-1").await;
    grant(&mut antwerp, 1).await;
    let basket = json!({ "lines": [
        { "sku": "PEN", "quantity_milli": 1000 }, { "sku": "PEN", "quantity_milli": 1000 },
    ]});
    let answer = world.post("/v1/availability", &basket).await;
    let complete = |at: usize| {
        let store = &answer["stores"][at];
        (store["store_id"].clone(), store["complete"].clone())
    };
    assert_eq!(complete(0), (json!("antwerp-1"), json!(false)));
    assert_eq!(complete(1), (json!(STORE), json!(true)));
    for (basket, field) in [
        (json!({ "lines": [] }), "lines"),
        (
            json!({ "lines": [{ "sku": "a b", "quantity_milli": 1 }] }),
            "lines.0.sku",
        ),
        (
            json!({ "lines": [{ "sku": "PEN", "quantity_milli": 0 }] }),
            "lines.0.quantity_milli",
        ),
    ] {
        let refused = world.try_post("/v1/availability", &basket).await;
        assert_eq!(refused.unwrap_err().fields[0].field, field);
    }
    let refused = world.refused("/v1/availability?sku=PEN&near=north").await;
    assert_eq!(refused.fields[0].field, "near");
    let refused = world
        .refused("/v1/availability?sku=PEN&store=paris-9")
        .await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn a_store_gets_back_what_is_not_reserved() {
    let (world, mut ghent) = with_rights(10, 6).await;
    world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.state(RightsAsked { lines: pens(5) });
    ghent.sync().await;
    world.settle().await;
    // Four of the five: two are promised to somebody.
    assert_eq!(world.pens_at(STORE).await, (0, 2, 2));
    world.settle().await;
    assert_eq!(world.pens_at(STORE).await, (0, 2, 2), "answered once");
    let page = world.page("/stock").await;
    assert!(page.contains("PEN"), "{page}");
}

#[tokio::test]
async fn nothing_is_reserved_on_sums_that_lack_facts_of_the_store_until_they_are_mended() {
    let (world, ghent) = with_rights(10, 6).await;
    let db = world.hub().context().db().clone();
    let (hash, edge) = ([7_u8; 32], ghent.enrolled.edge_number);
    let lacks = "INSERT INTO replica_lacking (view, change_hash, peer) VALUES ('rights', $1, $2)";
    db.write(move |tx| tx.execute(lacks, params![hash, edge.0]))
        .await
        .unwrap();
    assert_eq!(world.pens_at(STORE).await.0, 0);
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    assert_eq!(order.status, "unrouted");
    // What another store's sums lack is none of this one's business.
    db.write(move |tx| tx.execute("UPDATE replica_lacking SET peer = peer + 1", params![]))
        .await
        .unwrap();
    world.settle().await;
    assert_eq!(world.pens_at(STORE).await, (4, 6, 2));
}
