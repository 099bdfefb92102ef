//! Records of the hub's that were set aside: shown, and let in by a manager while the store sells.

use counterpart_daemon::db::DbError;
use counterpart_daemon::params;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::facts::Kind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::counter::{ADA, BEN, CLEO, Clerk, Counter, answer};
use crate::factory::{World, soon};
use crate::hub::{FakeHub, Listening};
use crate::transfers::on_its_way;

/// The address of the parcel the hub tells of.
fn parcel() -> String {
    format!("/v1/transfers/{}", on_its_way().transfer_id)
}

/// A store that was told of a parcel by its hub.
async fn told() -> (Counter, FakeHub, Listening) {
    let (world, hub, line) = World::with_hub().await;
    let counter = Counter::of(world).await;
    hub.say(on_its_way()).await;
    let ada = counter.sign_in(ADA).await;
    soon("the parcel's announcement", async {
        while ada.get(&parcel()).await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    (counter, hub, line)
}

/// Leaves what the hub told of the parcel as a store does that could not use it: in quarantine with
/// its bytes, its fact not known, and every view without it.
async fn set_aside(counter: &Counter) {
    let context = counter.edge.context();
    let (replica, now_ms) = (context.replica().clone(), context.now_ms());
    let done = context.db().write(move |tx| -> Result<(), ReplicaFailed> {
        let row = tx.query_one(
            "SELECT r.feed, r.seq, r.change_hash, c.bytes FROM feed_records r
             JOIN changes c ON c.change_hash = r.change_hash
             WHERE r.direction = 'in' AND r.kind = $1",
            params![Kind::TransferExpected.number()],
        )?;
        let (feed, seq): (i64, i64) = (row.read(0)?, row.read(1)?);
        let (change, bytes): ([u8; 32], Vec<u8>) = (row.read(2)?, row.read(3)?);
        tx.execute(
            "INSERT INTO quarantine (direction, peer, feed, seq, reason, bytes, noticed_at_ms)
             VALUES ('in', 0, $1, $2, 'a test set it aside', $3, $4)",
            params![feed, seq, bytes, now_ms],
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

/// What stands aside, as somebody signed in sees it.
async fn aside(clerk: &Clerk<'_>) -> Vec<Value> {
    let listed = clerk.get("/v1/quarantine").await.json();
    assert_eq!(listed["has_more"], false);
    listed["records"].as_array().unwrap().clone()
}

fn readmit(record: &Value) -> String {
    format!("/v1/quarantine/{}/{}/readmit", record["run"], record["seq"])
}

#[tokio::test]
async fn what_the_hub_sent_and_was_set_aside_counts_once_a_manager_lets_it_in() {
    let (counter, _hub, line) = told().await;
    set_aside(&counter).await;
    let ada = counter.sign_in(ADA).await;
    assert_eq!(ada.get(&parcel()).await.status, 404);
    let records = aside(&ada).await;
    let [record] = records.as_slice() else {
        panic!("one stands aside: {records:?}");
    };
    assert_eq!(record["kind"], "transfer_expected");
    assert_eq!(record["reason"], "a test set it aside");
    assert_eq!(record["intact"], true);
    assert_eq!(record["says"]["body"]["from"], "utrecht-1", "{record:#}");

    // Whoever is no manager cannot, and neither can somebody else's PIN.
    let path = readmit(record);
    let alone = ada.post(&path, json!({})).await;
    assert_eq!(alone.status, 403, "{}", alone.text);
    let with_ben = ada.post(&path, json!({ "approval_pin": BEN })).await;
    assert_eq!(with_ben.status, 403, "{}", with_ben.text);
    assert_eq!(aside(&ada).await.len(), 1);

    let let_in = ada.post_as("once", &path, json!({ "approval_pin": CLEO }));
    let let_in = let_in.await.json();
    assert!(let_in["facts"].as_u64() > Some(0), "{let_in}");
    assert_eq!(aside(&ada).await, [] as [Value; 0]);
    assert_eq!(ada.get(&parcel()).await.json()["other_store"], "utrecht-1");
    let again = ada.post_as("once", &path, json!({ "approval_pin": CLEO }));
    assert_eq!(again.await.json(), let_in, "the command is done once");
    let gone = ada.post(&path, json!({ "approval_pin": CLEO })).await;
    assert_eq!(gone.status, 404, "{}", gone.text);
    // The store sells as before.
    let body = json!({ "float_minor": 0 });
    ada.done("/v1/registers/1/shift/open", body).await;
    ada.sell_milk().await;
    counter.edge.shutdown().await;
    line.cut().await;
}

#[tokio::test]
async fn a_manager_lets_a_record_in_on_the_page() {
    let (counter, _hub, line) = told().await;
    set_aside(&counter).await;
    let nobody = answer(counter.request(Method::GET, "/quarantine")).await;
    assert_eq!(nobody.location.as_deref(), Some("/sign-in?to=/quarantine"));
    let status = answer(counter.request(Method::GET, "/status")).await;
    assert!(
        status.text.contains(r#"href="/quarantine""#),
        "{}",
        status.text
    );
    let ada = counter.sign_in(ADA).await;
    let record = &aside(&ada).await[0];
    let page = ada.page("/quarantine").await.text;
    for words in [
        "transfer_expected",
        "a test set it aside",
        "the hub, 2026-11-23T",
        "utrecht-1",
        "every byte",
        "PIN is needed",
    ] {
        assert!(page.contains(words), "no {words:?} on {page}");
    }
    let form = readmit(record).replace("/v1", "");
    let wrong = ada.press(&form, &[("pin", "")]).await;
    assert_eq!(wrong.status, 403, "{}", wrong.text);

    let cleo = counter.sign_in(CLEO).await;
    let page = cleo.page("/quarantine").await.text;
    assert!(
        !page.contains("PIN is needed"),
        "a manager needs none: {page}"
    );
    let pressed = cleo.press(&form, &[]).await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    assert!(
        pressed.text.contains("Nothing was set aside"),
        "{}",
        pressed.text
    );
    assert_eq!(cleo.get(&parcel()).await.status, 200);
    counter.edge.shutdown().await;
    line.cut().await;
}

#[tokio::test]
async fn what_still_cannot_be_used_stays_and_is_told_why() {
    let (counter, _hub, line) = told().await;
    set_aside(&counter).await;
    let rotten: Result<u64, DbError> = counter
        .edge
        .context()
        .db()
        .write(|tx| tx.execute("UPDATE quarantine SET bytes = $1", params![vec![7_u8; 40]]))
        .await;
    assert_eq!(rotten.unwrap(), 1);
    let cleo = counter.sign_in(CLEO).await;
    let record = aside(&cleo).await.remove(0);
    assert_eq!(record["intact"], false);
    assert!(record["unreadable"].is_string(), "{record:#}");
    let page = cleo.page("/quarantine").await.text;
    for words in ["damaged on the way", "It cannot be read"] {
        assert!(page.contains(words), "no {words:?} on {page}");
    }
    let still = cleo.post(&readmit(&record), json!({})).await;
    let (code, kind, detail) = still.problem();
    assert_eq!((code, kind.as_str()), (409, "record_not_usable"));
    assert!(detail.contains("still cannot be used"), "{detail}");
    assert_eq!(aside(&cleo).await, [record]);
    let unknown = cleo.post("/v1/quarantine/1/99/readmit", json!({})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
    counter.edge.shutdown().await;
    line.cut().await;
}
