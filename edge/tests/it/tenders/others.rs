//! Vouchers, cash of another currency and accounts at the till, and what the policy does not name.

use serde_json::{Value, json};

use super::{PAY, RETURNS, cash, expected, last_fact, pay, publish, sale_of, with_policy};
use crate::counter::{ADA, CLEO, Counter, MILK};

fn voucher(number: &str, face: i64) -> Value {
    json!({ "kind": "voucher", "number": number, "face_minor": face })
}

fn dollars(amount: i64) -> Value {
    json!({ "kind": "foreign_cash", "currency": "USD", "amount_minor": amount })
}

fn account(amount: Option<i64>) -> Value {
    json!({ "kind": "on_account", "account": "K-1042", "amount_minor": amount })
}

#[tokio::test]
async fn a_voucher_pays_what_is_due_and_its_rest_goes_back_within_the_rule() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan(MILK).await;
    // 2.00 for 1.29: 0.71 is within the 1.00 that may go back, and comes to 0.70 in coins.
    let paid = pay(&ada, &[voucher("V-1", 200)]).await;
    assert_eq!(
        (&paid["change_minor"], &paid["rounding_minor"]),
        (&json!(70), &json!(1))
    );
    let sale = sale_of(&ada, &paid).await;
    assert_eq!(
        sale["tenders"][0]["voucher"],
        json!({ "number": "V-1", "face_minor": 200 })
    );
    assert_eq!(expected(&counter).await, 19_930);
    let ada = counter.sign_in(ADA).await;
    ada.scan(MILK).await;
    let paid = pay(&ada, &[voucher("V-2", 1_000)]).await;
    assert_eq!(paid["change_minor"], 0, "too much of it would go back");
    let sale = sale_of(&ada, &paid).await;
    assert_eq!(sale["tenders"][0]["amount_minor"], 129);
    ada.scan("CANDLE").await;
    let twice = json!({ "tenders": [voucher("V-3", 100), voucher("V-3", 100)] });
    ada.post(PAY, twice).await.check_refused(
        "voucher_twice",
        "voucher V-3 was given for this sale already: take another tender",
    );
    let unnamed = ada
        .post(PAY, json!({ "tenders": [voucher(" ", 100)] }))
        .await;
    assert_eq!(unnamed.problem().1, "voucher_unfit");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn dollars_count_at_the_rate_and_the_change_is_in_euro() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    ada.scan(MILK).await;
    ada.press("/register/1/tender", &[]).await;
    let page = ada.page("/register/1").await.text;
    for words in [
        "give-USD",
        "give-voucher",
        "give-account",
        "K-1042 Baker and Sons",
    ] {
        assert!(page.contains(words), "no {words} on the page");
    }
    let form = [("with", "foreign"), ("currency", "USD"), ("amount", "20")];
    ada.press("/register/1/other", &form).await;
    let sales = ada.get("/v1/sales?limit=1").await.json();
    let sale = sale_of(&ada, &sales["sales"][0]).await;
    // 20 USD at 0.923456 are 18.469 EUR, 18.45 in coins; 4.79 comes to 4.80 in cash.
    let given = &sale["tenders"][0];
    assert_eq!(given["amount_minor"], 1_845);
    assert_eq!(
        given["foreign"],
        json!({ "currency": "USD", "amount_minor": 2_000, "rate_micro": 923_456 })
    );
    assert_eq!(
        (&sale["change_minor"], &sale["rounding_minor"]),
        (&json!(1_365), &json!(1))
    );
    assert_eq!(expected(&counter).await, 20_000 - 1_365);
    let ada = counter.sign_in(ADA).await;
    ada.scan(MILK).await;
    let yen = json!({ "kind": "foreign_cash", "currency": "JPY", "amount_minor": 1_000 });
    ada.post(PAY, json!({ "tenders": [yen] }))
        .await
        .check_refused(
            "no_rate",
            "JPY is not taken here: the hub published no rate for it; take another tender",
        );
    let none = ada.post(PAY, json!({ "tenders": [dollars(0)] })).await;
    assert_eq!(none.problem().1, "foreign_out_of_range");
    let typo = ada
        .post(PAY, json!({ "tenders": [dollars(500_000)] }))
        .await;
    assert_eq!(typo.problem().1, "tender_unlikely");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_account_buys_up_to_its_limit_and_gets_back_what_comes_back() {
    let counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    let paid = pay(&ada, &[account(None)]).await;
    assert_eq!(
        (&paid["total_minor"], &paid["rounding_minor"]),
        (&json!(350), &json!(0))
    );
    for _ in 0..2 {
        ada.scan("CANDLE").await;
    }
    ada.post(PAY, json!({ "tenders": [account(None)] })).await.check_refused(
        "account_limit",
        "account K-1042 has 6.50 EUR left of the 10.00 EUR this store may sell to it in a month: \
         take another tender for the rest",
    );
    let strange = json!({ "kind": "on_account", "account": "K-9" });
    let strange = ada.post(PAY, json!({ "tenders": [strange] })).await;
    assert_eq!(strange.problem().1, "no_such_account");
    let more = ada
        .post(PAY, json!({ "tenders": [account(Some(701))] }))
        .await;
    assert_eq!(more.problem().1, "account_above_due");
    let split = pay(&ada, &[account(Some(650)), cash(50)]).await;
    assert_eq!(split["change_minor"], 0);
    let body = json!({
        "sale_id": split["sale_id"],
        "lines": [{
            "line": 1, "quantity_milli": 2_000, "reason": "size", "disposition": "restock",
        }],
    });
    ada.done(RETURNS, body).await;
    let back = last_fact(&counter, "return_recorded").await;
    assert_eq!(back["tenders"][0]["amount_minor"], 650);
    assert_eq!(back["tenders"][0]["account"]["account"], "K-1042");
    assert_eq!(
        back["tenders"][1],
        json!({ "kind": "cash", "amount_minor": 50 })
    );
    // What came back may be bought again.
    ada.scan("CANDLE").await;
    pay(&ada, &[account(None)]).await;
    // Another month begins at nothing.
    counter.world.clock.advance(crate::days::DAY * 10);
    let ada = counter.sign_in(ADA).await;
    for _ in 0..2 {
        ada.scan("CANDLE").await;
    }
    pay(&ada, &[account(None)]).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_tender_the_policy_does_not_name_is_refused_while_the_hub_is_away() {
    let counter = with_policy(5, |_| {}).await;
    let only_cash = |policies: &mut counterpart_protocol::policies::Policies| {
        policies.offline.associate.tenders = vec!["cash".to_owned()];
        policies.offline.manager.stored_value_max_minor = counterpart_protocol::money::Minor(100);
    };
    publish(&counter, 2, 5, only_cash).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    for (tender, word) in [
        (voucher("V-1", 100), "voucher"),
        (dollars(100), "foreign_cash"),
        (account(Some(100)), "on_account"),
    ] {
        let sentence = format!("'{word}' is not taken while the hub is away: take another tender");
        let refused = ada.post(PAY, json!({ "tenders": [tender] })).await;
        refused.check_refused("tender_not_taken", &sentence);
    }
    let form = [("with", "voucher"), ("number", "V-1"), ("amount", "1.00")];
    let refused = ada.press("/register/1/other", &form).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    // A manager may take more, and not more than so much of a voucher.
    let cleo = counter.sign_in(CLEO).await;
    let much = cleo
        .post(PAY, json!({ "tenders": [voucher("V-1", 200)] }))
        .await;
    assert_eq!(much.problem().1, "tender_not_taken");
    pay(&cleo, &[voucher("V-1", 100), cash(250)]).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_was_given_is_there_after_a_restart_and_no_sale_is_lost_or_doubled() {
    let forms: [&[(&str, &str)]; 3] = [
        &[("with", "voucher"), ("number", "V-1"), ("amount", "1.00")],
        &[("with", "foreign"), ("currency", "USD"), ("amount", "1.00")],
        &[
            ("with", "account"),
            ("account", "K-1042"),
            ("amount", "1.00"),
        ],
    ];
    for form in forms {
        let counter = with_policy(5, |_| {}).await;
        {
            let ada = counter.at_open_till(20_000).await;
            ada.scan("CANDLE").await;
            ada.press("/register/1/tender", &[]).await;
            let noted = ada.press("/register/1/other", form).await;
            assert_eq!(noted.status, 200, "{}", noted.text);
        }
        let counter = counter.restarted().await;
        let given = {
            let ada = counter.sign_in(ADA).await;
            let due = ada.get("/v1/registers/1/card-payments").await.json();
            let given = due["due"]["given_minor"].as_i64().unwrap();
            assert!(given > 0, "{form:?} was lost: {due}");
            let rest = json!({ "tenders": [cash(350 - given)] });
            ada.post_as("the-rest", PAY, rest).await.json();
            given
        };
        // The answer was lost with the power; the same command is sent again.
        let counter = counter.restarted().await;
        let ada = counter.sign_in(ADA).await;
        let rest = json!({ "tenders": [cash(350 - given)] });
        let again = ada.post_as("the-rest", PAY, rest).await.json();
        assert_eq!(again["receipt"], "1-1-000001");
        let sales = ada.get("/v1/sales").await.json();
        assert_eq!(sales["sales"].as_array().unwrap().len(), 1, "{form:?}");
        let sale = sale_of(&ada, &again).await;
        assert_eq!(sale["tenders"].as_array().unwrap().len(), 2, "{form:?}");
        counter.edge.shutdown().await;
    }
}

#[tokio::test]
async fn going_back_to_the_sale_gives_everything_back_to_the_customer() {
    let counter: Counter = with_policy(5, |_| {}).await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    ada.press("/register/1/tender", &[]).await;
    let form = [("with", "voucher"), ("number", "V-1"), ("amount", "1.00")];
    ada.press("/register/1/other", &form).await;
    let page = ada.page("/register/1").await.text;
    assert!(
        page.contains("Voucher V-1") && page.contains("Still to pay"),
        "{page}"
    );
    ada.press("/register/1/back", &[]).await;
    ada.press("/register/1/tender", &[]).await;
    let due = ada.get("/v1/registers/1/card-payments").await.json();
    assert_eq!(due["due"]["given_minor"], 0);
    counter.edge.shutdown().await;
}
