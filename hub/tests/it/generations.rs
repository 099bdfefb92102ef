//! A hub that goes on as a new generation: what it may not decide before it has heard its stores,
//! and what comes back from them.

use std::time::Duration;

use counterpart_hub::app::{GenerationAsked, RestoreAsked, generation, restore};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::facts::{delivery, sale};
use crate::peer::Peer;
use crate::shop::{grant, parcel, pickup, with_rights};
use crate::world::{STORE, World, on_postgres};

impl World {
    /// Stops the hub, makes it a new generation with its data, and starts it; its stores follow.
    async fn new_generation(&mut self, peers: &mut [&mut Peer]) -> String {
        self.stop().await;
        // Its chance begins anew with each start here; time does not stand still.
        self.advance(Duration::from_secs(30));
        let words = generation(&self.config(), GenerationAsked { new: true }).await;
        self.start().await;
        for peer in peers {
            peer.follow(self);
        }
        words.unwrap()
    }

    async fn why(&self, store: &str) -> (i64, String) {
        let answer = self.get("/v1/availability?sku=PEN").await;
        let stores = answer["stores"].as_array().unwrap();
        let at = stores.iter().find(|at| at["store_id"] == store).unwrap();
        let why = at["why"].as_str().unwrap().to_owned();
        (at["available_milli"].as_i64().unwrap() / 1_000, why)
    }

    async fn is_unheard(&self, path: &str, body: &Value) {
        let key = self.key();
        let call = self.request(Method::POST, path).json(body);
        let answer = call.header("idempotency-key", key).send().await.unwrap();
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["type"], "urn:counterpart:problem:stores_unheard");
    }

    async fn concerns(&self) -> String {
        self.get("/v1/status").await["concerns"].to_string()
    }
}

#[tokio::test]
async fn a_new_generation_promises_only_for_stores_it_has_heard() {
    let (mut world, mut ghent) = with_rights(10, 6).await;
    world.add_store("antwerp-1").await;
    let mut antwerp = world.edge("antwerp-1").await;
    antwerp.state(delivery(10));
    grant(&mut antwerp, 3).await;
    let sent = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    let waits = world.capture(&pickup("W-2", STORE, 9)).await;
    assert_eq!(waits.status, "unrouted");

    let words = world.new_generation(&mut [&mut ghent, &mut antwerp]).await;
    assert!(words.contains("2 store servers are waited for"), "{words}");
    assert_eq!(world.why(STORE).await, (0, "unheard".to_owned()));
    assert_eq!(world.why("antwerp-1").await, (0, "unheard".to_owned()));
    let concerns = world.concerns().await;
    assert!(
        concerns.contains("has not heard antwerp-1, ghent-1"),
        "{concerns}"
    );
    // An order it knows is answered as before; one it may have known is not answered.
    let again = world.capture(&pickup("W-1", STORE, 2)).await;
    assert_eq!(again.id, sent.id);
    world
        .is_unheard("/v1/orders", &pickup("W-3", STORE, 1))
        .await;
    // What looks as if nobody served it is not cancelled for good, and goes no other way.
    let because = json!({ "because": "customer" });
    let path = format!("/v1/orders/{}/cancel", waits.id);
    world.is_unheard(&path, &because).await;
    // What was sent may have been picked: its store is asked, whatever the hub remembers.
    assert_eq!(world.cancel(sent.id).await, "cancel_requested");

    antwerp.sync().await;
    assert_eq!(world.why("antwerp-1").await, (3, "free".to_owned()));
    assert_eq!(world.why(STORE).await.1, "unheard");
    world.settle().await;
    assert_eq!(world.order(waits.id).await["status"], "unrouted");
    // An order its channel placed after the restore is new for sure, and goes where it may.
    world.advance(Duration::from_secs(1_200));
    let mut new = parcel("W-4", 1);
    let placed = Timestamp::from_millisecond(world.clock_ms()).unwrap();
    new["placed_at"] = json!(placed.to_string());
    assert_eq!(world.capture(&new).await.status, "routed");
    world
        .is_unheard("/v1/orders", &pickup("W-3", STORE, 1))
        .await;

    ghent.sync().await;
    assert_eq!(world.why(STORE).await.1, "free");
    let taken = world.capture(&pickup("W-3", STORE, 1)).await;
    assert_eq!(taken.status, "routed");
    assert_eq!(world.cancel(waits.id).await, "cancelled");
    assert!(!world.concerns().await.contains("has not heard"));
}

