//! Cash that is rounded, vouchers, cash of another currency and accounts: what they count for, what
//! goes back, and what receipt, X, Z and the seal of the day say of them. The hub is a closed port
//! throughout.

mod counts;
mod others;

use counterpart_daemon::db::Tx;
use counterpart_daemon::params;
use counterpart_edge::reference::install_policies;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{
    BusinessAccount, CashRounding, ForeignRate, Policies, TenderPolicy,
};
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter, MILK};
use crate::days::{DAY, body_of, sealed, segment};
use crate::factory::read;

const PAY: &str = "/v1/registers/1/pay";
const RETURNS: &str = "/v1/registers/1/returns";

/// A store whose cash is rounded to `step`, that takes dollars, and that sells to one account.
async fn with_policy(step: i64, change: impl FnOnce(&mut Policies)) -> Counter {
    let counter = Counter::open().await;
    publish(&counter, 1, step, change).await;
    counter
}

async fn publish(counter: &Counter, version: u64, step: i64, change: impl FnOnce(&mut Policies)) {
    let mut policies = Policies {
        tenders: TenderPolicy {
            cash_rounding: vec![CashRounding {
                currency: Currency::EUR,
                country: None,
                step_minor: Minor(step),
            }],
            voucher_change_max_minor: Minor(100),
            foreign: vec![ForeignRate {
                currency: "USD".parse().unwrap(),
                into: Currency::EUR,
                rate_micro: 923_456,
            }],
            accounts: vec![BusinessAccount {
                number: "K-1042".to_owned(),
                name: "Baker and Sons".to_owned(),
                currency: Currency::EUR,
                limit_minor: Minor(1_000),
            }],
        },
        ..Policies::default()
    };
    change(&mut policies);
    let hash = [u8::try_from(version).unwrap(); 32];
    install_policies(counter.edge.context(), version, hash, policies)
        .await
        .unwrap();
}

fn cash(amount: i64) -> Value {
    json!({ "kind": "cash", "amount_minor": amount })
}

async fn pay(clerk: &Clerk<'_>, tenders: &[Value]) -> Value {
    clerk.done(PAY, json!({ "tenders": tenders })).await
}

async fn sale_of(clerk: &Clerk<'_>, paid: &Value) -> Value {
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()
}

async fn expected(counter: &Counter) -> i64 {
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get("/v1/registers/1/shift").await.json();
    till["expected_minor"].as_i64().unwrap()
}

/// Returns the body of the last fact of a kind in the first segment of the journal.
async fn last_fact(counter: &Counter, kind: &str) -> Value {
    let mut facts = segment(counter, "7/1/0").await;
    facts.reverse();
    body_of(&facts, kind)
}

