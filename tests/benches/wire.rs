//! What sales cost on the line: 2,000 of them stated while the hub was away and then drained, and
//! one by one as they happen, beside the same sales as JSON under zstd.
//!
//! Bytes are those of the packed bodies in both directions; HTTP's and TLS's own are not counted. A
//! second table says where they go, in a whole exchange and in one in short.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use counterpart_daemon::clock::Stopwatch;
use counterpart_protocol::documents::Shape;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::sync::{BEFORE_RECORDS, pack, shorten, unsqueezed};
use counterpart_tests::measure::{Table, machine, rounds, shown};
use counterpart_tests::replicated::{Passed, Replicated};
use counterpart_tests::samples::Told;
use counterpart_tests::trade::Trade;
use counterpart_tests::yard::{Engine, Yard};
use serde_json::{Value, json};

/// Sales stated while the hub is away, unless another number is asked for behind `--`.
const SALES: usize = 2_000;
/// Sales sent one by one.
const LIVE: usize = 200;
/// zstd's level, the one the product uses.
const LEVEL: i32 = 3;
const SEED: u64 = 11;

/// A sale as a plain interface would send it.
fn plain(sale: &SaleRecorded) -> Value {
    json!({
        "sale_id": sale.sale_id, "receipt": sale.receipt, "shift_id": sale.shift_id,
        "currency": sale.currency, "lines": sale.lines, "taxes": sale.taxes,
        "total_minor": sale.total_minor, "tenders": sale.tenders,
        "change_minor": sale.change_minor, "catalog_version": sale.catalog_version,
    })
}

/// Bytes of the sales as one JSON list, and packed.
fn as_json(sales: &[SaleRecorded]) -> (usize, usize) {
    let list: Vec<Value> = sales.iter().map(plain).collect();
    let text = serde_json::to_vec(&list).expect("values are writable");
    let packed = zstd::bulk::compress(&text, LEVEL).expect("memory takes everything");
    (text.len(), packed.len())
}

fn row(table: &mut Table, what: &str, sales: usize, bytes: usize, more: [String; 3]) {
    let tenths = bytes * 10 / sales;
    let [rounds, down, time] = more;
    table.row([
        what.to_owned(),
        sales.to_string(),
        format!("{}.{}", tenths / 10, tenths % 10),
        rounds,
        down,
        time,
    ]);
}

/// What compressed a part of a frame would have alone.
fn zstd(bytes: &[u8]) -> usize {
    let packed = zstd::bulk::compress(bytes, LEVEL).expect("memory takes everything");
    packed.len()
}

