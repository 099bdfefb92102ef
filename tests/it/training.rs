//! Practising beside the shop: a whole day in training, with the shop's own goods and people, of
//! which the hub hears nothing.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_tests::console::Console;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN, STORE, Training, World, can_sell};
use reqwest::Method;
use serde_json::{Value, json};

/// Counts everything a hub has from its stores: records, facts and sales.
async fn held(world: &World) -> [i64; 3] {
    let count = |tx: &mut Tx| {
        let mut counts = [0; 3];
        let tables = [
            "SELECT COUNT(*) FROM feed_records WHERE direction = 'in'",
            "SELECT COUNT(*) FROM facts",
            "SELECT COUNT(*) FROM sales",
        ];
        for (at, sql) in tables.into_iter().enumerate() {
            counts[at] = tx.query_one(sql, params![])?.read(0)?;
        }
        Ok::<_, DbError>(counts)
    };
    world.hub().context().db().read(count).await.unwrap()
}

async fn command(till: &Till, path: &str, body: Value) -> Value {
    let done = till
        .caller()
        .command::<Value>(Method::POST, path, &fresh_key(), &body)
        .await;
    done.unwrap_or_else(|refused| panic!("{path}: {refused}"))
}

/// Counts the records the shop itself has for the hub.
async fn stated(world: &World) -> i64 {
    let mine = |tx: &mut Tx| -> Result<i64, DbError> {
        let sql = "SELECT COUNT(*) FROM feed_records WHERE direction = 'out'";
        tx.query_one(sql, params![])?.read(0)
    };
    world.edge().context().db().read(mine).await.unwrap()
}

/// Expects the hub to say whose receipt a practised one is.
async fn names_the_receipt(console: &Console) {
    let asked: Result<Value, _> = console
        .caller()
        .ask("/v1/sales?receipt=1-9001-000001")
        .await;
    let refused = asked.unwrap_err().problem();
    assert!(
        refused.detail.contains("is from training"),
        "{}",
        refused.detail
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_practised_leaves_nothing_at_the_hub() {
    let beginning = Beginning {
        training: Training::Beside,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    let good = &world.goods[0];
    till.receive(&mut oracle, &[(good, 10)]).await;
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    let training = world.edge().training_url().expect("training runs");
    can_sell(&training).await;
    let before = held(&world).await;

    // A day: opened, scanned by the twin, paid, taken back, counted, closed.
    let pupil = Till::sign_in(&training, 1, PIN).await.unwrap();
    pupil.open(10_000).await.unwrap();
    let mut practised = Oracle::new();
    pupil.receive(&mut practised, &[(good, 3)]).await;
    let paid = pupil.sell(&mut practised, &[(good, 2)]).await;
    assert!(paid.receipt.starts_with("1-9001-"), "{}", paid.receipt);
    pupil.print_is(&paid.sale_id, "confirmed").await;
    let back = json!({
        "sale_id": paid.sale_id,
        "lines": [
            { "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock" },
        ],
    });
    command(&pupil, "/v1/registers/1/returns", back).await;
    let twins = world.edge().training().expect("training runs");
    let twins = twins.training().expect("it is one").twins.clone();
    let papers = twins.values().next().expect("register 1").printer().clone();
    wait::until_seen(
        "the receipt of the return",
        || async { papers.snapshot().receipts.len() },
        |count| *count == 2,
    )
    .await;
    pupil
        .close(&[(10_000, 1)], Some("unexplained"))
        .await
        .unwrap();
    wait::until_seen(
        "the Z",
        || async { papers.snapshot().receipts.len() },
        |count| *count >= 3,
    )
    .await;
    for paper in papers.snapshot().receipts {
        assert!(paper.text.contains("TRAINING"), "{}", paper.text);
    }

    // One real sale: when the hub has that, it has all there is to have.
    till.sell(&mut oracle, &[(good, 1)]).await;
    console.has_everything(STORE, &oracle).await;
    let after = held(&world).await;
    assert_eq!(after[2], before[2] + 1, "one sale was real");
    let mine = stated(&world).await;
    wait::until_seen(
        "the hub to have what the shop has, and no more",
        || held(&world),
        |held| held[0] == mine,
    )
    .await;

    names_the_receipt(&console).await;
    world.end().await;
}
