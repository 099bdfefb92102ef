//! A member who joins while the line is cut: their price there at once, their card and name at
//! another store once the hub was told, and nothing of them anywhere once they are erased.

use counterpart_tests::branch::Branch;
use counterpart_tests::caller::Caller;
use counterpart_tests::console::Console;
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key, sold};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::ENGINE;

const CARD: &str = "MEM-104233";
const NAME: &str = "A. Customer";

async fn does(caller: &Caller, method: Method, path: &str, body: &Value) -> Value {
    let key = fresh_key();
    let done: Result<Value, _> = caller.command(method, path, &key, body).await;
    done.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Opens a group that is joined at tills and gives its members a fifth off a good.
async fn favour_members(console: &Console, good: &Good) {
    let group = json!({ "id": "members", "name": "Members", "joined_at_tills": true });
    does(
        console.caller(),
        Method::POST,
        "/v1/customer-groups",
        &group,
    )
    .await;
    let promotion = json!({
        "promotion": {
            "id": "fifth", "name": "A fifth off for members",
            "deal": { "kind": "each", "cut": { "percent": 20_000 } },
            "goods": { "skus": [good.sku] }, "groups": ["members"],
        },
    });
    does(console.caller(), Method::POST, "/v1/promotions", &promotion).await;
}

/// Lets somebody join with a good in the basket; returns what it comes to for them.
async fn joins(till: &Till, good: &Good) -> i64 {
    till.scan(&good.gtin).await.unwrap();
    let joining = json!({ "name": NAME, "phone": "09 123 45 67", "card": CARD });
    let path = "/v1/registers/1/basket/customer/join";
    let joined = does(till.caller(), Method::POST, path, &joining).await;
    joined["total_minor"].as_i64().unwrap()
}

/// Waits until both stores have the group and the promotion.
async fn have_heard(till: &Till) {
    wait::until("the promotion and the group", || async {
        let status: Value = till.caller().ask("/v1/status").await.ok()?;
        let held = status["reference"].as_array()?.clone();
        let there = |kind: &str| {
            let mut of_kind = held.iter().filter(|it| it["kind"] == kind);
            of_kind.any(|it| !it["version"].is_null())
        };
        (there("customers") && there("promotions")).then_some(())
    })
    .await;
}

async fn names_found(till: &Till) -> Vec<String> {
    let found: Value = till
        .caller()
        .ask("/v1/customers?query=customer")
        .await
        .unwrap();
    let customers = found["customers"].as_array().unwrap().iter();
    customers
        .filter_map(|it| it["name"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_without_the_hub_is_a_member_everywhere_and_nowhere_once_erased() {
    let beginning = Beginning {
        engine: ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let branch = Branch::open(&world, "antwerp-1").await;
    let (till, other) = (world.open_till(1).await, branch.open_till().await);
    let mut oracle = Oracle::new();
    let good = &world.goods[0];
    till.receive(&mut oracle, &[(good, 20)]).await;
    let console = world.console().await;
    favour_members(&console, good).await;
    have_heard(&till).await;
    have_heard(&other).await;

    world.line.cut();
    let full = good.price_minor.unwrap();
    let total = joins(&till, good).await;
    assert_eq!(total, full - (full * 20 + 50) / 100);
    let paid = till.pay(total).await.unwrap();
    oracle.sold(sold(&paid, &[(good, 1)]));
    let receipt = till.sale(&paid.sale_id).await.unwrap();
    let id = receipt["sold_to"]["customer_id"]
        .as_str()
        .unwrap()
        .to_owned();

    world.mend();
    wait::until("the other store to know the name", || async {
        (names_found(&other).await == [NAME]).then_some(())
    })
    .await;
    other.scan(&good.gtin).await.unwrap();
    let named = json!({ "card": CARD });
    let path = "/v1/registers/1/basket/customer";
    let basket = does(other.caller(), Method::PUT, path, &named).await;
    assert_eq!(basket["total_minor"], total, "a member here too");
    other.void_basket().await.unwrap();
    console.has_everything(STORE, &oracle).await;
    let listed: Value = console
        .caller()
        .ask(&format!("/v1/customers/{id}"))
        .await
        .unwrap();
    assert_eq!(listed["customer"]["name"], NAME, "{listed}");

    let erase = format!("/v1/customers/{id}/erase");
    does(console.caller(), Method::POST, &erase, &json!({})).await;
    for till in [&till, &other] {
        wait::until("the name to be gone", || async {
            names_found(till).await.is_empty().then_some(())
        })
        .await;
    }
    let again = till.sale(&paid.sale_id).await.unwrap();
    assert_eq!(
        again["sold_to"]["customer_id"],
        id.as_str(),
        "the fact stays"
    );
    branch.close().await;
    world.end().await;
}
