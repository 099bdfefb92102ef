//! The long poll: held until there is news, ended by time and by the hub's stopping.

use std::time::Duration;

use serde_json::json;

use crate::world::{STORE, World};

#[tokio::test]
async fn an_edge_is_woken_as_soon_as_there_is_news_for_it() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let (feed, after) = peer.holds();
    let path = format!("/sync/v1/wake?feed={feed}&after={after}&timeout_s=25");
    let poll = peer.get(&path);
    let notice = async {
        // The poll is open once the hub counts the edge as connected by it.
        tokio::task::yield_now().await;
        world
            .post("/v1/notices", &json!({ "text": "Doors open at nine" }))
            .await
    };
    let (answer, posted) = tokio::join!(poll, notice);
    assert_eq!(posted["edges"], 1);
    assert_eq!(answer.status(), 200);
    let news: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(news, json!({ "feed": feed, "seq": after + 1 }));
}

#[tokio::test]
async fn who_is_behind_is_answered_at_once_and_who_is_not_in_time() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let (feed, after) = peer.holds();
    let behind = peer
        .get(&format!("/sync/v1/wake?feed={feed}&after=0&timeout_s=25"))
        .await;
    assert_eq!(behind.status(), 200);
    let other_run = peer.get("/sync/v1/wake?feed=0&after=0&timeout_s=25").await;
    assert_eq!(other_run.status(), 200);
    let nothing = peer
        .get(&format!(
            "/sync/v1/wake?feed={feed}&after={after}&timeout_s=0"
        ))
        .await;
    assert_eq!(nothing.status(), 204);
}

#[tokio::test]
async fn a_stopping_hub_ends_the_poll() {
    let mut world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let (feed, after) = peer.holds();
    let path = format!("/sync/v1/wake?feed={feed}&after={after}&timeout_s=25");
    let url = format!("{}{path}", peer.base());
    let client = peer.client.clone();
    let poll = tokio::spawn(async move { client.get(url).send().await });
    let presence = world.hub().context().presence().clone();
    // Beyond the grace after its exchanges only the open poll makes the edge connected.
    world.advance(Duration::from_secs(60));
    while presence.seen(peer.enrolled.edge_number, None) != counterpart_hub::sync::Seen::Now {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.stop().await;
    let answer = poll.await.unwrap().unwrap();
    assert_eq!(answer.status(), 503);
}
