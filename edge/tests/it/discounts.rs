//! Prices changed by hand at the till: alone, with a manager, beyond every limit; what the fact,
//! the receipt and the till tell of it. The hub is a closed port throughout.

use counterpart_edge::reference::install_policies;
use counterpart_protocol::policies::Policies;
use counterpart_protocol::pricing::Percent;
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter, MILK};
use crate::factory::soon;

const SALE: &str = "/v1/registers/1/basket/discounts";
const LINE: &str = "/v1/registers/1/basket/lines/1/discounts";
const PRICE: &str = "/v1/registers/1/basket/lines/1/price";

fn percent(percent: u32) -> Value {
    json!({ "off": { "percent": percent * 1_000 }, "reason": "damaged" })
}

fn with_pin(mut body: Value, pin: &str) -> Value {
    body["approval_pin"] = json!(pin);
    body
}

async fn sale_of(clerk: &Clerk<'_>, paid: &Value) -> Value {
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()
}

#[tokio::test]
async fn a_tenth_is_given_alone_and_more_with_a_managers_pin_only() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.post(LINE, percent(10)).await.check_refused(
        "basket_empty",
        "there is nothing to pay yet: scan an item first",
    );
    ada.scan("MUG-RED").await;
    let alone = ada.post_as("tenth", LINE, percent(10)).await.json();
    let again = ada.post_as("tenth", LINE, percent(10)).await.json();
    assert_eq!((&alone["total_minor"], &alone), (&json!(630), &again));
    let more = ada.post(LINE, percent(10)).await;
    let (status, _, detail) = more.problem();
    assert_eq!(status, 403);
    let sentence = "this comes to 19 % and 10 % may be given alone: have a manager type their PIN";
    assert_eq!(detail, sentence);
    let own = ada.post(LINE, with_pin(percent(10), ADA)).await;
    assert_eq!(
        own.status, 403,
        "an associate approves nothing: {}",
        own.text
    );
    let wrong = ada.post(LINE, with_pin(percent(10), "9999")).await;
    assert_eq!(wrong.problem().1, "not_approved");
    assert_eq!(ada.basket().await["total_minor"], 630);
    let approved = ada.done(LINE, with_pin(percent(10), CLEO)).await;
    assert_eq!(
        (&approved["total_minor"], &approved["off_minor"]),
        (&json!(567), &json!(133))
    );
    let sale = sale_of(&ada, &ada.pay(567).await.json()).await;
    let line = &sale["lines"][0];
    assert_eq!(
        (&line["amount_minor"], &line["unit_price_minor"]),
        (&json!(567), &json!(700))
    );
    let reductions = line["pricing"]["reductions"].as_array().unwrap();
    let told: Vec<(i64, bool)> = reductions
        .iter()
        .map(|it| {
            let by_hand = &it["because"]["line"];
            assert_eq!(by_hand["reason"], "damaged");
            assert_eq!(by_hand["by"], "00000000010000000000000001");
            let approved = by_hand["approved_by"] == "00000000010000000000000003";
            (it["amount_minor"].as_i64().unwrap(), approved)
        })
        .collect();
    assert_eq!(told, [(70, false), (63, true)]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_is_paid_is_what_tax_till_and_receipt_count() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("MUG-RED").await;
    ada.scan(MILK).await;
    ada.scan(MILK).await;
    let price = json!({ "price_minor": 650, "reason": "shelf_label" });
    let typed = ada.put(PRICE, price).await.json();
    assert_eq!(typed["lines"][0]["pricing"]["list_price_minor"], 700);
    let body = json!({ "off": { "amount": 45 }, "reason": "goodwill" });
    let basket = ada.done(SALE, body).await;
    // 6.50 and 2.58 less 0.45: 0.32 and 0.13.
    assert_eq!(basket["total_minor"], 863);
    assert_eq!(
        basket["taxes"],
        json!([
            { "rate": 6_000, "gross_minor": 245, "tax_minor": 14 },
            { "rate": 21_000, "gross_minor": 618, "tax_minor": 107 },
        ])
    );
    let sale = sale_of(&ada, &ada.pay(1_000).await.json()).await;
    assert_eq!(
        (&sale["total_minor"], &sale["taxes"]),
        (&json!(863), &basket["taxes"])
    );
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get("/v1/registers/1/shift").await.json();
    assert_eq!(till["expected_minor"], 20_863);
    let seen = soon(
        "the receipt",
        printer.until(|seen| seen.receipts.len() == 1),
    )
    .await;
    let receipt = &seen.receipts[0].text;
    for words in [
        "Price was 7.00, Shelf label",
        "Goodwill on the sale",
        "-0.32",
        "-0.13",
        "You save",
        "8.63",
    ] {
        assert!(receipt.contains(words), "{words} is missing in\n{receipt}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_limits_are_the_policys_and_nobody_gives_more_than_a_manager_may() {
    let counter = Counter::open().await;
    let mut policies = Policies::default();
    policies.till.associate.line_discount_max = Percent(0);
    policies.till.manager.line_discount_max = Percent(20_000);
    install_policies(counter.edge.context(), 1, [7; 32], policies)
        .await
        .unwrap();
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    assert_eq!(ada.post(LINE, percent(1)).await.status, 403);
    let approved = ada.done(LINE, with_pin(percent(20), CLEO)).await;
    assert_eq!(approved["total_minor"], 560);
    ada.delete(LINE).await.json();
    ada.post(LINE, with_pin(percent(21), CLEO))
        .await
        .check_refused(
            "beyond_limits",
            "this comes to 21 % and nobody here may give more than 20 %: give less",
        );
    ada.delete("/v1/registers/1/basket/lines/1").await.json();
    ada.post(LINE, percent(1)).await.check_refused(
        "basket_empty",
        "there is nothing to pay yet: scan an item first",
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_discount_that_outgrew_its_limit_bars_pay_until_it_is_given_anew() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    let line = "/v1/registers/1/basket/lines/1";
    ada.put(line, json!({ "quantity_milli": 10_000 }))
        .await
        .json();
    let body = json!({ "off": { "amount": 700 }, "reason": "goodwill" });
    assert_eq!(ada.done(LINE, body).await["total_minor"], 6_300);
    ada.put(line, json!({ "quantity_milli": 1_000 }))
        .await
        .json();
    let sentence = "Mug, red now comes to 100 % off and 10 % were allowed: take it off and give it \
                    again";
    ada.pay(0)
        .await
        .check_refused("discount_outgrown", sentence);
    assert_eq!(ada.basket().await["barred"], sentence);
    assert_eq!(ada.delete(LINE).await.json()["total_minor"], 700);
    assert_eq!(ada.pay(700).await.status, 200);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_page_asks_about_the_line_and_tells_what_came_off() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    ada.scan("CANDLE").await;
    let ask = [("line", "1"), ("does", "discount")];
    let asked = ada.press("/register/1/quantity", &ask).await;
    for words in [
        "Change the price of Mug, red",
        "Beyond 10 % of a line",
        "Best before soon",
    ] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    let give = |what: &'static str, value: &'static str| {
        [
            ("line", "1"),
            ("what", what),
            ("value", value),
            ("reason", "best_before"),
        ]
    };
    let path = "/register/1/discount";
    for (what, value, code) in [
        ("line_percent", "a lot", "value_unreadable"),
        ("line_percent", "101", "value_unreadable"),
        ("kilos", "1", "what_missing"),
        ("price", "0", "forbidden"),
    ] {
        let answer = ada.press(path, &give(what, value)).await;
        assert_eq!(answer.problem().1, code, "{what} {value}: {}", answer.text);
    }
    let given = ada.press(path, &give("line_percent", "7.5 %")).await;
    assert_eq!(given.status, 200, "{}", given.text);
    assert!(
        !given.text.contains("Change the price of"),
        "the question is answered"
    );
    for words in ["−€0.53 Best before soon", "€6.47", "€9.97", "Taken off"] {
        assert!(given.text.contains(words), "{words}: {}", given.text);
    }
    ada.press("/register/1/quantity", &ask).await;
    let cleared = ada
        .press(path, &[("line", "1"), ("does", "clear_line")])
        .await;
    assert!(cleared.text.contains("€10.50"), "{}", cleared.text);
    ada.press("/register/1/quantity", &ask).await;
    let closed = ada.press("/register/1/discount/close", &[]).await;
    assert!(
        !closed.text.contains("Change the price of"),
        "{}",
        closed.text
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_power_cut_keeps_what_was_given() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(5_000).await;
    let token = ada.token.clone();
    ada.scan("MUG-RED").await;
    ada.done(LINE, percent(10)).await;
    let price = json!({ "price_minor": 690, "reason": "other" });
    ada.put(PRICE, price).await.json();
    ada.done(SALE, percent(1)).await;
    let before = ada.basket().await;
    let counter = counter.restarted().await;
    let request = counter.request(reqwest::Method::GET, "/v1/registers/1/basket");
    let after = crate::counter::answer(request.bearer_auth(token))
        .await
        .json();
    assert_eq!(after, before);
    counter.edge.shutdown().await;
}