#[tokio::test]
async fn what_is_paid_in_cash_is_rounded_and_the_till_holds_what_was_given() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan(MILK).await;
    ada.press("/register/1/tender", &[]).await;
    let due = ada.get("/v1/registers/1/card-payments").await.json();
    assert_eq!(due["due"]["due_minor"], 129);
    assert_eq!(due["due"]["cash_due_minor"], 130);
    assert_eq!(due["due"]["rounding_minor"], 1);
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("In cash €1.30 (rounded by €0.01)"), "{page}");
    let paid = pay(&ada, &[cash(200)]).await;
    assert_eq!(
        (
            &paid["total_minor"],
            &paid["change_minor"],
            &paid["rounding_minor"]
        ),
        (&json!(129), &json!(70), &json!(1))
    );
    let sale = sale_of(&ada, &paid).await;
    assert_eq!(sale["rounding_minor"], 1);
    assert_eq!(expected(&counter).await, 20_130);
    let ada = counter.sign_in(ADA).await;
    // To the cent is not rounded, and a button of the page says what cash comes to.
    ada.scan(MILK).await;
    assert_eq!(pay(&ada, &[cash(129)]).await["rounding_minor"], 0);
    ada.scan(MILK).await;
    ada.press("/register/1/tender", &[]).await;
    ada.press("/register/1/cash", &[("amount_minor", "130")])
        .await;
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Rounded by €0.01."), "{page}");
    assert_eq!(expected(&counter).await, 20_389);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn less_than_half_a_step_is_given_up_only_when_somebody_says_cash() {
    let counter = with_policy(500, |_| {}).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    let nothing = ada.post(PAY, json!({ "tenders": [] })).await;
    nothing.check_refused("still_due", "1.29 EUR is still due");
    let paid = pay(&ada, &[cash(0)]).await;
    assert_eq!(paid["rounding_minor"], -129);
    assert_eq!(sale_of(&ada, &paid).await["tenders"], json!([]));
    ada.scan("CANDLE").await;
    let refused = ada.post(PAY, json!({ "tenders": [cash(0)] })).await;
    assert_eq!(refused.problem().1, "tender_not_positive");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_goes_back_in_cash_is_rounded_and_x_z_and_the_seal_agree() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan(MILK).await;
    let paid = pay(&ada, &[cash(130)]).await;
    ada.scan(MILK).await;
    ada.scan("CANDLE").await;
    // 4.79 comes to 4.80.
    pay(&ada, &[cash(500)]).await;
    let sale_id = paid["sale_id"].as_str().unwrap();
    let back = json!({
        "sale_id": sale_id,
        "lines": [{
            "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock",
        }],
    });
    let taken = ada.done(RETURNS, back).await;
    assert_eq!(taken["total_minor"], 129);
    let recorded = last_fact(&counter, "return_recorded").await;
    assert_eq!(recorded["tenders"][0]["amount_minor"], 130);
    assert_eq!(recorded["rounding_minor"], 1);
    assert_eq!(expected(&counter).await, 20_480);
    let cleo = counter.sign_in(CLEO).await;
    cleo.done("/v1/registers/1/shift/x", json!({})).await;
    let counted = json!({ "counted": [{ "value_minor": 10, "count": 2_048 }] });
    let closed = cleo.done("/v1/registers/1/shift/close", counted).await;
    assert_eq!(closed["over_short_minor"], 0);
    let z = last_fact(&counter, "shift_closed").await;
    assert_eq!(z["totals"]["rounding_minor"], 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn views_made_anew_say_the_same_of_every_tender() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    for _ in 0..2 {
        ada.scan("CANDLE").await;
        ada.scan(MILK).await;
        let voucher = json!({ "kind": "voucher", "number": "V-1", "face_minor": 100 });
        let account = json!({ "kind": "on_account", "account": "K-1042", "amount_minor": 100 });
        let dollars = json!({ "kind": "foreign_cash", "currency": "USD", "amount_minor": 500 });
        pay(&ada, &[voucher, account, dollars]).await;
    }
    let tables = [
        "shift_sales",
        "shift_tenders",
        "account_moves",
        "shift_returns",
    ];
    let dump = || {
        read(counter.edge.context().db(), move |tx| {
            let mut all = Vec::new();
            for table in tables {
                let rows = tx.query_all(&format!("SELECT * FROM {table}"), params![])?;
                all.push(format!("{rows:?}"));
            }
            Ok(all)
        })
    };
    let before = dump().await;
    // Ten dollars and two vouchers of 1.00 are to be counted.
    assert!(before[1].contains("Int(1000)"), "{before:?}");
    let context = counter.edge.context().clone();
    let rebuild = move |tx: &mut Tx| context.replica().rebuild(tx);
    counter.edge.context().db().write(rebuild).await.unwrap();
    assert_eq!(dump().await, before);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_day_is_sealed_with_its_rounding() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.sign_in(ADA).await;
    ada.done("/v1/registers/1/shift/open", json!({ "float_minor": 0 }))
        .await;
    ada.scan(MILK).await;
    pay(&ada, &[cash(130)]).await;
    let cards = json!({ "counted": [{ "value_minor": 130, "count": 1 }] });
    ada.done("/v1/registers/1/shift/close", cards).await;
    counter.world.clock.advance(DAY);
    assert_eq!(sealed(&counter).await.len(), 1);
    let seal = last_fact(&counter, "day_sealed").await;
    let takings = &seal["sums"]["takings"][0];
    assert_eq!(takings["total_minor"], 129);
    assert_eq!(takings["rounding_minor"], 1);
    assert_eq!(takings["tenders"][0]["amount_minor"], 130);
    counter.edge.shutdown().await;
}
