//! How fast a hub takes sale records in: greeting, guard, documents, views, digests, cursor and
//! commit, batch by batch, beside the same rows written by plain SQL in as many transactions.
//!
//! What a store packs and what the line costs is not timed; the database is the hub's own.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::time::Duration;

use counterpart_daemon::clock::Stopwatch;
use counterpart_daemon::db::{Db, DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::sync::BATCH_RECORDS_MAX;
use counterpart_tests::measure::{Table, machine, per_second, ratio, rounds, shown};
use counterpart_tests::replicated::Replicated;
use counterpart_tests::trade::Trade;
use counterpart_tests::yard::{Engine, Yard};

/// Sales of each engine, unless another number is asked for behind `--`.
const SALES: usize = 20_000;
const SEED: u64 = 12;

/// The rows a hub that kept no documents would still write.
const PLAIN: [&str; 3] = [
    "CREATE TABLE plain_sales (sale TEXT PRIMARY KEY, receipt TEXT NOT NULL,
        total BIGINT NOT NULL)",
    "CREATE TABLE plain_lines (sale TEXT NOT NULL, line INTEGER NOT NULL, sku TEXT NOT NULL,
        quantity BIGINT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (sale, line))",
    "CREATE TABLE plain_stock (sku TEXT PRIMARY KEY, on_hand BIGINT NOT NULL)",
];

fn plainly(tx: &mut Tx, sale: &SaleRecorded) -> Result<(), DbError> {
    let id = sale.sale_id.to_string();
    tx.execute(
        "INSERT INTO plain_sales (sale, receipt, total) VALUES ($1, $2, $3)",
        params![&id, sale.receipt.to_string(), sale.total_minor.0],
    )?;
    for line in &sale.lines {
        let quantity = line.quantity_milli.0;
        tx.execute(
            "INSERT INTO plain_lines (sale, line, sku, quantity, amount)
             VALUES ($1, $2, $3, $4, $5)",
            params![
                &id,
                i64::from(line.line),
                line.sku.as_str(),
                quantity,
                line.amount_minor.0
            ],
        )?;
        tx.execute(
            "INSERT INTO plain_stock (sku, on_hand) VALUES ($1, $2)
             ON CONFLICT (sku) DO UPDATE SET on_hand = plain_stock.on_hand + excluded.on_hand",
            params![line.sku.as_str(), -quantity],
        )?;
    }
    Ok(())
}

fn baseline(db: &Db, sales: &[SaleRecorded]) -> Duration {
    db.write_blocking(|tx| -> Result<_, DbError> {
        for table in PLAIN {
            tx.execute(table, params![])?;
        }
        Ok(())
    })
    .expect("tables can be made");
    let watch = Stopwatch::start();
    for batch in sales.chunks(BATCH_RECORDS_MAX) {
        let batch = batch.to_vec();
        db.write_blocking(move |tx| -> Result<_, DbError> {
            batch.iter().try_for_each(|sale| plainly(tx, sale))
        })
        .expect("rows can be written");
    }
    watch.elapsed()
}

/// Drains a store into the hub and returns the hub's share of the time, and in how many exchanges.
fn taken_in(yard: &Yard, store: &mut Replicated) -> (Duration, usize) {
    let (mut time, mut exchanges) = (Duration::ZERO, 0);
    let mut step = store.first();
    while let Some(exchange) = store.next(step) {
        let watch = Stopwatch::start();
        let reply = yard.answer(store.edge(), exchange);
        time += watch.elapsed();
        exchanges += 1;
        step = store.hear(reply);
    }
    (time, exchanges)
}

#[tokio::main]
async fn main() {
    println!("\napply: {}", machine());
    println!("{}\n", Trade::of(1, 2_000, SEED).parameters());
    let mut table = Table::of(&[
        "engine",
        "sales",
        "exchanges",
        "per sale",
        "sales/s",
        "plain SQL, sales/s",
        "÷ plain SQL",
    ]);
    for engine in Engine::ALL {
        let yard = Yard::open(engine).await;
        let mut store = yard.store("ghent-1").await;
        store.sync().await;
        let mut trade = Trade::of(1, 2_000, SEED);
        let sales: Vec<_> = (0..rounds(SALES)).map(|_| trade.sale()).collect();
        for some in sales.chunks(500) {
            store.state(some.to_vec());
        }
        let (time, exchanges) = taken_in(&yard, &mut store);
        let plain = baseline(yard.hub().context().db(), &sales);
        let count = u32::try_from(sales.len()).expect("a bench is small");
        table.row([
            engine.name().to_owned(),
            sales.len().to_string(),
            exchanges.to_string(),
            shown(time / count),
            per_second(sales.len(), time),
            per_second(sales.len(), plain),
            ratio(time, plain),
        ]);
        yard.close().await;
    }
    println!("{}", table.markdown());
}
