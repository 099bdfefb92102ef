//! A store whose prices are before tax: two taxes are added without the hub, part of a sale comes
//! back with its tax, and the hub proves the day by what the till stated.

use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key, sold};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::ENGINE;
use crate::days::{at_the_store, next_day, proven};

async fn does(world: &World, method: Method, path: &str, body: &Value) {
    let console = world.console().await;
    let key = fresh_key();
    let done: Result<Value, _> = console.caller().command(method, path, &key, body).await;
    done.unwrap_or_else(|error| panic!("{path}: {error}"));
}

/// Puts the store where two taxes are added to prices, and waits until the till adds them.
async fn move_to_new_york(world: &World, till: &Till, gtin: &str, price_minor: i64) {
    let of_all = ["standard", "reduced"];
    let city = json!({
        "jurisdiction_id": "nyc", "name": "New York City", "prices": "before_tax",
        "taxes": [
            { "name": "State", "rate": 4_000, "classes": of_all },
            { "name": "City", "rate": 4_500, "classes": of_all },
        ],
    });
    does(world, Method::POST, "/v1/jurisdictions", &city).await;
    let store = json!({
        "name": "Ghent", "time_zone": "UTC", "locale": "en", "jurisdiction": "nyc",
    });
    does(world, Method::PUT, &format!("/v1/stores/{STORE}"), &store).await;
    wait::until("the till to add tax", || async {
        till.scan(gtin).await.unwrap();
        let total = till.basket().await.unwrap().total_minor;
        till.void_basket().await.unwrap();
        (total > price_minor).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taxes_that_are_added_without_the_hub_are_what_the_hub_counts() {
    let beginning = Beginning {
        engine: ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    let good = &world.goods[0];
    till.receive(&mut oracle, &[(good, 20)]).await;
    let price_minor = good.price_minor.unwrap();
    move_to_new_york(&world, &till, &good.gtin, price_minor).await;

    world.line.cut();
    for _ in 0..3 {
        till.scan(&good.gtin).await.unwrap();
    }
    // 8.5 % of what all three cost, halves up.
    let tax_minor = (3 * price_minor * 85 + 500) / 1_000;
    let total_minor = 3 * price_minor + tax_minor;
    let paid = till.pay(total_minor).await.unwrap();
    assert_eq!(paid.change_minor, 0);
    oracle.sold(sold(&paid, &[(good, 3)]));
    let receipt = till.sale(&paid.sale_id).await.unwrap();
    let named = |parts: &Value| {
        let each = parts.as_array().unwrap().iter();
        let each = each.map(|it| (it["name"].clone(), it["tax_minor"].as_i64().unwrap()));
        each.collect::<Vec<_>>()
    };
    let parts = named(&receipt["tax_parts"]);
    assert_eq!(
        (&parts[0].0, &parts[1].0),
        (&json!("State"), &json!("City"))
    );
    assert_eq!(parts[0].1 + parts[1].1, tax_minor);

    let piece = json!({
        "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock",
    });
    let back = json!({ "sale_id": paid.sale_id, "lines": [piece] });
    let (path, key) = ("/v1/registers/1/returns", fresh_key());
    let returned: Value = till
        .caller()
        .command(Method::POST, path, &key, &back)
        .await
        .unwrap();
    let returned = returned["total_minor"].as_i64().unwrap();
    assert!(
        (returned * 3 - total_minor).abs() <= 3,
        "{returned} of {total_minor}"
    );
    oracle.received(&good.sku, 1);
    next_day(&world).await;

    world.line.mend();
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    let hub = console.caller();
    let sale: Value = hub
        .ask(&format!("/v1/sales/{}", paid.sale_id))
        .await
        .unwrap();
    assert_eq!(sale["taxes"][0]["tax_minor"], tax_minor, "{sale}");
    assert_eq!(named(&sale["taxes"][0]["parts"]), parts);
    let day = at_the_store(&world).await[0]["business_date"].clone();
    proven(hub, day.as_str().unwrap()).await;
    world.end().await;
}
