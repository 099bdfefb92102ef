//! Decides which rows of a stock file can become opening balances.

use std::collections::{HashMap, HashSet};

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::quantity::Milli;

use super::cells;
use super::sheet::{Column, Reader, Row, needed};

/// The columns of a stock file.
pub(super) const COLUMNS: &[Column] = &[
    needed("store_id", "the store it is in"),
    needed("sku", "a product of the catalogue"),
    needed(
        "quantity",
        "how much of it, 0 or more; kilograms with up to 3 decimals",
    ),
];

/// What was there when a store began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) struct OpeningRow {
    /// Where.
    pub(in crate::imports) store_id: StoreId,
    /// What.
    pub(in crate::imports) sku: Sku,
    /// How much.
    pub(in crate::imports) quantity_milli: Milli,
}

/// Reads opening balances of stores and products there are.
pub(super) struct Openings {
    pub(super) stores: HashSet<StoreId>,
    /// The catalogue's products and how they are counted.
    pub(super) units: HashMap<String, Unit>,
    /// What was stated before.
    pub(super) stated: HashMap<(String, String), Milli>,
    pub(super) rows: HashMap<(StoreId, Sku), u64>,
}

impl Reader for Openings {
    type Item = OpeningRow;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn what(&self) -> &'static str {
        "balances"
    }

    fn row(&mut self, row: &mut Row<'_>) -> Option<OpeningRow> {
        let stores = &self.stores;
        let store_id = row.read("store_id", |text| cells::store(text, stores));
        let sku = row.read("sku", cells::sku)?;
        let Some(unit) = self.units.get(sku.as_str()).copied() else {
            row.refuse("sku", format!("the catalogue has no product {sku}"));
            return None;
        };
        let quantity = row.read("quantity", |text| cells::quantity(text, unit));
        let (store_id, quantity_milli) = (store_id?, quantity?);
        let key = (store_id.clone(), sku.clone());
        if let Some(first) = self.rows.insert(key, row.number) {
            let sentence = format!("{store_id} has {sku} in row {first} already");
            row.refuse("sku", sentence);
        }
        let key = (store_id.to_string(), sku.to_string());
        match self.stated.get(&key) {
            // What happened cannot be imported away.
            Some(before) if *before != quantity_milli => {
                let sentence = format!(
                    "{store_id} began with {} of it by an earlier file: count it in the store",
                    spelled(*before)
                );
                row.refuse("quantity", sentence);
            }
            Some(_) | None => {}
        }
        Some(OpeningRow {
            store_id,
            sku,
            quantity_milli,
        })
    }
}

fn spelled(quantity: Milli) -> String {
    match (quantity.0 / 1_000, quantity.0 % 1_000) {
        (whole, 0) => whole.to_string(),
        (whole, milli) => format!("{whole}.{milli:03}")
            .trim_end_matches('0')
            .to_owned(),
    }
}
