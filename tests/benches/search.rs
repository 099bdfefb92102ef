//! How long a store with 50,000 products takes to answer each key of a search, as an associate
//! types: from the first letter on, with words the other way round, and with a letter wrong. Over
//! HTTP, as the page asks.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use counterpart_daemon::clock::Stopwatch;
use counterpart_tests::measure::{Table, Times, machine, rounds, shown};
use counterpart_tests::world::{Beginning, World};
use serde_json::Value;

const PRODUCTS: u32 = 50_000;
/// Times each text is typed, unless another number is asked for behind `--`.
const TYPED: usize = 10;
/// What is typed, and what is special about it.
const TEXTS: [(&str, &str); 5] = [
    ("oat biscuits 1234", "a name and a number"),
    ("biscuits oat", "words the other way round"),
    ("enamle mug 77", "a letter wrong"),
    ("G-31415", "a SKU"),
    ("zzzzz", "nothing like it"),
];

#[tokio::main]
async fn main() {
    println!("\nsearch: {}", machine());
    let beginning = Beginning {
        goods: PRODUCTS,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let till = world.sign_in(1).await;
    let columns = [
        "typed",
        "what it is",
        "keys",
        "p50",
        "p99",
        "longest",
        "found",
    ];
    let mut table = Table::of(&columns);
    for (text, what) in TEXTS {
        let (mut times, mut found) = (Times::new(), 0);
        for _ in 0..rounds(TYPED) {
            for (end, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
                let typed = text[..end].replace(' ', "%20");
                let watch = Stopwatch::start();
                let answer = till
                    .caller()
                    .ask(&format!("/v1/products?query={typed}"))
                    .await;
                times.took(watch.elapsed());
                let answer: Value = answer.expect("a store searches");
                found = answer["products"].as_array().map_or(0, Vec::len);
            }
        }
        let [p50, p99, longest] = [50, 99, 100].map(|part| shown(times.percentile(part)));
        let (keys, found) = (times.count().to_string(), found.to_string());
        table.row([
            text.to_owned(),
            what.to_owned(),
            keys,
            p50,
            p99,
            longest,
            found,
        ]);
    }
    println!("\n{}", table.markdown());
    world.end().await;
}
