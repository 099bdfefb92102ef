//! The proof that a store's business day is here, whole and once, and what is named when it is not.

use std::time::Duration;

use counterpart_hub::app::{ProofAsked, prove, settle_once};
use counterpart_hub::context::Progress;
use counterpart_hub::days;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::time::BusinessDate;
use serde_json::{Value, json};

use crate::facts::{Day, delivery, mixed, sale};
use crate::invoices::{invoice, number};
use crate::peer::Peer;
use crate::quarantine::{readmitted, set_aside};
use crate::world::{STORE, World};

async fn settle(world: &World) {
    settle_once(world.hub().context()).await;
}

async fn proof(world: &World, date: BusinessDate) -> Value {
    world.get(&format!("/v1/days/{STORE}/{date}")).await
}

fn sales(numbers: std::ops::RangeInclusive<u32>) -> Vec<SaleRecorded> {
    numbers.map(|number| sale(number, 2)).collect()
}

/// A day with a delivery of ten pens, three sales of two and an invoice, as the store states it.
fn trade(peer: &Peer) -> Day {
    let sales = sales(1..=3);
    peer.state(delivery(10));
    for sale in &sales {
        peer.state(sale.clone());
    }
    peer.state(invoice(1, &sales[0]));
    Day {
        sales,
        papers: vec![number(1)],
        shelf: vec![("PEN", 4_000)],
    }
}

/// Lets a store trade, seal its day and have it countersigned; returns the day.
pub(crate) async fn a_countersigned_day(world: &World, peer: &mut Peer) -> BusinessDate {
    let (date, day) = (peer.today(), trade_of(peer));
    peer.seal(date, &day);
    peer.sync().await;
    settle(world).await;
    peer.sync().await;
    date
}

/// A day with one sale that no other store made.
fn trade_of(peer: &Peer) -> Day {
    let mut only = sale(1, 1);
    only.sale_id = sale(900, 1).sale_id;
    peer.state(only.clone());
    Day {
        sales: vec![only],
        shelf: vec![("PEN", -1_000)],
        ..Day::default()
    }
}

async fn at_the_command_line(world: &World, day: Option<BusinessDate>) -> (bool, String) {
    let asked = ProofAsked {
        store: STORE.parse().unwrap(),
        day,
        days: 60,
        json: false,
    };
    let told = prove(&world.config(), asked).await.unwrap();
    (told.is_well, told.text)
}

