//! What is counted beside cash, and a drawer that is taken over.

use serde_json::{Value, json};

use super::{cash, last_fact, pay, with_policy};
use crate::counter::{ADA, BEN, CLEO, MILK};

const SHIFT: &str = "/v1/registers/1/shift";

#[tokio::test]
async fn each_tender_is_counted_blind_and_its_difference_is_named_and_posted() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    ada.scan(MILK).await;
    let voucher = json!({ "kind": "voucher", "number": "V-1", "face_minor": 200 });
    let account = json!({ "kind": "on_account", "account": "K-1042", "amount_minor": 100 });
    let dollars = json!({ "kind": "foreign_cash", "currency": "USD", "amount_minor": 200 });
    pay(&ada, &[voucher, account, dollars, cash(100)]).await;
    let page = ada.page("/register/1/shift").await.text;
    for field in [
        "other_voucher",
        "other_on_account",
        "other_foreign_cash_USD",
    ] {
        assert!(page.contains(field), "no {field} on the page");
    }
    assert!(!page.contains("other_card"), "no card paid");
    // 4.79 less 2.00 and 1.00 is 1.79: 1.80 in cash. Two dollars are 1.85, so 1.05 of the 1.00
    // and the 1.85 goes back, and 199.95 should be in the drawer.
    let fields = [("piece_5000", "4"), ("other_voucher", "1.50")];
    let asked = ada.press("/register/1/shift/close", &fields).await;
    assert!(asked.text.contains("short by €0.50"), "{}", asked.text);
    let body = json!({
        "counted": [{ "value_minor": 5_000, "count": 4 }],
        "others": [
            { "kind": "voucher", "counted_minor": 150 },
            { "kind": "foreign_cash", "currency": "USD", "counted_minor": 200 },
        ],
    });
    let closed = ada.done("/v1/registers/1/shift/close", body).await;
    assert_eq!(closed["over_short_minor"], 5);
    assert_eq!(closed["others"][0]["over_short_minor"], -50);
    assert_eq!(closed["others"][1]["over_short_minor"], 0);
    assert_eq!(closed["reason"], "unexplained");
    let fact = last_fact(&counter, "shift_closed").await;
    assert_eq!(fact["others"][0]["kind"], "voucher");
    assert_eq!(fact["others"][1]["currency"], "USD");
    let tenders = fact["totals"]["tenders"].as_array().unwrap();
    assert_eq!(
        tenders.len(),
        3,
        "accounts stand in the totals and were not counted: {fact}"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_count_that_cannot_be_is_asked_for_again() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    for other in [
        json!({ "kind": "cash", "counted_minor": 1 }),
        json!({ "kind": "voucher", "counted_minor": -1 }),
        json!({ "kind": "foreign_cash", "counted_minor": 1 }),
    ] {
        let body = json!({ "counted": [], "others": [other] });
        let refused = ada.post("/v1/registers/1/shift/close", body).await;
        assert_eq!(refused.problem().1, "tender_unfit");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_drawer_is_taken_over_without_being_counted_and_who_sold_what_is_known() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    pay(&ada, &[cash(350)]).await;
    let mine = ada.post("/v1/registers/1/shift/cashier", json!({})).await;
    mine.check_refused(
        "same_cashier",
        "you work this drawer already: whoever takes it over signs in first",
    );
    let ben = counter.sign_in(BEN).await;
    let before = ben.get(SHIFT).await.json();
    assert_eq!(before["cashier"], "Ada Peeters");
    let page = ben.page("/register/1/shift").await.text;
    assert!(page.contains("Take over the drawer"), "{page}");
    let taken = ben.done("/v1/registers/1/shift/cashier", json!({})).await;
    assert_eq!(taken["before"], "Ada Peeters");
    assert_eq!(taken["shift_id"], before["shift_id"], "the shift goes on");
    ben.scan(MILK).await;
    pay(&ben, &[cash(130)]).await;
    let fact = last_fact(&counter, "cashier_changed").await;
    assert_ne!(fact["from"], Value::Null);
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get(SHIFT).await.json();
    assert_eq!(till["cashier"], taken["cashier"]);
    assert_eq!(till["expected_minor"], 20_480);
    cleo.done("/v1/registers/1/shift/x", json!({})).await;
    // Back to who had it before, however often.
    let ada = counter.sign_in(ADA).await;
    let again = ada.done("/v1/registers/1/shift/cashier", json!({})).await;
    assert_eq!(again["before"], taken["cashier"]);
    counter.edge.shutdown().await;
}
