//! A whole day with the hub cut off: two tills opened, three hundred customers with all they bring,
//! cash moved, counted blind and closed with a Z; then the line is mended, and the hub's totals by
//! tender, tax and product are the store's, to the cent.

use counterpart_tests::caller::Caller;
use counterpart_tests::chance::Chance;
use counterpart_tests::day::Day;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::fresh_key;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, FLOAT_MINOR, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::days::{at_the_store, next_day, proven};

const CUSTOMERS: usize = 330;
/// What is on each shelf in the morning.
const PIECES: i64 = 400;

/// Counts a drawer by notes and coins of 1, as a person would with a heap of coins.
fn counted(amount_minor: i64) -> Value {
    json!([
        { "value_minor": 1_000, "count": amount_minor / 1_000 },
        { "value_minor": 1, "count": amount_minor % 1_000 },
    ])
}

/// Counts a till blind and closes it; what differs has the reason of a till that is short.
async fn close(day: &Day<'_>, register: u16, missing_minor: i64) -> Value {
    let cash = FLOAT_MINOR + day.book.drawers[&register] - missing_minor;
    let slips = day.book.slips.iter().filter(|(at, _)| at.0 == register);
    let others: Vec<Value> = slips
        .map(|((_, kind), amount)| json!({ "kind": kind, "counted_minor": amount }))
        .collect();
    let body = json!({
        "counted": counted(cash),
        "others": others,
        "reason": (missing_minor != 0).then_some("wrong_change"),
    });
    day.done(register, Method::POST, "/shift/close", &body)
        .await
}

/// What else happens at the tills of a day, between customers.
async fn between(day: &mut Day<'_>, customer: usize) {
    match customer {
        60 => day.move_cash(1, "paid_in", 2_000, Some("change")).await,
        120 => day.move_cash(2, "paid_out", 1_250, Some("purchase")).await,
        180 | 240 => {
            for register in [1, 2] {
                let notes = day.book.drawers[&register] / 1_000 * 1_000;
                if notes > 5_000 {
                    day.move_cash(register, "dropped", notes, None).await;
                }
            }
        }
        200 => {
            let why = json!({ "reason": "change" });
            day.done(1, Method::POST, "/no-sales", &why).await;
            day.done(2, Method::POST, "/shift/x", &json!({})).await;
        }
        _ => {}
    }
}

/// Asks what is on a gift card.
async fn asked(caller: &Caller, path: &str, number: &str) -> Value {
    let (body, key) = (json!({ "number": number }), fresh_key());
    let asked = caller.command(Method::POST, path, &key, &body);
    asked.await.unwrap()
}

/// Checks that the hub's day and its shelves are what the papers of the day say.
async fn agrees(hub: &Caller, date: &str, day: &Day<'_>) {
    let proof = proven(hub, date).await;
    let takings = &proof["servers"][0]["takings"][0];
    let book = &day.book;
    let there = json!({
        "sales": takings["sales"], "total_minor": takings["total_minor"],
        "returns": takings["returns"], "returned_minor": takings["returned_minor"],
        "tenders": takings["tenders"], "taxes": takings["taxes"],
    });
    let here = json!({
        "sales": book.sales, "total_minor": book.total_minor,
        "returns": book.returns, "returned_minor": book.returned_minor,
        "tenders": book.tenders, "taxes": book.taxes,
    });
    assert_eq!(there, here);
    for good in day.goods() {
        let stock: Value = hub.ask(&format!("/v1/stock/{}", good.sku)).await.unwrap();
        let left = PIECES - book.pieces.get(&good.sku).copied().unwrap_or(0);
        assert_eq!(stock["on_hand_milli"], json!(left * 1_000), "{}", good.sku);
    }
    for number in day.cards() {
        let (at_hub, here) = (hub, day.till(1).caller());
        let [at_hub, here] = [
            asked(at_hub, "/v1/stored/find", number).await,
            asked(here, "/v1/stored/balance", number).await,
        ];
        assert_eq!(at_hub["balance_minor"], here["balance_minor"], "{at_hub:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_the_hub_is_the_hubs_day_to_the_cent_once_the_line_is_mended() {
    let beginning = Beginning {
        registers: 2,
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let tills = [world.open_till(1).await, world.open_till(2).await];
    let mut oracle = Oracle::new();
    let delivery: Vec<_> = world.goods.iter().map(|good| (good, PIECES)).collect();
    tills[0].receive(&mut oracle, &delivery).await;
    world.console().await.has_everything(STORE, &oracle).await;

    world.line.cut();
    let chance = Chance::of("a whole day", 300);
    let mut day = Day::begin(tills, &world.goods, chance);
    for customer in 1..=CUSTOMERS {
        day.customer().await;
        between(&mut day, customer).await;
    }
    println!("{:?}", day.book.happened);
    assert!(day.book.sales >= 280, "{:?}", day.book.happened);
    assert!(day.book.returns >= 15, "{:?}", day.book.happened);
    for what in [
        "exchanged, more to pay",
        "exchanged, the rest given back",
        "gift card sold",
        "gift card redeemed",
    ] {
        let often = day.book.happened.get(what).copied().unwrap_or(0);
        assert!(often >= 3, "{what}: {:?}", day.book.happened);
    }

    let closed = [close(&day, 1, 0).await, close(&day, 2, 5).await];
    for (z, short) in closed.iter().zip([0, -5]) {
        let told = (&z["over_short_minor"], &z["z_number"]);
        assert_eq!(told, (&json!(short), &json!(1)), "{z:#}");
        let others = z["others"].as_array().unwrap();
        assert!(others.len() >= 2, "{z:#}");
        for other in others {
            assert_eq!(other["counted_minor"], other["expected_minor"], "{z:#}");
        }
    }
    let sold: i64 = closed
        .iter()
        .filter_map(|z| z["sales_minor"].as_i64())
        .sum();
    assert_eq!(sold, day.book.total_minor);
    next_day(&world).await;
    let date = at_the_store(&world).await[0]["business_date"].clone();
    let status = world.status().await;
    assert_eq!(status["hub"]["standing"], "alone", "{status:#}");

    world.mend();
    let console = world.console().await;
    let hub = console.caller();
    wait::until_seen(
        "the store to have told everything",
        || world.status(),
        |status| status["unsent"] == 0,
    )
    .await;
    agrees(hub, date.as_str().unwrap(), &day).await;
    world.end().await;
}
