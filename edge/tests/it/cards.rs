//! Cards at the till: split with cash, declined, cancelled, unknown, given back, and a store server
//! that is killed in between. Nobody pays twice, and no money is lost.
//!
//! Every world's hub is a closed port: all of it works with the line cut.

mod counted;
mod crashes;
mod exchanged;
mod promised;
mod returned;
mod seeded;
mod settled;

use std::time::Duration;

use counterpart_daemon::params;
use counterpart_hardware::{TerminalAct, TerminalEntryKind, TerminalFault, VirtualTerminal};
use serde_json::{Value, json};

use crate::counter::{Clerk, Counter, MILK};
use crate::factory::{AMPLE, World, read};

/// The kinds of the facts of cards.
const GIVEN_BACK: u32 = 31;
const SETTLED: u32 = 32;
/// Where the API of card payments is.
const CARDS: &str = "/v1/registers/1/card-payments";

/// A store with a terminal that gives a customer up after `patience`.
async fn with_terminal(patience: Duration) -> (Counter, VirtualTerminal) {
    let mut world = World::enrolled().await;
    let terminal = world.with_terminal(patience).await;
    (Counter::of(world).await, terminal)
}

async fn facts(counter: &Counter, kind: u32) -> i64 {
    read(counter.edge.context().db(), move |tx| {
        let sql = "SELECT COUNT(*) FROM feed_records WHERE direction = 'out' AND kind = $1";
        tx.query_one(sql, params![kind])?.read(0)
    })
    .await
}

/// Waits until the payments of register 1 are as `expected` says, and returns them.
async fn until(
    counter: &Counter,
    clerk: &Clerk<'_>,
    what: &str,
    expected: impl Fn(&Value) -> bool,
) -> Value {
    let mut changes = counter.edge.context().live().changes();
    let mut seen = Value::Null;
    let reached = async {
        loop {
            seen = clerk.get(CARDS).await.json();
            if expected(&seen) {
                return;
            }
            changes.any_of(&["register/1", "payments/1"]).await;
        }
    };
    if tokio::time::timeout(AMPLE, reached).await.is_err() {
        panic!("{what} did not happen: {seen}");
    }
    seen
}

/// Returns the state of the payment that was begun last.
fn last_state(seen: &Value) -> &str {
    seen["payments"]
        .as_array()
        .and_then(|all| all.last())
        .and_then(|last| last["state"].as_str())
        .unwrap_or("none")
}

/// Waits until the sale in work is paid, and returns it.
async fn until_sold(counter: &Counter, clerk: &Clerk<'_>) -> Value {
    until(counter, clerk, "a sale", |seen| seen["due"].is_null()).await;
    let sales = clerk.get("/v1/sales?limit=1").await.json();
    let path = format!(
        "/v1/sales/{}",
        sales["sales"][0]["sale_id"].as_str().unwrap()
    );
    clerk.get(&path).await.json()
}

