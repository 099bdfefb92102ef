//! Goods behind the counter, from the region's policy to a broken promise that is named: what the
//! hub promised while the store was cut off goes to a walk-in with a manager's PIN.

use counterpart_protocol::policies::{Policies, WalkIn};
use counterpart_tests::caller::Caller;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::Channel;
use counterpart_tests::shop::{Till, fresh_key, sold};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

/// The associate of every world, by the list of the store's people.
const SAM: &str = "2580";

/// Publishes at the hub that no walk-in gets what may be promised without an approval, and waits
/// until the store holds it.
pub(crate) async fn everything_is_strict(world: &World) {
    let mut policies = Policies::default();
    policies.standard.walk_in = WalkIn::Strict;
    let hub = world.console().await.caller().clone();
    let body = json!({ "based_on": 0, "policies": policies });
    let published: Value = does(&hub, "/v1/policies", &body).await;
    assert_eq!(published["version"], 1);
    wait::until_seen(
        "the policies to reach the store",
        || world.status(),
        |status| {
            let mut held = status["reference"].as_array().into_iter().flatten();
            held.any(|held| held["kind"] == "policies" && held["version"].is_u64())
        },
    )
    .await;
}

async fn does(caller: &Caller, path: &str, body: &Value) -> Value {
    let done = caller.command(Method::POST, path, &fresh_key(), body).await;
    done.unwrap_or_else(|error| panic!("{path} is not done: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hub_promised_meanwhile_goes_with_a_managers_pin_and_its_order_is_named() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    everything_is_strict(&world).await;
    let (robin, mug) = (world.open_till(1).await, &world.goods[1]);
    let mut oracle = Oracle::new();
    robin.receive(&mut oracle, &[(mug, 2)]).await;
    let channel = Channel::of(&world.console().await);
    channel.may_promise(mug, 2).await;
    world.line.cut();
    let draft = Channel::draft("W-1", STORE, &[(mug, 2)]);
    let order = channel.place(&draft).await.unwrap();

    // The store knows nothing of the order, and asks all the same: the hub may have promised it.
    let sam = Till::sign_in(&world.edge().url(), 1, SAM).await.unwrap();
    sam.scan(&mug.gtin).await.unwrap();
    let due = mug.price_minor.unwrap();
    let refused = sam.pay(due).await.unwrap_err().problem();
    assert!(
        refused.kind.ends_with(":promised_unapproved"),
        "{}",
        refused.detail
    );
    let numbers = "the store may sell 0 of 2 on hand by itself";
    assert!(refused.detail.contains(numbers), "{}", refused.detail);
    let path = "/v1/registers/1/basket/promised";
    let basket = does(sam.caller(), path, &json!({ "approval_pin": PIN })).await;
    assert_eq!(basket["barred"], Value::Null, "{basket}");
    let paid = sam.pay(due).await.unwrap();
    let said = sam.sale(&paid.sale_id).await.unwrap();
    let promised = &said["lines"][0]["remarks"]["promised"];
    assert_eq!(promised["quantity_milli"], 1_000, "{said}");
    assert_ne!(promised["by"], promised["approved_by"], "{said}");
    oracle.sold(sold(&paid, &[(mug, 1)]));

    world.mend();
    let order = channel.is(&order, "unrouted").await;
    let facts = order["timeline"].to_string();
    assert!(facts.contains("allocation_broken"), "{facts}");
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    world.end().await;
}
