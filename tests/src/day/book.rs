//! The book of a day: what the papers say was sold, paid and taken back, added up.
//!
//! It adds up what each receipt says and checks none of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::answers::{listed, number, text};

/// What the papers of a day say, added up.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// How many sales.
    pub sales: u64,
    /// What they came to.
    pub total_minor: i64,
    /// How many returns.
    pub returns: u64,
    /// What went back.
    pub returned_minor: i64,
    /// What stayed by kind of tender, less change and what went back.
    pub tenders: BTreeMap<String, i64>,
    /// Tax by rate, less what went back.
    pub taxes: BTreeMap<u32, i64>,
    /// Pieces that left the shelf by SKU, less those put back.
    pub pieces: BTreeMap<String, i64>,
    /// Cash that each drawer has more than its float, by register.
    pub drawers: BTreeMap<u16, i64>,
    /// Slips of cards and what gift cards paid, less those given back, by register and kind.
    pub slips: BTreeMap<(u16, String), i64>,
    /// How often each thing happened, by a few words.
    pub happened: BTreeMap<&'static str, u64>,
}

impl Book {
    pub(super) fn note(&mut self, what: &'static str) {
        *self.happened.entry(what).or_default() += 1;
    }

    /// Adds a receipt, or takes a return off, as `sign` says.
    fn add(&mut self, register: u16, paper: &Value, sign: i64) {
        for tender in listed(paper, "tenders") {
            let (kind, amount) = (text(tender, "kind"), sign * number(tender, "amount_minor"));
            *self.tenders.entry(kind.clone()).or_default() += amount;
            match kind.as_str() {
                "cash" => *self.drawers.entry(register).or_default() += amount,
                // Goods for goods: no money, and no slip.
                "exchanged" => {}
                _ => *self.slips.entry((register, kind)).or_default() += amount,
            }
        }
        for tax in listed(paper, "taxes") {
            let rate = u32::try_from(number(tax, "rate")).expect("a rate is small");
            *self.taxes.entry(rate).or_default() += sign * number(tax, "tax_minor");
        }
    }

    /// Adds a sale as its receipt says it.
    pub fn sold(&mut self, register: u16, sale: &Value) {
        self.sales += 1;
        self.total_minor += number(sale, "total_minor");
        self.add(register, sale, 1);
        let change = number(sale, "change_minor");
        *self.drawers.entry(register).or_default() -= change;
        *self.tenders.entry("cash".to_owned()).or_default() -= change;
        for line in listed(sale, "lines") {
            let pieces = number(line, "quantity_milli") / 1_000;
            *self.pieces.entry(text(line, "sku")).or_default() += pieces;
        }
    }

    /// Takes a return off as its receipt says it.
    pub fn taken_back(&mut self, register: u16, returned: &Value) {
        self.returns += 1;
        self.returned_minor += number(returned, "total_minor");
        self.add(register, returned, -1);
        for line in listed(returned, "lines") {
            let back = text(line, "disposition") == "restock";
            let pieces = number(line, "quantity_milli") / 1_000;
            *self.pieces.entry(text(line, "sku")).or_default() -= i64::from(back) * pieces;
        }
    }
}
