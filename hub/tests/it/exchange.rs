//! Records come in once, whatever happens to the messages; what is wrong is told in words.

use std::time::Duration;

use counterpart_daemon::http::ProblemBody;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sync::{BatchRefused, Step, Verdict, lengthen_reply};
use reqwest::StatusCode;
use serde_json::json;

use crate::facts::{Unreadable, delivery, sale, sale_of};
use crate::peer::{Peer, client_of};
use crate::world::{STORE, World};

#[tokio::test]
async fn sales_arrive_once_though_they_are_sent_three_times() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(delivery(100));
    for number in 1..=20 {
        peer.state(sale(number, 2));
    }
    let exchange = peer.exchange_after(0);
    for _ in 0..3 {
        // The answers are lost on their way.
        let reply = peer.reply(&exchange).await;
        assert_eq!(reply.welcome.up.seq, 21);
    }
    peer.sync().await;
    let store = world.store(STORE).await;
    assert_eq!(store["today"], json!({ "sales": 20, "total_minor": 4_800 }));
    assert_eq!(
        store["proof"],
        json!({ "issued": 20, "missing": 0, "doubled": 0 })
    );
    assert_eq!(store["lag"], 0);
    assert_eq!(world.get("/v1/stock/PEN").await["on_hand_milli"], 60_000);
    let sales = world
        .get(&format!("/v1/sales?store={STORE}&limit=500"))
        .await;
    assert_eq!(sales["receipts"].as_array().unwrap().len(), 20);
    assert_eq!(sales["receipts"][0]["receipt"], "1-1-000020");
}

#[tokio::test]
async fn an_exchange_in_short_is_taken_like_a_whole_one_or_asked_for_whole() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(delivery(100));
    peer.sync().await;
    let hub = peer.reply(&peer.exchange_after(1)).await.welcome;
    assert_eq!(hub.short, Some(1));
    peer.state(sale(1, 2));
    let mut asked = peer.exchange_after(1);
    let body = peer.in_short(&asked);
    let answer = peer.send_bytes(body.clone()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = answer.bytes().await.unwrap();
    asked.hello.days.clear();
    let reply = lengthen_reply(&bytes, &asked, hub.actor).expect("it is in short");
    assert_eq!(reply.welcome.up, asked.hello.up);
    assert_eq!(peer.hear(reply), Step::Listen);
    // It holds record 2 by now: what the same bytes say is about something else.
    let again = peer.send_bytes(body).await;
    assert_eq!(again.status(), StatusCode::PRECONDITION_FAILED);
    let problem: ProblemBody = again.json().await.unwrap();
    assert!(problem.kind.ends_with("say_whole"), "{problem:?}");
    let nonsense = peer.send_bytes(vec![2, 1, 0, 7]).await;
    assert_eq!(nonsense.status(), StatusCode::PRECONDITION_FAILED);
    let store = world.store(STORE).await;
    assert_eq!(store["today"], json!({ "sales": 1, "total_minor": 240 }));
}

#[tokio::test]
async fn one_bad_record_is_kept_aside_and_the_rest_counts() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    peer.state(Unreadable { nonsense: 1 });
    let mut again = sale(3, 1);
    again.sale_id = sale(1, 1).sale_id;
    peer.state(again);
    peer.state(sale(2, 1));
    let reply = peer.reply(&peer.exchange_after(0)).await;
    let verdicts = &reply.ack.as_ref().unwrap().verdicts;
    let kept_aside: Vec<(u64, Verdict)> = verdicts
        .iter()
        .map(|told| (told.seq, told.verdict))
        .collect();
    assert_eq!(
        kept_aside,
        [(2, Verdict::Quarantined), (3, Verdict::Quarantined)]
    );
    let reason = verdicts[1].reason.as_deref().unwrap();
    assert!(reason.contains("stated before by another fact"), "{reason}");
    peer.hear(reply);
    peer.sync().await;
    let store = world.store(STORE).await;
    assert_eq!(
        (&store["quarantined"], &store["today"]["sales"]),
        (&json!(2), &json!(2))
    );
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("Records kept aside"));
    assert!(page.contains("Edge 1, record 2"));
}

