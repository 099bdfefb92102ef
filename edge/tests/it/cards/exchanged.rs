//! Exchanges with a card: what it paid counts for goods, and only what is left goes back to it.

use counterpart_hardware::{TerminalAct, TerminalEntryKind, VirtualTerminal};
use serde_json::{Value, json};

use super::{CARDS, card, last_state, moved, until, until_booked, until_sold, with_terminal};
use crate::counter::{BEN, Clerk, Counter, MILK};
use crate::factory::AMPLE;

const EXCHANGE: &str = "/v1/registers/1/exchange";
const FINISH: &str = "/v1/registers/1/exchange/finish";

/// Sells two candles at 3.50 by card, and returns the sale's id.
async fn sold(counter: &Counter, clerk: &Clerk<'_>) -> String {
    clerk.scan("CANDLE").await;
    clerk.scan("CANDLE").await;
    card(clerk).await;
    let sale = until_sold(counter, clerk).await;
    sale["sale_id"].as_str().unwrap().to_owned()
}

async fn begin(clerk: &Clerk<'_>, sale: &str, pieces: i64) {
    let body = json!({
        "sale_id": sale,
        "lines": [{
            "line": 1, "quantity_milli": pieces * 1_000, "reason": "defective",
            "disposition": "quarantine",
        }],
    });
    let begun = clerk.post(EXCHANGE, body).await;
    assert_eq!(begun.status, 204, "{}", begun.text);
}

async fn basket(clerk: &Clerk<'_>) -> Value {
    clerk.get("/v1/registers/1/basket").await.json()
}

/// Waits until the exchange at register 1 is as `expected` says.
async fn until_exchange(counter: &Counter, clerk: &Clerk<'_>, expected: impl Fn(&Value) -> bool) {
    let mut changes = counter.edge.context().live().changes();
    let reached = async {
        while !expected(&basket(clerk).await["exchange"]) {
            changes
                .any_of(&["register/1", "payments/1", "returns"])
                .await;
        }
    };
    tokio::time::timeout(AMPLE, reached).await.unwrap();
}

fn given_back(terminal: &VirtualTerminal) -> Vec<String> {
    let all = moved(terminal).into_iter();
    all.filter(|(kind, _)| *kind == TerminalEntryKind::Reversed)
        .map(|(_, amount)| amount)
        .collect()
}

async fn returned(clerk: &Clerk<'_>) -> Value {
    clerk.get("/v1/returns").await.json()["returns"][0].clone()
}

#[tokio::test]
async fn a_card_gets_back_what_the_goods_count_for_beyond_those_that_go_out() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(10_000).await;
    let sale = sold(&counter, &ada).await;
    begin(&ada, &sale, 2).await;
    ada.scan(MILK).await;
    assert_eq!(basket(&ada).await["exchange"]["to_cards_minor"], 571);
    let cash = ada.post(FINISH, json!({ "to": "cash" })).await;
    assert_eq!(cash.problem().1, "card_first");
    let asked = ada.post(FINISH, json!({})).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    until_exchange(&counter, &ada, Value::is_null).await;
    assert_eq!(given_back(&terminal), ["5.71"]);
    let back = returned(&ada).await;
    let tenders: Vec<(&str, i64)> = back["tenders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["kind"].as_str().unwrap(),
                it["amount_minor"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(tenders, [("card", 571), ("exchanged", 129)]);
    // The milk was paid by that card too: it goes back to it, not to the drawer.
    let second = back["tenders"][1]["exchanged"]["sale_id"].as_str().unwrap();
    let milk = json!({
        "sale_id": second,
        "lines": [{
            "line": 1, "quantity_milli": 1_000, "reason": "other", "disposition": "scrap",
        }],
    });
    let asked = ada.post("/v1/registers/1/returns", milk).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    until_booked(&terminal, 3).await;
    assert_eq!(given_back(&terminal), ["5.71", "1.29"]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn killed_after_the_card_got_its_money_the_exchange_is_stated_once_with_both_halves() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    {
        let ada = counter.at_open_till(10_000).await;
        let sale = sold(&counter, &ada).await;
        begin(&ada, &sale, 2).await;
        ada.scan(MILK).await;
        terminal.then(TerminalAct::ApproveButHoldReply);
        assert_eq!(ada.post(FINISH, json!({})).await.status, 202);
        until_booked(&terminal, 2).await;
        for refused in [
            ada.post(FINISH, json!({})).await,
            ada.pay(129).await,
            ada.delete(EXCHANGE).await,
            ada.delete("/v1/registers/1/basket").await,
        ] {
            assert!(
                ["giving_back", "terminal_asked", "card_unknown"]
                    .contains(&refused.problem().1.as_str()),
                "{}",
                refused.text
            );
        }
    }
    let counter = counter.restarted().await;
    let ben = counter.sign_in(BEN).await;
    until_exchange(&counter, &ben, Value::is_null).await;
    assert_eq!(given_back(&terminal), ["5.71"]);
    let returns = ben.get("/v1/returns").await.json();
    assert_eq!(returns["returns"].as_array().unwrap().len(), 1);
    let sales = ben.get("/v1/sales?limit=9").await.json();
    assert_eq!(sales["sales"].as_array().unwrap().len(), 2);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_card_that_gets_nothing_back_leaves_cash_named_and_a_changed_basket_is_counted_anew() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(10_000).await;
    let sale = sold(&counter, &ada).await;
    begin(&ada, &sale, 2).await;
    ada.scan(MILK).await;
    terminal.then(TerminalAct::Decline);
    assert_eq!(ada.post(FINISH, json!({})).await.status, 202);
    until_exchange(&counter, &ada, |it| it["not_given_back"].is_string()).await;
    ada.scan(MILK).await;
    let done = ada.done(FINISH, json!({ "to": "cash" })).await;
    assert_eq!(done["total_minor"], 258);
    let back = returned(&ada).await;
    assert_eq!(
        (&back["instead"]["amount_minor"], &back["instead"]["why"]),
        (&json!(442), &json!("declined"))
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_is_due_beside_an_exchange_is_paid_by_card_and_no_more() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(10_000).await;
    let sale = sold(&counter, &ada).await;
    begin(&ada, &sale, 1).await;
    ada.scan("MUG-RED").await;
    let more = ada.post(CARDS, json!({ "amount_minor": 351 })).await;
    assert_eq!(more.problem().1, "card_above_due");
    card(&ada).await;
    let sale = until_sold(&counter, &ada).await;
    assert_eq!(sale["total_minor"], 700);
    let kinds: Vec<&str> = sale["tenders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["exchanged", "card"]);
    assert!(given_back(&terminal).is_empty());
    let seen = ada.get(CARDS).await.json();
    assert_eq!(last_state(&seen), "none");
    until(&counter, &ada, "nothing due", |seen| seen["due"].is_null()).await;
    counter.edge.shutdown().await;
}
