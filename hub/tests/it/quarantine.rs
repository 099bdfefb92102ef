//! Records that were set aside: shown with every byte, and let in while the hub runs.

use counterpart_daemon::db::DbError;
use counterpart_daemon::params;
use counterpart_daemon::replica::ReplicaFailed;
use reqwest::Method;
use serde_json::{Value, json};

use crate::access::{problem, status};
use crate::facts::{Unreadable, sale};
use crate::peer::Peer;
use crate::world::{STORE, World};

/// Leaves a record of the edge's as a hub does that could not use it: in quarantine with its bytes,
/// its fact not known, and every view without it.
pub(crate) async fn set_aside(world: &World, peer: &Peer, seq: i64) {
    let (edge, context) = (peer.enrolled.edge_number, world.hub().context());
    let (replica, now_ms) = (context.replica().clone(), context.now_ms());
    let done = context.db().write(move |tx| -> Result<(), ReplicaFailed> {
        let row = tx.query_one(
            "SELECT r.change_hash, c.bytes FROM feed_records r
             JOIN changes c ON c.change_hash = r.change_hash
             WHERE r.direction = 'in' AND r.peer = $1 AND r.feed = 1 AND r.seq = $2",
            params![edge.0, seq],
        )?;
        let (change, bytes): ([u8; 32], Vec<u8>) = (row.read(0)?, row.read(1)?);
        tx.execute(
            "INSERT INTO quarantine (direction, peer, feed, seq, reason, bytes, noticed_at_ms)
             VALUES ('in', $1, 1, $2, 'a test set it aside', $3, $4)",
            params![edge.0, seq, bytes, now_ms],
        )?;
        for sql in [
            "DELETE FROM facts WHERE change_hash = $1",
            "DELETE FROM changes WHERE change_hash = $1",
        ] {
            assert_eq!(tx.execute(sql, params![change])?, 1);
        }
        replica.rebuild(tx)?;
        Ok(())
    });
    done.await.unwrap();
}

fn place(peer: &Peer, seq: u64) -> String {
    format!("/v1/quarantine/{}/1/{seq}", peer.enrolled.edge_number)
}

/// Lets a record in over HTTP.
pub(crate) async fn readmitted(world: &World, peer: &Peer, seq: u64) -> Value {
    let path = format!("{}/readmit", place(peer, seq));
    world.post(&path, &json!({})).await
}

#[tokio::test]
async fn a_record_that_was_set_aside_is_shown_and_counts_again_once_it_is_let_in() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    for number in 1..=2 {
        peer.state(sale(number, 1));
    }
    peer.sync().await;
    set_aside(&world, &peer, 1).await;
    let listed = world.get("/v1/quarantine").await;
    let record = &listed["records"][0];
    assert_eq!(
        (&record["store_id"], &record["kind"], &record["seq"]),
        (&json!(STORE), &json!("sale_recorded"), &json!(1))
    );
    assert_eq!(record["reason"], "a test set it aside");
    let one = world.get(&place(&peer, 1)).await;
    assert_eq!(one["says"]["body"]["receipt"]["number"], 1, "{one:#}");
    let bytes = one["bytes"].as_str().unwrap();
    assert_eq!(bytes.len() as u64, 2 * one["size_bytes"].as_u64().unwrap());
    assert_eq!((&bytes[..8], &one["intact"]), ("856f4a83", &json!(true)));
    let list = world.page("/quarantine").await;
    assert!(list.contains("a test set it aside"), "{list}");
    let href = place(&peer, 1).replace("/v1", "");
    let page = world.page(&href).await;
    for words in [
        "sale_recorded",
        "every byte",
        "Let it count",
        "000000  856f4a83",
    ] {
        assert!(page.contains(words), "no {words:?} on {page}");
    }

    let (code, there, _) = world.submit(&format!("{href}/readmit"), &[]).await;
    assert_eq!(
        (code.as_u16(), there.as_deref()),
        (303, Some("/quarantine"))
    );
    assert_eq!(world.get("/v1/quarantine").await["records"], json!([]));
    let receipts = world.get("/v1/sales?receipt=1-1-000001").await;
    assert_eq!(receipts["receipts"].as_array().unwrap().len(), 1);
    let line = &world.audit("?area=quarantine").await[0];
    assert_eq!(
        (line["who"].as_str(), line["outcome"].as_str()),
        (Some("operator:admin"), Some("done"))
    );
    let gone = world.refused(&place(&peer, 1)).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn only_who_may_lets_a_record_in_and_what_cannot_be_used_stays() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(Unreadable { nonsense: 7 });
    peer.sync().await;
    let path = format!("{}/readmit", place(&peer, 1));
    for (name, role) in [("vera", "viewer"), ("paul", "planner")] {
        let token = world.operator(name, role).await;
        let listing = world.with(&token, Method::GET, "/v1/quarantine");
        assert_eq!(status(listing).await, 200, "{role}");
        let request = world.with(&token, Method::POST, &path);
        assert_eq!(status(request).await, 403, "{role}");
        let read = world.with(&token, Method::GET, &place(&peer, 1).replace("/v1", ""));
        let page = read.header("accept", "text/html").send().await.unwrap();
        assert!(
            !page.text().await.unwrap().contains("Let it count"),
            "{role}"
        );
    }
    let refused = world.audit("?area=quarantine").await;
    assert_eq!(refused.len(), 2, "{refused:?}");
    let request = world.with(world.token(), Method::POST, &path);
    let still = problem(request.header("idempotency-key", world.key())).await;
    assert_eq!(still.status, 409);
    assert!(still.kind.ends_with(":record_not_usable"), "{}", still.kind);
    assert!(
        still.detail.contains("still cannot be used"),
        "{}",
        still.detail
    );
    assert_eq!(world.get(&place(&peer, 1)).await["kind"], "sale_recorded");

    let other = format!("{}/readmit", place(&peer, 2));
    let unknown = world.try_post(&other, &json!({})).await.unwrap_err();
    assert_eq!(unknown.status, 404, "{}", unknown.detail);
    let counted: Result<i64, DbError> = world
        .hub()
        .context()
        .db()
        .read(|tx| {
            let sql = "SELECT COUNT(*) FROM quarantine";
            tx.query_one(sql, params![])?.read(0)
        })
        .await;
    assert_eq!(counted.unwrap(), 1, "it stays where it is");
}
