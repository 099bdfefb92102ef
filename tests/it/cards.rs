//! A sale paid half by card and half in cash while the line is cut: the hub's totals by tender are
//! the store's once it is mended.

use counterpart_hardware::TerminalAct;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key, sold};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::days::{at_the_store, next_day, proven};

const CARDS: &str = "/v1/registers/1/card-payments";

/// Pays `amount_minor` of what is due by card, and waits until the terminal has said so.
async fn by_card(till: &Till, amount_minor: i64) {
    let body = json!({ "amount_minor": amount_minor });
    let asked: Value = till
        .caller()
        .command(Method::POST, CARDS, &fresh_key(), &body)
        .await
        .unwrap();
    assert_eq!(asked["state"], "sent");
    wait::until_seen(
        "the card to be approved",
        || async { till.caller().ask::<Value>(CARDS).await.unwrap() },
        |seen| seen["payments"][0]["state"] == "approved",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_half_by_card_and_half_in_cash_is_in_the_hubs_totals_by_tender() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let mut oracle = Oracle::new();
    let till = world.open_till(1).await;
    world.line.cut();
    let good = &world.goods[0];
    let due = good.price_minor.unwrap();
    till.scan(&good.gtin).await.unwrap();
    // The answer is lost on the way: it is asked for, and paid once.
    let terminal = world.counter(1).terminal();
    terminal.then(TerminalAct::ApproveButDropReply);
    let half = due / 2;
    by_card(&till, half).await;
    let paid = till.pay(due - half + 500).await.unwrap();
    assert_eq!((paid.total_minor, paid.change_minor), (due, 500));
    assert_eq!(terminal.entries().len(), 1);
    oracle.sold(sold(&paid, &[(good, 1)]));
    let printed = world.counter(1).printer().until(|seen| {
        let mut papers = seen.receipts.iter();
        papers.any(|paper| paper.text.contains("Card visa ****1111"))
    });
    wait::told("the receipt", printed).await;
    next_day(&world).await;
    let date = at_the_store(&world).await[0]["business_date"].clone();

    world.mend();
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    let proof = proven(console.caller(), date.as_str().unwrap()).await;
    let takings = &proof["servers"][0]["takings"][0];
    assert_eq!(
        takings["tenders"],
        json!({ "cash": due - half, "card": half }),
        "{proof:#}"
    );
    let path = format!("/v1/sales/{}", paid.sale_id);
    let there: Value = console.caller().ask(&path).await.unwrap();
    let card = &there["tenders"][0]["card"];
    assert_eq!(
        (&card["last_four"], &card["authorisation"]),
        (&json!("1111"), &json!("123456"))
    );
    world.end().await;
}
