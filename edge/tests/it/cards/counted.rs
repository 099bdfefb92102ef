//! A till that is closed, and its terminal's own count: the same, another, late, or lost.

use std::time::Duration;

use counterpart_daemon::db::Tx;
use counterpart_daemon::params;
use counterpart_hardware::{
    NexoTerminal, NexoTerminalConfig, PayRequest, PayState, PaymentTerminal as _, TerminalFault,
    VirtualTerminal,
};
use serde_json::json;

use super::{card, facts, until_sold, with_terminal};
use crate::counter::{Clerk, Counter, MILK};
use crate::factory::{AMPLE, read};

/// The kind of the fact of a count.
const COUNTED: u32 = 34;

async fn close(clerk: &Clerk<'_>) {
    let body = json!({ "counted": [] });
    let closed = clerk.post("/v1/registers/1/shift/close", body).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
}

/// Waits until the terminal was counted so often, and returns what the journal says of the last
/// time: why, and how much the terminal counted beyond what the store holds.
async fn until_counted(counter: &Counter, times: i64) -> (String, Option<i64>) {
    let mut changes = counter.edge.context().live().changes();
    let counted = async {
        while facts(counter, COUNTED).await < times {
            changes.any_of(&["payments/1"]).await;
        }
    };
    tokio::time::timeout(AMPLE, counted).await.unwrap();
    read(counter.edge.context().db(), |tx| {
        let sql = "SELECT why, amount_minor FROM journal_entries WHERE why LIKE 'terminal%'
                   ORDER BY hlc DESC LIMIT 1";
        let row = tx.query_one(sql, params![])?;
        Ok((row.read(0)?, row.read(1)?))
    })
    .await
}

/// Whether the terminal that is to be counted may have heard of it.
async fn may_have_been_asked(counter: &Counter) -> bool {
    read(counter.edge.context().db(), |tx| {
        let sql = "SELECT asked FROM terminal_counts_wanted WHERE register = 1";
        tx.query_one(sql, params![])?.read(0)
    })
    .await
}

/// Sells one milk by card.
async fn sell(counter: &Counter, clerk: &Clerk<'_>) {
    clerk.scan(MILK).await;
    card(clerk).await;
    until_sold(counter, clerk).await;
}

/// Pays at the terminal from beside the till, as somebody does who types an amount into it.
async fn pay_beside(terminal: &VirtualTerminal, amount_minor: i64) {
    let config = NexoTerminalConfig::new(terminal.port_address(), "TILL-1", "POI-1");
    let request = PayRequest {
        intent: "BESIDE".parse().unwrap(),
        amount_minor,
        decimals: 2,
        currency: "EUR".to_owned(),
        sale: "none".to_owned(),
        at: "2026-11-23T12:00:00Z".to_owned(),
    };
    let paid = NexoTerminal::new(config).pay(&request).await.unwrap();
    assert!(matches!(paid, PayState::Approved(_)), "{paid:?}");
}

#[tokio::test]
async fn a_terminal_that_counted_the_same_says_so_and_begins_anew() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    sell(&counter, &ada).await;
    sell(&counter, &ada).await;
    close(&ada).await;
    let agrees = ("terminal_agrees".to_owned(), Some(0));
    assert_eq!(until_counted(&counter, 1).await, agrees);
    // The next shift's count begins where this one ended, at both ends.
    let ada = counter.at_open_till(0).await;
    sell(&counter, &ada).await;
    close(&ada).await;
    assert_eq!(until_counted(&counter, 2).await, agrees);
    assert_eq!(terminal.entries().len(), 3);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn money_the_till_does_not_know_of_is_named() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    sell(&counter, &ada).await;
    pay_beside(&terminal, 2_000).await;
    close(&ada).await;
    let differs = ("terminal_differs".to_owned(), Some(2_000));
    assert_eq!(until_counted(&counter, 1).await, differs);
    let journal = ada.page("/journal").await.text;
    assert!(
        journal.contains("The terminal counts otherwise"),
        "{journal}"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_terminal_without_power_holds_no_till_up_and_is_asked_when_it_is_back() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    sell(&counter, &ada).await;
    terminal.set_fault(TerminalFault::Off);
    close(&ada).await;
    // It may take until the next shift sells.
    let ada = counter.at_open_till(0).await;
    assert_eq!(facts(&counter, COUNTED).await, 0);
    assert!(!may_have_been_asked(&counter).await);
    terminal.set_fault(TerminalFault::None);
    sell(&counter, &ada).await;
    let (why, over) = until_counted(&counter, 1).await;
    assert_eq!((why.as_str(), over), ("terminal_agrees", Some(0)));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_count_whose_answer_is_lost_is_said_to_be_not_known() {
    let (counter, terminal) = with_terminal(Duration::from_secs(5)).await;
    let ada = counter.at_open_till(0).await;
    sell(&counter, &ada).await;
    terminal.set_fault(TerminalFault::Garbage);
    close(&ada).await;
    let (why, over) = until_counted(&counter, 1).await;
    assert_eq!((why.as_str(), over), ("terminal_not_known", None));
    terminal.set_fault(TerminalFault::None);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_count_the_store_server_was_stopped_in_is_said_to_be_not_known() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    sell(&counter, &ada).await;
    terminal.set_fault(TerminalFault::Off);
    close(&ada).await;
    // As it stands when the power goes between the question and its answer.
    let asked = "UPDATE terminal_counts_wanted SET asked = 1";
    let mark = move |tx: &mut Tx| tx.execute(asked, params![]);
    let db = counter.edge.context().db();
    let marked = db.write(mark).await;
    assert_eq!(marked.unwrap(), 1);
    let counter = counter.restarted().await;
    let (why, over) = until_counted(&counter, 1).await;
    assert_eq!((why.as_str(), over), ("terminal_not_known", None));
    counter.edge.shutdown().await;
}
