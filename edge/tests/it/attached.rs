//! Goods with a deposit, which goes where they go, and goods that are not for everybody.

use counterpart_edge::reference::install_catalog;
use counterpart_protocol::catalog::{Catalog, Product};
use counterpart_protocol::money::Minor;
use serde_json::{Value, json};

use crate::counter::{Clerk, Counter, catalog};

/// The counter's goods, with a beer from 16 years on that has a deposit of 0.10.
fn with_beer() -> Catalog {
    let mut catalog = catalog();
    let like = |sku: &str, price: i64| Product {
        sku: sku.parse().unwrap(),
        gtins: Vec::new(),
        name: sku.to_lowercase(),
        price_minor: Some(Minor(price)),
        ..catalog.products[2].clone()
    };
    let beer = Product {
        age_min: Some(16),
        goes_with: Some("DEPOSIT".parse().unwrap()),
        ..like("BEER", 120)
    };
    let lost = Product {
        goes_with: Some("GONE".parse().unwrap()),
        ..like("COLA", 150)
    };
    let more = [beer, lost, like("DEPOSIT", 10)];
    catalog.products.extend(more);
    catalog.products.sort_by(|a, b| a.sku.cmp(&b.sku));
    catalog
}

async fn counter() -> Counter {
    let counter = Counter::open().await;
    install_catalog(counter.edge.context(), 4, [4; 32], with_beer())
        .await
        .unwrap();
    counter
}

async fn lines(clerk: &Clerk<'_>) -> Vec<(String, i64, bool)> {
    let basket = clerk.basket().await;
    let lines = basket["lines"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let sku = line["sku"].as_str().unwrap().to_owned();
            let quantity = line["quantity_milli"].as_i64().unwrap();
            (sku, quantity, line["voided"].as_bool().unwrap())
        })
        .collect()
}

fn line(sku: &str, quantity: i64, voided: bool) -> (String, i64, bool) {
    (sku.to_owned(), quantity, voided)
}

async fn see_age(clerk: &Clerk<'_>, old_enough: bool) -> Value {
    let body = json!({ "old_enough": old_enough });
    clerk.done("/v1/registers/1/basket/age", body).await
}

#[tokio::test]
async fn a_deposit_is_bought_changed_and_brought_back_with_its_goods() {
    let counter = counter().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("BEER").await;
    ada.scan("BEER").await;
    see_age(&ada, true).await;
    ada.scan("BEER").await;
    let three = [line("BEER", 3_000, false), line("DEPOSIT", 3_000, false)];
    assert_eq!(lines(&ada).await, three);
    let change = json!({ "quantity_milli": 2_000 });
    let deposit = "/v1/registers/1/basket/lines/2";
    ada.put(deposit, change.clone()).await.check_refused(
        "line_follows",
        "line 2 goes with line 1: change that one, and this follows",
    );
    assert_eq!(ada.delete(deposit).await.problem().1, "line_follows");
    ada.put("/v1/registers/1/basket/lines/1", change)
        .await
        .json();
    let two = [line("BEER", 2_000, false), line("DEPOSIT", 2_000, false)];
    assert_eq!(lines(&ada).await, two);
    ada.delete("/v1/registers/1/basket/lines/1").await.json();
    let none = [line("BEER", 2_000, true), line("DEPOSIT", 2_000, true)];
    assert_eq!(lines(&ada).await, none);
    let restore = "/v1/registers/1/basket/lines/1/restore";
    ada.done(restore, json!({})).await;
    assert_eq!(lines(&ada).await, two);
    let sold = ada.pay(260).await.json();
    let back = |line: u16, quantity: i64| {
        json!({ "sale_id": sold["sale_id"], "lines": [{
            "line": line, "quantity_milli": quantity, "reason": "other", "disposition": "scrap",
        }] })
    };
    let taken = ada.done("/v1/registers/1/returns", back(1, 1_000)).await;
    assert_eq!(taken["total_minor"], 130, "a beer and its deposit");
    // An empty bottle alone, and then a full one whose deposit is back already.
    let taken = ada.done("/v1/registers/1/returns", back(2, 1_000)).await;
    assert_eq!(taken["total_minor"], 10);
    let taken = ada.done("/v1/registers/1/returns", back(1, 1_000)).await;
    assert_eq!(taken["total_minor"], 120);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn goods_whose_deposit_is_not_there_are_sold_without() {
    let counter = counter().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("COLA").await;
    assert_eq!(lines(&ada).await, [line("COLA", 1_000, false)]);
    assert_eq!(ada.pay(150).await.status, 200);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_age_is_asked_once_and_who_saw_it_is_in_the_sale() {
    let counter = counter().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("BEER").await;
    let basket = ada.basket().await;
    assert_eq!(basket["age"], json!({ "years": 16, "description": "beer" }));
    let page = ada.page("/register/1").await;
    assert!(
        page.text.contains("Is the customer 16 or older?"),
        "{}",
        page.text
    );
    ada.pay(130).await.check_refused(
        "age_unconfirmed",
        "beer is sold from 16 years on: see that the customer is as old and confirm it, or take it \
         out",
    );
    let pressed = ada
        .press("/register/1/age", &[("does", "old_enough")])
        .await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    assert_eq!(ada.basket().await["age"], Value::Null);
    let sold = ada.pay(130).await.json();
    let path = format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap());
    let sale = ada.get(&path).await.json();
    let age = &sale["lines"][0]["remarks"]["age"];
    assert_eq!(age["years"], 16);
    assert!(age["confirmed_by"].is_string(), "{age}");
    // The next customer is asked anew.
    ada.scan("BEER").await;
    assert!(ada.basket().await["age"].is_object());
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_a_customer_is_too_young_for_goes_and_the_rest_is_sold() {
    let counter = counter().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("COLA").await;
    ada.scan("BEER").await;
    let basket = see_age(&ada, false).await;
    assert_eq!(basket["total_minor"], 150);
    let sold = ada.pay(150).await.json();
    let path = format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap());
    let sale = ada.get(&path).await.json();
    let voided: Vec<&str> = sale["voided"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["sku"].as_str().unwrap())
        .collect();
    assert_eq!(voided, ["BEER", "DEPOSIT"]);
    let nothing = json!({ "old_enough": true });
    let nothing = ada.post("/v1/registers/1/basket/age", nothing).await;
    assert_eq!(nothing.problem().1, "basket_empty");
    counter.edge.shutdown().await;
}