/// Where the bytes of an exchange with `told` records behind `from` go: what each part adds, raw
/// and packed, in tenths of a byte a sale.
fn split(told: &Told, from: usize, to: usize) -> Vec<(&'static str, [usize; 2])> {
    let exchange = told.exchange(from, to);
    let batch = exchange.up.as_ref().expect("it tells something");
    let changes: Vec<&[u8]> = batch.records.iter().map(|one| &one.change[..]).collect();
    let facts = |change: &&[u8]| Shape::read(change).expect("ours").fact.to_vec();
    let facts: Vec<Vec<u8>> = changes.iter().map(facts).collect();
    let only = |parts: &[&[u8]]| {
        (
            parts.iter().map(|part| part.len()).sum(),
            zstd(&parts.concat()),
        )
    };
    let (fact, packed_fact) = only(&facts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let (change, packed_change) = only(&changes);
    let whole = pack(&exchange).expect("it is small enough");
    let plain = zstd::bulk::decompress(&whole[1..], 1 << 22).expect("what was packed");
    let before = told.before(from, BEFORE_RECORDS as usize);
    let parts = unsqueezed(&exchange, &before).expect("it can be said in short");
    let short = shorten(&exchange, &before).expect("it can be said in short");
    let deps = 32 * (changes.len() - changes.len() / 100);
    let actors = (16 + 4) * changes.len();
    let tenths = |bytes: usize| bytes * 10 / (to - from);
    let row = |what, raw: usize, packed: usize| (what, [tenths(raw), tenths(packed)]);
    vec![
        row("the facts", fact, packed_fact),
        row("hash of the change before", deps, deps),
        row("actor, checksum", actors, 4 * changes.len()),
        row(
            "key, counters, columns of the change",
            change - fact - deps - actors,
            (packed_change - packed_fact).saturating_sub(deps + 4 * changes.len()),
        ),
        row(
            "record, batch, hello and acknowledgement",
            plain.len() - change,
            whole.len().saturating_sub(packed_change),
        ),
        row("**whole**", plain.len() + 1, whole.len()),
        row(
            "in short: random parts of ids, proof",
            parts.noise.len(),
            parts.noise.len(),
        ),
        row(
            "in short: all else",
            parts.plain.len(),
            short.len() - parts.noise.len(),
        ),
        row(
            "**in short**",
            parts.plain.len() + parts.noise.len(),
            short.len(),
        ),
    ]
}

fn where_bytes_go(sales: &[SaleRecorded]) -> Table {
    let mut told = Told::begin(7, SEED);
    for sale in sales {
        told.state(sale);
    }
    let tenths = |count: usize| format!("{}.{}", count / 10, count % 10);
    let mut table = Table::of(&["bytes a sale of", "200 raw", "packed", "1 raw", "packed"]);
    // A batch in the middle, and the mean of a hundred exchanges with one sale each.
    let batch = split(&told, 100, 300);
    let alone: Vec<_> = (300..400).map(|at| split(&told, at, at + 1)).collect();
    for (at, (what, [raw, packed])) in batch.into_iter().enumerate() {
        let mean = |which: usize| alone.iter().map(|one| one[at].1[which]).sum::<usize>() / 100;
        table.row([
            what.to_owned(),
            tenths(raw),
            tenths(packed),
            tenths(mean(0)),
            tenths(mean(1)),
        ]);
    }
    table
}

async fn drained(store: &mut Replicated, sales: &[SaleRecorded]) -> (Passed, String) {
    store.state(sales.to_vec());
    let watch = Stopwatch::start();
    let passed = store.sync().await;
    (passed, shown(watch.elapsed()))
}

#[tokio::main]
async fn main() {
    println!("\nwire: {}", machine());
    let yard = Yard::open(Engine::Sqlite).await;
    let mut store = yard.store("ghent-1").await;
    // The store's own beginning is not the sales'.
    store.sync().await;
    let mut trade = Trade::of(1, 2_000, SEED);
    println!("{}\n", trade.parameters());
    let sales: Vec<_> = (0..rounds(SALES)).map(|_| trade.sale()).collect();
    let mut table = Table::of(&[
        "what",
        "sales",
        "bytes/sale up",
        "exchanges",
        "bytes down in all",
        "time",
    ]);
    let (passed, time) = drained(&mut store, &sales).await;
    let count = passed.rounds.to_string();
    let more = [count, passed.down_bytes.to_string(), time];
    row(&mut table, "drained", sales.len(), passed.up_bytes, more);
    let (text, packed) = as_json(&sales);
    let nothing = || [String::new(), String::new(), String::new()];
    row(&mut table, "JSON", sales.len(), text, nothing());
    row(&mut table, "JSON, one zstd", sales.len(), packed, nothing());
    let live: Vec<_> = (0..LIVE).map(|_| trade.sale()).collect();
    let (mut all, mut json_bytes) = (Passed::default(), 0);
    let watch = Stopwatch::start();
    for sale in &live {
        store.state(vec![sale.clone()]);
        let passed = store.sync().await;
        all.up_bytes += passed.up_bytes;
        all.down_bytes += passed.down_bytes;
        all.rounds += passed.rounds;
    }
    let time = shown(watch.elapsed());
    for sale in &live {
        json_bytes += as_json(std::slice::from_ref(sale)).1;
    }
    let more = [all.rounds.to_string(), all.down_bytes.to_string(), time];
    row(&mut table, "one by one", LIVE, all.up_bytes, more);
    row(&mut table, "JSON, a zstd each", LIVE, json_bytes, nothing());
    let idle = store.sync().await;
    println!("{}", table.markdown());
    let some: Vec<_> = (0..400).map(|_| trade.sale()).collect();
    println!("{}", where_bytes_go(&some).markdown());
    println!(
        "nothing new: {} bytes up, {} down, {} exchange(s)",
        idle.up_bytes, idle.down_bytes, idle.rounds
    );
    yard.close().await;
}
