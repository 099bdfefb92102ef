//! Two days of trade without the hub: the store seals both by itself, and once the line is mended
//! the hub countersigns and proves them; what it lacks it names until it is let in.

use std::time::Duration;

use counterpart_edge::days;
use counterpart_hub::app::{ProofAsked, prove};
use counterpart_protocol::time::BusinessDate;
use counterpart_tests::aside;
use counterpart_tests::caller::Caller;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

/// Lets both clocks go on to the next day, and the store see to it.
pub(crate) async fn next_day(world: &World) {
    world.clock.advance(Duration::from_secs(86_400));
    days::run_once(world.edge().context()).await.unwrap();
}

/// Returns the sealed days as the store tells them, newest first.
pub(crate) async fn at_the_store(world: &World) -> Vec<Value> {
    world.status().await["days"].as_array().unwrap().clone()
}

async fn proof(hub: &Caller, date: &str) -> Value {
    hub.ask(&format!("/v1/days/{STORE}/{date}")).await.unwrap()
}

pub(crate) async fn proven(hub: &Caller, date: &str) -> Value {
    wait::until_seen(
        "the hub to countersign a day",
        || proof(hub, date),
        |proof| proof["proven"] == true,
    )
    .await
}

async fn at_the_command_line(world: &World, date: &str) -> (bool, String) {
    let date: BusinessDate = date.parse().unwrap();
    let asked = ProofAsked {
        store: STORE.parse().unwrap(),
        day: Some(date),
        days: 1,
        json: false,
    };
    let told = prove(&world.hub_config(), asked).await.unwrap();
    (told.is_well, told.text)
}

async fn sells(till: &Till, world: &World, oracle: &mut Oracle, baskets: usize) {
    for at in 0..baskets {
        till.sell(oracle, &[(&world.goods[at % 5], 1)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_days_sealed_without_the_hub_are_countersigned_and_proven_when_the_line_is_mended() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let mut oracle = Oracle::new();
    let till = world.open_till(1).await;
    world.line.cut();
    sells(&till, &world, &mut oracle, 6).await;
    next_day(&world).await;
    // The till stays open over night; whoever sells signs in again.
    let till = world.sign_in(1).await;
    sells(&till, &world, &mut oracle, 4).await;
    next_day(&world).await;
    let sealed = at_the_store(&world).await;
    let told: Vec<(&Value, &Value)> = sealed
        .iter()
        .map(|day| (&day["receipts"], &day["countersigned_at"]))
        .collect();
    let (four, six) = (json!(4), json!(6));
    assert_eq!(told, [(&four, &Value::Null), (&six, &Value::Null)]);
    let date = |day: &Value| day["business_date"].as_str().unwrap().to_owned();
    let (second, first) = (date(&sealed[0]), date(&sealed[1]));

    world.mend();
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    let hub = console.caller();
    for (date, receipts) in [(&first, 6), (&second, 4)] {
        let proof = proven(hub, date).await;
        let series = &proof["servers"][0]["receipts"][0];
        assert_eq!(
            (&series["arrived"], &series["missing"], &series["doubled"]),
            (&json!(receipts), &json!(0), &json!(0))
        );
        let (is_well, text) = at_the_command_line(&world, date).await;
        assert!(
            is_well && text.contains("sealed and countersigned"),
            "{text}"
        );
    }
    let both = |days: &Vec<Value>| days.iter().all(|day| !day["countersigned_at"].is_null());
    wait::until_seen(
        "the store to hear of it",
        || at_the_store(&world),
        |days| both(days),
    )
    .await;
    // A day that was sealed has every record compared, in both directions.
    let status = wait::until_seen(
        "the store to compare its records with the hub's",
        || world.status(),
        |status| !status["compared_down"].is_null(),
    )
    .await;
    let compared = &status["compared_up"];
    assert!(compared["records"].as_u64().unwrap() > 12, "{compared}");
    assert_eq!(
        (&compared["mended"], &compared["lost"]),
        (&json!(0), &json!(0))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_the_hub_could_not_use_is_named_and_heals_its_day_when_it_is_let_in() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let mut oracle = Oracle::new();
    let till = world.open_till(1).await;
    sells(&till, &world, &mut oracle, 5).await;
    world.console().await.has_everything(STORE, &oracle).await;
    let lost = aside::a_sale(world.hub(), 3).await;
    next_day(&world).await;
    let date = at_the_store(&world).await[0]["business_date"].clone();
    let date = date.as_str().unwrap();
    let console = world.console().await;
    let hub = console.caller();
    let differs = wait::until_seen(
        "the hub to say what differs",
        || proof(hub, date),
        |proof| proof["servers"][0]["state"] == "differs",
    )
    .await;
    let gaps = &differs["servers"][0]["receipts"][0]["gaps"];
    assert_eq!(*gaps, json!([{ "from": 3, "to": 3 }]), "{differs:#}");
    assert_eq!(differs["servers"][0]["quarantined"][0]["seq"], lost);
    let (is_well, text) = at_the_command_line(&world, date).await;
    assert!(!is_well && text.contains("(missing 1-1-000003)"), "{text}");

    let path = format!("/v1/quarantine/1/1/{lost}/readmit");
    let done: Value = hub
        .command(Method::POST, &path, &fresh_key(), &json!({}))
        .await
        .unwrap();
    assert!(done["facts"].as_u64().unwrap() > 5, "{done}");
    proven(hub, date).await;
    console.has_everything(STORE, &oracle).await;
    world.end().await;
}
