//! Badges of staff: made once, told to the store as a hash, taken back.

use counterpart_protocol::badges::Badge;
use counterpart_protocol::staff::Roster;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{STORE, World};

/// Returns where the badge of the first person of the store is.
async fn path(world: &World) -> String {
    let people = world.get(&format!("/v1/stores/{STORE}/members")).await;
    let id = people[0]["id"].as_str().unwrap().to_owned();
    format!("/v1/stores/{STORE}/members/{id}/badge")
}

/// Makes the badge at `path`, and returns it as it is printed.
async fn made(world: &World, path: &str) -> Badge {
    let made = world.request(Method::POST, path).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.unwrap();
    Badge::read(made["code"].as_str().unwrap()).expect("a badge reads back")
}

async fn taken_back(world: &World, path: &str) -> StatusCode {
    let request = world.request(Method::DELETE, path);
    let answer = request.header("idempotency-key", world.key()).send().await;
    answer.unwrap().status()
}

#[tokio::test]
async fn a_store_is_told_the_hash_of_the_badge_that_counts_and_of_those_that_do_not() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let path = path(&world).await;
    let first = made(&world, &path).await;
    peer.sync().await;
    let told: Roster = peer.reference().await;
    assert_eq!(told.members[0].badges.current, Some(first.hash()));
    let second = made(&world, &path).await;
    assert_ne!(first, second, "a card that is lost is made anew");
    peer.sync().await;
    let told: Roster = peer.reference().await;
    assert_eq!(told.members[0].badges.current, Some(second.hash()));
    assert_eq!(told.members[0].badges.revoked, [first.hash()]);
    assert_eq!(taken_back(&world, &path).await, StatusCode::OK);
    assert_eq!(
        taken_back(&world, &path).await,
        StatusCode::OK,
        "it is as wanted"
    );
    peer.sync().await;
    let told: Roster = peer.reference().await;
    assert_eq!(told.members[0].badges.current, None);
    assert_eq!(told.members[0].badges.revoked.len(), 2);
    let snapshot = serde_json::to_string(&told).unwrap();
    assert!(!snapshot.contains(&second.text()) && !snapshot.contains(&first.text()));
}

#[tokio::test]
async fn the_sheet_shows_a_card_for_everybody_once_and_keeps_no_secret() {
    let world = World::with_a_store().await;
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("Make badges for all who have none"), "{page}");
    let (status, _, sheet) = world.submit(&format!("/stores/{STORE}/badges"), &[]).await;
    assert_eq!(status, 200, "{sheet}");
    let people = world.get(&format!("/v1/stores/{STORE}/members")).await;
    let count = people.as_array().unwrap().len();
    assert_eq!(sheet.matches("<figure>").count(), count, "{sheet}");
    let (_, _, again) = world.submit(&format!("/stores/{STORE}/badges"), &[]).await;
    assert!(again.contains("Everybody has a badge"), "{again}");
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(
        page.contains("Take back") && !page.contains("CPB1"),
        "{page}"
    );
}

#[tokio::test]
async fn nobody_gets_a_badge_who_does_not_work_here() {
    let world = World::with_a_store().await;
    let path = path(&world).await;
    let elsewhere = path.replace(STORE, "nowhere");
    let stranger = format!("/v1/stores/{STORE}/members/01K9ZZZZZZZZZZZZZZZZZZZZZZ/badge");
    let nonsense = format!("/v1/stores/{STORE}/members/robin/badge");
    for wrong in [&elsewhere, &stranger, &nonsense] {
        let refused = world.try_post(wrong, &json!({})).await.unwrap_err();
        assert_eq!(refused.status, 404, "{wrong}: {}", refused.detail);
        assert_eq!(
            taken_back(&world, wrong).await,
            StatusCode::NOT_FOUND,
            "{wrong}"
        );
    }
}