#[tokio::test]
async fn a_store_that_will_never_call_again_is_no_longer_waited_for_once_it_is_blocked() {
    let (mut world, mut ghent) = with_rights(10, 6).await;
    world.add_store("antwerp-1").await;
    let mut antwerp = world.edge("antwerp-1").await;
    grant(&mut antwerp, 0).await;
    world.new_generation(&mut [&mut ghent, &mut antwerp]).await;
    ghent.sync().await;
    world
        .is_unheard("/v1/orders", &pickup("W-1", STORE, 1))
        .await;
    let number = antwerp.enrolled.edge_number;
    let path = format!("/v1/stores/antwerp-1/edges/{number}/block");
    world.post(&path, &json!({})).await;
    let taken = world.capture(&pickup("W-1", STORE, 1)).await;
    assert_eq!(taken.status, "routed");
}

#[tokio::test]
async fn what_a_restored_hub_has_forgotten_comes_back_from_the_store() {
    let (mut world, mut ghent) = with_rights(10, 6).await;
    let backup = world.home().around().join("night.db");
    let asked = RestoreAsked {
        from: Some(backup.clone()),
        in_place: false,
    };
    if on_postgres() {
        world.stop().await;
        let refused = restore(&world.config(), asked).await.unwrap_err();
        assert!(
            refused.to_string().contains("generation --new"),
            "{refused}"
        );
        return;
    }
    let db = world.hub().context().db().clone();
    let what = counterpart_daemon::db::CopyFor::Keeping;
    db.backup_to(backup, what).await.unwrap();

    let fetched = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    ghent.state_in(fetched.id, fetched.handed_over(2));
    ghent.state(sale(1, 1));
    let open = world.capture(&pickup("W-2", STORE, 1)).await;
    ghent.sync().await;
    let before = world.pens_at(STORE).await;
    world.stop().await;
    world.advance(Duration::from_secs(30));
    let words = restore(&world.config(), asked).await.unwrap();
    assert!(words.contains("before-restore-"), "{words}");
    world.start().await;
    ghent.follow(&world);
    assert_eq!(world.pens_at(STORE).await.0, 0);
    world
        .is_unheard("/v1/orders", &pickup("W-1", STORE, 2))
        .await;

    ghent.sync().await;
    assert_eq!(world.pens_at(STORE).await, before);
    assert_eq!(world.order(fetched.id).await["status"], "completed");
    for (reference, count, order) in [("W-1", 2, fetched.id), ("W-2", 1, open.id)] {
        let again = world.capture(&pickup(reference, STORE, count)).await;
        assert_eq!(again.id, order);
        // Whose it is the channel has told once more.
        let shown = world.order(order).await;
        assert_eq!(shown["customer"]["name"], "A. Customer", "{shown}");
    }
    let other = world.try_post("/v1/orders", &pickup("W-2", STORE, 4)).await;
    let other = other.unwrap_err();
    assert_eq!(other.kind, "urn:counterpart:problem:reference_taken");
    // What the hub had given into custody it does not take back alone.
    assert_eq!(world.cancel(open.id).await, "cancel_requested");
    assert_eq!(world.store(STORE).await["today"]["sales"], 1);
    assert!(world.concerns().await.contains("known to nobody"));
    // The next edge gets a number nobody can have been given.
    let next = world.edge(STORE).await;
    assert!(next.enrolled.edge_number.0 > 1_000);
}

#[tokio::test]
async fn an_old_hub_that_is_started_again_is_told_and_promises_nothing() {
    let (mut world, mut ghent) = with_rights(10, 6).await;
    world.new_generation(&mut [&mut ghent]).await;
    ghent.sync().await;
    assert_eq!(world.why(STORE).await.1, "free");
    // Another machine with data from before, as far as the store can tell.
    let context = world.hub().context().clone();
    let back = context.db().write(|tx| {
        let sql = "UPDATE replica_identity SET incarnation = 1";
        tx.execute(sql, counterpart_daemon::params![])
    });
    back.await.unwrap();
    let refused = ghent.refusal(&ghent.exchange_after(0)).await;
    assert_eq!(refused.kind, "urn:counterpart:problem:hub_outlived");
    assert_eq!(world.why(STORE).await, (0, "unheard".to_owned()));
    assert!(world.concerns().await.contains("newer than this one"));
    world
        .is_unheard("/v1/orders", &pickup("W-1", STORE, 1))
        .await;
}
