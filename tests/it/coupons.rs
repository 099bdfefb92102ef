//! One promotion, its coupons and two stores: a coupon the hub heard of is used once, whichever
//! store it is shown in; one that both take while neither line is up stands in both sales, and the
//! hub names it, with what it cost to the cent.

use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER: &str = "antwerp-1";
const COUPONS: &str = "/v1/registers/1/basket/coupons";
const BATCH: &str = "/v1/promotions/welcome/coupons";
const OFF: i64 = 37;

async fn does(caller: &Caller, path: &str, body: &Value) -> Result<Value, NotDone> {
    caller.command(Method::POST, path, &fresh_key(), body).await
}

async fn ask(caller: &Caller, path: &str) -> Value {
    caller.ask(path).await.unwrap()
}

/// Issues two coupons, and returns their signed codes.
async fn issue(hub: &Caller) -> Vec<String> {
    let promotion = json!({
        "promotion": {
            "id": "welcome",
            "name": "Welcome",
            "deal": { "kind": "each", "cut": { "amount": OFF } },
            "coupon": { "kind": "single" },
        },
    });
    does(hub, "/v1/promotions", &promotion).await.unwrap();
    does(hub, BATCH, &json!({ "count": 2 })).await.unwrap();
    let file = hub.fetch(&format!("{BATCH}/1/codes")).await.unwrap().1;
    let rows = file.lines().skip(1);
    rows.map(|row| row.split_once(',').unwrap().1.to_owned())
        .collect()
}

/// Waits until a till takes a coupon: promotion and keys have come. The basket is given up again.
async fn takes(till: &Till, code: &str) {
    let coupon = json!({ "code": code });
    let tried = || does(till.caller(), COUPONS, &coupon);
    let taken = wait::until_seen("the till to take the coupon", tried, Result::is_ok);
    taken.await.unwrap();
    till.void_basket().await.unwrap();
}

/// Sells a good with a coupon; returns the sale.
async fn sells(till: &Till, gtin: &str, price: i64, code: &str) -> Value {
    till.scan(gtin).await.unwrap();
    does(till.caller(), COUPONS, &json!({ "code": code }))
        .await
        .unwrap();
    assert_eq!(till.basket().await.unwrap().total_minor, price - OFF);
    let paid = till.pay(price - OFF).await.unwrap();
    till.sale(&paid.sale_id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coupon_two_stores_take_apart_is_named_with_what_it_cost() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let branch = Branch::open(&world, OTHER).await;
    let (here, there) = (world.open_till(1).await, branch.open_till().await);
    let hub = world.console().await.caller().clone();
    let codes = issue(&hub).await;
    let dear = world.goods.iter().max_by_key(|good| good.price_minor);
    let dear = dear.unwrap();
    let price = dear.price_minor.unwrap();
    for till in [&here, &there] {
        takes(till, &codes[0]).await;
    }

    // While the lines are up the hub keeps it for the first who pays, and tells the second.
    let sale = sells(&here, &dear.gtin, price, &codes[0]).await;
    let taken = &sale["coupons"][0]["of"]["single"]["taken"];
    assert!(taken["asked"].is_string(), "{sale:#}");
    let used = || async { ask(&hub, BATCH).await["used"].clone() };
    wait::until_seen("the hub to hold the sale", used, |used| *used == 1).await;
    let again = does(there.caller(), COUPONS, &json!({ "code": codes[0] })).await;
    assert!(again.unwrap_err().problem().kind.ends_with("coupon_used"));

    // Cut off, each store believes the signature.
    world.line.cut();
    branch.line.cut();
    for till in [&here, &there] {
        let sale = sells(till, &dear.gtin, price, &codes[1]).await;
        let taken = &sale["coupons"][0]["of"]["single"]["taken"];
        assert_eq!(taken, "offline", "{sale:#}");
    }
    world.line.mend();
    branch.line.mend();
    let inbox = || ask(&hub, "/v1/exceptions?rule=coupon_twice");
    let raised = |inbox: &Value| inbox["exceptions"] != json!([]);
    let inbox = wait::until_seen("the hub to name it", inbox, raised).await;
    assert_eq!(
        inbox["exceptions"].as_array().unwrap().len(),
        1,
        "{inbox:#}"
    );
    let name = inbox["exceptions"][0]["exception_id"].as_str().unwrap();
    let one = ask(&hub, &format!("/v1/exceptions/{name}")).await;
    let facts = one["facts"].as_array().unwrap();
    assert_eq!(facts.len(), 2, "{one:#}");
    let told = one["facts"].to_string();
    assert_eq!(told.matches("took €0.37 off").count(), 2, "{told}");
    assert!(told.contains("€0.37 beyond its one use"), "{told}");
    branch.close().await;
    world.end().await;
}
