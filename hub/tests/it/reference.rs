//! What stores read: published once, told to every edge, fetched by its hash.

use counterpart_protocol::catalog::Catalog;
use counterpart_protocol::reference::{Snapshot, hash_of, hash_text, packing};
use counterpart_protocol::staff::Roster;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use serde_json::json;

use crate::facts::CATALOG;
use crate::world::{STORE, World};

fn named(etag: &str) -> [u8; 32] {
    hash_of(etag).unwrap()
}

#[tokio::test]
async fn a_snapshot_is_what_its_hash_says() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let answer = peer.get("/sync/v1/reference/catalog").await;
    let etag = answer.headers()[ETAG].to_str().unwrap().to_owned();
    assert_eq!(answer.headers()["x-reference-version"], "1");
    let bytes = answer.bytes().await.unwrap();
    let catalog: Catalog =
        Snapshot::read(&packing::unpack(&bytes).unwrap(), &named(&etag)).unwrap();
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
    let bytes = packing::unpack(&answer.bytes().await.unwrap()).unwrap();
    let roster: Roster = Snapshot::read(&bytes, &named(&etag)).unwrap();
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

#[tokio::test]
async fn an_edge_that_holds_an_earlier_catalogue_is_sent_what_changed() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let answer = peer.get("/sync/v1/reference/catalog").await;
    let first = answer.headers()[ETAG].to_str().unwrap().to_owned();
    let base = packing::unpack(&answer.bytes().await.unwrap()).unwrap();
    for price in ["1.30", "1.40"] {
        world.publish(&CATALOG.replace("1.20", price)).await;
    }
    let newest = peer.get("/sync/v1/reference/catalog").await;
    let to = newest.headers()[ETAG].to_str().unwrap().to_owned();
    let path = format!("/sync/v1/reference/catalog/{}", hash_text(&named(&to)));
    let ask = |held: String, form: &'static str| {
        let call = peer.client.get(format!("{}{path}", peer.base()));
        call.header(IF_NONE_MATCH, held).header("a-im", form).send()
    };
    // The second time it is the difference that was kept.
    for _ in 0..2 {
        let changed = ask(first.clone(), "zstd-prefix").await.unwrap();
        assert_eq!(changed.status(), 226);
        assert_eq!(changed.headers()["im"], "zstd-prefix");
        assert_eq!(changed.headers()["delta-base"], first.as_str());
        assert!(
            changed.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let delta = changed.bytes().await.unwrap();
        let rebuilt = packing::apply(&base, &delta).unwrap();
        let catalog: Catalog = Snapshot::read(&rebuilt, &named(&to)).unwrap();
        assert_eq!(catalog.products[1].price_minor.unwrap().0, 140);
    }
    let unknown = format!("\"{}\"", "ab".repeat(32));
    for (held, form, status) in [
        (unknown, "zstd-prefix", 200),
        (first.clone(), "vcdiff", 200),
        (format!("{first}, {to}"), "zstd-prefix", 304),
    ] {
        let answer = ask(held.clone(), form).await.unwrap();
        assert_eq!(answer.status(), status, "{held} {form}");
    }
}

#[tokio::test]
async fn only_the_newest_few_are_kept_and_nobody_reads_another_stores() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (ghent, antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    let answer = ghent.get("/sync/v1/reference/catalog").await;
    let first = named(answer.headers()[ETAG].to_str().unwrap());
    for price in ["1.30", "1.40", "1.50", "1.60"] {
        world.publish(&CATALOG.replace("1.20", price)).await;
    }
    let path = format!("/sync/v1/reference/catalog/{}", hash_text(&first));
    assert_eq!(ghent.get(&path).await.status(), 404);
    let roster = ghent.get("/sync/v1/reference/roster").await;
    let roster = named(roster.headers()[ETAG].to_str().unwrap());
    let path = format!("/sync/v1/reference/roster/{}", hash_text(&roster));
    assert_eq!(ghent.get(&path).await.status(), 200);
    assert_eq!(antwerp.get(&path).await.status(), 404);
    let nonsense = ghent.get("/sync/v1/reference/roster/xyz").await;
    assert_eq!(nonsense.status(), 404);
}
