//! Business days at a store: sealed when they are over, whatever the clock does afterwards.

use std::time::Duration;

use counterpart_daemon::params;
use counterpart_daemon::replica::Question;
use counterpart_edge::{days, examine};
use counterpart_protocol::days::DayCountersigned;
use counterpart_protocol::ids::FactId;
use counterpart_protocol::sync::DayDigest;
use serde_json::{Value, json};

use crate::counter::{ADA, Counter};
use crate::factory::{NOON_MS, World, read, soon};
use crate::hub::FakeHub;

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// Seals what is over and returns the days the store tells.
pub(crate) async fn sealed(counter: &Counter) -> Vec<Value> {
    // The store does it by itself now and then, so it may have been done already.
    days::run_once(counter.edge.context()).await.unwrap();
    status(counter).await["days"].as_array().unwrap().clone()
}

async fn status(counter: &Counter) -> Value {
    let request = counter.request(reqwest::Method::GET, "/v1/status");
    crate::counter::answer(request).await.json()
}

/// Returns the facts of a segment of the journal.
pub(crate) async fn segment(counter: &Counter, document: &str) -> Vec<Value> {
    let document = document.to_owned();
    let question = Question::Inspect { document };
    let told = examine(&counter.world.config, question).await.unwrap();
    let shown: Value = serde_json::from_str(&told.text).unwrap();
    shown["facts"].as_array().unwrap().clone()
}

pub(crate) fn body_of(facts: &[Value], kind: &str) -> Value {
    let found = facts.iter().find(|fact| fact["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {facts:?}"))["body"].clone()
}

