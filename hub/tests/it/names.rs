//! The customer's name on its way to a counter: to the store that has the order, and to no other.

use std::time::Duration;

use counterpart_protocol::customers::{
    CUSTOMERS_MAX, CustomerAsked, CustomersAsked, CustomersTold, NameTold,
};
use counterpart_protocol::ids::{CustomerId, OrderId};
use reqwest::StatusCode;
use serde_json::json;

use crate::peer::{Peer, client_of};
use crate::shop::{Captured, pickup, with_rights};
use crate::world::STORE;

const DAY: Duration = Duration::from_secs(86_400);

/// Asks the hub as an edge does.
async fn ask(peer: &Peer, customers: Vec<CustomerAsked>) -> reqwest::Response {
    let url = format!("{}/sync/v1/customers", peer.base());
    let call = peer.client.post(url).json(&CustomersAsked { customers });
    call.send().await.unwrap()
}

async fn told(peer: &Peer, customer_id: CustomerId, order_id: OrderId) -> NameTold {
    let asked = CustomerAsked {
        customer_id,
        order_id,
    };
    let answer = ask(peer, vec![asked]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut told: CustomersTold = answer.json().await.unwrap();
    assert_eq!(told.customers.len(), 1);
    assert_eq!(told.customers[0].customer_id, customer_id);
    told.customers.remove(0).name
}

fn named() -> NameTold {
    NameTold::Known {
        name: "A. Customer".to_owned(),
    }
}

/// Returns the pseudonym of who placed an order, as the store's facts have it.
fn customer_of(peer: &Peer, order: &Captured) -> CustomerId {
    let placed = peer.order(order.id).placed.unwrap();
    placed.customer_id.unwrap()
}

#[tokio::test]
async fn a_name_is_told_to_the_store_that_has_the_order_and_to_no_other() {
    let (world, mut ghent) = with_rights(10, 6).await;
    world.add_store("antwerp-1").await;
    let antwerp = world.edge("antwerp-1").await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    let other = world.capture(&pickup("W-2", STORE, 1)).await;
    ghent.sync().await;
    let customer = customer_of(&ghent, &order);
    assert_eq!(told(&ghent, customer, order.id).await, named());
    assert_eq!(
        told(&antwerp, customer, order.id).await,
        NameTold::Unknown,
        "another store has nothing to do with it"
    );
    assert_eq!(
        told(&ghent, customer, other.id).await,
        NameTold::Unknown,
        "an order of somebody else tells nothing"
    );
    let nobody = CustomerId::from_parts(1, 1);
    assert_eq!(told(&ghent, nobody, order.id).await, NameTold::Unknown);
}

#[tokio::test]
async fn an_order_that_no_store_has_tells_nobody_who_placed_it() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    let customer = customer_of(&ghent, &order);
    let waiting = world.capture(&pickup("W-2", STORE, 40)).await;
    assert_eq!(waiting.status, "unrouted");
    let shown = world.order(waiting.id).await;
    let who: CustomerId = shown["customer_id"].as_str().unwrap().parse().unwrap();
    assert_ne!(who, customer);
    assert_eq!(told(&ghent, who, waiting.id).await, NameTold::Unknown);
}

#[tokio::test]
async fn an_erased_customer_is_told_as_erased() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    let customer = customer_of(&ghent, &order);
    let erase = format!("/v1/customers/{customer}/erase");
    world.post(&erase, &json!({})).await;
    assert_eq!(told(&ghent, customer, order.id).await, NameTold::Erased);
}

#[tokio::test]
async fn a_name_is_told_for_a_month_after_the_order_was_over() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    let customer = customer_of(&ghent, &order);
    ghent.state_in(order.id, order.handed_over(2));
    ghent.sync().await;
    world.advance(DAY * 30);
    assert_eq!(told(&ghent, customer, order.id).await, named());
    world.advance(DAY * 2);
    assert_eq!(told(&ghent, customer, order.id).await, NameTold::Unknown);
}

#[tokio::test]
async fn names_are_told_to_enrolled_edges_and_not_too_many_at_once() {
    let (world, ghent) = with_rights(10, 6).await;
    let one = CustomerAsked {
        customer_id: CustomerId::from_parts(1, 1),
        order_id: OrderId::from_parts(1, 1),
    };
    let many = ask(&ghent, vec![one; CUSTOMERS_MAX]).await;
    assert_eq!(many.status(), StatusCode::OK);
    let too_many = ask(&ghent, vec![one; CUSTOMERS_MAX + 1]).await;
    assert_eq!(too_many.status(), StatusCode::BAD_REQUEST);

    let stranger = client_of(&ghent.enrolled.ca_pem, None);
    let url = format!("{}/sync/v1/customers", ghent.base());
    let asked = CustomersAsked {
        customers: vec![one],
    };
    let refused = stranger.post(url).json(&asked).send().await;
    assert!(refused.is_err(), "who shows no certificate is not answered");

    world
        .post(&format!("/v1/stores/{STORE}/edges/1/block"), &json!({}))
        .await;
    let blocked = ask(&ghent, vec![one]).await;
    assert_eq!(blocked.status(), StatusCode::FORBIDDEN);
}
