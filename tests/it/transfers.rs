//! Goods go from one store to another, each cut off when it acts: what may leave leaves with its
//! slip, a difference found at the other end has one name there and at the hub, and nothing counts
//! twice.

use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::fresh_key;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_at_the_other_store_is_counted_once_and_differs_by_one_name() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let branch = Branch::open(&world, OTHER).await;
    let console = world.console().await;
    let (good, hub) = (&world.goods[1], Dock(console.caller().clone()));
    let (till, other_till) = (world.open_till(1).await, branch.open_till().await);
    let (here, there) = (
        Dock(till.caller().clone()),
        Dock(other_till.caller().clone()),
    );
    let (mut ours, mut theirs) = (Oracle::new(), Oracle::new());
    till.receive(&mut ours, &[(good, PIECES)]).await;
    let promised = || available(&hub, good, STORE);
    wait::until_seen("the hub to hold rights", promised, |units| *units == PIECES).await;
    here.is("a store to send to", "/v1/transfers", |all| {
        all["stores"][0]["store_id"] == OTHER
    })
    .await;

    // What is packed is set aside: the hub gives its right to promise it back.
    let id = here.packs(good, SENT).await;
    let one = format!("/v1/transfers/{id}");
    here.is("the parcel to be free to leave", &one, |parcel| {
        parcel["lines"][0]["free_milli"].as_i64() >= Some(SENT * 1_000)
    })
    .await;
    world.line.cut();
    let leave = |id: &str| format!("/v1/transfers/{id}/departure");
    here.does_twice(&leave(&id), &json!(null)).await;
    ours.transferred(&good.sku, -SENT);
    let more = here.packs(good, 1).await;
    let refused = here.does(&leave(&more), &json!(null)).await.unwrap_err();
    let kind = refused.problem().kind;
    assert!(
        kind.ends_with(":not_free"),
        "the hub may promise it: {kind}"
    );
    let slip = world.counter(1).printer().until(|seen| {
        let mut paper = seen.receipts.iter();
        paper.any(|slip| slip.complete && slip.text.contains(&id))
    });
    wait::told("the slip", slip).await;
    till.sell(&mut ours, &[(good, 1)]).await;
    assert_eq!(there.ask("/v1/transfers").await["transfers"], json!([]));

    // Once the other store has heard of it, nobody is reached any more.
    world.line.mend();
    there
        .is("the parcel to be announced", "/v1/transfers", |all| {
            all["transfers"][0]["state"] == "expected"
        })
        .await;
    branch.line.cut();
    world.line.cut();
    let lines = json!([{ "sku": good.sku, "quantity_milli": COUNTED * 1_000 }]);
    let counted = json!({ "lines": lines });
    there.does_twice(&format!("{one}/arrival"), &counted).await;
    theirs.transferred(&good.sku, COUNTED);
    let seen = there.ask(&one).await;
    assert_eq!(seen["state"], "discrepancy", "{seen:#}");
    let name = seen["exception_id"].as_str().unwrap().to_owned();
    let inbox = there.ask("/v1/exceptions").await;
    assert_eq!(inbox["exceptions"][0]["exception_id"], json!(name));

    branch.line.mend();
    world.line.mend();
    let raised = "/v1/exceptions?standing=all&rule=transfer_discrepancy";
    let raised = hub
        .is("the hub to see the difference", raised, |all| {
            all["exceptions"] != json!([])
        })
        .await;
    assert_eq!(raised["exceptions"].as_array().unwrap().len(), 1);
    let exception = &raised["exceptions"][0];
    assert_eq!(exception["exception_id"], json!(name), "{exception:#}");
    assert_eq!(exception["transfer_id"], json!(id), "{exception:#}");
    let exception = format!("/v1/exceptions/{name}");
    let recounted = json!({ "how": "recounted" });
    there
        .does_twice(&format!("{exception}/resolution"), &recounted)
        .await;
    for who in [&there, &hub] {
        who.is("the difference to be settled", &exception, |one| {
            one["standing"] == "resolved"
        })
        .await;
    }
    let all = hub.ask("/v1/transfers").await;
    assert_eq!(all["transfers"].as_array().unwrap().len(), 1);
    let line = &all["transfers"][0]["lines"][0];
    assert_eq!(
        (&line["sent_milli"], &line["counted_milli"]),
        (&json!(SENT * 1_000), &json!(COUNTED * 1_000))
    );
    for (store, till, oracle) in [(STORE, &till, &ours), (OTHER, &other_till, &theirs)] {
        console.has_everything(store, oracle).await;
        oracle.agrees_with(store, &till.seen(oracle).await);
    }
    let promised = || available(&hub, good, OTHER);
    let arrived = |units: &i64| *units == COUNTED;
    wait::until_seen("what arrived to be promised there", promised, arrived).await;
    branch.close().await;
    world.end().await;
}
