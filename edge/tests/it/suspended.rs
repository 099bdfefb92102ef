//! Parked sales: any register of the store recalls one, once; the end of the day names those left.
//! The hub is a closed port throughout.

use counterpart_edge::context::{CounterSetup, RegisterSetup};
use counterpart_protocol::ids::RegisterId;
use serde_json::{Value, json};

use crate::counter::{BEN, CLEO, Clerk, Counter, MILK, STRANGER};
use crate::factory::World;

const SUSPEND: &str = "/v1/registers/1/basket/suspend";
const LIST: &str = "/v1/suspended-baskets";

fn recall(register: u16, number: &Value) -> String {
    format!("/v1/registers/{register}/suspended-baskets/{number}/recall")
}

/// Opens a store with two registers, both tills open: somebody at each.
async fn two_registers() -> Counter {
    let mut world = World::enrolled().await;
    world.config.registers.push(RegisterSetup {
        id: RegisterId(2),
        name: "Till 2".to_owned(),
        scanner: None,
        printer: None,
        counter: CounterSetup::default(),
    });
    Counter::of(world).await
}

async fn at_two<'a>(counter: &'a Counter) -> Clerk<'a> {
    let ben = counter.sign_in_at(2, BEN).await;
    ben.done("/v1/registers/2/shift/open", json!({ "float_minor": 0 }))
        .await;
    ben
}

async fn waiting(clerk: &Clerk<'_>) -> Vec<i64> {
    let listed = clerk.get(LIST).await.json();
    let all = listed["suspended"].as_array().unwrap().iter();
    all.map(|it| it["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_parked_sale_goes_on_at_another_register_as_it_was() {
    let counter = two_registers().await;
    let ada = counter.at_open_till(0).await;
    let ben = at_two(&counter).await;
    ada.scan("MUG-RED").await;
    ada.scan(MILK).await;
    ada.scan("CANDLE").await;
    ada.delete("/v1/registers/1/basket/lines/3").await.json();
    let off = json!({ "off": { "percent": 10_000 }, "reason": "damaged" });
    ada.done("/v1/registers/1/basket/lines/1/discounts", off)
        .await;
    let before = ada.basket().await;
    let body = json!({ "name": "Red coat" });
    let parked = ada.post_as("park", SUSPEND, body.clone()).await.json();
    let again = ada.post_as("park", SUSPEND, body).await.json();
    assert_eq!((&parked, &parked["total_minor"]), (&again, &json!(759)));
    assert_eq!(parked["by"], "Ada Peeters");
    assert_eq!(ada.basket().await["lines"], json!([]));
    assert_eq!(waiting(&ben).await, [1]);
    let page = ben.page("/register/2/suspended").await.text;
    for words in ["Red coat", "€7.59", "Ada Peeters", "Recall 1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let here = ben
        .post(&recall(2, &parked["number"]), json!({}))
        .await
        .json();
    for part in ["sale_id", "lines", "total_minor", "taxes"] {
        assert_eq!(here[part], before[part], "{part}");
    }
    assert!(waiting(&ada).await.is_empty());
    let body = json!({ "tenders": [{ "kind": "cash", "amount_minor": 759 }] });
    let paid = ben.done("/v1/registers/2/pay", body).await;
    assert_eq!(
        (&paid["sale_id"], &paid["total_minor"]),
        (&before["sale_id"], &json!(759))
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn of_two_who_recall_the_same_sale_one_has_it_and_the_other_is_told_who() {
    let counter = two_registers().await;
    let ada = counter.at_open_till(0).await;
    let ben = at_two(&counter).await;
    for _ in 0..4 {
        ada.scan(MILK).await;
        let number = ada.done(SUSPEND, json!({})).await["number"].clone();
        let (one, two) = (recall(1, &number), recall(2, &number));
        let (one, two) = tokio::join!(ada.post(&one, json!({})), ben.post(&two, json!({})));
        let (winner, loser) = match one.status {
            200 => ("Ada Peeters", &two),
            _ => ("Ben Claes", &one),
        };
        let (status, code, detail) = loser.problem();
        assert_eq!((status, code.as_str()), (409, "already_recalled"));
        let register = if winner == "Ada Peeters" { 1 } else { 2 };
        let told = format!("{winner} has sale {number} at register {register} since");
        assert!(detail.starts_with(&told), "{detail}");
        let mut items = 0;
        for register in [1, 2] {
            let path = format!("/v1/registers/{register}/basket");
            let clerk = if register == 1 { &ada } else { &ben };
            items += clerk.get(&path).await.json()["items"].as_i64().unwrap();
            clerk.delete(&path).await.json();
        }
        assert_eq!(items, 1, "one milk, at one register");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn nothing_is_parked_or_recalled_over_something_else() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.post(SUSPEND, json!({})).await.check_refused(
        "basket_empty",
        "there is nothing to park: scan an item first",
    );
    ada.scan(MILK).await;
    ada.scan(STRANGER).await;
    ada.post(SUSPEND, json!({})).await.check_refused(
        "scans_unsettled",
        "scans wait at this register: settle them, then park the sale",
    );
    ada.delete("/v1/registers/1/basket").await.json();
    ada.scan(MILK).await;
    ada.press("/register/1/tender", &[]).await;
    ada.press("/register/1/cash", &[("cash", "1")]).await;
    assert_eq!(
        ada.post(SUSPEND, json!({})).await.problem().1,
        "money_given"
    );
    ada.press("/register/1/back", &[]).await;
    let name = json!({ "name": "x".repeat(41) });
    assert_eq!(ada.post(SUSPEND, name).await.problem().1, "name_unfit");
    let number = ada.done(SUSPEND, json!({})).await["number"].clone();
    ada.scan("CANDLE").await;
    ada.post(&recall(1, &number), json!({}))
        .await
        .check_refused(
            "register_occupied",
            "a sale stands at this register: finish or park it first",
        );
    ada.delete("/v1/registers/1/basket/lines/1").await.json();
    let basket = ada.post(&recall(1, &number), json!({})).await.json();
    assert_eq!(
        (&basket["items"], basket["lines"].as_array().unwrap().len()),
        (&json!(1), 1)
    );
    assert_eq!(
        ada.post(&recall(1, &json!(99)), json!({})).await.status,
        404
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_power_cut_keeps_what_is_parked_and_the_end_of_the_day_names_it() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    let parked = ada
        .press("/register/1/suspend", &[("name", "Boy with dog")])
        .await;
    assert!(parked.text.contains("Recall (1)"), "{}", parked.text);
    let counter = counter.restarted().await;
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.page("/register/1/shift").await.text;
    for words in ["Parked sales are still open", "1 (Boy with dog)"] {
        assert!(till.contains(words), "{words}: {till}");
    }
    // It stops nobody: the till is counted and closed, and the sale waits for the next day.
    cleo.done("/v1/registers/1/shift/close", json!({ "counted": [] }))
        .await;
    let closed = cleo.post(&recall(1, &json!(1)), json!({})).await;
    assert_eq!(closed.problem().1, "till_closed");
    assert!(
        cleo.page("/register/1/shift")
            .await
            .text
            .contains("Boy with dog")
    );
    cleo.done("/v1/registers/1/shift/open", json!({ "float_minor": 0 }))
        .await;
    let recalled = cleo.press("/register/1/suspended/1", &[]).await;
    assert_eq!(recalled.location.as_deref(), Some("/register/1"));
    assert_eq!(cleo.basket().await["items"], 1);
    counter.edge.shutdown().await;
}
