//! The store server ends, or the terminal loses its plug, at each state of a payment; afterwards
//! money and goods agree.

use counterpart_hardware::{TerminalAct, TerminalFault};
use serde_json::{Value, json};

use super::{
    CARDS, GIVEN_BACK, card, facts, last_state, moved, until, until_asked, until_booked,
    until_sold, with_terminal,
};
use crate::counter::{BEN, MILK};
use crate::factory::AMPLE;

/// Restarts a store and signs somebody in again.
macro_rules! restarted {
    ($counter:ident, $ben:ident) => {
        let $counter = $counter.restarted().await;
        let $ben = $counter.sign_in(BEN).await;
    };
}

#[tokio::test]
async fn killed_after_the_customer_paid_the_sale_is_found_and_completed() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    {
        let ada = counter.at_open_till(0).await;
        ada.scan(MILK).await;
        terminal.then(TerminalAct::ApproveButHoldReply);
        card(&ada).await;
        until_booked(&terminal, 1).await;
    }
    restarted!(counter, ben);
    let sale = until_sold(&counter, &ben).await;
    assert_eq!(sale["cashier"], "Ada Peeters", "who asked for it sold it");
    assert_eq!(sale["tenders"][0]["kind"], "card");
    assert_eq!(terminal.entries().len(), 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn killed_while_the_customer_is_asked_nothing_is_asked_again() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    {
        let ada = counter.at_open_till(0).await;
        ada.scan(MILK).await;
        terminal.then(TerminalAct::WaitForAbort);
        card(&ada).await;
        until_asked(&terminal, 1).await;
    }
    restarted!(counter, ben);
    until(&counter, &ben, "found", |seen| {
        last_state(seen) == "unknown"
    })
    .await;
    let page = ben.page("/register/1").await.text;
    assert!(page.contains("Nobody knows whether the card has paid"));
    // The customer still stands there: the cashier gives up for them.
    let cancelled = ben.post(&format!("{CARDS}/cancel"), json!({})).await;
    assert_eq!(cancelled.status, 204, "{}", cancelled.text);
    until(&counter, &ben, "cancelled", |seen| {
        last_state(seen) == "cancelled"
    })
    .await;
    assert_eq!(terminal.asked().len(), 1);
    ben.pay(129).await.json();
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn killed_between_two_tenders_the_first_stays_given() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    {
        let ada = counter.at_open_till(0).await;
        ada.scan(MILK).await;
        ada.done(CARDS, json!({ "amount_minor": 100 })).await;
        until(&counter, &ada, "approved", |seen| {
            last_state(seen) == "approved"
        })
        .await;
    }
    restarted!(counter, ben);
    let seen = ben.get(CARDS).await.json();
    assert_eq!(seen["due"]["due_minor"], 29);
    let paid = ben.pay(50).await.json();
    assert_eq!(paid["change_minor"], 21);
    let left = ben.get(CARDS).await.json();
    assert_eq!(left["payments"], json!([]));
    assert_eq!(terminal.entries().len(), 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn killed_after_a_refusal_it_stays_refused() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    {
        let ada = counter.at_open_till(0).await;
        ada.scan(MILK).await;
        terminal.then(TerminalAct::Decline);
        card(&ada).await;
        until(&counter, &ada, "declined", |seen| {
            last_state(seen) == "declined"
        })
        .await;
    }
    restarted!(counter, ben);
    let seen = ben.get(CARDS).await.json();
    assert_eq!(last_state(&seen), "declined");
    assert_eq!(terminal.asked().len(), 1);
    card(&ben).await;
    until_sold(&counter, &ben).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn unplugged_after_the_customer_paid_it_is_unknown_until_the_plug_is_back() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    {
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
        // Nothing else is taken, and nothing is given up, while nobody knows.
        for refused in [
            ada.pay(129).await,
            ada.post(CARDS, json!({})).await,
            ada.delete("/v1/registers/1/basket").await,
            ada.post("/v1/registers/1/basket/suspend", json!({})).await,
        ] {
            assert_eq!(refused.problem().1, "card_unknown");
        }
        let close = ada
            .post("/v1/registers/1/shift/close", json!({ "counted": [] }))
            .await;
        assert_eq!(close.problem().1, "sale_open");
        let till = ada.page("/register/1/shift").await.text;
        assert!(till.contains("Card payments are not settled"), "{till}");
    }
    // Killed in the middle of it, and without the plug: it is still unknown.
    restarted!(counter, ben);
    until(&counter, &ben, "unknown", |seen| {
        last_state(seen) == "unknown"
    })
    .await;
    terminal.set_fault(TerminalFault::None);
    ben.press("/register/1/card", &[("does", "again")]).await;
    let sale = until_sold(&counter, &ben).await;
    assert_eq!(sale["tenders"][0]["amount_minor"], 129);
    assert_eq!(terminal.entries().len(), 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_sale_that_a_card_paid_for_is_given_up_only_when_the_card_has_its_money() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let payment = {
        let ada = counter.at_open_till(0).await;
        ada.scan(MILK).await;
        let asked = ada.done(CARDS, json!({ "amount_minor": 100 })).await;
        until(&counter, &ada, "approved", |seen| {
            last_state(seen) == "approved"
        })
        .await;
        ada.delete("/v1/registers/1/basket").await.check_refused(
            "card_paid",
            "1.00 EUR was paid by card for this sale: finish the sale, or give the card payment \
             back first",
        );
        ada.press("/register/1/back", &[]).await;
        assert!(ada.page("/register/1").await.text.contains("····1111"));
        let payment = asked["payment"].as_str().unwrap().to_owned();
        // The answer to giving it back is held, and the store server killed meanwhile.
        terminal.then(TerminalAct::ApproveButHoldReply);
        ada.done(&format!("{CARDS}/{payment}/give-back"), json!({}))
            .await;
        until_booked(&terminal, 2).await;
        payment
    };
    restarted!(counter, ben);
    let seen = until(&counter, &ben, "given back", |seen| {
        let mut all = seen["payments"].as_array().unwrap().iter();
        all.any(|it| it["state"] == "reversed")
    })
    .await;
    assert_eq!(seen["tenders"], json!([]));
    assert_eq!(facts(&counter, GIVEN_BACK).await, 1);
    let again = ben
        .post(&format!("{CARDS}/{payment}/give-back"), json!({}))
        .await;
    assert_eq!(again.problem().1, "nothing_to_give_back");
    ben.delete("/v1/registers/1/basket").await.json();
    assert_eq!(ben.basket().await["sale_id"], Value::Null);
    let kinds: Vec<String> = moved(&terminal)
        .iter()
        .map(|(kind, amount)| format!("{kind:?} {amount}"))
        .collect();
    assert_eq!(kinds, ["Paid 1.0", "Reversed 1.0"]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_giving_back_that_is_declined_leaves_the_card_paid() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    let asked = ada.done(CARDS, json!({ "amount_minor": 100 })).await;
    until(&counter, &ada, "approved", |seen| {
        last_state(seen) == "approved"
    })
    .await;
    terminal.then(TerminalAct::Decline);
    counter
        .world
        .clock
        .advance(std::time::Duration::from_secs(1));
    let payment = asked["payment"].as_str().unwrap();
    ada.done(&format!("{CARDS}/{payment}/give-back"), json!({}))
        .await;
    let seen = until(&counter, &ada, "declined", |seen| {
        last_state(seen) == "declined"
    })
    .await;
    assert_eq!(seen["tenders"][0]["amount_minor"], 100);
    assert_eq!(ada.pay(29).await.json()["change_minor"], 0);
    counter.edge.shutdown().await;
}
