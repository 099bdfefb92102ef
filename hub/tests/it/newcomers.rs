//! Customers of a migrating retailer: once by reference, sealed, and nobody back who was erased.

use counterpart_protocol::ids::CustomerId;
use serde_json::{Value, json};

use crate::world::World;

/// Returns every customer's record as the database has it.
async fn sealed_customers(world: &World) -> Vec<Option<Vec<u8>>> {
    let read = world.hub().context().db().read(|tx| {
        let sql = "SELECT sealed FROM customers ORDER BY customer_id";
        let rows = tx.query_all(sql, counterpart_daemon::params![])?;
        rows.iter().map(|row| row.read(0)).collect()
    });
    let sealed: Result<Vec<Option<Vec<u8>>>, counterpart_daemon::db::DbError> = read.await;
    sealed.unwrap()
}

/// Returns the customer whose id is the lowest.
async fn first_customer(world: &World) -> CustomerId {
    let read = world.hub().context().db().read(|tx| {
        let sql = "SELECT customer_id FROM customers ORDER BY customer_id LIMIT 1";
        tx.query_one(sql, counterpart_daemon::params![])?.read(0)
    });
    let id: Result<[u8; 16], counterpart_daemon::db::DbError> = read.await;
    CustomerId::from_bytes(id.unwrap())
}

#[tokio::test]
async fn customers_come_once_by_reference_and_who_was_erased_stays_erased() {
    let world = World::with_a_store().await;
    let wishes = "subject=customers&publish=true";
    let file = "reference,name,email,phone,address_1,address_2\n\
                C-1,Customer of old,a@shop.example,,Veldstraat 1,9000 Gent\n\
                C-2,Customer of late,,+32 9 123 45 67,,\n";
    let bring = async |file: &str| {
        let brought = world.bring(wishes, file).await;
        assert_eq!(brought["state"], "applied", "{brought:#}");
        brought["sentence"].as_str().unwrap().to_owned()
    };
    assert_eq!(bring(file).await, "2 added, 0 changed, 0 as they were");
    let before = sealed_customers(&world).await;
    assert_eq!(before.len(), 2);
    assert_eq!(bring(file).await, "0 added, 0 changed, 2 as they were");
    assert_eq!(sealed_customers(&world).await, before, "twice is once");
    let moved = file.replace("Veldstraat 1", "Korenmarkt 2");
    assert_eq!(bring(&moved).await, "0 added, 1 changed, 1 as they were");
    for sealed in sealed_customers(&world).await {
        let sealed = sealed.unwrap();
        let clear = sealed.windows(8).any(|part| part == b"Customer");
        assert!(!clear, "a record is sealed");
    }
    let erase = format!("/v1/customers/{}/erase", first_customer(&world).await);
    world.post(&erase, &json!({})).await;
    assert_eq!(
        bring(&moved).await,
        "0 added, 0 changed, 1 as they were, 1 erased before and left so"
    );
    assert_eq!(sealed_customers(&world).await[0], None);
}

#[tokio::test]
async fn of_customers_with_bad_rows_nobody_comes_unless_the_good_ones_will_do() {
    let world = World::with_a_store().await;
    let file = "reference,name,email\nC-1,A,\nC-2,,\nC-3,C,nowhere\nC-1,D,\n";
    let refused = world.bring("subject=customers&publish=true", file).await;
    assert_eq!(refused["state"], "refused");
    let places: Vec<(&Value, &Value)> = refused["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (&problem["row"], &problem["column"]))
        .collect();
    let expected = [
        (&json!(3), &json!("name")),
        (&json!(4), &json!("email")),
        (&json!(5), &json!("reference")),
    ];
    assert_eq!(places, expected);
    assert!(sealed_customers(&world).await.is_empty());
    let applied = world.apply(&refused, "good").await;
    assert_eq!(applied["sentence"], "1 added, 0 changed, 0 as they were");
    assert_eq!(applied["problems"].as_array().unwrap().len(), 3);
    let page = world.page("/imports?subject=customers").await;
    assert!(page.contains("address_1") && page.contains("who was erased stays erased"));
}

#[tokio::test]
async fn a_file_about_people_waits_sealed() {
    let world = World::with_a_store().await;
    let file = "reference,name\nC-1,Customer of old\n";
    let checked = world.bring("subject=customers", file).await;
    assert_eq!(checked["state"], "checked");
    let read = world.hub().context().db().read(|tx| {
        let sql = "SELECT bytes FROM imports WHERE bytes IS NOT NULL";
        tx.query_one(sql, counterpart_daemon::params![])?.read(0)
    });
    let waiting: Result<Vec<u8>, counterpart_daemon::db::DbError> = read.await;
    let waiting = waiting.unwrap();
    assert!(!waiting.windows(8).any(|part| part == b"Customer"));
    let applied = world.apply(&checked, "all").await;
    assert_eq!(applied["sentence"], "1 added, 0 changed, 0 as they were");
}
