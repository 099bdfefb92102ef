//! A badge from the hub's page to the till: made, scanned by the register's scanner, taken back.

use std::time::Duration;

use counterpart_edge::context::WhatWasShown;
use counterpart_tests::shop::fresh_key;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

/// The manager of every world, by the list of the store's people.
async fn robin(world: &World) -> String {
    let console = world.console().await;
    let people: Value = console
        .caller()
        .ask(&format!("/v1/stores/{STORE}/members"))
        .await
        .unwrap();
    let all = people.as_array().unwrap().iter();
    let mut robins = all.filter(|one| one["name"] == "Robin");
    robins.next().unwrap()["id"].as_str().unwrap().to_owned()
}

/// Signs in at register 1 with what was scanned: no PIN is typed.
async fn signs_in(world: &World) -> Option<String> {
    let caller = counterpart_tests::caller::Caller::of(world.edge().url());
    let body = json!({ "register": 1, "pin": "" });
    let signed_in: Result<Value, _> = caller
        .command(Method::POST, "/v1/sign-in", &fresh_key(), &body)
        .await;
    let signed_in = signed_in.ok()?;
    Some(signed_in["member"]["name"].as_str()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_opens_the_till_until_it_is_taken_back() {
    let beginning = Beginning {
        // Other tests keep this machine busy: a code must not fall apart into two.
        scanner_gap: Duration::from_secs(2),
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let (console, robin) = (world.console().await, robin(&world).await);
    let path = format!("/v1/stores/{STORE}/members/{robin}/badge");
    let made: Value = console
        .caller()
        .command(Method::POST, &path, &fresh_key(), &json!({}))
        .await
        .unwrap();
    let code = made["code"].as_str().unwrap().to_owned();
    let people: Value = console
        .caller()
        .ask(&format!("/v1/stores/{STORE}/members"))
        .await
        .unwrap();
    assert!(!people.to_string().contains(&code), "the hub keeps a hash");

    // The store hears of it, and then the scanner's read opens the till.
    let scanner = world.counter(1).scanner();
    let context = world.edge().context();
    let shown = || async {
        let held = context.db().read(counterpart_edge::reference::members);
        let held = held.await.unwrap();
        let has_one = |one: &counterpart_protocol::staff::Member| one.badges.current.is_some();
        held.iter().any(has_one).then_some(())
    };
    wait::until("the store to hear of the badge", shown).await;
    scanner.scan(code.as_bytes()).await.unwrap();
    let register = counterpart_protocol::ids::RegisterId(1);
    wait::until("the badge to be read", || async {
        context.shown_badge(register).map(drop)
    })
    .await;
    assert_eq!(signs_in(&world).await.as_deref(), Some("Robin"));

    let _done: Value = console
        .caller()
        .command(Method::DELETE, &path, &fresh_key(), &json!({}))
        .await
        .unwrap();
    let taken_back = || async {
        let held = context.db().read(counterpart_edge::reference::members);
        let held = held.await.unwrap();
        let had_one = |one: &counterpart_protocol::staff::Member| !one.badges.revoked.is_empty();
        held.iter().any(had_one).then_some(())
    };
    wait::until("the store to hear that it is taken back", taken_back).await;
    // Somebody whose read was lost scans again, as they would at a till.
    let why = wait::until("the badge to be refused", || async {
        scanner.scan(code.as_bytes()).await.unwrap();
        let refused = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                if let Some(WhatWasShown::Refused(why)) = context.shown(register) {
                    return why;
                }
                tokio::task::yield_now().await;
            }
        });
        refused.await.ok()
    });
    let why = why.await;
    assert!(why.contains("taken back"), "{why}");
    assert_eq!(signs_in(&world).await, None);
    world.end().await;
}
