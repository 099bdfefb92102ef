//! Orders that were open in the old system of a retailer that moves here.

use counterpart_daemon::params;
use serde_json::json;

use crate::shop::{grant, with_rights};
use crate::world::STORE;

const HEAD: &str = "channel,reference,sku,quantity,price,total,payment,store_id,name,email\n";

fn file(rows: &[(&str, u32, &str)]) -> String {
    let rows = rows.iter().map(|(reference, count, total)| {
        format!(
            "web,{reference},PEN,{count},1.20,{total},paid,{STORE},A. Customer,a@shop.example\n"
        )
    });
    HEAD.to_owned() + &rows.collect::<String>()
}

#[tokio::test]
async fn open_orders_are_promised_as_captured_ones_and_come_once() {
    let (world, mut ghent) = with_rights(10, 3).await;
    let rows = file(&[("OLD-1", 2, "2.40"), ("OLD-2", 4, "4.80")]);
    let brought = world.bring("subject=orders&publish=true", &rows).await;
    assert_eq!(brought["state"], "applied", "{brought:#}");
    assert_eq!(
        brought["sentence"],
        "1 orders went to a store, 1 wait for stock that may be promised, 0 were there already"
    );
    let page = world.page("/orders").await;
    assert!(page.contains("OLD-1") && page.contains("OLD-2"), "{page}");
    let again = world
        .bring("subject=orders&publish=true&rows=good", &rows)
        .await;
    let sentence = again["sentence"].as_str().unwrap();
    assert!(sentence.ends_with("2 were there already"), "{sentence}");
    // Another content under the same reference changes nothing and says so.
    let other = file(&[("OLD-1", 1, "1.20")]);
    let other = world.bring("subject=orders&publish=true", &other).await;
    assert_eq!(other["problems"][0]["column"], "reference", "{other:#}");
    grant(&mut ghent, 5).await;
}

#[tokio::test]
async fn a_file_with_customers_is_sealed_while_it_waits() {
    let (world, _ghent) = with_rights(10, 3).await;
    let rows = file(&[("OLD-1", 2, "2.40"), ("OLD-2", 4, "5.00")]);
    let refused = world.bring("subject=orders&publish=true", &rows).await;
    assert_eq!(refused["state"], "refused", "{refused:#}");
    assert_eq!(
        (
            &refused["problems"][0]["row"],
            &refused["problems"][0]["column"]
        ),
        (&json!(3), &json!("total"))
    );
    let db = world.hub().context().db().clone();
    let kept: Vec<u8> = db
        .read(|tx| {
            tx.query_one(
                "SELECT bytes FROM imports WHERE subject = 'orders'",
                params![],
            )?
            .read(0)
        })
        .await
        .unwrap();
    assert!(!kept.windows(11).any(|part| part == b"A. Customer"));
    let applied = world.apply(&refused, "good").await;
    assert_eq!(applied["state"], "applied", "{applied:#}");
    assert_eq!(applied["rows_good"], 1);
}
