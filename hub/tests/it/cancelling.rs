//! Orders cancelled before and after their store knew of them.

use counterpart_protocol::orders::{CancelDeclined, OrderStatus, ReleaseReason, Stage};
use serde_json::json;

use crate::shop::{grant, parcel, pickup, units, with_rights};
use crate::world::STORE;

#[tokio::test]
async fn what_no_store_has_seen_is_taken_back_at_once() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    assert_eq!(world.cancel(order.id).await, "cancelled");
    assert_eq!(world.order(order.id).await["status"], "cancelled");
    assert_eq!(world.pens_at(STORE).await, (6, 6, 0));
    // The store hears all of it at once, and has nothing to do.
    ghent.sync().await;
    let there = ghent.order(order.id);
    assert_eq!(there.status(), OrderStatus::Cancelled);
    assert_eq!(there.fulfilments[&order.part()].stage(), Stage::Released);
}

#[tokio::test]
async fn what_was_sent_is_cancelled_by_the_stores_answer_alone() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    assert_eq!(world.cancel(order.id).await, "cancel_requested");
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "routed");
    assert_eq!(shown["fulfilments"][0]["cancel_waits"], true);
    assert_eq!(world.pens_at(STORE).await, (4, 6, 2), "no unit is free yet");
    let path = format!("/v1/orders/{}/cancel", order.id);
    let again = world.try_post(&path, &json!({})).await.unwrap_err();
    assert!(again.detail.contains("asked for"), "{again:?}");
    ghent.sync().await;
    assert!(ghent.order(order.id).fulfilments[&order.part()].cancel_waits());
    ghent.state_in(order.id, order.released(2, ReleaseReason::Cancelled));
    ghent.sync().await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "cancelled");
    assert_eq!(shown["lines"][0]["cancelled_milli"], 2_000);
    assert_eq!(world.pens_at(STORE).await, (6, 6, 0));
    ghent.sync().await;
    assert_eq!(ghent.order(order.id).status(), OrderStatus::Cancelled);
    let over = world.try_post(&path, &json!({})).await.unwrap_err();
    assert_eq!(over.detail, "the order is cancelled already");
}

#[tokio::test]
async fn a_cancellation_that_meets_a_handover_loses_and_is_told() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    ghent.state_in(order.id, order.handed_over(2));
    assert_eq!(world.cancel(order.id).await, "cancel_requested");
    ghent.sync().await;
    ghent.state_in(
        order.id,
        CancelDeclined {
            fulfilment_id: order.part(),
            units: units(2),
        },
    );
    ghent.sync().await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "completed");
    assert_eq!(shown["lines"][0]["cancelled_milli"], 0);
    let inbox = world.get("/v1/exceptions").await;
    assert_eq!(inbox["exceptions"][0]["rule"], "cancel_too_late");
    let path = format!("/v1/orders/{}/cancel", order.id);
    let refused = world.try_post(&path, &json!({})).await.unwrap_err();
    assert!(refused.detail.contains("take it back as a return"));
}

#[tokio::test]
async fn what_nobody_came_for_is_cancelled_and_not_sent_elsewhere() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&parcel("W-1", 2)).await;
    ghent.sync().await;
    ghent.state_in(order.id, order.released(2, ReleaseReason::Expired));
    ghent.sync().await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "cancelled");
    assert_eq!(shown["fulfilments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_store_rejects_goes_to_another_one() {
    let (world, mut ghent) = with_rights(10, 6).await;
    world.add_store("antwerp-1").await;
    let mut antwerp = world.edge("antwerp-1").await;
    let order = world.capture(&parcel("W-1", 2)).await;
    ghent.sync().await;
    grant(&mut antwerp, 5).await;
    ghent.state_in(order.id, order.released(2, ReleaseReason::Rejected));
    ghent.sync().await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "routed");
    assert_eq!(shown["fulfilments"][1]["store_id"], "antwerp-1");
    assert_eq!(world.pens_at(STORE).await, (6, 6, 0));
}

#[tokio::test]
async fn an_order_without_a_store_is_cancelled_like_any_other() {
    let (world, _ghent) = with_rights(10, 0).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    assert_eq!(world.cancel(order.id).await, "cancelled");
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "cancelled");
    let missing = "/v1/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV/cancel";
    let refused = world.try_post(missing, &json!({})).await.unwrap_err();
    assert_eq!(refused.status, 404);
}
