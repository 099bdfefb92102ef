//! Decides which rows of a price file can become a price list.

use std::collections::{HashMap, HashSet};

use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::{Currency, Minor};

use super::cells;
use super::sheet::{Column, Reader, Row, needed};

/// The columns of a price file.
pub(super) const COLUMNS: &[Column] = &[
    needed("sku", "a product of the catalogue"),
    needed(
        "price",
        "what one unit costs while the list is in force, tax included",
    ),
];

/// A price.
pub(in crate::imports) type PriceRow = (Sku, Minor);

/// Reads prices of products the catalogue has.
pub(super) struct Prices {
    pub(super) currency: Currency,
    pub(super) known: HashSet<String>,
    pub(super) rows: HashMap<Sku, u64>,
}

impl Reader for Prices {
    type Item = PriceRow;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn what(&self) -> &'static str {
        "prices"
    }

    fn row(&mut self, row: &mut Row<'_>) -> Option<PriceRow> {
        let currency = self.currency;
        let price = row.read("price", |text| match cells::price(text, currency)? {
            Some(price) => Ok(price),
            None => Err("a price list has a price for each of its products".to_owned()),
        });
        let sku = row.read("sku", cells::sku)?;
        if !self.known.contains(sku.as_str()) {
            row.refuse("sku", format!("the catalogue has no product {sku}"));
        }
        let number = row.number;
        if let Some(first) = self.rows.insert(sku.clone(), number) {
            row.refuse("sku", format!("{sku} stands in row {first} already"));
        }
        Some((sku, price?))
    }
}
