//! What old sales cost on a store's disk: bytes a sale while a day is loose and once it is packed,
//! and how long packing a day keeps the one thread that writes, in all and in its longest step.
//!
//! The file holds the replica's own tables alone: views stay as they are when a day is packed.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::collections::BTreeSet;
use std::time::Duration;

use counterpart_daemon::clock::{ManualClock, Stopwatch};
use counterpart_daemon::db::{Db, DbError, DbOptions};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::params;
use counterpart_daemon::replica::{
    PackRefused, PackStep, Packed, Place, REPLICA_MIGRATIONS, Replica, ReplicaFailed,
};
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::time::BusinessDate;
use counterpart_tests::measure::{Table, machine, ratio, rounds, shown};
use counterpart_tests::trade::Trade;
use tempfile::TempDir;

/// Sales of a day, unless another number is asked for behind `--`.
const SALES: usize = 2_000;
/// Sales stated in one transaction: what a busy writer commits together.
const TOGETHER: usize = 8;
const SEED: u64 = 11;
const APPLICATION_ID: u32 = 0x4370_506b;
const BEGIN_MS: i64 = 1_763_890_000_000;
const DAY: i32 = 20_415;

/// Bytes of the pages in use: those on the free list are used again and not counted.
fn used_bytes(db: &Db) -> usize {
    let read = db.read_blocking(|tx| -> Result<i64, DbError> {
        let sql = "SELECT (p.page_count - f.freelist_count) * s.page_size
                   FROM pragma_page_count() p, pragma_freelist_count() f, pragma_page_size() s";
        tx.query_one(sql, params![])?.read(0)
    });
    usize::try_from(read.expect("the file is readable")).expect("a size")
}

fn tenths(bytes: usize, count: usize) -> String {
    let tenths = bytes * 10 / count;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn row(table: &mut Table, what: &str, count: usize, bytes: (usize, usize), times: [String; 3]) {
    let (now, before) = bytes;
    let hundredths = now * 100 / before;
    let of_before = format!("{}.{:02}×", hundredths / 100, hundredths % 100);
    let [whole, ratio, longest] = times;
    let bytes = tenths(now, count);
    table.row([what.to_owned(), bytes, of_before, whole, ratio, longest]);
}

/// States the sales of a day, and returns how long that took.
fn state(db: &Db, replica: &Replica, count: usize) -> Duration {
    let mut trade = Trade::of(1, 2_000, SEED);
    println!("{}\n", trade.parameters());
    let place = Place {
        business_date: BusinessDate::from_days(DAY).expect("a date"),
        register: Some(RegisterId(1)),
        staff: None,
    };
    let watch = Stopwatch::start();
    for at in (0..count).step_by(TOGETHER) {
        let sales: Vec<_> = (at..count.min(at + TOGETHER))
            .map(|_| trade.sale())
            .collect();
        let replica = replica.clone();
        db.write_blocking(move |tx| -> Result<_, ReplicaFailed> {
            for sale in &sales {
                replica.record(tx, EdgeNumber::HUB, place, sale)?;
            }
            Ok(())
        })
        .expect("facts are never refused");
    }
    watch.elapsed()
}

/// Packs the day; returns how long that took, and the longest step.
fn pack(db: &Db, replica: &Replica) -> (Duration, Duration) {
    let within = replica.clone();
    let due = db.read_blocking(move |tx| {
        let date = |days| BusinessDate::from_days(days).expect("a date");
        let signed = BTreeSet::from([date(DAY)]);
        within.days_to_pack(tx, EdgeNumber::HUB, date(DAY + 36), &signed)
    });
    let (mut whole, mut longest) = (Duration::ZERO, Duration::ZERO);
    for day in due.expect("the file is readable") {
        loop {
            let replica = replica.clone();
            let watch = Stopwatch::start();
            let step = db.write_blocking(move |tx| -> Result<_, PackRefused> {
                replica.pack_group(tx, &day)
            });
            let took = watch.elapsed();
            (whole, longest) = (whole + took, longest.max(took));
            if step.expect("sales can be packed") == PackStep::Over {
                break;
            }
        }
    }
    (whole, longest)
}

/// Puts what was measured of so many sales into rows: bytes loose and packed, times, and what the
/// replica says of its changes.
fn told_as_table(
    count: usize,
    (loose, packed): (usize, usize),
    (stating, packing, longest): (Duration, Duration, Duration),
    told: Packed,
) -> Table {
    let columns = [
        "2,000 sales",
        "bytes a sale",
        "÷ loose",
        "time",
        "÷ stating them",
        "longest step",
    ];
    let mut table = Table::of(&columns);
    let (none, time) = (String::new, shown(stating));
    let times = [time, "1.00×".to_owned(), none()];
    row(
        &mut table,
        "all tables, loose",
        count,
        (loose, loose),
        times,
    );
    let times = [shown(packing), ratio(packing, stating), shown(longest)];
    row(
        &mut table,
        "all tables, packed",
        count,
        (packed, loose),
        times,
    );
    let size = |bytes| usize::try_from(bytes).expect("a size");
    let (loose, packed) = (size(told.loose_bytes), size(told.packed_bytes));
    let nothing = || [none(), none(), none()];
    row(
        &mut table,
        "changes alone, loose",
        count,
        (loose, loose),
        nothing(),
    );
    row(
        &mut table,
        "changes alone, packed",
        count,
        (packed, loose),
        nothing(),
    );
    table
}

fn main() {
    println!("\npack: {}", machine());
    let folder = TempDir::new().expect("a temporary folder can be made");
    let options = DbOptions {
        reserve_bytes: 0,
        ..DbOptions::new(
            "pack",
            folder.path().join("pack.db"),
            APPLICATION_ID,
            REPLICA_MIGRATIONS,
        )
    };
    let db = Db::open(options).expect("a file can be made");
    let replica = Replica::new(
        ManualClock::starting_at(BEGIN_MS),
        OsEntropy::shared(),
        Vec::new(),
    );
    let within = replica.clone();
    db.write_blocking(move |tx| -> Result<_, DbError> { within.become_edge(tx, EdgeNumber(7)) })
        .expect("an empty file takes its number");
    let count = rounds(SALES);
    let empty = used_bytes(&db);
    let stating = state(&db, &replica, count);
    let loose = used_bytes(&db) - empty;
    let (packing, longest) = pack(&db, &replica);
    let packed = used_bytes(&db) - empty;
    let told = db
        .read_blocking(move |tx| replica.packed(tx))
        .expect("the file is readable");
    let times = (stating, packing, longest);
    println!(
        "{}",
        told_as_table(count, (loose, packed), times, told).markdown()
    );
    db.close_blocking();
}