/// Waits until a terminal has booked so many entries: the money moved, whatever the store knows.
async fn until_booked(terminal: &VirtualTerminal, count: usize) {
    let mut changes = terminal.changes();
    let booked = async {
        while terminal.entries().len() < count {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(AMPLE, booked).await.unwrap();
}

/// Waits until a terminal has heard of so many payments.
async fn until_asked(terminal: &VirtualTerminal, count: usize) {
    let mut changes = terminal.changes();
    let asked = async {
        while terminal.asked().len() < count {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(AMPLE, asked).await.unwrap();
}

fn moved(terminal: &VirtualTerminal) -> Vec<(TerminalEntryKind, String)> {
    let entries = terminal.entries().into_iter();
    entries.map(|entry| (entry.kind, entry.amount)).collect()
}

/// Asks the terminal for all that is due.
async fn card(clerk: &Clerk<'_>) -> Value {
    clerk.done(CARDS, json!({})).await
}

#[tokio::test]
async fn a_sale_is_paid_half_in_cash_and_half_by_card() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan("CANDLE").await;
    ada.press("/register/1/tender", &[]).await;
    ada.press("/register/1/cash", &[("cash", "1.50")]).await;
    let asked = card(&ada).await;
    assert_eq!(
        (&asked["state"], &asked["amount_minor"]),
        (&json!("sent"), &json!(200))
    );
    let sale = until_sold(&counter, &ada).await;
    assert_eq!(sale["total_minor"], 350);
    assert_eq!(sale["change_minor"], 0);
    assert_eq!(sale["cashier"], "Ada Peeters");
    assert_eq!(
        sale["tenders"][0],
        json!({ "kind": "cash", "amount_minor": 150 })
    );
    let by_card = &sale["tenders"][1];
    assert_eq!(
        (&by_card["kind"], &by_card["amount_minor"]),
        (&json!("card"), &json!(200))
    );
    assert_eq!(by_card["card"]["scheme"], "visa");
    assert_eq!(by_card["card"]["last_four"], "1111");
    assert_eq!(by_card["card"]["authorisation"], "123456");
    assert_eq!(by_card["card"]["transaction"], "T0001");
    assert_eq!(by_card["card"]["offline"], false);
    assert_eq!(
        moved(&terminal),
        [(TerminalEntryKind::Paid, "2.0".to_owned())]
    );
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Change"), "{page}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_card_first_and_cash_for_the_rest_gives_change_of_the_cash() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan("CANDLE").await;
    terminal.then(TerminalAct::ApproveOffline);
    ada.done(CARDS, json!({ "amount_minor": 100 })).await;
    let seen = until(&counter, &ada, "an approval", |seen| {
        last_state(seen) == "approved"
    })
    .await;
    assert_eq!(
        (&seen["due"]["due_minor"], &seen["due"]["given_minor"]),
        (&json!(250), &json!(100))
    );
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Still to pay") && page.contains("····1111"));
    let paid = ada.pay(1_000).await.json();
    assert_eq!(paid["change_minor"], 750);
    let sale = until_sold(&counter, &ada).await;
    assert_eq!(sale["tenders"][0]["card"]["offline"], true);
    assert_eq!(sale["tenders"][1]["amount_minor"], 1_000);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_card_never_pays_more_than_is_due() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    let empty = ada.post(CARDS, json!({})).await;
    assert_eq!(empty.problem().1, "basket_empty");
    ada.scan(MILK).await;
    ada.post(CARDS, json!({ "amount_minor": 130 }))
        .await
        .check_refused(
            "card_above_due",
            "a card pays at most what is due, 1.29 EUR: type less",
        );
    let none = ada.post(CARDS, json!({ "amount_minor": 0 })).await;
    assert_eq!(none.problem().1, "tender_not_positive");
    // What was paid by card stays paid when a line is taken out; nothing is sold above it.
    ada.scan("CANDLE").await;
    ada.done(CARDS, json!({ "amount_minor": 400 })).await;
    until(&counter, &ada, "an approval", |seen| {
        last_state(seen) == "approved"
    })
    .await;
    ada.delete("/v1/registers/1/basket/lines/2").await.json();
    ada.pay(1).await.check_refused(
        "card_above_total",
        "a card paid 2.71 EUR more than the sale comes to: give the card payment back, then pay \
         again",
    );
    assert_eq!(terminal.entries().len(), 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_card_that_is_declined_or_cancelled_leaves_the_sale_to_be_paid() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    for (act, state, words) in [
        (TerminalAct::Decline, "declined", "declined by the bank"),
        (TerminalAct::Cancel, "cancelled", "Nothing was paid by card"),
    ] {
        terminal.then(act);
        counter.world.clock.advance(Duration::from_secs(1));
        card(&ada).await;
        until(&counter, &ada, state, |seen| last_state(seen) == state).await;
        let page = ada.page("/register/1").await.text;
        assert!(page.contains(words), "{words}: {page}");
    }
    // The customer takes their time; the cashier cancels.
    terminal.then(TerminalAct::WaitForAbort);
    counter.world.clock.advance(Duration::from_secs(1));
    card(&ada).await;
    let again = ada.post(CARDS, json!({})).await;
    assert_eq!(again.problem().1, "card_under_way");
    let cash = ada.pay(129).await;
    assert_eq!(cash.problem().1, "card_under_way");
    until_asked(&terminal, 3).await;
    let cancelled = ada.post(&format!("{CARDS}/cancel"), json!({})).await;
    assert_eq!(cancelled.status, 204, "{}", cancelled.text);
    until(&counter, &ada, "cancelled", |seen| {
        last_state(seen) == "cancelled"
    })
    .await;
    assert_eq!(ada.pay(129).await.json()["change_minor"], 0);
    assert_eq!(terminal.entries(), []);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_and_paid_once() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    terminal.then(TerminalAct::ApproveButDropReply);
    let first = ada.post_as("card-1", CARDS, json!({})).await.json();
    let again = ada.post_as("card-1", CARDS, json!({})).await.json();
    assert_eq!(first["payment"], again["payment"]);
    let sale = until_sold(&counter, &ada).await;
    assert_eq!(sale["tenders"][0]["card"]["intent"], first["payment"]);
    assert_eq!(terminal.entries().len(), 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_terminal_that_takes_less_leaves_the_rest_due() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan("CANDLE").await;
    terminal.then(TerminalAct::ApproveHalf);
    card(&ada).await;
    let seen = until(&counter, &ada, "half", |seen| {
        last_state(seen) == "approved"
    })
    .await;
    assert_eq!(seen["due"]["due_minor"], 175);
    card(&ada).await;
    let sale = until_sold(&counter, &ada).await;
    assert_eq!(sale["tenders"].as_array().unwrap().len(), 2);
    assert_eq!(sale["tenders"][1]["amount_minor"], 175);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_customer_who_walks_away_is_known_to_have_paid_nothing() {
    let (counter, terminal) = with_terminal(Duration::from_millis(200)).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    terminal.then(TerminalAct::TimeOut);
    card(&ada).await;
    until(&counter, &ada, "an answer", |seen| {
        last_state(seen) == "declined"
    })
    .await;
    assert_eq!(terminal.entries(), []);
    ada.pay(200).await.json();
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn without_a_terminal_there_is_no_card() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    ada.post(CARDS, json!({})).await.check_refused(
        "no_terminal",
        "no payment terminal belongs to this register: take cash",
    );
    ada.press("/register/1/tender", &[]).await;
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Cash given in EUR") && !page.contains("card-all"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_terminal_that_is_off_or_busy_is_said_and_nothing_was_begun() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    for (fault, words) in [
        (TerminalFault::Off, "cannot be reached"),
        (TerminalFault::Busy, "busy"),
    ] {
        terminal.set_fault(fault);
        counter.world.clock.advance(Duration::from_secs(1));
        card(&ada).await;
        let seen = until(&counter, &ada, words, |seen| {
            last_state(seen) == "cancelled"
        })
        .await;
        let why = seen["payments"].as_array().unwrap().last().unwrap()["why"].to_string();
        assert!(why.contains(words), "{why}");
    }
    terminal.set_fault(TerminalFault::None);
    card(&ada).await;
    until_sold(&counter, &ada).await;
    assert_eq!(terminal.entries().len(), 1);
    counter.edge.shutdown().await;
}
