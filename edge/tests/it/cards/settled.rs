//! A manager's word, and a terminal that comes back with its own.

use counterpart_hardware::{TerminalAct, TerminalFault};
use serde_json::json;

use super::{
    CARDS, GIVEN_BACK, SETTLED, card, facts, last_state, until, until_booked, until_sold,
    with_terminal,
};
use crate::counter::{BEN, CLEO, MILK};
use crate::factory::AMPLE;

#[tokio::test]
async fn a_manager_says_that_nothing_was_paid_and_the_terminal_says_otherwise_later() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    terminal.then(TerminalAct::ApproveButHoldReply);
    let asked = card(&ada).await;
    let payment = asked["payment"].as_str().unwrap();
    let settle = format!("{CARDS}/{payment}/settle");
    let said = |pin: &str| json!({ "said": "not_moved", "approval_pin": pin });
    let early = ada.post(&settle, said(CLEO)).await;
    assert_eq!(early.problem().1, "card_known");
    until_booked(&terminal, 1).await;
    terminal.set_fault(TerminalFault::Off);
    until(&counter, &ada, "unknown", |seen| {
        last_state(seen) == "unknown"
    })
    .await;
    let associate = ada.post(&settle, said(BEN)).await;
    assert_eq!(associate.problem().0, 403);
    assert_eq!(ada.post(&settle, said(CLEO)).await.status, 204);
    assert_eq!(facts(&counter, SETTLED).await, 1);
    // The customer pays in cash; then the plug is put back.
    ada.pay(129).await.json();
    terminal.set_fault(TerminalFault::None);
    ada.press("/register/1/card", &[("does", "again")]).await;
    let seen = until(&counter, &ada, "a dispute", |seen| {
        seen["payments"][0]["disputed"] == true
    })
    .await;
    assert_eq!(seen["payments"][0]["moved_minor"], 129);
    let till = ada.page("/register/1/shift").await.text;
    assert!(till.contains("something else than the manager"), "{till}");
    // The money goes back to the card it was taken from.
    ada.press(
        "/register/1/card",
        &[("does", "give_back"), ("payment", payment)],
    )
    .await;
    until(&counter, &ada, "given back", |seen| {
        seen["payments"] == json!([])
    })
    .await;
    assert_eq!(facts(&counter, GIVEN_BACK).await, 1);
    assert_eq!(terminal.entries().len(), 2);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_manager_says_that_it_was_paid_and_the_sale_is_complete() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    terminal.then(TerminalAct::ApproveButHoldReply);
    card(&ada).await;
    until_booked(&terminal, 1).await;
    terminal.set_fault(TerminalFault::Off);
    until(&counter, &ada, "unknown", |seen| {
        last_state(seen) == "unknown"
    })
    .await;
    // By the dialog of the register's page.
    let pressed = ada
        .press(
            "/register/1/card",
            &[("does", "moved"), ("approval_pin", CLEO)],
        )
        .await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    let sale = until_sold(&counter, &ada).await;
    let by_card = &sale["tenders"][0]["card"];
    assert!(by_card["said_by"].is_string(), "{by_card}");
    assert!(by_card["transaction"].is_null());
    terminal.set_fault(TerminalFault::None);
    ada.press("/register/1/card", &[("does", "again")]).await;
    let till = ada.page("/register/1/shift").await.text;
    assert!(!till.contains("Card payments are not settled"));
    counter.edge.shutdown().await;
}
