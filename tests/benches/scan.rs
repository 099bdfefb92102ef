//! How long a scan takes from its bytes on the serial line to its line in the page, in a store with
//! 50,000 products and 500 promotions in force.
//!
//! The bytes go over a pseudo terminal; the page is its event stream, read as a browser reads it,
//! and the time ends with the byte that completes the product's name. A browser's own drawing comes
//! on top.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::time::Duration;

use counterpart_daemon::clock::Stopwatch;
use counterpart_tests::measure::{Table, Times, machine, rounds, shown};
use counterpart_tests::shop::fresh_key;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};
use reqwest::{Method, Response};
use serde_json::{Value, json};

const PRODUCTS: u32 = 50_000;
/// Scans, unless another number is asked for behind `--`.
const SCANS: usize = 600;
/// Promotions in force, each about ten products.
const PROMOTIONS: usize = 500;
/// The stream goes on for as long as the bench does.
const STREAM_WITHIN: Duration = Duration::from_secs(3_600);
/// From one line in the page to the next scan: a hand needs longer, a presentation scanner about
/// this. Scans without any pause would measure how seldom a page is patched, not how soon.
const PACE: Duration = Duration::from_millis(100);
/// Lines after which the basket is emptied: a large trolley.
const BASKET: u32 = 30;

/// A register's page, as far as it is a stream of text.
struct Page {
    stream: Response,
    text: String,
}

impl Page {
    /// Reads on until `words` have come, and forgets what came before them.
    async fn shows(&mut self, words: &str) {
        loop {
            if let Some(at) = self.text.find(words) {
                self.text.drain(..at + words.len());
                return;
            }
            let piece = wait::told(words, self.stream.chunk()).await;
            let piece = piece
                .expect("the stream can be read")
                .expect("the stream goes on");
            self.text.push_str(&String::from_utf8_lossy(&piece));
        }
    }
}

/// Puts promotions into force at the hub, and waits until the store has all of them.
async fn promote(world: &World) {
    let console = world.console().await;
    for number in 0..PROMOTIONS {
        let goods = world.goods.iter().skip(number * 97).take(10);
        let skus: Vec<&str> = goods.map(|good| good.sku.as_str()).collect();
        let body = json!({
            "promotion": {
                "id": format!("promotion-{number}"), "name": format!("Promotion {number}"),
                "deal": { "kind": "each", "cut": { "percent": 10_000 } },
                "goods": { "skus": skus },
            },
        });
        let put: Result<Value, _> = console
            .caller()
            .command(Method::POST, "/v1/promotions", &fresh_key(), &body)
            .await;
        put.unwrap_or_else(|error| panic!("the promotion is refused: {error}"));
    }
    wait::until("the promotions to be in force", async || {
        let promotions = world.edge().context().promotions();
        promotions.get(PROMOTIONS - 1).map(|_| ())
    })
    .await;
}

#[tokio::main]
async fn main() {
    println!("\nscan: {}", machine());
    let beginning = Beginning {
        goods: PRODUCTS,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let till = world.open_till(1).await;
    promote(&world).await;
    let stream = till
        .caller()
        .request(Method::GET, "/register/1/stream")
        .timeout(STREAM_WITHIN)
        .send()
        .await;
    let mut page = Page {
        stream: stream.expect("the register has a stream"),
        text: String::new(),
    };
    page.shows("event: snapshot").await;
    let mut times = Times::new();
    for number in 0..u32::try_from(rounds(SCANS)).expect("it fits") {
        if number % BASKET == 0 && number > 0 {
            till.void_basket().await.expect("a basket can be emptied");
            page.shows("Scan an item").await;
        }
        // 7,919 is prime to the number of products: the goods come from all over the catalogue.
        let good = &world.goods[usize::try_from(number * 7_919 % PRODUCTS).expect("it fits")];
        tokio::time::sleep(PACE).await;
        let watch = Stopwatch::start();
        let sent = world.counter(1).scanner().scan(good.gtin.as_bytes()).await;
        sent.expect("the scanner is plugged in");
        page.shows(&good.name).await;
        times.took(watch.elapsed());
    }
    let mut table = Table::of(&[
        "products",
        "promotions",
        "scans",
        "p50",
        "p90",
        "p99",
        "longest",
    ]);
    let [p50, p90, p99, longest] = [50, 90, 99, 100].map(|part| shown(times.percentile(part)));
    table.row([
        PRODUCTS.to_string(),
        PROMOTIONS.to_string(),
        times.count().to_string(),
        p50,
        p90,
        p99,
        longest,
    ]);
    println!("\n{}", table.markdown());
    world.end().await;
}
