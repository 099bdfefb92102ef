//! What a store that comes back costs: one with 90 days of history and nothing new, and one that
//! was away for a day of 2,000 sales.
//!
//! Bytes are those of the packed bodies in both directions; HTTP's and TLS's own are not counted.
//! A number behind `--` is how many sales each of the 90 days has.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::time::Duration;

use counterpart_daemon::clock::Stopwatch;
use counterpart_tests::measure::{Table, machine, rounds, shown};
use counterpart_tests::trade::Trade;
use counterpart_tests::yard::{Engine, Yard};

const DAYS: usize = 90;
/// Sales of a day.
const SALES: usize = 200;
/// Sales of the day the store is away.
const AWAY: usize = 2_000;
const SEED: u64 = 19;
const DAY: Duration = Duration::from_secs(86_400);

#[tokio::main]
async fn main() {
    println!("\nreconnect: {}\n", machine());
    let yard = Yard::open(Engine::Sqlite).await;
    let mut store = yard.store("ghent-1").await;
    let mut trade = Trade::of(1, 2_000, SEED);
    for _ in 0..DAYS {
        store.state((0..rounds(SALES)).map(|_| trade.sale()).collect());
        store.sync().await;
        yard.clock().advance(DAY);
    }
    let mut table = Table::of(&["what", "bytes up", "bytes down", "exchanges", "time"]);
    for what in [
        "nothing new",
        "a day of 2,000 sales away",
        "nothing new again",
    ] {
        if what.contains("away") {
            store.state((0..AWAY).map(|_| trade.sale()).collect());
        }
        let watch = Stopwatch::start();
        let passed = store.sync().await;
        let took = shown(watch.elapsed());
        table.row([
            what.to_owned(),
            passed.up_bytes.to_string(),
            passed.down_bytes.to_string(),
            passed.rounds.to_string(),
            took,
        ]);
    }
    println!("{DAYS} days of {} sales behind it", rounds(SALES));
    println!("\n{}", table.markdown());
    yard.close().await;
}
