//! Exchanges: goods come back and others go out in one transaction with one net amount; what till,
//! Z, stock and the seal of the day say of it. The hub is a closed port throughout.

use serde_json::{Value, json};

use crate::counter::{BEN, CLEO, Clerk, Counter, MILK};
use crate::days::{DAY, body_of, sealed, segment};
use crate::factory::soon;

const EXCHANGE: &str = "/v1/registers/1/exchange";
const FINISH: &str = "/v1/registers/1/exchange/finish";
const BASKET: &str = "/v1/registers/1/basket";

/// Sells so many mugs at 7.00 for cash, and returns the sale's id and receipt.
async fn mugs(clerk: &Clerk<'_>, pieces: i64) -> (String, String) {
    clerk.scan("MUG-RED").await;
    let line = "/v1/registers/1/basket/lines/1";
    let quantity = json!({ "quantity_milli": pieces * 1_000 });
    clerk.put(line, quantity).await.json();
    let paid = clerk.pay(pieces * 700).await.json();
    let text = |key: &str| paid[key].as_str().unwrap().to_owned();
    (text("sale_id"), text("receipt"))
}

fn coming(sale: &str, pieces: i64) -> Value {
    json!({
        "sale_id": sale,
        "lines": [{
            "line": 1, "quantity_milli": pieces * 1_000, "reason": "changed_mind",
            "disposition": "restock",
        }],
    })
}

async fn begin(clerk: &Clerk<'_>, sale: &str, pieces: i64) {
    let begun = clerk.post(EXCHANGE, coming(sale, pieces)).await;
    assert_eq!(begun.status, 204, "{}", begun.text);
}

async fn expected(counter: &Counter) -> i64 {
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get("/v1/registers/1/shift").await.json();
    till["expected_minor"].as_i64().unwrap()
}

async fn on_hand(clerk: &Clerk<'_>, sku: &str) -> i64 {
    let found = clerk.get(&format!("/v1/stock/{sku}")).await.json();
    found["on_hand_milli"].as_i64().unwrap()
}

async fn returned(clerk: &Clerk<'_>) -> Value {
    clerk.get("/v1/returns").await.json()["returns"][0].clone()
}