#[tokio::test]
async fn a_day_that_is_over_is_sealed_with_what_it_came_to() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    for _ in 0..2 {
        ada.sell_milk().await;
    }
    assert_eq!(sealed(&counter).await, [] as [Value; 0], "it goes on");
    counter.world.clock.advance(DAY);
    let days = sealed(&counter).await;
    let [day] = days.as_slice() else {
        panic!("one day is over: {days:?}");
    };
    assert_eq!(day["business_date"], "2026-11-23");
    assert_eq!(
        (&day["receipts"], &day["total_minor"], &day["currency"]),
        (&json!(2), &json!(258), &json!("EUR"))
    );
    assert_eq!(
        day["open_tills"], 1,
        "nobody closed it, and it stops nothing"
    );
    assert_eq!(day["countersigned_at"], Value::Null);
    assert_eq!(sealed(&counter).await.len(), 1, "it is sealed once");

    let facts = segment(&counter, "7/1/0").await;
    let seal = body_of(&facts, "day_sealed");
    let run = json!([{ "register": 1, "series": 1, "first": 1, "last": 2, "count": 2 }]);
    assert_eq!(seal["sums"]["receipts"], run);
    let takings = &seal["sums"]["takings"][0];
    let cash = json!([{ "kind": "cash", "amount_minor": 258 }]);
    assert_eq!(takings["tenders"], cash, "{seal}");
    assert_eq!(takings["taxes"][0]["gross_minor"], 258);
    assert_eq!(seal["digest"]["count"], facts.len() - 1);
    assert_eq!(seal["stock"]["skus"], 1);
    assert_eq!(seal["open_tills"][0]["expected_minor"], 20_258);
    assert_eq!(facts.last().unwrap()["kind"], "day_sealed");

    let page = crate::counter::answer(counter.request(reqwest::Method::GET, "/status")).await;
    for words in ["Business days", "2026-11-23", "not countersigned yet"] {
        assert!(page.text.contains(words), "no {words:?} on the page");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_sale_for_a_sealed_day_counts_for_the_next_and_is_never_refused() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.sell_milk().await;
    counter.world.clock.advance(DAY);
    sealed(&counter).await;
    // The clock was a day ahead and is put right.
    counter.world.clock.set_ms(NOON_MS + 60_000);
    let ada = counter.sign_in(ADA).await;
    ada.sell_milk().await;
    let facts = segment(&counter, "7/1/1").await;
    let sale = facts.iter().find(|fact| fact["kind"] == "sale_recorded");
    let sale = sale.unwrap();
    assert_eq!(sale["business_date"], "2026-11-24");
    assert_eq!(sale["late_for"], "2026-11-23");
    assert_eq!(sale["body"]["receipt"]["number"], 2, "numbers go on");

    counter.world.clock.set_ms(NOON_MS);
    counter.world.clock.advance(DAY * 2);
    let days = sealed(&counter).await;
    let dates: Vec<&str> = days
        .iter()
        .map(|day| day["business_date"].as_str().unwrap())
        .collect();
    assert_eq!(dates, ["2026-11-24", "2026-11-23"]);
    assert_eq!(
        (&days[0]["receipts"], &days[1]["receipts"]),
        (&json!(1), &json!(1))
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn days_on_which_nothing_happened_are_named_by_the_next_seal() {
    let counter = Counter::open().await;
    counter.at_open_till(0).await.sell_milk().await;
    counter.world.clock.advance(DAY * 4);
    sealed(&counter).await;
    counter.sign_in(ADA).await.sell_milk().await;
    counter.world.clock.advance(DAY);
    let days = sealed(&counter).await;
    assert_eq!(days.len(), 2, "{days:?}");
    let facts = segment(&counter, "7/1/1").await;
    let seal = body_of(&facts, "day_sealed");
    assert_eq!(
        (&seal["business_date"], &seal["previous"]),
        (&json!("2026-11-27"), &json!("2026-11-23"))
    );
    counter.edge.shutdown().await;
}

/// Lets the hub countersign the only sealed day, and waits until the store knows.
async fn countersign(counter: &Counter, hub: &FakeHub, receipts: u64) {
    let seal: [u8; 16] = read(counter.edge.context().db(), |tx| {
        tx.query_one("SELECT seal FROM sealed_days", params![])?
            .read(0)
    })
    .await;
    hub.say(DayCountersigned {
        business_date: "2026-11-23".parse().unwrap(),
        seal: FactId::from_bytes(seal),
        run: 1,
        digest: DayDigest::default(),
        receipts,
    })
    .await;
    soon("the countersignature", async {
        while status(counter).await["days"][0]["countersigned_at"].is_null() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_hub_says_of_a_day_is_shown_here() {
    let (world, hub, line) = World::with_hub().await;
    let counter = Counter::of(world).await;
    counter.at_open_till(0).await.sell_milk().await;
    counter.world.clock.advance(DAY);
    assert_eq!(sealed(&counter).await.len(), 1);
    countersign(&counter, &hub, 1).await;
    counter.edge.shutdown().await;
    line.cut().await;
}

#[tokio::test]
async fn a_day_the_hub_countersigned_is_packed_after_five_weeks_and_reads_as_before() {
    let (world, hub, line) = World::with_hub().await;
    let counter = Counter::of(world).await;
    let ada = counter.at_open_till(0).await;
    for _ in 0..20 {
        ada.sell_milk().await;
    }
    counter.world.clock.advance(DAY);
    assert_eq!(sealed(&counter).await.len(), 1);
    let context = counter.edge.context().clone();
    counter.world.clock.advance(DAY * 40);
    assert_eq!(
        days::pack_once(&context, 35).await.unwrap(),
        0,
        "not countersigned"
    );
    let before = segment(&counter, "7/1/0").await;
    countersign(&counter, &hub, 20).await;
    assert_eq!(days::pack_once(&context, 42).await.unwrap(), 0, "too young");
    assert!(days::pack_once(&context, 35).await.unwrap() > 20);
    assert_eq!(
        days::pack_once(&context, 35).await.unwrap(),
        0,
        "packed once"
    );

    let packed = status(&counter).await["packed"].clone();
    assert_eq!(packed["days"], 1, "{packed}");
    assert!(packed["records"].as_u64() > Some(20), "{packed}");
    assert!(packed["saved_bytes"].as_u64() > Some(1_000), "{packed}");
    let page = crate::counter::answer(counter.request(reqwest::Method::GET, "/status")).await;
    assert!(page.text.contains("older days are packed"), "{}", page.text);
    assert_eq!(segment(&counter, "7/1/0").await, before);
    let told = examine(&counter.world.config, Question::Verify { json: false });
    let told = told.await.unwrap();
    assert!(told.is_well, "{}", told.text);
    counter.edge.shutdown().await;
    line.cut().await;
}
