//! Cash goes in and out of a drawer while the line is cut; the count comes out even, and the hub
//! takes every fact of it once the line is mended.

use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::world::{Beginning, FLOAT_MINOR, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

async fn done(till: &Till, path: &str, body: &Value) -> Value {
    let path = format!("/v1/registers/1/{path}");
    let (caller, key) = (till.caller(), fresh_key());
    let answer: Result<Value, _> = caller.command(Method::POST, &path, &key, body).await;
    answer.unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawer_that_was_paid_in_and_out_without_the_hub_is_counted_even() {
    let world = World::begin(Beginning::default()).await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    world.line.cut();
    let sold = till.sell(&mut oracle, &[(&world.goods[0], 2)]).await;
    let mut should_be = FLOAT_MINOR + sold.total_minor;
    for (movement, amount_minor, reason, change) in [
        ("dropped", 5_000, None, -5_000),
        ("paid_in", 2_000, Some("change"), 2_000),
        ("paid_out", 750, Some("delivery"), -750),
    ] {
        let body = json!({ "movement": movement, "amount_minor": amount_minor, "reason": reason });
        done(&till, "cash-movements", &body).await;
        should_be += change;
    }
    done(&till, "no-sales", &json!({ "reason": "change" })).await;
    done(&till, "shift/x", &json!({})).await;
    let cents = u32::try_from(should_be).unwrap();
    let closed = till.close(&[(1, cents)], None).await.unwrap();
    assert_eq!(closed["expected_minor"], should_be);
    assert_eq!(closed["over_short_minor"], 0);

    world.mend();
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    world.end().await;
}
