//! Goods behind the counter: what others may be promised goes to a walk-in with a manager's word
//! only, and never stays in the store for good. The hub is a closed port throughout.

use counterpart_edge::reference::install_policies;
use counterpart_edge::rights;
use counterpart_protocol::policies::{Assigned, Assignment, Policies, RightsClass, WalkIn};
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter, MILK};

const PROMISED: &str = "/v1/registers/1/basket/promised";
const LINE: &str = "/v1/registers/1/basket/lines/1";
/// Of five mugs this store may sell two by itself; three were scanned.
const THREE_OF_FIVE: &str = "3 of Mug, red in the basket, and the store may sell 2 of 5 on hand by \
    itself, as the rest may be promised to customers: have a manager approve 1, or take it out";

/// Everything of the department Home is behind the counter, and two of each stay with the store.
fn policies() -> Policies {
    let standard = Policies::default().standard;
    let class = RightsClass {
        id: "counter".to_owned(),
        name: "Behind the counter".to_owned(),
        keep_units: 2,
        walk_in: WalkIn::Strict,
        ..standard
    };
    Policies {
        classes: vec![class],
        assignments: vec![Assignment {
            of: Assigned::Department("Home".to_owned()),
            class: "counter".to_owned(),
        }],
        ..Policies::default()
    }
}

/// Puts the goods of a store behind its counter.
pub(crate) async fn behind_the_counter(counter: Counter) -> Counter {
    install_policies(counter.edge.context(), 1, [1; 32], policies())
        .await
        .unwrap();
    counter
}

async fn counter() -> Counter {
    behind_the_counter(Counter::open().await).await
}

/// An open till of a store that has five red mugs and let the hub promise three.
pub(crate) async fn with_five_mugs(counter: &Counter) -> Clerk<'_> {
    let ada = counter.at_open_till(20_000).await;
    let body = json!({
        "received_as": "delivery",
        "lines": [{ "sku": "MUG-RED", "quantity_milli": 5_000 }],
    });
    ada.done("/v1/stock/receipts", body).await;
    rights::run_once(counter.edge.context()).await.unwrap();
    ada
}

pub(crate) async fn scan_mugs(clerk: &Clerk<'_>, count: usize) {
    for _ in 0..count {
        clerk.scan("MUG-RED").await;
    }
}

pub(crate) async fn let_go(clerk: &Clerk<'_>, pin: &str) -> crate::counter::Answer {
    clerk.post(PROMISED, json!({ "approval_pin": pin })).await
}

pub(crate) async fn a_mug_breaks(clerk: &Clerk<'_>) {
    let broken = json!({
        "reason": "damaged", "approval_pin": CLEO,
        "lines": [{ "sku": "MUG-RED", "delta_milli": -1_000 }],
    });
    clerk.done("/v1/stock/adjustments", broken).await;
}

async fn sale_of(clerk: &Clerk<'_>, paid: &Value) -> Value {
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()
}

fn person(number: u64) -> String {
    format!("0000000001000000000000000{number}")
}

