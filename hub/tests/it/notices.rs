//! Notices: told to the right stores, and what has not arrived is seen.

use serde_json::json;

use crate::world::{STORE, World};

#[tokio::test]
async fn a_notice_that_was_not_delivered_is_visible() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (mut ghent, _antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    world
        .post("/v1/notices", &json!({ "text": "Doors open at nine" }))
        .await;
    ghent.sync().await;
    // That the edge has it, it says in the poll it opens next.
    let (feed, after) = ghent.holds();
    ghent
        .get(&format!(
            "/sync/v1/wake?feed={feed}&after={after}&timeout_s=0"
        ))
        .await;
    let notices = world.get("/v1/notices").await;
    assert_eq!(notices[0]["delivered_to"], json!([STORE]));
    assert_eq!(notices[0]["waiting_for"], json!(["antwerp-1"]));
    let page = world.page("/notices").await;
    assert!(page.contains("waiting for antwerp-1"), "{page}");
}

#[tokio::test]
async fn a_notice_goes_to_one_store_once() {
    let world = World::with_a_store().await;
    let (mut ghent, key) = (world.edge(STORE).await, world.key());
    let before = ghent.holds().1;
    let notice = json!({ "text": "Inventory tonight", "store_id": STORE });
    for _ in 0..3 {
        world
            .try_post_as(&key, "/v1/notices", &notice)
            .await
            .unwrap();
    }
    ghent.sync().await;
    assert_eq!(ghent.holds().1, before + 1);
}

#[tokio::test]
async fn a_notice_nobody_could_read_is_refused() {
    let world = World::with_a_store().await;
    let to_all = world
        .try_post("/v1/notices", &json!({ "text": "x" }))
        .await
        .unwrap_err();
    assert_eq!(to_all.kind, "urn:counterpart:problem:nobody_to_tell");
    let to_one = json!({ "text": "x", "store_id": STORE });
    let refused = world.try_post("/v1/notices", &to_one).await.unwrap_err();
    assert_eq!(
        refused.detail,
        "no store called ghent-1 has an edge that could show it"
    );
    world.edge(STORE).await;
    let empty = world
        .try_post("/v1/notices", &json!({ "text": " " }))
        .await
        .unwrap_err();
    assert_eq!(empty.fields[0].field, "text");
}
