//! Goods go from one store to another, each cut off when it acts: what may leave leaves with its
//! slip, a difference found at the other end has one name there and at the hub, and nothing counts
//! twice.

use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER: &str = "antwerp-1";
const PIECES: i64 = 10;
const SENT: i64 = 4;
const COUNTED: i64 = 3;

/// The goods-in of a store, with somebody signed in.
struct Dock(Caller);

impl Dock {
    async fn ask(&self, path: &str) -> Value {
        self.0.ask(path).await.unwrap()
    }

    async fn does(&self, path: &str, body: &Value) -> Result<Value, NotDone> {
        let key = fresh_key();
        self.0.command(Method::POST, path, &key, body).await
    }

    /// Sends one command twice, as a browser does that got no answer.
    async fn does_twice(&self, path: &str, body: &Value) {
        let key = fresh_key();
        let again = || self.0.command::<Value>(Method::POST, path, &key, body);
        assert_eq!(again().await.unwrap(), again().await.unwrap());
    }

    async fn packs(&self, good: &Good, pieces: i64) -> String {
        let lines = json!([{ "sku": good.sku, "quantity_milli": pieces * 1_000 }]);
        let body = json!({ "to": OTHER, "lines": lines });
        let begun = self.does("/v1/transfers", &body).await.unwrap();
        begun["transfer_id"].as_str().unwrap().to_owned()
    }

    async fn is(&self, what: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        wait::until_seen(what, || self.ask(path), wanted).await
    }
}

/// Returns how many whole pieces the hub may promise from a store.
async fn available(hub: &Dock, good: &Good, store: &str) -> i64 {
    let path = format!("/v1/availability?sku={}&store={store}", good.sku);
    hub.ask(&path).await["available_milli"].as_i64().unwrap() / 1_000
}

/// Two stores, a good that one of them has, and what each was seen to do.
struct Story {
    world: World,
    branch: Branch,
    hub: Dock,
    here: Dock,
    there: Dock,
    till: Till,
    other_till: Till,
    ours: Oracle,
    theirs: Oracle,
}

impl Story {
    async fn begins() -> Self {
        let beginning = Beginning {
            engine: crate::ENGINE,
            ..Beginning::default()
        };
        let world = World::begin(beginning).await;
        let branch = Branch::open(&world, OTHER).await;
        let (till, other_till) = (world.open_till(1).await, branch.open_till().await);
        let mut ours = Oracle::new();
        let hub = Dock(world.console().await.caller().clone());
        let good = &world.goods[1];
        till.receive(&mut ours, &[(good, PIECES)]).await;
        let promised = || available(&hub, good, STORE);
        wait::until_seen("the hub to hold rights", promised, |units| *units == PIECES).await;
        let here = Dock(till.caller().clone());
        here.is("a store to send to", "/v1/transfers", |all| {
            all["stores"][0]["store_id"] == OTHER
        })
        .await;
        Self {
            hub,
            here,
            there: Dock(other_till.caller().clone()),
            world,
            branch,
            till,
            other_till,
            ours,
            theirs: Oracle::new(),
        }
    }

    fn good(&self) -> &Good {
        &self.world.goods[1]
    }

    /// What is packed is set aside: the hub gives its right to promise it back. Then it leaves with
    /// the line cut, and no more than it.
    async fn sends_cut_off(&mut self) -> String {
        let id = self.here.packs(self.good(), SENT).await;
        let one = format!("/v1/transfers/{id}");
        self.here
            .is("the parcel to be free to leave", &one, |parcel| {
                parcel["lines"][0]["free_milli"].as_i64() >= Some(SENT * 1_000)
            })
            .await;
        self.world.line.cut();
        let leave = |id: &str| format!("/v1/transfers/{id}/departure");
        self.here.does_twice(&leave(&id), &json!(null)).await;
        let more = self.here.packs(self.good(), 1).await;
        let refused = self.here.does(&leave(&more), &json!(null)).await;
        let kind = refused.unwrap_err().problem().kind;
        assert!(
            kind.ends_with(":not_free"),
            "the hub may promise it: {kind}"
        );
        let slip = self.world.counter(1).printer().until(|seen| {
            let mut paper = seen.receipts.iter();
            paper.any(|slip| slip.complete && slip.text.contains(&id))
        });
        wait::told("the slip", slip).await;
        let good = &self.world.goods[1];
        self.ours.transferred(&good.sku, -SENT);
        self.till.sell(&mut self.ours, &[(good, 1)]).await;
        let unheard = self.there.ask("/v1/transfers").await;
        assert_eq!(unheard["transfers"], json!([]));
        id
    }