#[tokio::test]
async fn what_comes_back_counts_for_what_goes_out_and_only_the_net_is_paid() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, receipt) = mugs(&ada, 1).await;
    let (mug, candle) = (
        on_hand(&ada, "MUG-RED").await,
        on_hand(&ada, "CANDLE").await,
    );
    begin(&ada, &sale, 1).await;
    for _ in 0..3 {
        ada.scan("CANDLE").await;
    }
    let basket = ada.get(BASKET).await.json();
    assert_eq!(basket["total_minor"], 1_050);
    let shown = &basket["exchange"];
    assert_eq!(
        (
            &shown["receipt"],
            &shown["credit_minor"],
            &shown["to_pay_minor"]
        ),
        (&json!(receipt), &json!(700), &json!(350))
    );
    let short = ada.pay(300).await;
    assert_eq!(short.problem().1, "still_due");
    let paid = ada.pay(500).await.json();
    assert_eq!(
        (&paid["total_minor"], &paid["change_minor"]),
        (&json!(1_050), &json!(150))
    );
    assert_eq!(expected(&counter).await, 20_000 + 700 + 350);
    let ada = counter.sign_in(BEN).await;
    assert_eq!(on_hand(&ada, "MUG-RED").await, mug + 1_000);
    assert_eq!(on_hand(&ada, "CANDLE").await, candle - 3_000);
    let sold_by = paid["sale_id"].as_str().unwrap();
    let sold = ada.get(&format!("/v1/sales/{sold_by}")).await.json();
    let back = returned(&ada).await;
    let halves = [&sold["tenders"][0], &back["tenders"][0]];
    assert_eq!(halves[0], halves[1], "both say the same");
    assert_eq!(halves[0]["exchanged"]["sale_id"], sold_by);
    assert_eq!(halves[0]["exchanged"]["return_id"], back["return_id"]);
    let seen = soon(
        "the receipt",
        printer.until(|seen| seen.receipts.len() == 2),
    )
    .await;
    let paper = &seen.receipts[1].text;
    for words in [
        "RETURNED",
        &receipt,
        "-7.00",
        "BOUGHT",
        "Exchanged goods",
        "Change",
    ] {
        assert!(paper.contains(words), "{words} is missing in\n{paper}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_counts_for_more_than_goes_out_gives_back_the_rest_and_the_books_add_up() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, _) = mugs(&ada, 2).await;
    begin(&ada, &sale, 2).await;
    ada.scan("CANDLE").await;
    let paid = ada.pay(350).await;
    paid.check_refused(
        "gives_back",
        "what comes back counts for 10.50 EUR more than the sale: give that back to finish the \
         exchange",
    );
    let done = ada.post_as("finish", FINISH, json!({})).await.json();
    let again = ada.post_as("finish", FINISH, json!({})).await.json();
    assert_eq!(done, again);
    assert_eq!(expected(&counter).await, 20_000 + 1_400 - 1_050);
    let ada = counter.sign_in(BEN).await;
    let seen = soon(
        "the receipt",
        printer.until(|seen| seen.receipts.len() == 2),
    )
    .await;
    let paper = &seen.receipts[1].text;
    for words in ["GIVEN BACK EUR", "10.50", "Cash given back"] {
        assert!(paper.contains(words), "{words} is missing in\n{paper}");
    }
    let counted = json!({ "counted": [{ "value_minor": 20_350, "count": 1 }] });
    let closed = ada.done("/v1/registers/1/shift/close", counted).await;
    assert_eq!(closed["over_short_minor"], 0);
    let seen = soon("the Z", printer.until(|seen| seen.receipts.len() == 3)).await;
    let z = &seen.receipts[2].text;
    assert!(
        z.contains("Exchanged (1)") && !z.contains("not counted"),
        "{z}"
    );
    counter.world.clock.advance(DAY);
    assert_eq!(sealed(&counter).await.len(), 1);
    let seal = body_of(&segment(&counter, "7/1/0").await, "day_sealed");
    let takings = &seal["sums"]["takings"][0];
    assert_eq!(takings["total_minor"], 1_400 + 350);
    assert_eq!(
        takings["returned"],
        json!({ "returns": 1, "total_minor": 1_400 })
    );
    let tenders = takings["tenders"].as_array().unwrap();
    let sum: i64 = tenders
        .iter()
        .map(|it| it["amount_minor"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 350, "{seal}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn goods_for_goods_of_the_same_price_need_no_money_and_what_went_out_can_come_back() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, _) = mugs(&ada, 1).await;
    begin(&ada, &sale, 1).await;
    ada.scan("CANDLE").await;
    ada.scan("CANDLE").await;
    let done = ada.done(FINISH, json!({})).await;
    assert_eq!(done["change_minor"], 0);
    assert_eq!(expected(&counter).await, 20_700);
    // The first sale is back as a whole; what went out for it is exchanged in its turn.
    let ada = counter.sign_in(BEN).await;
    let refused = ada.post(EXCHANGE, coming(&sale, 1)).await;
    assert_eq!(refused.problem().1, "more_than_sold");
    let second = done["sale_id"].as_str().unwrap();
    begin(&ada, second, 2).await;
    ada.scan(MILK).await;
    ada.done(FINISH, json!({})).await;
    assert_eq!(expected(&counter).await, 20_700 - 700 + 129);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_exchanged_is_refused_in_words() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, _) = mugs(&ada, 12).await;
    for (body, code) in [
        (coming(&sale, 13), "more_than_sold"),
        (coming(&sale, 0), "quantity_not_positive"),
        (json!({ "sale_id": sale, "lines": [] }), "nothing_returned"),
    ] {
        assert_eq!(ada.post(EXCHANGE, body).await.problem().1, code);
    }
    let strange = coming("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1);
    assert_eq!(ada.post(EXCHANGE, strange).await.status, 404);
    assert_eq!(ada.post(EXCHANGE, coming(&sale, 12)).await.status, 403);
    let none = ada.post(FINISH, json!({})).await;
    assert_eq!(none.problem().1, "basket_empty");
    assert_eq!(ada.delete(EXCHANGE).await.problem().1, "no_exchange");
    begin(&ada, &sale, 1).await;
    assert_eq!(
        ada.post(EXCHANGE, coming(&sale, 1)).await.problem().1,
        "in_exchange"
    );
    let elsewhere = json!({
        "sale_id": sale,
        "lines": [{
            "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock",
        }],
    });
    let refund = ada.post("/v1/registers/1/returns", elsewhere).await;
    refund.check_refused(
        "in_exchange",
        "goods of this sale are being exchanged at register 1: finish that sale, or take them out \
         of it first",
    );
    assert_eq!(
        ada.post(FINISH, json!({})).await.problem().1,
        "basket_empty"
    );
    ada.scan("CANDLE").await;
    let parked = ada.post("/v1/registers/1/basket/suspend", json!({})).await;
    assert_eq!(parked.problem().1, "exchange_here");
    let close = json!({ "counted": [] });
    let close = ada.post("/v1/registers/1/shift/close", close).await;
    assert_eq!(close.problem().1, "sale_open");
    assert_eq!(ada.delete(EXCHANGE).await.status, 204);
    assert!(ada.get(BASKET).await.json().get("exchange").is_none());
    // Voiding the sale leaves nothing behind either.
    begin(&ada, &sale, 1).await;
    assert_eq!(ada.delete(BASKET).await.status, 200);
    begin(&ada, &sale, 1).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_store_server_that_ends_in_between_leaves_the_exchange_open_and_whole() {
    let counter = Counter::open().await;
    let sale = {
        let ada = counter.at_open_till(20_000).await;
        let (sale, _) = mugs(&ada, 1).await;
        begin(&ada, &sale, 1).await;
        ada.scan("CANDLE").await;
        sale
    };
    let counter = counter.restarted().await;
    let ben = counter.sign_in(BEN).await;
    assert_eq!(ben.get("/v1/returns").await.json()["returns"], json!([]));
    let basket = ben.get(BASKET).await.json();
    assert_eq!(basket["exchange"]["give_back_minor"], 350);
    ben.done(FINISH, json!({})).await;
    let refused = ben.post(EXCHANGE, coming(&sale, 1)).await;
    assert_eq!(refused.problem().1, "more_than_sold");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_pages_lead_from_a_scanned_receipt_to_the_exchange_and_through_it() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, receipt) = mugs(&ada, 1).await;
    let scanned = ada.scan(&receipt).await;
    assert_eq!(scanned["why"], "receipt");
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Take back"), "{page}");
    let basket = ada.get(BASKET).await.json();
    let scan = basket["unsettled"][0]["scan"].as_i64().unwrap();
    let path = format!("/register/1/scans/{scan}");
    let led = ada.press(&path, &[("does", "take_back")]).await;
    let of = format!("/register/1/returns/of/{sale}");
    assert_eq!(led.location.as_deref(), Some(of.as_str()));
    let page = ada.page(&of).await.text;
    assert!(page.contains("Exchange for other goods"), "{page}");
    let fields = [
        ("quantity_1", "1"),
        ("reason_1", "size"),
        ("to_1", "restock"),
        ("does", "exchange"),
    ];
    let begun = ada.press(&of, &fields).await;
    assert_eq!(begun.location.as_deref(), Some("/register/1"));
    ada.scan(MILK).await;
    let page = ada.page("/register/1").await.text;
    for words in ["Comes back", "Mug, red", "−€7.00", "To give back", "€5.71"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    ada.press("/register/1/tender", &[]).await;
    let page = ada.page("/register/1").await.text;
    assert!(
        page.contains("To give back") && page.contains("Give back in cash"),
        "{page}"
    );
    ada.press("/register/1/exchange/finish", &[("does", "original")])
        .await;
    let page = ada.page("/register/1").await.text;
    assert!(
        page.contains("Give back") && page.contains("€5.71"),
        "{page}"
    );
    counter.edge.shutdown().await;
}
