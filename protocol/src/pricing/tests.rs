//! What the stories and the properties of pricing share: a small shop and its promotions.

mod stories;
mod sums;

use std::collections::BTreeSet;

use super::{
    Basket, Cut, Deal, Goods, Line, Moment, Percent, Priced, Promotion, Promotions, Window, price,
};
use crate::ids::Sku;
use crate::money::Minor;
use crate::quantity::Milli;

const NOON: Moment = Moment {
    at_ms: 1_000_000,
    weekday: 1,
    minute_of_day: 720,
};

/// A line as a test says it: SKU, department, thousandths, price of one.
type Told = (&'static str, &'static str, i64, i64);

const SHOP: [(&str, &str, bool); 6] = [
    ("PEN", "Paper", true),
    ("INK", "Paper", true),
    ("PAD", "Paper", true),
    ("TEA", "Food", true),
    ("NUTS", "Food", false),
    ("MUG", "Home", true),
];

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

fn goods(skus: &[&str]) -> Goods {
    Goods::skus(skus.iter().map(|it| sku(it)))
}

fn promotion(id: &str, deal: Deal, goods: Goods) -> Promotion {
    let made = Promotion {
        id: id.to_owned(),
        name: id.to_owned(),
        deal,
        goods,
        priority: 0,
        exclusive: true,
        window: Window::default(),
        groups: BTreeSet::new(),
        coupon: None,
    };
    made.check().unwrap();
    made
}

fn percent(id: &str, share: u32, goods: Goods) -> Promotion {
    let cut = Cut::Percent(Percent(share));
    promotion(id, Deal::Each { cut }, goods)
}

fn three_for_two(goods: Goods) -> Promotion {
    let deal = Deal::Get {
        buy: 2,
        get: 1,
        cut: Cut::Percent(Percent::ALL),
        of: None,
    };
    promotion("3for2", deal, goods)
}

fn priced_at(lines: &[Told], promotions: Vec<Promotion>, moment: Moment) -> Priced {
    let skus: Vec<Sku> = lines.iter().map(|(text, ..)| sku(text)).collect();
    let lines: Vec<Line<'_>> = (1_u16..)
        .zip(lines.iter().zip(&skus))
        .map(|(line, ((_, department, milli, unit), sku))| Line {
            line,
            sku,
            department,
            quantity_milli: Milli(*milli),
            unit_price_minor: Minor(*unit),
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
    price(&basket, &Promotions::of(promotions), moment).unwrap()
}

fn amounts(priced: &Priced) -> Vec<i64> {
    priced
        .lines
        .iter()
        .map(|line| line.amount_minor.0)
        .collect()
}
