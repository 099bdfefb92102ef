//! Cash that moves outside sales, drawers opened for none, X and Z again; the hub is a closed port
//! throughout.

use counterpart_edge::devices::{DrawerCause, openings};
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter};
use crate::factory::{read, soon};

const MOVEMENTS: &str = "/v1/registers/1/cash-movements";
const NO_SALES: &str = "/v1/registers/1/no-sales";
const X: &str = "/v1/registers/1/shift/x";
const SHIFT: &str = "/v1/registers/1/shift";

fn out(amount_minor: i64) -> Value {
    json!({ "movement": "paid_out", "amount_minor": amount_minor, "reason": "purchase" })
}

async fn should_be(manager: &Clerk<'_>) -> i64 {
    let till = manager.get(SHIFT).await.json();
    till["expected_minor"].as_i64().unwrap()
}

#[tokio::test]
async fn money_leaves_for_good_with_a_managers_pin_only_and_once() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let alone = ada.post(MOVEMENTS, out(1_250)).await;
    assert_eq!(alone.status, 403, "{}", alone.text);
    assert!(
        alone.text.contains("a manager must approve"),
        "{}",
        alone.text
    );
    let with = |pin: &str| {
        let mut body = out(1_250);
        body["approval_pin"] = json!(pin);
        body
    };
    let own = ada.post(MOVEMENTS, with(ADA)).await;
    assert_ne!(own.status, 200, "{}", own.text);
    let first = ada.post_as("stamps", MOVEMENTS, with(CLEO)).await;
    let again = ada.post_as("stamps", MOVEMENTS, with(CLEO)).await;
    assert_eq!(first.json(), again.json());
    let cleo = counter.sign_in(CLEO).await;
    assert_eq!(should_be(&cleo).await, 18_750);
    let opened = read(counter.edge.context().db(), |tx| openings(tx, 10)).await;
    let causes: Vec<DrawerCause> = opened.iter().map(|opening| opening.cause).collect();
    assert_eq!(causes, [DrawerCause::CashMoved, DrawerCause::ShiftOpened]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_went_in_and_out_stands_in_the_list_and_in_what_should_be_there() {
    let (counter, printer) = Counter::with_printer().await;
    counter.at_open_till(20_000).await;
    let cleo = counter.sign_in(CLEO).await;
    cleo.sell_milk().await;
    soon(
        "the receipt",
        printer.until(|seen| seen.receipts.len() == 1),
    )
    .await;
    for body in [
        json!({ "movement": "dropped", "amount_minor": 15_000, "reference": "BAG 0017" }),
        json!({ "movement": "paid_in", "amount_minor": 5_000, "reason": "change" }),
        out(1_000),
    ] {
        cleo.done(MOVEMENTS, body).await;
    }
    cleo.done(NO_SALES, json!({ "reason": "looked" })).await;
    assert_eq!(
        should_be(&cleo).await,
        20_000 + 129 - 15_000 + 5_000 - 1_000
    );
    let listed = cleo.get(MOVEMENTS).await.json();
    let rows = listed["movements"].as_array().unwrap();
    let mut words: Vec<&str> = rows
        .iter()
        .map(|row| row["movement"].as_str().unwrap())
        .collect();
    words.sort_unstable();
    assert_eq!(words, ["dropped", "no_sale", "paid_in", "paid_out"]);
    let page = cleo.page("/register/1/cash").await.text;
    for words in [
        "BAG 0017",
        "Dropped into the safe",
        "To look or to tidy",
        "€150.00",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let slips = soon("slips", printer.until(|seen| seen.receipts.len() == 3)).await;
    let slip = &slips.receipts[1].text;
    for words in [
        "Dropped into the safe",
        "EUR 150.00",
        "BAG 0017",
        "Cleo Maes",
    ] {
        assert!(slip.contains(words), "{words} is missing in\n{slip}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_x_closes_nothing_and_a_z_can_be_printed_again_as_a_copy() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    ada.sell_milk().await;
    assert_eq!(ada.post(X, json!({})).await.status, 403);
    ada.done(X, json!({ "approval_pin": CLEO })).await;
    ada.done(NO_SALES, json!({ "reason": "change" })).await;
    let seen = soon("the X", printer.until(|seen| seen.receipts.len() == 2)).await;
    let x = &seen.receipts[1].text;
    for words in [
        "The till stays open",
        "Should be",
        "201.29",
        "Tax 6 %",
        "Ever sold here",
    ] {
        assert!(x.contains(words), "{words} is missing in\n{x}");
    }
    assert_eq!(ada.get(SHIFT).await.json()["open"], true);
    let counted = json!({ "counted": [{ "value_minor": 20_000, "count": 1 }] });
    let closed = ada.done("/v1/registers/1/shift/close", counted).await;
    let shift = closed["shift_id"].as_str().unwrap();
    let again = format!("/v1/registers/1/shifts/{shift}/reprint");
    assert_eq!(ada.done(&again, json!({})).await["copy"], 1);
    let page = ada.page("/register/1/shift").await.text;
    assert!(page.contains("Print again"), "{page}");
    let pressed = ada
        .press(&format!("/register/1/shift/{shift}/again"), &[])
        .await;
    assert_eq!(pressed.status, 204, "{}", pressed.text);
    let seen = soon("the copies", printer.until(|seen| seen.receipts.len() == 5)).await;
    let (z, copies) = (&seen.receipts[2].text, &seen.receipts[3..]);
    assert!(z.contains("No-sales") && !z.contains("COPY"), "{z}");
    for (copy, number) in copies.iter().zip(1..) {
        let without = copy.text.replacen(&format!("COPY {number}"), "", 1);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&without), words(z), "the same but for its mark");
    }
    let strange = "/v1/registers/1/shifts/01ARZ3NDEKTSV4RRFFQ69G5FAV/reprint";
    assert_eq!(ada.post(strange, json!({})).await.status, 404);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_form_says_what_it_lacks_and_a_closed_till_moves_nothing() {
    let counter = Counter::open().await;
    let cleo = counter.sign_in(CLEO).await;
    for (path, body) in [
        (MOVEMENTS, out(100)),
        (NO_SALES, json!({ "reason": "other" })),
    ] {
        assert_eq!(cleo.post(path, body).await.problem().1, "till_closed");
    }
    assert_eq!(cleo.post(X, json!({})).await.problem().1, "till_closed");
    let page = cleo.page("/register/1/cash").await.text;
    assert!(page.contains("The till is closed"), "{page}");
    cleo.done("/v1/registers/1/shift/open", json!({ "float_minor": 0 }))
        .await;
    for (fields, code) in [
        (
            [("what", "dropped"), ("amount", "a lot")],
            "amount_unreadable",
        ),
        ([("what", "lent"), ("amount", "5")], "what_missing"),
        ([("what", "paid_out"), ("amount", "5")], "reason_unfit"),
        (
            [("what", "paid_in.luck"), ("amount", "5")],
            "unknown_reason",
        ),
        (
            [("what", "dropped"), ("amount", "0")],
            "amount_out_of_range",
        ),
    ] {
        let answer = cleo.press("/register/1/cash/move", &fields).await;
        assert_eq!(answer.problem().1, code, "{}", answer.text);
    }
    let fields = [("what", "paid_in.change"), ("amount", "12.50")];
    let moved = cleo.press("/register/1/cash/move", &fields).await;
    assert_eq!(moved.status, 204, "{}", moved.text);
    let opened = cleo
        .press("/register/1/cash/no-sale", &[("reason", "change")])
        .await;
    assert_eq!(opened.status, 204, "{}", opened.text);
    assert_eq!(should_be(&cleo).await, 1_250);
    counter.edge.shutdown().await;
}
