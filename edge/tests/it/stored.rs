//! Gift cards and credits at the till, the hub a closed port throughout: what is sold gets its
//! number on paper, what pays is within the signed limit, what is given up issues nothing.

use counterpart_hardware::VirtualPrinter;
use counterpart_protocol::stored::{StoredKind, StoredNumber};
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter, MILK};
use crate::days::{DAY, body_of, sealed, segment};
use crate::factory::soon;

const CARDS: &str = "/v1/registers/1/basket/gift-cards";
const PAY: &str = "/v1/registers/1/pay";

fn number() -> StoredNumber {
    StoredNumber::draw(StoredKind::GiftCard, 77)
}

fn cash(amount: i64) -> Value {
    json!({ "kind": "cash", "amount_minor": amount })
}

fn stored(number: &str, amount: Option<i64>) -> Value {
    json!({ "kind": "stored", "number": number, "amount_minor": amount })
}

async fn pay(clerk: &Clerk<'_>, tenders: &[Value]) -> Value {
    clerk.done(PAY, json!({ "tenders": tenders })).await
}

async fn sell(clerk: &Clerk<'_>, amount: i64, number: &str) -> Value {
    let body = json!({ "amount_minor": amount, "number": number });
    clerk.done(CARDS, body).await;
    pay(clerk, &[cash(amount)]).await
}

