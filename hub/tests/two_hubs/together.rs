//! Two hubs that run side by side.

use std::time::Duration;

use counterpart_daemon::db::DbError;
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::params;
use counterpart_hub::app::{import_once, settle_once};
use counterpart_hub::sync::Seen;
use counterpart_hub::{Hub, HubConfig, RunningHub};
use counterpart_protocol::facts::Kind;
use serde_json::json;

use crate::facts::{CATALOG, Day, sale};
use crate::world::{STORE, World};

async fn second(world: &World) -> RunningHub {
    let (config, clock) = (world.config(), world.clock.clone());
    Hub::start_with(config, clock, SeededEntropy::shared(8))
        .await
        .unwrap()
}

/// Posts a notice at another hub than the world's own.
async fn post_at(hub: &RunningHub, world: &World, text: &str) {
    let url = format!("{}/v1/notices", hub.loopback_url().unwrap());
    let request = world.http.post(url).bearer_auth(world.token());
    let request = request.header("idempotency-key", world.key());
    let answer = request.json(&json!({ "text": text })).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

#[tokio::test]
async fn an_edge_that_waits_at_one_hub_is_woken_by_what_another_states() {
    let mut world = World::with_a_store().await;
    let other = second(&world).await;
    let peer = world.edge(STORE).await;
    let (feed, after) = peer.holds();
    let url = format!(
        "{}/sync/v1/wake?feed={feed}&after={after}&timeout_s=25",
        peer.base()
    );
    let poll = tokio::spawn(peer.client.get(url).send());
    // Beyond the grace after its exchanges only the open poll makes the edge connected.
    world.advance(Duration::from_secs(60));
    let edge = peer.enrolled.edge_number;
    let here = world.hub().context().presence().clone();
    while here.seen(edge, None) != Seen::Now {
        tokio::task::yield_now().await;
    }
    post_at(&other, &world, "Doors open at nine").await;
    let answer = poll.await.unwrap().unwrap();
    assert_eq!(
        answer.status(),
        200,
        "the poll ended by time, not by the news"
    );
    let news: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(news, json!({ "feed": feed, "seq": after + 1 }));
    // The other hub has heard that the edge called, and what it holds.
    let there = other.context().presence().clone();
    assert_eq!(there.seen(edge, None), Seen::Now);
    assert_eq!(there.holds(edge).map(|holds| holds.seq), Some(after));
    other.shutdown().await;
    world.stop().await;
}

#[tokio::test]
async fn both_hubs_go_on_in_one_feed_whoever_states_next() {
    let mut world = World::with_a_store().await;
    let other = second(&world).await;
    let mut peer = world.edge(STORE).await;
    let before = peer.holds().1;
    for turn in 0..6 {
        let text = format!("notice {turn}");
        match turn % 3 {
            0 => post_at(&other, &world, &text).await,
            _ => {
                world.post("/v1/notices", &json!({ "text": text })).await;
            }
        }
    }
    peer.sync().await;
    assert_eq!(peer.holds().1, before + 6);
    let quarantined = world.get("/v1/status").await["quarantined"].clone();
    assert_eq!(quarantined, json!(0));
    other.shutdown().await;
    world.stop().await;
}

#[tokio::test]
async fn a_file_is_worked_on_by_one_hub_at_a_time() {
    let world = World::empty().await;
    world.add_store(STORE).await;
    let other = second(&world).await;
    let path = "/v1/imports?publish=true&file_name=test.csv";
    let request = world.request(reqwest::Method::POST, path);
    let request = request.header("idempotency-key", world.key());
    let taken = request.body(CATALOG).send().await.unwrap();
    let taken: serde_json::Value = taken.json().await.unwrap();
    let id = taken["import_id"].as_str().unwrap().to_owned();
    let import = loop {
        let (here, there) = (world.hub().context(), other.context());
        let (one, two) = tokio::join!(import_once(here), import_once(there));
        one.unwrap();
        two.unwrap();
        let import = world.get(&format!("/v1/imports/{id}")).await;
        if !["checking", "checked", "applying"].contains(&import["state"].as_str().unwrap()) {
            break import;
        }
    };
    assert_eq!(import["state"], "applied", "{import:#}");
    let stored = world.hub().context().db().read(|tx| {
        let sql = "SELECT (SELECT COUNT(*) FROM catalog_versions), (SELECT COUNT(*) FROM products)";
        let row = tx.query_one(sql, params![])?;
        Ok::<(i64, i64), DbError>((row.read(0)?, row.read(1)?))
    });
    assert_eq!(stored.await.unwrap(), (1, 3), "publications, and products");
    other.shutdown().await;
}

#[tokio::test]
async fn two_hubs_countersign_a_day_once() {
    let world = World::with_a_store().await;
    let other = second(&world).await;
    let mut peer = world.edge(STORE).await;
    let (date, only) = (peer.today(), sale(1, 1));
    peer.state(only.clone());
    let day = Day {
        sales: vec![only],
        shelf: vec![("PEN", -1_000)],
        ..Day::default()
    };
    peer.seal(date, &day);
    peer.sync().await;
    let (here, there) = (world.hub().context(), other.context());
    tokio::join!(settle_once(here), settle_once(there));
    tokio::join!(settle_once(there), settle_once(here));
    peer.sync().await;
    assert_eq!(peer.heard(Kind::DayCountersigned), 1);
    let proof = world.get(&format!("/v1/days/{STORE}/{date}")).await;
    assert_eq!(proof["proven"], true, "{proof:#}");
    other.shutdown().await;
}

#[tokio::test]
async fn a_hub_with_other_keys_is_told_which_it_needs() {
    let world = World::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let config = HubConfig {
        data: folder.path().join("hub"),
        ..world.config()
    };
    let started = Hub::start_with(config, world.clock.clone(), SeededEntropy::shared(8)).await;
    let sentence = started.err().unwrap().to_string();
    assert!(
        sentence.ends_with(
            "belongs to a hub with other keys: copy authority.pem and authority.key from that \
             hub's data folder into this one's"
        ),
        "{sentence}"
    );
}
