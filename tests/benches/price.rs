//! How long pricing a basket of sixty lines takes, and how that grows: with promotions about other
//! goods, with promotions about the goods in it, and with lines. The baseline is the same basket
//! without any promotion.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::collections::BTreeSet;
use std::hint::black_box;

use counterpart_daemon::clock::Stopwatch;
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{
    Basket, Cut, Deal, Goods, Line, Moment, Percent, Promotion, Promotions, Window, price,
};
use counterpart_protocol::quantity::Milli;
use counterpart_tests::measure::{Table, Times, machine, ratio, rounds, shown};

/// Baskets of each kind, unless another number is asked for behind `--`.
const BASKETS: usize = 2_000;
/// The products of a large store.
const PRODUCTS: usize = 50_000;
/// Lines of a large trolley.
const LINES: usize = 60;
/// A moment at which every promotion is in force.
const NOON: Moment = Moment {
    at_ms: 1_000_000,
    weekday: 1,
    minute_of_day: 720,
};

fn sku(number: usize) -> Sku {
    format!("G-{number:05}").parse().expect("a readable SKU")
}

/// Returns a promotion about one product: percent, two for less, or three for two, in turn.
fn about(number: usize, product: usize) -> Promotion {
    let deal = match number % 3 {
        0 => Deal::Each {
            cut: Cut::Percent(Percent(10_000)),
        },
        1 => Deal::Each {
            cut: Cut::Amount(Minor(15)),
        },
        _ => Deal::Get {
            buy: 2,
            get: 1,
            cut: Cut::Percent(Percent::ALL),
            of: None,
        },
    };
    Promotion {
        id: format!("promotion-{number}"),
        name: format!("Promotion {number}"),
        deal,
        goods: Goods::skus([sku(product)]),
        priority: 0,
        exclusive: true,
        window: Window::default(),
        groups: BTreeSet::new(),
        coupon: None,
    }
}

/// Returns promotions of which `meant` are about goods of the basket and the others are not.
fn promotions(all: usize, meant: usize) -> Promotions {
    let of = |number: usize| match number < meant {
        true => about(number, number % LINES),
        // 7,919 is prime to the number of products: all over the catalogue, but not in the basket.
        false => about(number, LINES + number * 7_919 % (PRODUCTS - LINES)),
    };
    Promotions::of((0..all).map(of).collect())
}

fn timed(skus: &[Sku], promotions: &Promotions) -> Times {
    let lines: Vec<Line<'_>> = (1_u16..)
        .zip(skus)
        .map(|(line, sku)| Line {
            line,
            sku,
            department: "Grocery",
            quantity_milli: Milli::units(i32::from(line % 4) + 1),
            unit_price_minor: Minor(100 + i64::from(line) * 7),
            is_overridden: false,
            discounts: &[],
        })
        .collect();
    let basket = Basket {
        lines: &lines,
        discounts: &[],
        group: None,
        coupons: &[],
    };
    let mut times = Times::new();
    for _ in 0..rounds(BASKETS) {
        let watch = Stopwatch::start();
        let priced = price(black_box(&basket), promotions, NOON);
        times.took(watch.elapsed());
        black_box(priced.expect("small amounts add up"));
    }
    times
}

fn main() {
    println!("\nprice: {}", machine());
    let skus: Vec<Sku> = (0..LINES).map(sku).collect();
    let plain = timed(&skus, &promotions(0, 0));
    let mut table = Table::of(&[
        "lines",
        "promotions",
        "about the basket",
        "p50",
        "p99",
        "÷ none",
    ]);
    let mut row = |lines: usize, all: usize, meant: usize| {
        let times = timed(&skus[..lines], &promotions(all, meant));
        table.row([
            lines.to_string(),
            all.to_string(),
            meant.to_string(),
            shown(times.percentile(50)),
            shown(times.percentile(99)),
            ratio(times.percentile(50), plain.percentile(50)),
        ]);
    };
    for all in [0, 50, 500, 5_000] {
        row(LINES, all, 0);
    }
    for meant in [5, 20, 50] {
        row(LINES, 5_000, meant);
    }
    for lines in [1, 10, 30] {
        row(lines, 500, 5);
    }
    println!("\n{}", table.markdown());
}
