//! What stores read: published once, told to every edge, fetched by its hash.

use counterpart_protocol::catalog::Catalog;
use counterpart_protocol::reference::Snapshot;
use counterpart_protocol::staff::Roster;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use serde_json::json;

use crate::facts::CATALOG;
use crate::world::{STORE, World};

fn hash_of(etag: &str) -> [u8; 32] {
    let digits = etag.trim_matches('"');
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    std::array::from_fn(|index| byte(index * 2))
}

#[tokio::test]
async fn a_snapshot_is_what_its_hash_says() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let answer = peer.get("/sync/v1/reference/catalog").await;
    let etag = answer.headers()[ETAG].to_str().unwrap().to_owned();
    assert_eq!(answer.headers()["x-reference-version"], "1");
    let bytes = answer.bytes().await.unwrap();
    let catalog: Catalog = Snapshot::read(&bytes, &hash_of(&etag)).unwrap();
    let skus: Vec<&str> = catalog
        .products
        .iter()
        .map(|product| product.sku.as_str())
        .collect();
    assert_eq!(skus, ["INK", "PEN", "TEA"]);
    assert_eq!(catalog.tax_classes.len(), 3);
    let url = format!("{}/sync/v1/reference/catalog", peer.base());
    let known = peer
        .client
        .get(url)
        .header(IF_NONE_MATCH, &etag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (known.status().as_u16(), known.bytes().await.unwrap().len()),
        (304, 0)
    );
}

#[tokio::test]
async fn a_store_reads_its_own_people_only() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (ghent, antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    let answer = ghent.get("/sync/v1/reference/roster").await;
    let etag = answer.headers()[ETAG].to_str().unwrap().to_owned();
    let roster: Roster = Snapshot::read(&answer.bytes().await.unwrap(), &hash_of(&etag)).unwrap();
    let mut names: Vec<&str> = roster
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Ada", "Ben"]);
    assert!(
        roster
            .members
            .iter()
            .all(|member| member.pin_hash.starts_with("$argon2id$"))
    );
    let nobody = antwerp.get("/sync/v1/reference/roster").await;
    assert_eq!(nobody.status(), 404);
    let nothing = antwerp.get("/sync/v1/reference/weather").await;
    assert_eq!(nothing.status(), 404);
}

#[tokio::test]
async fn every_publication_is_told_to_every_edge_once() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (mut ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    let before = (ghent.holds().1, antwerp.holds().1);
    world.publish(&CATALOG.replace("1.20", "1.30")).await;
    world.publish(&CATALOG.replace("1.20", "1.30")).await;
    let member = json!({ "name": "Cleo", "role": "associate", "pin": "1357" });
    world
        .post(&format!("/v1/stores/{STORE}/members"), &member)
        .await;
    ghent.sync().await;
    antwerp.sync().await;
    let told = (ghent.holds().1 - before.0, antwerp.holds().1 - before.1);
    assert_eq!(told, (2, 1), "one catalogue for both, one roster for Ghent");
}