/// Returns how each difference that is named reads.
fn named(proof: &Value) -> Vec<String> {
    let differences = proof["servers"][0]["differences"].as_array().unwrap();
    let sentences = differences.iter().map(|one| one["sentence"].as_str());
    sentences.map(|text| text.unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_sealed_day_that_arrived_whole_is_countersigned_once_and_proven() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (date, day) = (peer.today(), trade(&peer));
    peer.sync().await;
    let open = proof(&world, date).await;
    assert_eq!(open["servers"][0]["state"], "open");
    assert_eq!(
        (&open["whole"], &open["proven"]),
        (&json!(true), &json!(false))
    );
    let (is_well, text) = at_the_command_line(&world, Some(date)).await;
    assert!(!is_well && text.contains("not sealed yet"), "{text}");

    peer.seal(date, &day);
    peer.sync().await;
    settle(&world).await;
    let proven = proof(&world, date).await;
    assert_eq!(proven["proven"], true, "{proven:#}");
    let server = &proven["servers"][0];
    assert_eq!(server["state"], "countersigned");
    assert_eq!(server["records"], 5, "the seal is not counted");
    let receipts = json!([{
        "series": "1-1", "first": 1, "last": 3, "arrived": 3, "missing": 0, "gaps": [],
        "doubled": 0,
    }]);
    assert_eq!(server["receipts"], receipts);
    assert_eq!(server["invoices"][0]["series"], "GHE-I-1.1");
    let takings = json!([{
        "currency": "EUR", "sales": 3, "total_minor": 720, "tenders": { "cash": 720 },
        "taxes": { "21000": 126 }, "returns": 0, "returned_minor": 0, "rounding_minor": 0,
    }]);
    assert_eq!(server["takings"], takings);

    assert_eq!(settle_once(world.hub().context()).await, Progress::Idle);
    peer.sync().await;
    assert_eq!(peer.heard(Kind::DayCountersigned), 1, "it is said once");
    let listed = world.get(&format!("/v1/days?store={STORE}")).await;
    let line = &listed["days"][0];
    assert_eq!(
        (&line["state"], &line["receipts"], &line["total_minor"]),
        (&json!("countersigned"), &json!(3), &json!(720))
    );
    let page = world.page(&format!("/days/{STORE}/{date}")).await;
    assert!(
        page.contains("Complete: the hub holds everything"),
        "{page}"
    );
    let list = world.page(&format!("/days?store={STORE}")).await;
    assert!(list.contains("countersigned"), "{list}");
    let (is_well, text) = at_the_command_line(&world, Some(date)).await;
    assert!(is_well, "{text}");
    assert!(
        text.contains("receipts 1-1-000001–000003: 3 arrived, 0 missing, 0 doubled")
            && text.contains("sealed and countersigned"),
        "{text}"
    );
}

#[tokio::test]
async fn a_countersigned_day_is_packed_after_five_weeks_and_proven_as_before() {
    let mut world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (date, day) = (peer.today(), trade(&peer));
    peer.sync().await;
    world.advance(Duration::from_secs(40 * 86_400));
    world.sign_in_again().await;
    let context = world.hub().context().clone();
    let packed = days::pack_once(&context, 35).await.unwrap();
    assert_eq!(packed, Progress::Idle, "it is not sealed");
    peer.seal(date, &day);
    peer.sync().await;
    settle(&world).await;
    let proven = proof(&world, date).await;
    assert_eq!(proven["proven"], true, "{proven:#}");
    let packed = days::pack_once(&context, 45).await.unwrap();
    assert_eq!(packed, Progress::Idle, "it is too young");
    let packed = days::pack_once(&context, 35).await.unwrap();
    assert_eq!(packed, Progress::Moved);
    let packed = days::pack_once(&context, 35).await.unwrap();
    assert_eq!(packed, Progress::Idle, "it is packed once");
    let status = world.get("/v1/status").await;
    assert!(status["packed"]["records"].as_u64() > Some(4), "{status}");
    assert!(
        status["packed"]["saved_bytes"].as_u64() > Some(0),
        "{status}"
    );
    assert_eq!(proof(&world, date).await, proven);
}

#[tokio::test]
async fn a_receipt_set_aside_is_named_exactly_and_letting_it_in_heals_the_day() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (date, day) = (peer.today(), trade(&peer));
    peer.sync().await;
    // The second receipt: after the delivery and the first.
    set_aside(&world, &peer, 3).await;
    peer.seal(date, &day);
    peer.sync().await;
    settle(&world).await;
    let differs = proof(&world, date).await;
    assert_eq!(
        (&differs["whole"], &differs["servers"][0]["state"]),
        (&json!(false), &json!("differs"))
    );
    let receipts = &differs["servers"][0]["receipts"][0];
    assert_eq!(receipts["gaps"], json!([{ "from": 2, "to": 2 }]));
    let reads = named(&differs);
    let expected = [
        "1 records stand in quarantine: record 3 of run 1 (sale_recorded): a test set it aside",
        "receipts are missing: 1-1-000002",
        "receipts of 1-1: 3 sealed, 2 here",
        "sales in EUR: 3 sealed, 2 here",
        "total in EUR: 720 sealed, 480 here (minor units)",
        "cash in EUR: 720 sealed, 480 here (minor units)",
        "tax at 21.000 % in EUR: 126 sealed, 84 here (minor units)",
        "on hand at the seal: 1 products sealed, 1 here, or other sums",
    ];
    assert_eq!(reads, expected);
    let (is_well, text) = at_the_command_line(&world, None).await;
    assert!(!is_well && text.contains("(missing 1-1-000002)"), "{text}");
    let concerns = world.get("/v1/status").await["concerns"].to_string();
    assert!(
        concerns.contains("not here as the store sealed it"),
        "{concerns}"
    );
    let page = world.page(&format!("/days/{STORE}/{date}")).await;
    assert!(page.contains("receipts are missing: 1-1-000002"), "{page}");
    peer.sync().await;
    assert_eq!(peer.heard(Kind::DayCountersigned), 0);

    readmitted(&world, &peer, 3).await;
    settle(&world).await;
    let healed = proof(&world, date).await;
    assert_eq!(healed["proven"], true, "{healed:#}");
    peer.sync().await;
    assert_eq!(peer.heard(Kind::DayCountersigned), 1);
    let concerns = world.get("/v1/status").await["concerns"].to_string();
    assert!(!concerns.contains("sealed it"), "{concerns}");
}

