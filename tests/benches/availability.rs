//! How long the hub takes to say what may be promised: one SKU everywhere, and a basket of five
//! lines, over many stores, beside a plain sum over the same rows by SQL.
//!
//! The stores are enrolled and have called; their rights are put into the view by SQL, because two
//! million facts would take longer than everything that is asked here.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use counterpart_daemon::clock::Stopwatch;
use counterpart_daemon::db::{Db, DbError};
use counterpart_daemon::params;
use counterpart_tests::chance::Chance;
use counterpart_tests::goods;
use counterpart_tests::measure::{Table, Times, machine, ratio, rounds, shown};
use counterpart_tests::yard::{Engine, Yard};
use reqwest::Method;
use serde_json::{Value, json};

const STORES: [u32; 2] = [100, 1_000];
/// SKUs with rights at every store.
const SKUS: u32 = 2_000;
/// Questions of each kind, unless another number is asked for behind `--`.
const QUESTIONS: usize = 300;
const SEED: u64 = 13;

/// Lets the hub promise from 1 to 20 pieces of every SKU at every edge.
fn grant_all(db: &Db, skus: &[String]) {
    for some in skus.chunks(50) {
        let some = some.to_vec();
        db.write_blocking(move |tx| -> Result<_, DbError> {
            for sku in &some {
                tx.execute(
                    "INSERT INTO rights (sku, edge, granted_milli, returned_milli, reserved_milli,
                         released_milli, consumed_milli)
                     SELECT $1, edge, (1 + edge % 20) * 1000, 0, 0, 0, 0 FROM edges",
                    params![sku.as_str()],
                )?;
            }
            Ok(())
        })
        .expect("rows can be written");
    }
}

/// Sums the same rows without judging them.
fn plain_sum(db: &Db, sku: &str) -> i64 {
    let sku = sku.to_owned();
    db.read_blocking(move |tx| -> Result<_, DbError> {
        let row = tx.query_one(
            "SELECT CAST(SUM(granted_milli - returned_milli - reserved_milli + released_milli)
                 AS BIGINT) FROM rights WHERE sku = $1",
            params![sku.as_str()],
        )?;
        row.read(0)
    })
    .expect("rows can be read")
}

struct Asked {
    one: Times,
    basket: Times,
    sum: Times,
}

async fn ask(yard: &Yard, skus: &[String], stores: u32) -> Asked {
    let caller = yard.console().caller();
    let mut chance = Chance::of("availability", SEED);
    let (mut one, mut basket, mut sum) = (Times::new(), Times::new(), Times::new());
    for _ in 0..rounds(QUESTIONS) {
        let sku = chance.one_of(skus).clone();
        let watch = Stopwatch::start();
        let path = format!("/v1/availability?sku={sku}");
        let answer: Value = caller.ask(&path).await.expect("the hub answers");
        one.took(watch.elapsed());
        let said = answer["stores"].as_array().map_or(0, Vec::len);
        assert_eq!(said, usize::try_from(stores).expect("few"), "every store");
        let lines: Vec<_> = (0..5)
            .map(|_| json!({ "sku": chance.one_of(skus), "quantity_milli": 1_000 }))
            .collect();
        let body = json!({ "lines": lines });
        let watch = Stopwatch::start();
        let request = caller.request(Method::POST, "/v1/availability").json(&body);
        let answer = request.send().await.expect("the hub answers");
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
        answer.bytes().await.expect("the answer is whole");
        basket.took(watch.elapsed());
        let watch = Stopwatch::start();
        assert!(plain_sum(yard.hub().context().db(), &sku) > 0);
        sum.took(watch.elapsed());
    }
    Asked { one, basket, sum }
}

#[tokio::main]
async fn main() {
    println!("\navailability: {}\n", machine());
    let mut table = Table::of(&[
        "engine",
        "stores",
        "SKUs",
        "one SKU p50",
        "p99",
        "five lines p50",
        "p99",
        "plain sum p50",
        "one ÷ plain sum",
    ]);
    let goods = goods::shelf(SKUS);
    let skus: Vec<String> = goods.iter().map(|good| good.sku.clone()).collect();
    for (engine, stores) in Engine::ALL
        .into_iter()
        .flat_map(|it| STORES.map(|n| (it, n)))
    {
        let yard = Yard::open(engine).await;
        yard.console().publish_catalog(goods::csv(&goods)).await;
        for number in 1..=stores {
            yard.store(&format!("shop-{number:04}")).await.sync().await;
        }
        grant_all(yard.hub().context().db(), &skus);
        let asked = ask(&yard, &skus, stores).await;
        table.row([
            engine.name().to_owned(),
            stores.to_string(),
            SKUS.to_string(),
            shown(asked.one.percentile(50)),
            shown(asked.one.percentile(99)),
            shown(asked.basket.percentile(50)),
            shown(asked.basket.percentile(99)),
            shown(asked.sum.percentile(50)),
            ratio(asked.one.percentile(50), asked.sum.percentile(50)),
        ]);
        yard.close().await;
    }
    println!("{}", table.markdown());
}