    /// Once the other store has heard of it, nobody is reached any more. Returns the difference's
    /// id.
    async fn counts_in_cut_off(&mut self, id: &str) -> String {
        self.world.mend();
        self.there
            .is("the parcel to be announced", "/v1/transfers", |all| {
                all["transfers"][0]["state"] == "expected"
            })
            .await;
        self.branch.line.cut();
        self.world.line.cut();
        let one = format!("/v1/transfers/{id}");
        let good = &self.world.goods[1];
        let lines = json!([{ "sku": good.sku, "quantity_milli": COUNTED * 1_000 }]);
        let counted = json!({ "lines": lines });
        self.there
            .does_twice(&format!("{one}/arrival"), &counted)
            .await;
        self.theirs.transferred(&good.sku, COUNTED);
        let seen = self.there.ask(&one).await;
        assert_eq!(seen["state"], "discrepancy", "{seen:#}");
        let name = seen["exception_id"].as_str().unwrap().to_owned();
        let inbox = self.there.ask("/v1/exceptions").await;
        assert_eq!(inbox["exceptions"][0]["exception_id"], json!(name));
        name
    }

    /// The hub names the difference as the store did, and it is settled at both.
    async fn settles(&self, id: &str, name: &str) {
        self.branch.mend();
        self.world.mend();
        let raised = "/v1/exceptions?standing=all&rule=transfer_discrepancy";
        let seen = self.hub.is("the hub to see the difference", raised, |all| {
            all["exceptions"] != json!([])
        });
        let raised = seen.await;
        assert_eq!(raised["exceptions"].as_array().unwrap().len(), 1);
        let exception = &raised["exceptions"][0];
        assert_eq!(exception["exception_id"], json!(name), "{exception:#}");
        assert_eq!(exception["transfer_id"], json!(id), "{exception:#}");
        let exception = format!("/v1/exceptions/{name}");
        let recounted = json!({ "how": "recounted" });
        self.there
            .does_twice(&format!("{exception}/resolution"), &recounted)
            .await;
        for who in [&self.there, &self.hub] {
            who.is("the difference to be settled", &exception, |one| {
                one["standing"] == "resolved"
            })
            .await;
        }
    }

    /// Both stores and the hub agree on what there is, and what arrived may be promised.
    async fn ends(self) {
        let all = self.hub.ask("/v1/transfers").await;
        assert_eq!(all["transfers"].as_array().unwrap().len(), 1);
        let line = &all["transfers"][0]["lines"][0];
        assert_eq!(
            (&line["sent_milli"], &line["counted_milli"]),
            (&json!(SENT * 1_000), &json!(COUNTED * 1_000))
        );
        let console = self.world.console().await;
        for (store, till, oracle) in [
            (STORE, &self.till, &self.ours),
            (OTHER, &self.other_till, &self.theirs),
        ] {
            console.has_everything(store, oracle).await;
            oracle.agrees_with(store, &till.seen(oracle).await);
        }
        let promised = || available(&self.hub, self.good(), OTHER);
        let arrived = |units: &i64| *units == COUNTED;
        wait::until_seen("what arrived to be promised there", promised, arrived).await;
        self.branch.close().await;
        self.world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_at_the_other_store_is_counted_once_and_differs_by_one_name() {
    let mut story = Story::begins().await;
    let id = story.sends_cut_off().await;
    let name = story.counts_in_cut_off(&id).await;
    story.settles(&id, &name).await;
    story.ends().await;
}
