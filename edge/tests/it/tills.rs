//! Tills: opened, counted blind, closed with a Z, whatever the drawer holds.

use std::time::Duration;

use counterpart_edge::devices::{DrawerCause, openings};
use counterpart_protocol::ids::{EdgeNumber, StaffId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Counter, MILK, STRANGER, answer};
use crate::factory::{read, soon};

const SHIFT: &str = "/v1/registers/1/shift";
const OPEN: &str = "/v1/registers/1/shift/open";
const CLOSE: &str = "/v1/registers/1/shift/close";

#[tokio::test]
async fn a_till_is_opened_once_with_its_float() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    assert_eq!(ada.get(SHIFT).await.json()["open"], false);
    let opened = ada.done(OPEN, json!({ "float_minor": 20_000 })).await;
    assert_eq!(
        (&opened["open"], &opened["float_minor"]),
        (&json!(true), &json!(20_000))
    );
    assert_eq!(opened["opened_by"], "Ada Peeters");
    assert_eq!(opened["opened_at"], "2026-11-23T11:00:00Z");
    ada.post(OPEN, json!({ "float_minor": 0 }))
        .await
        .check_refused(
            "till_open",
            "the till of this register is open already: go on selling, or close it first",
        );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_absurd_float_is_refused() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    for float_minor in [-1_i64, 10_000_001] {
        ada.post(OPEN, json!({ "float_minor": float_minor }))
            .await
            .check_refused(
                "float_out_of_range",
                "a float is between nothing and 100000 EUR: count it again",
            );
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn cash_in_the_drawer_is_the_sum_of_the_facts() {
    let counter = Counter::open().await;
    counter.at_open_till(20_000).await;
    let cleo = counter.sign_in(CLEO).await;
    cleo.scan(MILK).await;
    cleo.pay(5_000).await.json();
    cleo.sell_milk().await;
    cleo.scan("CANDLE").await;
    cleo.delete("/v1/registers/1/basket").await.json();
    let till = cleo.get(SHIFT).await.json();
    assert_eq!(
        (&till["sales"], &till["sales_minor"]),
        (&json!(2), &json!(258))
    );
    assert_eq!(
        till["expected_minor"], 20_258,
        "change and a sale given up leave no trace in cash"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_count_is_blind_but_for_managers() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    assert_eq!(ada.get(SHIFT).await.json()["expected_minor"], Value::Null);
    let page = ada.page("/register/1/shift").await;
    assert!(page.text.contains("Count the drawer"), "{}", page.text);
    assert!(!page.text.contains("Should be in the drawer"));
    let cleo = counter.sign_in(CLEO).await;
    assert!(
        cleo.page("/register/1/shift")
            .await
            .text
            .contains("Should be in the drawer")
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn any_count_closes_the_till_and_the_difference_is_named() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(10_000).await;
    ada.sell_milk().await;
    let counted = json!([
        { "value_minor": 5_000, "count": 2 },
        { "value_minor": 100, "count": 1 },
        { "value_minor": 5, "count": 5 },
    ]);
    let short = json!({ "counted": counted, "reason": "wrong_change" });
    let closed = ada.done(CLOSE, short).await;
    assert_eq!(closed["z_number"], 1);
    assert_eq!(closed["counted_minor"], 10_125);
    assert_eq!(closed["expected_minor"], 10_129);
    assert_eq!(
        (&closed["over_short_minor"], &closed["reason"]),
        (&json!(-4), &json!("wrong_change"))
    );
    assert_eq!(
        (&closed["sales"], &closed["sales_minor"]),
        (&json!(1), &json!(129))
    );
    assert_eq!(ada.get(SHIFT).await.json()["open"], false);
    ada.post(CLOSE, json!({ "counted": [] }))
        .await
        .check_refused(
            "till_closed",
            "the till of this register is not open: open it with its float first",
        );
    // Nobody knows why: that closes the till as well.
    ada.done(OPEN, json!({ "float_minor": 0 })).await;
    let over = json!({ "counted": [{ "value_minor": 200, "count": 1 }] });
    let closed = ada.done(CLOSE, over).await;
    assert_eq!(
        (&closed["z_number"], &closed["over_short_minor"]),
        (&json!(2), &json!(200))
    );
    assert_eq!(closed["reason"], "unexplained");
    // An exact count needs no reason, whatever was sent.
    ada.done(OPEN, json!({ "float_minor": 0 })).await;
    let exact = json!({ "counted": [], "reason": "wrong_float" });
    assert_eq!(ada.done(CLOSE, exact).await["reason"], Value::Null);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_wrong_reason_or_count_is_refused_in_words() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let luck = json!({ "counted": [], "reason": "bad luck" });
    ada.post(CLOSE, luck).await.check_refused(
        "unknown_reason",
        "'bad luck' is no reason for a difference: choose one of the list",
    );
    let negative = json!({ "counted": [{ "value_minor": -500, "count": 1 }] });
    ada.post(CLOSE, negative).await.check_refused(
        "count_out_of_range",
        "the count has 1 pieces of -500 in minor units: count them again",
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_open_sale_is_finished_first() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let refused =
        "a sale is still open at this register: finish it or void it, then close the till";
    ada.scan(MILK).await;
    ada.post(CLOSE, json!({ "counted": [] }))
        .await
        .check_refused("sale_open", refused);
    ada.delete("/v1/registers/1/basket").await.json();
    ada.scan(STRANGER).await;
    ada.post(CLOSE, json!({ "counted": [] }))
        .await
        .check_refused("sale_open", refused);
    ada.delete("/v1/registers/1/basket").await.json();
    ada.done(CLOSE, json!({ "counted": [] })).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_closing_sent_twice_is_one_closing() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let body = json!({ "counted": [{ "value_minor": 100, "count": 1 }] });
    let first = ada.post_as("close-1", CLOSE, body.clone()).await.json();
    assert_eq!(ada.post_as("close-1", CLOSE, body).await.json(), first);
    let context = counter.edge.context();
    let replica = context.replica().clone();
    let up = context
        .db()
        .read(move |tx| replica.up_state(tx, EdgeNumber::HUB))
        .await;
    assert_eq!(up.unwrap().waiting(), 2, "one opening, one closing");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn whoever_opens_the_drawer_to_count_it_is_written_down_by_name() {
    let (counter, _printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(10_000).await;
    let cleo = counter.sign_in(CLEO).await;
    let unsent = async || {
        let context = counter.edge.context();
        let replica = context.replica().clone();
        let read = context
            .db()
            .read(move |tx| replica.up_state(tx, EdgeNumber::HUB));
        read.await.unwrap().waiting()
    };
    let before = unsent().await;
    let pressed = cleo.press("/register/1/shift/drawer", &[]).await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    assert_eq!(unsent().await, before + 1, "the hub is told of it");
    let opened = read(counter.edge.context().db(), |tx| openings(tx, 10)).await;
    let named: Vec<_> = opened
        .iter()
        .map(|opening| (opening.cause, opening.by.unwrap()))
        .collect();
    let (first, third) = (StaffId::from_parts(1, 1), StaffId::from_parts(1, 3));
    assert_eq!(
        named,
        [
            (DrawerCause::ShiftClosed, third),
            (DrawerCause::ShiftOpened, first),
        ]
    );
    let page = cleo.page("/status").await;
    assert!(page.text.contains("Cleo Maes") && page.text.contains("Ada Peeters"));
    let request = counter.request(Method::GET, "/status");
    let anybody = answer(request).await.text;
    assert!(anybody.contains("shift opened") && !anybody.contains("Ada Peeters"));
    assert_eq!(ada.page("/register/1/shift/stream").await.status, 401);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_drawer_asked_for_twice_by_one_press_opens_once() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    for _ in 0..2 {
        let pressed = ada
            .press_as("key-drawer", "/register/1/shift/drawer", &[])
            .await;
        assert_eq!(pressed.status, 200, "{}", pressed.text);
    }
    let opened = read(counter.edge.context().db(), |tx| openings(tx, 10)).await;
    assert_eq!(opened.len(), 2, "the float's and the one press's");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_closing_prints_its_z() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(10_000).await;
    counter.world.clock.advance(Duration::from_secs(8 * 3_600));
    let counted = json!({ "counted": [{ "value_minor": 5_000, "count": 2 }] });
    ada.done(CLOSE, counted).await;
    let seen = soon("the Z", printer.until(|seen| !seen.receipts.is_empty())).await;
    let z = &seen.receipts[0].text;
    for line in [
        "Z 1",
        "Corner Shop Ghent",
        "23 Nov 2026, 20:00",
        "2 x 50.00",
        "Should be",
    ] {
        assert!(z.contains(line), "{line} is missing in\n{z}");
    }
    counter.edge.shutdown().await;
    printer.shutdown().await;
}

#[tokio::test]
async fn the_page_asks_why_before_it_closes_a_till_that_differs() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(10_000).await;
    let here = "/register/1/shift/close";
    let asked = ada
        .press(here, &[("piece_5000", "1"), ("piece_100", "2")])
        .await;
    assert_eq!(asked.status, 200);
    assert!(
        asked.text.contains("The drawer is short by €48.00"),
        "{}",
        asked.text
    );
    assert!(
        asked.text.contains(r#"value="2""#),
        "what was counted is still there"
    );
    assert_eq!(
        ada.get(SHIFT).await.json()["open"],
        true,
        "nothing is closed by asking"
    );
    let fields = [
        ("piece_5000", "1"),
        ("piece_100", "2"),
        ("reason", "wrong_float"),
    ];
    let closed = ada.press(here, &fields).await;
    assert_eq!(
        (closed.status, closed.location.as_deref()),
        (204, Some("/register/1/shift"))
    );
    let page = ada.page("/register/1/shift").await;
    assert!(page.text.contains("The till is closed") && page.text.contains("-€48.00"));
    let wrong = ada.press(here, &[("piece_5000", "many")]).await;
    assert_eq!(wrong.problem().1, "count_unreadable");
    counter.edge.shutdown().await;
}
