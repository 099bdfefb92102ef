//! How much memory the two daemons hold, as programs: a store after 10,000 sales, and a hub with
//! 1,000 stores on the line, each of which has just sent a day's first sales.
//!
//! The programs must be there: `cargo build --release --bins`. A number behind `--` is how many
//! stores; the store sells ten times as often.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use counterpart_daemon::clock::Stopwatch;
use counterpart_tests::fleet::Fleet;
use counterpart_tests::installation::Installation;
use counterpart_tests::measure::{Table, machine, rounds, shown};
use counterpart_tests::process::Running;
use counterpart_tests::wait;

/// Stores of the hub.
const STORES: usize = 1_000;
/// What each of them has to send.
const SALES_EACH: usize = 10;
/// Products of the one store's catalogue: a medium retailer's (product.md, sizes).
const PRODUCTS: u32 = 20_000;

fn row(table: &mut Table, what: &str, running: &Running) {
    let (now, most) = running.memory_kib();
    let mib = |kib: u64| format!("{} MB", kib * 1_024 / 1_000_000);
    table.row([what.to_owned(), mib(now), mib(most)]);
}

/// One store sells on and on.
async fn one_store(table: &mut Table, sales: usize) {
    let (installed, hub, edge) = Installation::begin(PRODUCTS).await;
    let till = installed.open_till().await;
    row(table, "edge, till open", &edge);
    row(table, "its hub", &hub);
    for number in 0..sales {
        let goods = &installed.goods;
        let basket = [number, number * 7_919].map(|at| &goods[at % goods.len()]);
        for good in basket {
            till.scan(&good.gtin).await.expect("the item is known");
        }
        let cost = basket.iter().filter_map(|good| good.price_minor).sum();
        till.pay(cost).await.expect("exact cash pays");
    }
    let console = installed.console().await;
    wait::until_seen(
        "the hub to hold everything",
        || async { console.store("ghent-1").await.expect("it is known") },
        |seen| usize::try_from(seen.proof.issued).is_ok_and(|held| held >= sales) && seen.lag == 0,
    )
    .await;
    row(table, &format!("edge, after {sales} sales"), &edge);
    row(table, "its hub", &hub);
}

/// Many stores come back at once, and stay on the line.
async fn many_stores(table: &mut Table, stores: usize) {
    let installed = Installation::before_the_store(1).await;
    let hub = installed.hub.start().await;
    let mut fleet = Fleet::enrol(&installed, stores).await;
    row(table, &format!("hub, {stores} stores enrolled"), &hub);
    fleet.sell(SALES_EACH);
    let watch = Stopwatch::start();
    fleet.sync().await;
    let took = watch.elapsed();
    row(table, "hub, all have sent their sales at once", &hub);
    fleet.wait_for_news().await;
    row(table, "hub, all hold the line", &hub);
    println!(
        "{stores} stores with {SALES_EACH} sales each, all at once: {} until the last was answered",
        shown(took)
    );
}

#[tokio::main]
async fn main() {
    println!("\nmemory: {}\n", machine());
    let stores = rounds(STORES);
    let mut table = Table::of(&["what", "now", "highest"]);
    one_store(&mut table, stores * 10).await;
    many_stores(&mut table, stores).await;
    println!("\n{}", table.markdown());
}
