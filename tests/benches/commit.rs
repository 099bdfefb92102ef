//! How long a durable sale takes, at 1, 4, 8 and 32 registers of one store, beside what the disk
//! itself needs for one small durable write.
//!
//! A sale here is everything one is: the command over HTTP with its key, the fact in its document
//! and feed, the views, the receipt's number and its print job, in one transaction, answered once
//! it is on disk. Scanning the one item before is not timed. The receipts are printed meanwhile.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use counterpart_daemon::clock::Stopwatch;
use counterpart_tests::measure::{Table, Times, machine, per_second, ratio, rounds, shown};
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};
use tokio::task::JoinSet;

const REGISTERS: [u16; 4] = [1, 4, 8, 32];
/// Sales timed at each number of registers, unless another number is asked for behind `--`; at
/// least one for every register.
const SALES: usize = 640;
/// Writes of the baseline.
const WRITES: usize = 500;
/// What SQLite writes at least: one page.
const PAGE_BYTES: usize = 4_096;

/// Overwrites one page of a file and waits for the disk, again and again.
fn raw_writes(folder: &Path) -> Times {
    let file = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .open(folder.join("baseline"))
        .expect("the baseline's file can be made");
    let mut times = Times::new();
    for round in 0..WRITES {
        let page = vec![u8::try_from(round % 251).expect("below 251"); PAGE_BYTES];
        let watch = Stopwatch::start();
        file.write_all_at(&page, 0).expect("a page can be written");
        file.sync_data().expect("the disk takes a page");
        times.took(watch.elapsed());
    }
    times
}

/// Asks for nothing, to show what HTTP costs by itself.
async fn questions(till: &Till) -> Times {
    let mut times = Times::new();
    for _ in 0..WRITES {
        let watch = Stopwatch::start();
        till.caller()
            .fetch("/healthz")
            .await
            .expect("the edge lives");
        times.took(watch.elapsed());
    }
    times
}

/// Lets every till sell one item at once; returns each payment's time and the whole round's.
async fn round(world: &World, tills: &[Till], number: usize) -> (Times, std::time::Duration) {
    let good = &world.goods[number % world.goods.len()];
    for till in tills {
        till.scan(&good.gtin).await.expect("the item is known");
    }
    let cash = good.price_minor.expect("only the last one has no price");
    let whole = Stopwatch::start();
    let mut paying = JoinSet::new();
    for till in tills {
        let till = till.clone();
        paying.spawn(async move {
            let watch = Stopwatch::start();
            let paid = till.pay(cash).await.expect("exact cash pays");
            (watch.elapsed(), paid.receipt)
        });
    }
    let paid = paying.join_all().await;
    let whole = whole.elapsed();
    let mut times = Times::new();
    for register in 1..=u16::try_from(tills.len()).expect("at most 32") {
        let receipt = format!("{register}-1-{:06}", number + 1);
        let printer = world.counter(register).printer();
        let out = printer.until(|seen| seen.receipts.iter().any(|r| r.text.contains(&receipt)));
        wait::told("a receipt", out).await;
    }
    times.extend(paid.into_iter().map(|(time, _)| time));
    (times, whole)
}

#[tokio::main]
async fn main() {
    println!("\ncommit: {}", machine());
    let mut table = Table::of(&[
        "registers",
        "sales",
        "p50",
        "p99",
        "sales/s",
        "p50 ÷ raw write",
    ]);
    for registers in REGISTERS {
        let beginning = Beginning {
            registers,
            ..Beginning::default()
        };
        let world = World::begin(beginning).await;
        // The hub runs in this process too; what it does is not the till's time.
        world.line.cut();
        let mut tills = Vec::new();
        for register in 1..=registers {
            tills.push(world.open_till(register).await);
        }
        let raw = raw_writes(world.folder());
        if registers == 1 {
            let http = questions(&tills[0]).await;
            println!(
                "\nraw 4 KiB overwrite + fdatasync: p50 {}, p99 {}",
                shown(raw.percentile(50)),
                shown(raw.percentile(99))
            );
            println!(
                "HTTP alone (GET /healthz): p50 {}\n",
                shown(http.percentile(50))
            );
        }
        let (mut times, mut whole) = (Times::new(), Times::new());
        for number in 0..rounds(SALES).div_ceil(usize::from(registers)) {
            for printed in 1..=registers {
                world.counter(printed).printer().forget_receipts();
            }
            let (paid, all) = round(&world, &tills, number).await;
            times.extend(paid);
            whole.took(all);
        }
        table.row([
            registers.to_string(),
            times.count().to_string(),
            shown(times.percentile(50)),
            shown(times.percentile(99)),
            per_second(times.count(), whole.sum()),
            ratio(times.percentile(50), raw.percentile(50)),
        ]);
        world.end().await;
    }
    println!("{}", table.markdown());
}