#[tokio::test]
async fn an_absurd_amount_does_not_hold_up_what_follows() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale_of(1, Minor(i64::MAX)));
    peer.state(sale_of(2, Minor(i64::MAX)));
    peer.state(delivery(3));
    peer.sync().await;
    let store = world.store(STORE).await;
    assert_eq!(
        (&store["quarantined"], &store["today"]["sales"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(world.get("/v1/stock/PEN").await["on_hand_milli"], 2_000);
}

#[tokio::test]
async fn a_receipt_that_is_missing_is_seen_by_its_number() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    for number in [1, 2, 5] {
        peer.state(sale(number, 1));
    }
    let mut double = sale(9, 1);
    double.receipt.number = 2;
    peer.state(double);
    peer.sync().await;
    let proof = &world.store(STORE).await["proof"];
    assert_eq!(proof, &json!({ "issued": 5, "missing": 2, "doubled": 1 }));
}

#[tokio::test]
async fn damage_on_the_way_is_sent_again_with_hashes() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    let mut exchange = peer.exchange_after(0);
    let batch = exchange.up.as_mut().unwrap();
    batch.records[0].change[10] ^= 1;
    let reply = peer.reply(&exchange).await;
    assert_eq!(
        (reply.refused, reply.welcome.up.seq),
        (Some(BatchRefused::ChainDiffers), 0)
    );
    peer.sync().await;
    assert_eq!(world.store(STORE).await["today"]["sales"], 1);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_refused_in_words() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    for garbage in [Vec::new(), vec![9, 9, 9], vec![1, 2, 3, 4]] {
        let answer = peer.send_bytes(garbage).await;
        assert_eq!(answer.status(), 400);
        let body: serde_json::Value = answer.json().await.unwrap();
        assert!(
            body["detail"]
                .as_str()
                .unwrap()
                .contains("could not be read"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_copy_of_an_edge_is_told_that_it_is_one() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    peer.sync().await;
    let copy = peer.copied();
    copy.become_life(1);
    let refused = copy.refusal(&copy.exchange_after(0)).await;
    assert_eq!(refused.kind, "urn:counterpart:problem:edge_cloned");
    assert!(
        refused.detail.contains("two copies of this edge's data"),
        "{}",
        refused.detail
    );
    let store = world.store(STORE).await;
    let shown = store["edges"][0]["refused_because"].as_str().unwrap();
    assert_eq!(
        shown, refused.detail,
        "the console shows what the edge was told"
    );
    peer.state(sale(2, 1));
    peer.sync().await;
    let store = world.store(STORE).await;
    assert_eq!(
        store["today"]["sales"], 2,
        "the edge that was met first goes on"
    );
    assert!(store["edges"][0]["refused_because"].is_null());
}

#[tokio::test]
async fn an_edge_with_another_past_is_told_so() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    peer.sync().await;
    let copy = peer.copied();
    peer.state(sale(2, 1));
    peer.sync().await;
    copy.state(sale(3, 7));
    let refused = copy.refusal(&copy.exchange_after(1)).await;
    assert_eq!(refused.kind, "urn:counterpart:problem:edge_forked");
    assert!(
        refused.detail.contains("restored or copied"),
        "{}",
        refused.detail
    );
    assert_eq!(world.store(STORE).await["today"]["sales"], 2);
}

#[tokio::test]
async fn a_newer_life_fences_the_older_one() {
    let world = World::with_a_store().await;
    let mut old = world.edge(STORE).await;
    old.state(sale(1, 1));
    old.sync().await;
    let mut new = old.copied();
    new.become_life(2);
    let mut first = sale(2, 1);
    first.receipt.series = 2;
    first.receipt.number = 1;
    new.state(first);
    new.sync().await;
    // It sold once more before somebody switched it off.
    let mut late = sale(3, 1);
    late.receipt.number = 2;
    old.state(late);
    let reply = old.reply(&old.exchange_after(0)).await;
    assert_eq!(reply.welcome.fenced_by, Some(Incarnation(2)));
    assert_eq!((reply.welcome.up.seq, reply.down), (2, None));
    let store = world.store(STORE).await;
    let because = store["edges"][0]["refused_because"].to_string();
    assert!(because.contains("newer life of it (number 2)"), "{because}");
    assert_eq!(store["today"]["sales"], 3);
    assert_eq!(
        store["proof"],
        json!({ "issued": 3, "missing": 0, "doubled": 0 })
    );
}

#[tokio::test]
async fn an_edge_speaks_for_nobody_else() {
    let world = World::with_a_store().await;
    let (peer, _other) = (world.edge(STORE).await, world.edge(STORE).await);
    let mut exchange = peer.exchange_after(0);
    exchange.hello.edge = EdgeNumber(2);
    let refused = peer.refusal(&exchange).await;
    assert_eq!(
        (refused.status, refused.kind.as_str()),
        (403, "urn:counterpart:problem:edge_differs")
    );
    assert!(
        refused.detail.contains("certificate is edge 1's"),
        "{}",
        refused.detail
    );
}

#[tokio::test]
async fn without_a_certificate_of_this_hub_nobody_gets_in() {
    let (world, other) = (World::with_a_store().await, World::with_a_store().await);
    let (peer, stranger) = (world.edge(STORE).await, other.edge(STORE).await);
    let url = format!("{}/sync/v1/wake?feed=1&after=0", peer.base());
    let nobody = client_of(&peer.enrolled.ca_pem, None);
    assert!(nobody.get(&url).send().await.is_err());
    // The stranger trusts another hub; even if it did not look, ours would not take its key.
    assert!(stranger.client.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_blocked_edge_is_told_so_until_it_is_let_in_again() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    world
        .post(&format!("/v1/stores/{STORE}/edges/1/block"), &json!({}))
        .await;
    let refused = peer.refusal(&peer.exchange_after(0)).await;
    assert_eq!(refused.kind, "urn:counterpart:problem:edge_blocked");
    assert_eq!(world.store(STORE).await["edges"][0]["blocked"], true);
    world
        .post(&format!("/v1/stores/{STORE}/edges/1/unblock"), &json!({}))
        .await;
    peer.sync().await;
    assert_eq!(world.store(STORE).await["today"]["sales"], 1);
    let missing = world
        .try_post(&format!("/v1/stores/{STORE}/edges/9/block"), &json!({}))
        .await;
    assert_eq!(missing.unwrap_err().status, 404);
}

#[tokio::test]
async fn a_hub_that_forgot_an_edge_says_so() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let context = world.hub().context();
    let forgotten = context
        .db()
        .write(|tx| tx.execute("DELETE FROM edges", counterpart_daemon::params![]));
    let rows: Result<u64, counterpart_daemon::db::DbError> = forgotten.await;
    assert_eq!(rows.unwrap(), 1);
    let refused = peer.refusal(&peer.exchange_after(0)).await;
    assert_eq!(refused.kind, "urn:counterpart:problem:edge_unknown");
    assert!(
        refused.detail.contains("newest backup"),
        "{}",
        refused.detail
    );
}

#[tokio::test]
async fn a_restart_of_the_hub_loses_nothing() {
    let mut world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    peer.sync().await;
    world.stop().await;
    peer.state(sale(2, 1));
    world.start().await;
    peer.follow(&world);
    peer.sync().await;
    assert_eq!(
        world.store(STORE).await["proof"],
        json!({
            "issued": 2, "missing": 0, "doubled": 0
        })
    );
}

#[tokio::test]
async fn lag_clock_and_silence_are_told() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    for number in 1..=3 {
        peer.state(sale(number, 1));
    }
    peer.clock.advance(Duration::from_secs(600));
    let mut exchange = peer.exchange_after(0);
    exchange.up = None;
    peer.reply(&exchange).await;
    let store = world.store(STORE).await;
    assert_eq!(store["lag"], 3);
    assert_eq!(store["edges"][0]["clock_off_ms"], 600_000);
    world.advance(Duration::from_secs(7_200));
    let store = world.store(STORE).await;
    assert_eq!(
        (&store["connected"], &store["seen_ago_ms"]),
        (&json!(false), &json!(7_200_000))
    );
    let page = world.page("/stores?view=attention").await;
    assert!(page.contains("silent, seen 2 h ago"), "{page}");
    assert!(page.contains("clock 10 min ahead"));
    peer.sync().await;
    assert_eq!(world.store(STORE).await["lag"], 0);
}

#[tokio::test]
async fn a_long_backlog_drains_in_batches() {
    let world = World::with_a_store().await;
    let mut peer: Peer = world.edge(STORE).await;
    for number in 1..=600 {
        peer.state(sale(number, 1));
    }
    let rounds = peer.sync().await;
    assert!(
        rounds >= 3,
        "256 records a batch at most, in {rounds} rounds"
    );
    assert_eq!(world.store(STORE).await["proof"]["issued"], 600);
}
