//! One gift card and two stores: sold on paper in one, and redeemed in both while neither reaches
//! the hub. Both sales stand, the hub names what was redeemed over, and both stores hear of it. And
//! a power cut while a card has paid a part leaves goods and money agreeing.

use counterpart_protocol::stored::StoredNumber;
use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::installation::Installation;
use counterpart_tests::shop::{Patience, Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER: &str = "antwerp-1";
const ON_IT: i64 = 600;

async fn does(caller: &Caller, path: &str, body: &Value) -> Result<Value, NotDone> {
    caller.command(Method::POST, path, &fresh_key(), body).await
}

async fn ask(caller: &Caller, path: &str) -> Value {
    caller.ask(path).await.unwrap()
}

/// Puts `amount` on a new card, in cash; its number comes out on paper, which `papers` tells.
async fn sells_card(till: &Till, amount: i64) {
    let path = "/v1/registers/1/basket/gift-cards";
    let body = json!({ "amount_minor": amount });
    does(till.caller(), path, &body).await.unwrap();
    till.pay(amount).await.unwrap();
}

/// Reads the number off the paper of a card.
fn number_on(paper: &str) -> Option<String> {
    let mut lines = paper.lines().map(str::trim);
    let found = lines.find(|line| StoredNumber::read(line).is_ok());
    found.map(str::to_owned)
}

async fn balance(caller: &Caller, number: &str) -> Result<Value, NotDone> {
    does(caller, "/v1/stored/balance", &json!({ "number": number })).await
}

/// What the hub says is on a card; nothing while it has not heard of it.
async fn at_hub(hub: &Caller, number: &str) -> Option<Value> {
    let body = json!({ "number": number });
    does(hub, "/v1/stored/find", &body).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_stores_redeem_apart_stands_in_both_and_has_one_name_everywhere() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let branch = Branch::open(&world, OTHER).await;
    let (here, there) = (world.open_till(1).await, branch.open_till().await);
    let hub = world.console().await.caller().clone();
    let good = world
        .goods
        .iter()
        .find(|good| good.price_minor > Some(ON_IT / 2));
    let good = good.expect("something costs more than half of the card");
    let price = good.price_minor.unwrap().min(ON_IT);

    sells_card(&here, ON_IT).await;
    let printed = world
        .counter(1)
        .printer()
        .until(|seen| seen.receipts.iter().any(|it| number_on(&it.text).is_some()));
    wait::told("the paper of the card", printed).await;
    let papers = world.counter(1).printer().snapshot().receipts;
    let number = papers.iter().find_map(|it| number_on(&it.text)).unwrap();

    // The other store learns of it by asking.
    let current = |told: &Result<Value, NotDone>| {
        told.as_ref()
            .is_ok_and(|it| it["is_current"] == true && it["balance_minor"] == ON_IT)
    };
    let looked = || balance(there.caller(), &number);
    wait::until_seen("the hub to tell what is on it", looked, current)
        .await
        .unwrap();

    world.line.cut();
    branch.line.cut();
    for till in [&here, &there] {
        till.scan(&good.gtin).await.unwrap();
        let rest = good.price_minor.unwrap() - price;
        let tenders = match rest {
            0 => json!([{ "kind": "stored", "number": number }]),
            _ => json!([{ "kind": "stored", "number": number },
                { "kind": "cash", "amount_minor": rest }]),
        };
        let body = json!({ "tenders": tenders });
        does(till.caller(), "/v1/registers/1/pay", &body)
            .await
            .unwrap();
    }
    world.line.mend();
    branch.line.mend();

    let over = ON_IT - 2 * price;
    let seen = wait::until_seen(
        "the hub to hold both sales",
        || at_hub(&hub, &number),
        |card| card.as_ref().is_some_and(|it| it["balance_minor"] == over),
    )
    .await
    .unwrap();
    assert_eq!(seen["moves"].as_array().unwrap().len(), 3, "{seen:#}");
    let raised = ask(&hub, "/v1/exceptions?rule=over_redeem").await;
    let exceptions = raised["exceptions"].as_array().unwrap();
    assert_eq!(exceptions.len(), 1, "{raised:#}");
    assert_eq!(exceptions[0]["facts"].as_array().unwrap().len(), 2);
    let name = exceptions[0]["exception_id"].clone();
    for till in [&here, &there] {
        let inbox = wait::until_seen(
            "the store to hear of it",
            || ask(till.caller(), "/v1/exceptions"),
            |inbox| inbox["exceptions"] != json!([]),
        )
        .await;
        let told = &inbox["exceptions"][0];
        assert_eq!(
            (&told["exception_id"], &told["rule"]),
            (&name, &json!("over_redeem"))
        );
        assert_eq!(told["facts"].as_array().unwrap().len(), 2, "{told:#}");
    }
    // Settled in one place, it is settled everywhere.
    let path = format!("/v1/exceptions/{}/resolve", name.as_str().unwrap());
    does(&hub, &path, &json!({ "how": "accepted" }))
        .await
        .unwrap();
    let settled = ask(&hub, "/v1/exceptions").await;
    assert_eq!(settled["open"], 0, "{settled:#}");
    branch.close().await;
    world.end().await;
}

async fn presses(till: &Till, path: &str, fields: &str) {
    let body = format!("{fields}&command_id={}", fresh_key());
    let request = till
        .caller()
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-live", "1");
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status();
    assert!(
        status.is_success(),
        "{path}: {status} {}",
        answer.text().await.unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_while_a_card_has_paid_a_part_leaves_goods_and_money_agreeing() {
    let (installed, hub, edge) = Installation::begin(4).await;
    let till = installed.open_till().await;
    let console = installed.console().await.caller().clone();
    sells_card(&till, 10).await;
    let printer = installed.counter.printer();
    let printed =
        printer.until(|seen| seen.receipts.iter().any(|it| number_on(&it.text).is_some()));
    wait::told("the paper of the card", printed).await;
    let papers = printer.snapshot().receipts;
    let number = papers.iter().find_map(|it| number_on(&it.text)).unwrap();
    let known = || at_hub(&console, &number);
    wait::until_seen("the hub to know the card", known, Option::is_some).await;

    till.scan(&installed.goods[1].gtin).await.unwrap();
    presses(&till, "/register/1/tender", "").await;
    let typed = number.replace(' ', "");
    presses(
        &till,
        "/register/1/other",
        &format!("with=stored&number={typed}&amount="),
    )
    .await;
    let held = at_hub(&console, &number).await.unwrap();
    assert_eq!(
        (&held["held_minor"], &held["balance_minor"]),
        (&json!(10), &json!(10))
    );
    edge.kill();
    let edge = installed.edge.start().await;
    let till = till.with_patience(Patience::UntilAnswered);

    // What the card gave is still given; the rest is paid in cash.
    let price = installed.goods[1].price_minor.unwrap();
    till.pay(price - 10).await.unwrap();
    let spent = wait::until_seen("the hub to hold the sale", known, |card| {
        card.as_ref().is_some_and(|it| it["balance_minor"] == 0)
    })
    .await
    .unwrap();
    assert_eq!(spent["held_minor"], 0, "its fact ended the hold: {spent:#}");
    assert_eq!(spent["moves"].as_array().unwrap().len(), 2);

    // A basket that is given up lets the money go.
    sells_card_again(&till, &number).await;
    wait::until_seen("the hub to hear of more", known, |card| {
        card.as_ref().is_some_and(|it| it["balance_minor"] == 10)
    })
    .await;
    till.scan(&installed.goods[1].gtin).await.unwrap();
    presses(&till, "/register/1/tender", "").await;
    presses(
        &till,
        "/register/1/other",
        &format!("with=stored&number={typed}&amount="),
    )
    .await;
    till.void_basket().await.unwrap();
    let freed = wait::until_seen("the money to be let go", known, |card| {
        card.as_ref().is_some_and(|it| it["held_minor"] == 0)
    });
    assert_eq!(freed.await.unwrap()["balance_minor"], 10);
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}

async fn sells_card_again(till: &Till, number: &str) {
    let path = "/v1/registers/1/basket/gift-cards";
    let body = json!({ "amount_minor": 10, "number": number });
    does(till.caller(), path, &body).await.unwrap();
    till.pay(10).await.unwrap();
}
