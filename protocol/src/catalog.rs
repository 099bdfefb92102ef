//! The catalogue a store sells from: products, prices and tax classes, as the hub publishes them.

use serde::{Deserialize, Serialize};

use crate::barcode::Gtin;
use crate::ids::Sku;
use crate::money::{Currency, Minor};
use crate::tax::Rate;

/// Everything a till must know to price a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The currency of every price.
    pub currency: Currency,
    /// The tax classes products name.
    pub tax_classes: Vec<TaxClass>,
    /// The products, by ascending SKU.
    pub products: Vec<Product>,
}

/// A named tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxClass {
    /// Its short name in products, such as `standard`.
    pub id: String,
    /// Its name on a receipt, such as `VAT 21 %`.
    pub name: String,
    /// The rate in thousandths of a percent.
    pub rate: Rate,
}

/// How a product is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// By the piece: whole numbers only.
    Piece,
    /// By the kilogram.
    Kilogram,
}

impl Unit {
    /// Returns its word in files and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Piece => "piece",
            Self::Kilogram => "kilogram",
        }
    }
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// What it is counted and sold under.
    pub sku: Sku,
    /// The numbers its packages carry.
    pub gtins: Vec<Gtin>,
    /// Its name on screens and receipts.
    pub name: String,
    /// The department it is found in.
    pub department: String,
    /// How it is counted.
    pub unit: Unit,
    /// The price of one unit, tax included; nothing means it has no price yet and cannot be sold.
    pub price_minor: Option<Minor>,
    /// The id of its tax class.
    pub tax_class: String,
}
