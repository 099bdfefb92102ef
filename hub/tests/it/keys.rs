//! What every store reads beside goods and people: keys, and what its neighbours have.

use counterpart_protocol::codes::{CodeSigner, SigningKeyAdded};
use counterpart_protocol::keyring::Keyring;
use counterpart_protocol::neighbours::NeighbourStock;
use reqwest::StatusCode;
use serde_json::json;

use crate::imports::read;
use crate::world::{STORE, World};

#[tokio::test]
async fn a_key_is_passed_on_to_every_store_and_revoked_for_good() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    let public_key = CodeSigner::from_secret(&[9; 32]).public_key();
    antwerp.state(SigningKeyAdded { public_key });
    antwerp.sync().await;
    world.upkeep().await;
    let ring: Keyring = read(&ghent).await;
    assert_eq!(ring.keys.len(), 2, "the hub's own, and Antwerp's");
    let known = |ring: &Keyring| {
        let mut keys = ring.keys.iter();
        keys.find(|key| key.public_key == public_key).cloned()
    };
    assert_eq!(known(&ring).unwrap().owner, antwerp.enrolled.edge_number);
    let path = format!("/v1/keys/{}/revoke", public_key.id());
    let mute = world.try_post(&path, &json!({ "reason": " " })).await;
    assert_eq!(mute.unwrap_err().fields[0].field, "reason");
    let unknown = "/v1/keys/0000000000000000/revoke";
    let unknown = world.try_post(unknown, &json!({ "reason": "x" })).await;
    assert!(unknown.unwrap_err().detail.contains("no key"));
    world
        .post(&path, &json!({ "reason": "the till was stolen" }))
        .await;
    world.upkeep().await;
    let revoked = known(&read(&ghent).await).unwrap().revoked.unwrap();
    assert_eq!(revoked.reason, "the till was stolen");
    assert!(world.page("/keys").await.contains("revoked"));
    let page = world.page(&format!("/keys/{}", public_key.id())).await;
    assert!(page.contains("the till was stolen"));
    let file = std::fs::read_to_string(world.data().join("codes.key")).unwrap();
    assert_eq!(file.trim().len(), 64);
}

#[tokio::test]
async fn a_store_reads_what_its_neighbours_have_and_not_its_own_stock() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    antwerp.state(crate::facts::delivery(10));
    antwerp.sync().await;
    world.upkeep().await;
    let told: NeighbourStock = read(&ghent).await;
    assert_eq!(told.stores.len(), 1);
    assert_eq!(told.stores[0].name, "Shop antwerp-1");
    assert!(told.stores[0].as_of_ms.is_some());
    assert!(!told.stores[0].on_hand_milli.is_empty());
    let other: NeighbourStock = read(&antwerp).await;
    assert_eq!(other.stores[0].on_hand_milli.len(), 0, "Ghent has nothing");
    // Nothing is told again before five minutes are over.
    let version = |answer: &reqwest::Response| answer.headers()["x-reference-version"].clone();
    let first = version(&ghent.get("/sync/v1/reference/neighbours").await);
    world.upkeep().await;
    let second = version(&ghent.get("/sync/v1/reference/neighbours").await);
    let minutes = std::time::Duration::from_secs(301);
    world.advance(minutes);
    antwerp.clock.advance(minutes);
    antwerp.sync().await;
    world.upkeep().await;
    let third = version(&ghent.get("/sync/v1/reference/neighbours").await);
    assert_eq!((first.clone(), second), (first.clone(), first.clone()));
    assert_ne!(third, first);
}

#[tokio::test]
async fn a_store_that_asks_before_anything_was_written_for_it_has_it_written_at_once() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let mut ghent = world.edge(STORE).await;
    ghent.sync().await;
    let asked = async {
        let path = "/sync/v1/reference/neighbours";
        while ghent.get(path).await.status() == StatusCode::NOT_FOUND {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(30);
    let told = tokio::time::timeout(limit, asked).await;
    told.expect("the hub writes it before its next turn");
    let told: NeighbourStock = read(&ghent).await;
    assert_eq!(told.stores[0].name, "Shop antwerp-1");
}
