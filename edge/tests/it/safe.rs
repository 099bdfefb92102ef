//! The manager's safe: what tills drop arrives, floats and bags leave, a count is blind, and its
//! book is a sum over facts. The hub is a closed port throughout.

use counterpart_daemon::db::Tx;
use counterpart_daemon::params;
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter};
use crate::days::{body_of, segment};
use crate::factory::read;

const SAFE: &str = "/v1/registers/1/safe";
const MOVES: &str = "/v1/registers/1/safe/movements";
const COUNTS: &str = "/v1/registers/1/safe/counts";

async fn expected(cleo: &Clerk<'_>) -> i64 {
    let safe = cleo.get(SAFE).await.json();
    safe["expected_minor"].as_i64().unwrap()
}

fn moved(entry: &str, amount: i64, reference: &str) -> Value {
    json!({ "entry": entry, "amount_minor": amount, "reference": reference })
}

#[tokio::test]
async fn what_tills_drop_arrives_and_a_bag_leaves_with_its_number() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(50_000).await;
    let drop = json!({ "movement": "dropped", "amount_minor": 30_000, "reference": "BAG 1" });
    ada.done("/v1/registers/1/cash-movements", drop).await;
    let cleo = counter.sign_in(CLEO).await;
    assert_eq!(expected(&cleo).await, 30_000);
    cleo.done(MOVES, moved("float_out", 10_000, "2")).await;
    cleo.done(MOVES, moved("float_back", 2_500, "2")).await;
    let bag = cleo.done(MOVES, moved("banked", 20_000, "BANK 77")).await;
    assert_eq!(
        (&bag["entry"], &bag["amount_minor"]),
        (&json!("banked"), &json!(20_000))
    );
    assert_eq!(expected(&cleo).await, 2_500);
    let unnamed = cleo.post(MOVES, moved("banked", 100, " ")).await;
    assert_eq!(unnamed.problem().1, "reference_unfit");
    let absurd = cleo.post(MOVES, moved("float_out", 0, "")).await;
    assert_eq!(absurd.problem().1, "amount_out_of_range");
    let fact = body_of(&segment(&counter, "7/1/0").await, "safe_booked");
    assert_eq!(fact["entry"], "float_out");
    let words = cleo.get(SAFE).await.json();
    let entries: Vec<&str> = words["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["entry"].as_str().unwrap())
        .collect();
    assert_eq!(entries.len(), 4, "{words}");
    assert!(entries.contains(&"dropped"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_count_is_blind_and_what_differs_is_named_and_posted() {
    let counter = Counter::open().await;
    let cleo = counter.sign_in(CLEO).await;
    cleo.done(MOVES, moved("float_back", 50_000, "")).await;
    let ada = counter.sign_in(ADA).await;
    let safe = ada.get(SAFE).await.json();
    assert_eq!(
        safe["expected_minor"],
        Value::Null,
        "a count that knows the answer is none"
    );
    let counted = |pin: Option<&str>| {
        json!({
            "counted": [{ "value_minor": 5_000, "count": 9 }],
            "reason": "miscounted",
            "approval_pin": pin,
        })
    };
    let alone = ada.post(COUNTS, counted(None)).await;
    assert_eq!(alone.status, 403, "{}", alone.text);
    let short = ada.done(COUNTS, counted(Some(CLEO))).await;
    assert_eq!(short["over_short_minor"], -5_000);
    assert_eq!(short["reason"], "miscounted");
    let cleo = counter.sign_in(CLEO).await;
    assert_eq!(
        expected(&cleo).await,
        45_000,
        "the book goes on from what was counted"
    );
    let exact = json!({ "counted": [{ "value_minor": 5_000, "count": 9 }] });
    let exact = cleo.done(COUNTS, exact).await;
    assert_eq!(
        (&exact["over_short_minor"], &exact["reason"]),
        (&json!(0), &Value::Null)
    );
    // The forms of the page do the same.
    let form = [
        ("entry", "banked"),
        ("amount", "100.00"),
        ("reference", "BANK 9"),
    ];
    cleo.press("/register/1/safe/move", &form).await;
    cleo.press("/register/1/safe/count", &[("piece_5000", "7")])
        .await;
    assert_eq!(expected(&cleo).await, 35_000);
    let page = cleo.page("/register/1/safe").await.text;
    for words in [
        "Should be in the safe",
        "BANK 9",
        "Bag to the bank",
        "Counted",
    ] {
        assert!(page.contains(words), "no {words} on the page");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_book_made_anew_is_the_same() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(50_000).await;
    let drop = json!({ "movement": "dropped", "amount_minor": 30_000 });
    ada.done("/v1/registers/1/cash-movements", drop).await;
    let cleo = counter.sign_in(CLEO).await;
    cleo.done(MOVES, moved("float_out", 10_000, "2")).await;
    cleo.done(
        COUNTS,
        json!({ "counted": [{ "value_minor": 5_000, "count": 3 }] }),
    )
    .await;
    let dump = || {
        read(counter.edge.context().db(), |tx| {
            let rows = tx.query_all("SELECT * FROM safe_entries ORDER BY fact_id", params![])?;
            Ok(format!("{rows:?}"))
        })
    };
    let before = dump().await;
    let context = counter.edge.context().clone();
    let rebuild = move |tx: &mut Tx| context.replica().rebuild(tx);
    counter.edge.context().db().write(rebuild).await.unwrap();
    assert_eq!(dump().await, before);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_pin_that_approves_nothing_is_a_fact_with_who_asked() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(50_000).await;
    let with = |pin: &str| {
        json!({
            "movement": "paid_out", "amount_minor": 100, "reason": "purchase",
            "approval_pin": pin,
        })
    };
    for wrong in ["9999", ADA] {
        let refused = ada
            .post("/v1/registers/1/cash-movements", with(wrong))
            .await;
        assert_ne!(refused.status, 200, "{}", refused.text);
    }
    ada.done("/v1/registers/1/cash-movements", with(CLEO)).await;
    let facts = segment(&counter, "7/1/0").await;
    let refused: Vec<&Value> = facts
        .iter()
        .filter(|fact| fact["kind"] == "approval_refused")
        .collect();
    assert_eq!(
        refused.len(),
        2,
        "what was approved says so in its own fact"
    );
    assert_eq!(refused[0]["body"]["because"], "wrong_pin");
    assert_eq!(refused[1]["body"]["because"], "not_a_manager");
    assert_eq!(
        refused[0]["staff_id"], refused[1]["body"]["by"],
        "Ada asked, and it was her PIN"
    );
    assert_eq!(refused[0]["register"], 1);
    counter.edge.shutdown().await;
}
