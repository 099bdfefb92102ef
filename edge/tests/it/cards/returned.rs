//! What a card paid goes back to the card; where a terminal cannot, cash goes back and is named.

use counterpart_hardware::{TerminalAct, TerminalEntryKind, TerminalFault, VirtualTerminal};
use serde_json::{Value, json};

use super::{CARDS, last_state, moved, until, until_booked, until_sold, with_terminal};
use crate::counter::{BEN, CLEO, Clerk, Counter};
use crate::factory::AMPLE;

const RETURNS: &str = "/v1/registers/1/returns";

/// Sells two candles, 2.00 in cash and 5.00 by card; returns the sale's id.
async fn sold(counter: &Counter, clerk: &Clerk<'_>) -> String {
    clerk.scan("CANDLE").await;
    clerk.scan("CANDLE").await;
    clerk.done(CARDS, json!({ "amount_minor": 500 })).await;
    until(counter, clerk, "an approval", |seen| {
        last_state(seen) == "approved"
    })
    .await;
    clerk.pay(200).await.json();
    until_sold(counter, clerk).await["sale_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn back(sale: &str, pieces: i64) -> Value {
    json!({
        "sale_id": sale,
        "lines": [{
            "line": 1, "quantity_milli": pieces * 1_000, "reason": "size",
            "disposition": "restock",
        }],
    })
}

/// Waits until the store took so many returns, and returns them, the newest first.
async fn until_returned(counter: &Counter, clerk: &Clerk<'_>, count: usize) -> Vec<Value> {
    let mut changes = counter.edge.context().live().changes();
    let returned = async {
        loop {
            let listed = clerk.get("/v1/returns").await.json();
            let mut all = listed["returns"].as_array().unwrap().clone();
            if all.len() == count {
                // The world's clock stands still, so only their numbers tell them apart.
                all.sort_by_key(|it| std::cmp::Reverse(it["number"].to_string()));
                return all;
            }
            changes.any_of(&["returns"]).await;
        }
    };
    tokio::time::timeout(AMPLE, returned).await.unwrap()
}

fn tenders(returned: &Value) -> Vec<(String, i64)> {
    let all = returned["tenders"].as_array().unwrap().iter();
    all.map(|it| {
        let kind = it["kind"].as_str().unwrap().to_owned();
        (kind, it["amount_minor"].as_i64().unwrap())
    })
    .collect()
}

fn given_back(terminal: &VirtualTerminal) -> Vec<String> {
    let all = moved(terminal).into_iter();
    all.filter(|(kind, _)| *kind == TerminalEntryKind::Reversed)
        .map(|(_, amount)| amount)
        .collect()
}

async fn expected(counter: &Counter) -> i64 {
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get("/v1/registers/1/shift").await.json();
    till["expected_minor"].as_i64().unwrap()
}

#[tokio::test]
async fn a_card_gets_back_what_it_paid_and_the_rest_goes_back_in_cash() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(10_000).await;
    let sale = sold(&counter, &ada).await;
    let asked = ada.post(RETURNS, back(&sale, 1)).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let first = until_returned(&counter, &ada, 1).await;
    assert_eq!(tenders(&first[0]), [("card".to_owned(), 350)]);
    assert_eq!(first[0]["tenders"][0]["card"]["transaction"], "T0002");
    assert_eq!(expected(&counter).await, 10_200, "no cash went back");

    let ada = counter.sign_in(BEN).await;
    ada.post(RETURNS, back(&sale, 1)).await;
    let second = until_returned(&counter, &ada, 2).await;
    assert_eq!(
        tenders(&second[0]),
        [("card".to_owned(), 150), ("cash".to_owned(), 200)]
    );
    assert_eq!(second[0]["instead"], Value::Null);
    assert_eq!(given_back(&terminal), ["3.5", "1.5"]);
    assert_eq!(expected(&counter).await, 10_000);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn killed_after_the_card_got_its_money_the_return_is_found_and_stated_once() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let sale = {
        let ada = counter.at_open_till(10_000).await;
        let sale = sold(&counter, &ada).await;
        terminal.then(TerminalAct::ApproveButHoldReply);
        ada.post(RETURNS, back(&sale, 2)).await;
        until_booked(&terminal, 2).await;
        let again = ada.post(RETURNS, back(&sale, 2)).await;
        assert_eq!(again.problem().1, "terminal_asked");
        let close = ada
            .post("/v1/registers/1/shift/close", json!({ "counted": [] }))
            .await;
        assert_eq!(close.problem().1, "sale_open");
        sale
    };
    let counter = counter.restarted().await;
    let ben = counter.sign_in(BEN).await;
    let all = until_returned(&counter, &ben, 1).await;
    assert_eq!(
        tenders(&all[0]),
        [("card".to_owned(), 500), ("cash".to_owned(), 200)]
    );
    assert_eq!(given_back(&terminal), ["5.0"]);
    let more = ben.post(RETURNS, back(&sale, 1)).await;
    assert_eq!(more.problem().1, "more_than_sold");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_terminal_that_gives_nothing_back_leaves_cash_and_the_fact_says_why() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(10_000).await;
    let sale = sold(&counter, &ada).await;
    // Cash is not given for a card that was not asked.
    let cash = |pieces: i64| {
        let mut body = back(&sale, pieces);
        body["to"] = json!("cash");
        body
    };
    let early = ada.post(RETURNS, cash(1)).await;
    assert_eq!(early.problem().1, "card_first");
    terminal.then(TerminalAct::Decline);
    ada.post(RETURNS, back(&sale, 1)).await;
    let page = format!("/register/1/returns/of/{sale}");
    let refused = |text: &str| text.contains("The card did not get its money back");
    let mut changes = counter.edge.context().live().changes();
    while !refused(&ada.page(&page).await.text) {
        changes.any_of(&["returns", "payments/1"]).await;
    }
    // Once more, with the plug out; then in cash.
    terminal.set_fault(TerminalFault::Off);
    let on = format!("{RETURNS}/of/{sale}");
    let again = ada.post(&on, json!({ "onward": "again" })).await;
    assert_eq!(again.status, 202, "{}", again.text);
    let given_up = loop {
        let answer = ada.post(&on, json!({ "onward": "give_up" })).await;
        if answer.status != 409 {
            break answer;
        }
        changes.any_of(&["returns", "payments/1"]).await;
    };
    assert_eq!(given_up.status, 204, "{}", given_up.text);
    let taken = ada.post(RETURNS, cash(1)).await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    let all = until_returned(&counter, &ada, 1).await;
    assert_eq!(tenders(&all[0]), [("cash".to_owned(), 350)]);
    assert_eq!(all[0]["instead"]["amount_minor"], 350);
    assert!(given_back(&terminal).is_empty());

    // What went back in cash instead is not given to the card again.
    terminal.set_fault(TerminalFault::None);
    ada.post(RETURNS, back(&sale, 1)).await;
    let all = until_returned(&counter, &ada, 2).await;
    assert_eq!(
        tenders(&all[0]),
        [("card".to_owned(), 150), ("cash".to_owned(), 200)]
    );
    counter.edge.shutdown().await;
}
