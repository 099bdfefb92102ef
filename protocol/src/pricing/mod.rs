//! What a basket costs: prices in force, promotions and discounts by hand, in whole minor units.
//!
//! It prices and explains; who may give a discount, and what is printed of it, is not decided here.
//!
//! # In which order
//!
//! 1. A line costs its unit price (the one in force, or the one a person typed instead) times its
//!    quantity. A line whose price was typed takes no part in promotions: a person decided it.
//! 2. Promotions, the highest [`Promotion::priority`] first. Of several with one priority the
//!    choice that takes most off is made: every order is tried where at most four compete for the
//!    same lines, else the one that takes most comes first, and so on.
//! 3. Discounts by hand on a line, in the order they were given.
//! 4. Discounts by hand on the whole basket, prorated to its lines by largest remainder.
//! 5. The tax in what is left, for a customer who pays none ([`Priced::without_tax`]).
//!
//! Promotions act on *units*. An [exclusive](Promotion::exclusive) one takes only units nothing
//! else took, and nothing else takes them afterwards; the others stack on what the units still
//! cost. What comes out does not depend on the order of the lines.
//!
//! ```
//! use counterpart_protocol::money::Minor;
//! use counterpart_protocol::pricing::{
//!     Basket, Cut, Deal, Goods, Line, Moment, Off, Percent, Promotion, Promotions, Window, price,
//! };
//! use counterpart_protocol::quantity::Milli;
//!
//! let three_for_two = Promotion {
//!     id: "3for2".to_owned(),
//!     name: "Pens: 3 for 2".to_owned(),
//!     deal: Deal::Get { buy: 2, get: 1, cut: Cut::Percent(Percent(100_000)), of: None },
//!     goods: Goods::skus(["PEN".parse().unwrap()]),
//!     priority: 0,
//!     exclusive: true,
//!     window: Window::default(),
//!     groups: Default::default(),
//!     coupon: None,
//! };
//! let promotions = Promotions::of(vec![three_for_two]);
//! let pen = "PEN".parse().unwrap();
//! let lines = [Line {
//!     line: 1,
//!     sku: &pen,
//!     department: "Paper",
//!     quantity_milli: Milli::units(3),
//!     unit_price_minor: Minor(120),
//!     is_overridden: false,
//!     discounts: &[Off::Percent(Percent(10_000))],
//! }];
//! let moment = Moment { at_ms: 0, weekday: 1, minute_of_day: 600 };
//! let basket = Basket { lines: &lines, discounts: &[], group: None, coupons: &[] };
//! let priced = price(&basket, &promotions, moment);
//! let priced = priced.unwrap();
//! // 3 × 1.20, less one pen, less ten percent of what is left.
//! assert_eq!(priced.lines[0].gross_minor, Minor(360));
//! assert_eq!(priced.lines[0].amount_minor, Minor(216));
//! ```

mod book;
mod choosing;
mod deals;
mod exempt;
mod off;
mod promotion;
mod refund;
#[cfg(test)]
mod tests;
mod units;

pub use book::{PromotionBook, Promotions};
pub use off::{Cut, Off, Percent};
pub use promotion::{Coupon, Deal, Goods, Moment, Promotion, PromotionUnfit, Tier, Window};
pub use refund::{Back, refunded, taxes_back};

use crate::ids::{GroupId, Sku};
use crate::money::Minor;
use crate::quantity::Milli;
use units::Work;

/// What is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basket<'a> {
    /// Its lines, in any order.
    pub lines: &'a [Line<'a>],
    /// What a person takes off all of it, in the order it was given.
    pub discounts: &'a [Off],
    /// The group the customer belongs to, if they were named and belong to one.
    pub group: Option<&'a GroupId>,
    /// The short names of the promotions whose coupons lie in it.
    pub coupons: &'a [&'a str],
}

/// One line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number; no two lines have the same.
    pub line: u16,
    /// What it is.
    pub sku: &'a Sku,
    /// The department it is found in.
    pub department: &'a str,
    /// How much.
    pub quantity_milli: Milli,
    /// What one unit costs: the price in force, or the one a person typed instead.
    pub unit_price_minor: Minor,
    /// Whether a person typed the price: then no promotion touches it.
    pub is_overridden: bool,
    /// What a person takes off the line, in the order it was given.
    pub discounts: &'a [Off],
}

/// A priced basket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Priced {
    /// Its lines, in the order they came in.
    pub lines: Vec<PricedLine>,
    /// Promotions that were meant for something in it and took nothing off, by ascending place.
    pub passed: Vec<Passed>,
}

/// What a line costs, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// Its number.
    pub line: u16,
    /// Unit price times quantity, halves of the smallest coin away from zero.
    pub gross_minor: Minor,
    /// What is paid: `gross_minor` less every reduction. It is not below zero where `gross_minor`
    /// is not.
    pub amount_minor: Minor,
    /// What was taken off, in the order it was; each more than nothing.
    pub reductions: Vec<Reduction>,
}

/// Something taken off a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduction {
    /// Why.
    pub because: Because,
    /// How much.
    pub amount_minor: Minor,
}

/// Why something was taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// A promotion, by its place in [`Promotions`].
    Promotion(usize),
    /// A discount by hand, by its place among those of the line.
    Line(usize),
    /// A discount by hand, by its place among those of the basket.
    Basket(usize),
    /// The tax in it, as the customer pays none.
    TaxExempt,
}

/// A promotion that took nothing off although something in the basket belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Its place in [`Promotions`].
    pub promotion: usize,
    /// Why it did not.
    pub why: PassedWhy,
}

/// Why a promotion took nothing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedWhy {
    /// There are too few units, or too little is bought.
    NotReached,
    /// Others left nothing for it, which together take more off or come before it.
    Outdone,
}

impl Priced {
    /// Returns what all lines cost; nothing on overflow of an `i64`.
    #[must_use]
    pub fn total(&self) -> Option<Minor> {
        Minor::sum(self.lines.iter().map(|line| line.amount_minor))
    }
}

/// Prices a basket at a moment.
///
/// Returns nothing when an amount does not fit an `i64`.
#[must_use]
pub fn price(basket: &Basket<'_>, promotions: &Promotions, moment: Moment) -> Option<Priced> {
    let mut work = Work::begin(basket)?;
    let passed = choosing::promote(&mut work, basket, promotions, moment);
    work.discount_lines(basket)?;
    work.discount_basket(basket)?;
    Some(Priced {
        lines: work.priced(basket),
        passed,
    })
}