async fn balance(clerk: &Clerk<'_>, number: &str) -> Value {
    let body = json!({ "number": number });
    let answer = clerk.post("/v1/stored/balance", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

async fn sale_of(clerk: &Clerk<'_>, paid: &Value) -> Value {
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()
}

/// Reads the number off a paper that begins with `title`.
async fn printed(printer: &VirtualPrinter, title: &str) -> String {
    let seen = printer.until(|seen| seen.receipts.iter().any(|it| it.text.contains(title)));
    soon("the paper of a card", seen).await;
    let papers = printer.snapshot().receipts;
    let paper = papers.iter().find(|it| it.text.contains(title)).unwrap();
    let lines = paper.text.lines().map(str::trim);
    let mut numbers = lines.filter(|line| StoredNumber::read(line).is_ok());
    numbers.next().expect("a number on the paper").to_owned()
}

#[tokio::test]
async fn a_new_card_gets_its_number_on_paper_and_pays_in_part_with_the_rest_left_on_it() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    let basket = ada.done(CARDS, json!({ "amount_minor": 1_000 })).await;
    assert_eq!(basket["lines"][0]["amount_minor"], 1_000);
    let paid = pay(&ada, &[cash(1_000)]).await;
    let sale = sale_of(&ada, &paid).await;
    assert_eq!(sale["taxes"][0]["tax_minor"], 0, "tax is due when it pays");
    let number = printed(&printer, "GIFT CARD").await;
    let last_four = StoredNumber::read(&number).unwrap().card().last_four;
    let said = format!("Gift card ****{last_four}");
    assert_eq!(sale["lines"][0]["description"], said);
    assert!(
        !sale
            .to_string()
            .contains(&StoredNumber::read(&number).unwrap().code())
    );
    ada.scan(MILK).await;
    let paid = pay(&ada, &[stored(&number, None)]).await;
    let tender = &sale_of(&ada, &paid).await["tenders"][0];
    assert_eq!(
        (&tender["kind"], &tender["amount_minor"]),
        (&json!("gift_card"), &json!(129))
    );
    assert_eq!(tender["stored"]["offline"]["balance_minor"], 1_000);
    let left = balance(&ada, &number).await;
    assert_eq!(
        (&left["balance_minor"], &left["is_current"]),
        (&json!(871), &json!(false))
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_card_pays_beside_others_and_never_more_than_is_on_it_or_allowed() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let code = number().code();
    sell(&ada, 100, &code).await;
    ada.scan(MILK).await;
    let short = ada
        .post(PAY, json!({ "tenders": [stored(&code, None)] }))
        .await;
    assert_eq!(short.problem().1, "still_due");
    let paid = pay(&ada, &[stored(&code, None), cash(100)]).await;
    let tenders = sale_of(&ada, &paid).await["tenders"].clone();
    assert_eq!(
        (&tenders[0]["amount_minor"], &tenders[1]["amount_minor"]),
        (&json!(100), &json!(100))
    );
    ada.scan(MILK).await;
    let refused = |tenders: Value| ada.post(PAY, json!({ "tenders": tenders }));
    let last = number().card().last_four;
    refused(json!([stored(&code, None)])).await.check_refused(
        "stored_empty",
        &format!("nothing is left on the card that ends in {last}: take another tender"),
    );
    let stranger = StoredNumber::draw(StoredKind::GiftCard, 5);
    let unknown = refused(json!([stored(&stranger.code(), None)])).await;
    assert_eq!(unknown.problem().1, "stored_unknown");
    let mistyped = refused(json!([stored("GC1234567890123456784", None)])).await;
    assert_eq!(mistyped.problem().1, "stored_number_unfit");
    ada.done(
        CARDS,
        json!({ "amount_minor": 10_000, "number": stranger.code() }),
    )
    .await;
    pay(&ada, &[cash(10_129)]).await;
    ada.scan(MILK).await;
    let twice = json!([
        stored(&stranger.code(), Some(10)),
        stored(&stranger.code(), None)
    ]);
    assert_eq!(refused(twice).await.problem().1, "stored_twice");
    pay(&ada, &[cash(129)]).await;
    // Fifty pieces of milk are more than a store may take from one card on its own.
    ada.scan(MILK).await;
    let fifty = json!({ "quantity_milli": 50_000 });
    ada.put("/v1/registers/1/basket/lines/1", fifty).await;
    let much = refused(json!([stored(&stranger.code(), None)])).await;
    assert_eq!(much.problem().1, "tender_not_taken", "{}", much.text);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_is_given_up_issues_nothing_and_money_is_no_goods() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let code = number().code();
    ada.done(CARDS, json!({ "amount_minor": 1_000, "number": code }))
        .await;
    let more = ada
        .put(
            "/v1/registers/1/basket/lines/1",
            json!({ "quantity_milli": 2_000 }),
        )
        .await;
    assert_eq!(more.problem().1, "line_is_money");
    ada.delete("/v1/registers/1/basket").await;
    let nothing = ada
        .post("/v1/stored/balance", json!({ "number": code }))
        .await;
    assert_eq!(nothing.problem().1, "stored_unknown");
    let unprinted = ada.post(CARDS, json!({ "amount_minor": 100 })).await;
    assert_eq!(unprinted.problem().1, "no_printer");
    let much = json!({ "amount_minor": 20_001, "number": code });
    let much = ada.post(CARDS, much).await;
    assert_eq!(much.status, 403, "{}", much.text);
    let approved = json!({ "amount_minor": 20_001, "number": code, "approval_pin": CLEO });
    ada.done(CARDS, approved).await;
    ada.delete("/v1/registers/1/basket").await;
    let credit = StoredNumber::draw(StoredKind::StoreCredit, 1).code();
    let credit = ada
        .post(CARDS, json!({ "amount_minor": 100, "number": credit }))
        .await;
    assert_eq!(credit.problem().1, "not_gift_card");
    let paid = sell(&ada, 1_000, &code).await;
    let returned = json!({
        "sale_id": paid["sale_id"],
        "lines": [{ "line": 1, "quantity_milli": 1_000, "reason": "size",
            "disposition": "restock" }],
    });
    let refused = ada.post("/v1/registers/1/returns", returned).await;
    assert_eq!(
        refused.status, 409,
        "money does not come back: {}",
        refused.text
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_return_becomes_credit_on_paper_that_pays_like_a_card() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("CANDLE").await;
    let sold = pay(&ada, &[cash(350)]).await;
    let body = json!({
        "sale_id": sold["sale_id"],
        "lines": [{ "line": 1, "quantity_milli": 1_000, "reason": "size",
            "disposition": "restock" }],
        "to": "credit",
    });
    ada.done("/v1/registers/1/returns", body).await;
    let number = printed(&printer, "STORE CREDIT").await;
    assert!(number.starts_with("SC"), "{number}");
    assert_eq!(balance(&ada, &number).await["balance_minor"], 350);
    ada.scan(MILK).await;
    let paid = pay(&ada, &[stored(&number, None)]).await;
    let sale = sale_of(&ada, &paid).await;
    assert_eq!(sale["tenders"][0]["kind"], "store_credit");
    assert_eq!(balance(&ada, &number).await["balance_minor"], 221);
    // What the credit paid goes back to it.
    let body = json!({
        "sale_id": paid["sale_id"],
        "lines": [{ "line": 1, "quantity_milli": 1_000, "reason": "size",
            "disposition": "restock" }],
    });
    ada.done("/v1/registers/1/returns", body).await;
    assert_eq!(balance(&ada, &number).await["balance_minor"], 350);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn cards_stand_in_the_x_the_count_and_the_seal_of_the_day() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let code = number().code();
    sell(&ada, 1_000, &code).await;
    ada.scan(MILK).await;
    pay(&ada, &[stored(&code, None)]).await;
    let till = counter.sign_in(CLEO).await;
    let shift = till.get("/v1/registers/1/shift").await.json();
    assert_eq!(
        shift["expected_minor"], 21_000,
        "a card puts nothing into the drawer"
    );
    let ada = counter.sign_in(ADA).await;
    let page = ada.page("/register/1/shift").await.text;
    assert!(page.contains("other_gift_card"), "{page}");
    let body = json!({
        "counted": [{ "value_minor": 5_000, "count": 4 }, { "value_minor": 1_000, "count": 1 }],
        "others": [{ "kind": "gift_card", "counted_minor": 129 }],
    });
    let closed = ada.done("/v1/registers/1/shift/close", body).await;
    assert_eq!(
        (
            &closed["over_short_minor"],
            &closed["others"][0]["over_short_minor"]
        ),
        (&json!(0), &json!(0))
    );
    counter.world.clock.advance(DAY);
    sealed(&counter).await;
    let seal = body_of(&segment(&counter, "7/1/0").await, "day_sealed");
    let tenders = seal["sums"]["takings"][0]["tenders"].to_string();
    assert!(tenders.contains("gift_card"), "{seal}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_register_takes_a_card_by_its_form_and_by_its_scan() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let code = number().code();
    let page = ada.page("/register/1/gift-card").await.text;
    assert!(page.contains("Put money on a gift card"), "{page}");
    ada.press(
        "/register/1/gift-card",
        &[("amount", "10"), ("number", &code)],
    )
    .await;
    pay(&ada, &[cash(1_000)]).await;
    let told = ada
        .press("/register/1/gift-card/balance", &[("number", &code)])
        .await;
    assert!(told.text.contains("€10.00"), "{}", told.text);
    let waits = ada.scan(&code).await;
    assert_eq!(waits["why"], "stored", "{waits}");
    assert!(
        !ada.basket().await.to_string().contains(&code),
        "a number is money"
    );
    let scan = ada.basket().await["unsettled"][0]["scan"].clone();
    let path = format!("/register/1/scans/{scan}");
    ada.press(&path, &[("does", "aside")]).await;
    ada.scan(MILK).await;
    ada.press("/register/1/tender", &[]).await;
    assert!(ada.page("/register/1").await.text.contains("give-stored"));
    ada.press(
        "/register/1/other",
        &[("with", "stored"), ("number", &code), ("amount", "1")],
    )
    .await;
    assert!(
        ada.page("/register/1")
            .await
            .text
            .contains("Gift card ****")
    );
    ada.press("/register/1/back", &[]).await;
    ada.press("/register/1/tender", &[]).await;
    assert_eq!(ada.scan(&code).await["outcome"], "added");
    assert_eq!(balance(&ada, &code).await["balance_minor"], 871);
    counter.edge.shutdown().await;
}