#[tokio::test]
async fn what_others_may_be_promised_goes_with_a_managers_pin_and_the_sale_says_so() {
    let counter = counter().await;
    let ada = with_five_mugs(&counter).await;
    scan_mugs(&ada, 2).await;
    assert_eq!(ada.basket().await["barred"], Value::Null);
    let nothing = let_go(&ada, CLEO).await;
    assert_eq!(nothing.problem().1, "nothing_promised");
    scan_mugs(&ada, 1).await;
    let basket = ada.basket().await;
    assert_eq!(
        basket["promised"],
        json!([{
            "sku": "MUG-RED", "description": "Mug, red", "wanted_milli": 3_000,
            "on_hand_milli": 5_000, "own_milli": 2_000, "over_milli": 1_000, "is_approved": false,
        }])
    );
    assert_eq!(basket["barred"], THREE_OF_FIVE);
    ada.pay(2_100)
        .await
        .check_refused("promised_unapproved", THREE_OF_FIVE);
    let alone = ada.post(PROMISED, json!({})).await.problem();
    let todo = "1 of Mug, red may be promised to others: have a manager type their PIN, or take it \
        out";
    assert_eq!((alone.0, alone.2.as_str()), (403, todo));
    assert_eq!(let_go(&ada, ADA).await.status, 403, "an associate's PIN");
    assert_eq!(let_go(&ada, "9999").await.problem().1, "not_approved");
    let basket = let_go(&ada, CLEO).await.json();
    assert_eq!(basket["promised"][0]["is_approved"], true);
    assert_eq!(basket["barred"], Value::Null);

    let sale = sale_of(&ada, &ada.pay(2_100).await.json()).await;
    assert_eq!(
        sale["lines"][0]["remarks"]["promised"],
        json!({
            "quantity_milli": 1_000, "by": person(1), "approved_by": person(3),
            "on_hand_milli": 5_000, "own_milli": 2_000,
        })
    );
    let page = format!("/sales/{}", sale["sale_id"].as_str().unwrap());
    let page = ada.page(&page).await.text;
    for words in ["Sold though others may be promised it", "Cleo Maes"] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    let found = ada.get("/v1/journal?kind=promised").await.json();
    let entry = &found["entries"][0];
    assert_eq!(
        (&entry["staff_id"], &entry["approved_by"]),
        (&json!(person(1)), &json!(person(3)))
    );
    assert_eq!(entry["amount_minor"], 700);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn who_takes_it_out_or_takes_less_needs_nobody() {
    let counter = counter().await;
    let ada = with_five_mugs(&counter).await;
    scan_mugs(&ada, 3).await;
    // Another class is sold whatever others were promised.
    ada.scan(MILK).await;
    assert_eq!(ada.basket().await["barred"], THREE_OF_FIVE);
    ada.delete(LINE).await.json();
    assert_eq!(ada.basket().await.get("promised"), None);
    ada.done(&format!("{LINE}/restore"), json!({})).await;
    assert_eq!(ada.basket().await["barred"], THREE_OF_FIVE);
    let_go(&ada, CLEO).await.json();
    let two = json!({ "quantity_milli": 2_000 });
    ada.put(LINE, two).await.json();
    let sale = sale_of(&ada, &ada.pay(1_529).await.json()).await;
    // The manager's word was for a third mug, which stays here.
    assert_eq!(sale["lines"][0].get("remarks"), None);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_manager_confirms_in_place_what_the_record_does_not_know() {
    let counter = counter().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    let shown = ada.page("/register/1").await.text;
    for words in [
        "Others may be promised this",
        "Candle: 1 in the sale, and the record says that none is on hand.",
        "1 may be promised to others",
        "name=\"pin\"",
    ] {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }
    let cleo = counter.sign_in(CLEO).await;
    let form = async |seen: &str| cleo.press("/register/1/promised", &[("seen", seen)]).await;
    assert_eq!(form("2000").await.problem().1, "promised_changed");
    let pressed = form("1000").await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    assert!(
        pressed.text.contains("a manager lets it go"),
        "{}",
        pressed.text
    );
    let sale = sale_of(&cleo, &cleo.pay(350).await.json()).await;
    let said = &sale["lines"][0]["remarks"]["promised"];
    assert_eq!(
        (&said["by"], said.get("approved_by")),
        (&json!(person(3)), None)
    );
    assert_eq!(
        (&said["quantity_milli"], &said["own_milli"]),
        (&json!(1_000), &json!(0))
    );
    // The next one is asked for anew: the record is below nothing by now.
    cleo.scan("CANDLE").await;
    assert_eq!(
        cleo.basket().await["promised"][0]["on_hand_milli"],
        -1_000,
        "the record is below nothing"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_breaks_while_money_is_taken_is_asked_for_before_it_is() {
    let counter = counter().await;
    let ada = with_five_mugs(&counter).await;
    scan_mugs(&ada, 2).await;
    let tendering = ada.press("/register/1/tender", &[]).await;
    assert!(tendering.text.contains("To pay"), "{}", tendering.text);
    a_mug_breaks(&ada).await;
    assert_eq!(ada.pay(1_400).await.problem().1, "promised_unapproved");
    let shown = ada.page("/register/1").await.text;
    for words in ["To pay", "Others may be promised this"] {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }
    let_go(&ada, CLEO).await.json();
    assert_eq!(ada.pay(1_400).await.status, 200);
    counter.edge.shutdown().await;
}