#[tokio::test]
async fn what_a_store_sealed_and_never_stated_is_named_by_how_much() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (date, mut day) = (peer.today(), trade(&peer));
    day.sales.push(sale(5, 1));
    day.papers.push(number(3));
    peer.seal(date, &day);
    peer.sync().await;
    settle(&world).await;
    let reads = named(&proof(&world, date).await).join("\n");
    for sentence in [
        "receipts are missing: 1-1-000004–000005",
        "receipts of 1-1: 4 sealed, 3 here",
        "invoices are missing: GHE-I-1.1-000002–000003",
        "total in EUR: 840 sealed, 720 here (minor units)",
    ] {
        assert!(reads.contains(sentence), "no {sentence:?} in {reads}");
    }
    assert!(
        !reads.contains("quarantine") && !reads.contains("chain"),
        "{reads}"
    );
    let listed = world.get(&format!("/v1/days?store={STORE}")).await;
    assert_eq!(listed["days"][0]["state"], "differs");
}

#[tokio::test]
async fn what_comes_for_a_sealed_day_is_told_with_the_day_it_counts_for() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let date = a_countersigned_day(&world, &mut peer).await;
    // The store's clock says the same day as before.
    let mut late = sale(2, 1);
    late.sale_id = sale(901, 1).sale_id;
    peer.state(late.clone());
    peer.sync().await;
    let shown = proof(&world, date).await;
    let next = BusinessDate::from_days(date.days() + 1).unwrap();
    let told = json!([{ "counted_on": next, "facts": 1 }]);
    assert_eq!(shown["servers"][0]["late"], told);
    assert_eq!(shown["proven"], true, "what is late takes nothing back");
    let open = proof(&world, next).await;
    assert_eq!(open["servers"][0]["receipts"][0]["first"], 2);

    peer.clock.advance(Duration::from_secs(2 * 86_400));
    let day = Day {
        sales: vec![late],
        shelf: vec![("PEN", -2_000)],
        ..Day::default()
    };
    peer.seal(next, &day);
    peer.sync().await;
    settle(&world).await;
    assert_eq!(proof(&world, next).await["proven"], true);
}

#[tokio::test]
async fn a_day_of_nobody_is_told_in_a_sentence() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let (is_well, text) = at_the_command_line(&world, Some(peer.today())).await;
    assert!(
        !is_well && text.contains("nothing of this day has arrived"),
        "{text}"
    );
    let asked = ProofAsked {
        store: "nowhere".parse().unwrap(),
        day: None,
        days: 1,
        json: true,
    };
    let refused = prove(&world.config(), asked).await.unwrap_err().to_string();
    assert!(
        refused.contains("there is no store nowhere here"),
        "{refused}"
    );
    let refused = world.refused("/v1/days/nowhere/2026-11-23").await;
    assert_eq!(refused.status, 404);
    let refused = world.refused(&format!("/v1/days/{STORE}/yesterday")).await;
    assert!(
        refused.detail.contains("'yesterday' is not a date"),
        "{}",
        refused.detail
    );
}

#[tokio::test]
async fn every_tender_and_what_cash_was_rounded_by_are_proven() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let date = peer.today();
    let sales = vec![sale(1, 1), mixed(2)];
    for sale in &sales {
        peer.state(sale.clone());
    }
    let day = Day {
        sales,
        shelf: vec![("PEN", -3_000)],
        ..Day::default()
    };
    peer.seal(date, &day);
    peer.sync().await;
    settle(&world).await;
    let proven = proof(&world, date).await;
    assert_eq!(proven["proven"], true, "{proven:#}");
    let takings = &proven["servers"][0]["takings"][0];
    assert_eq!(takings["rounding_minor"], -2, "{proven:#}");
    let tenders = json!({ "cash": 60, "voucher": 100, "on_account": 98, "foreign_cash": 100 });
    assert_eq!(takings["tenders"], tenders);
}
