//! The catalogue a store sells from: products with their variants, base prices and tax classes, as
//! the hub publishes them. Prices that change by the day are in [`crate::prices`].

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::barcode::Gtin;
use crate::ids::Sku;
use crate::money::{Currency, Minor};
use crate::tax::Rate;

/// The class of a product that names none: what rights policies call "everything else".
pub const GENERAL_CLASS: &str = "general";

/// Everything a till must know to price a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The currency of every price.
    pub currency: Currency,
    /// The tax classes products name.
    pub tax_classes: Vec<TaxClass>,
    /// The groups variants name, by ascending id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<ProductGroup>,
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

/// What several products are variants of, such as a shirt in sizes and colours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductGroup {
    /// Its short name in products.
    pub id: String,
    /// Its name on screens.
    pub name: String,
    /// What its variants differ in, in the order screens ask for it: size, colour.
    pub options: Vec<String>,
}

/// Which variant of its group a product is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    /// The id of its group.
    pub group: String,
    /// Its value for each of the group's options, in their order: `M`, `Red`.
    pub values: Vec<String>,
}

/// How a product is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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

/// How goods are traced.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Traced {
    /// Each piece has a serial number of its own.
    #[n(0)]
    Serial,
    /// Packages of one lot have its number.
    #[n(1)]
    Lot,
}

impl Traced {
    /// Returns its word in files and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Lot => "lot",
        }
    }

    /// Returns the one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Serial, Self::Lot]
            .into_iter()
            .find(|traced| traced.word() == word)
    }
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// What it is counted and sold under.
    pub sku: Sku,
    /// The numbers its packages carry.
    pub gtins: Vec<Gtin>,
    /// Its name on screens and receipts.
    pub name: String,
    /// The department it is found in.
    pub department: String,
    /// The class rights policies speak of.
    #[serde(default = "general", skip_serializing_if = "is_general")]
    pub class: String,
    /// Which variant of a group it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Variant>,
    /// Where its picture is: an `https` address, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// From which age it is sold, in years, if not to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_min: Option<u8>,
    /// What goes with each piece of it, such as the deposit on a bottle: sold by the piece, and
    /// with nothing that goes with it in turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_with: Option<Sku>,
    /// What is read off each piece or package when it is sold, if anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traced: Option<Traced>,
    /// How it is counted.
    pub unit: Unit,
    /// The price of one unit, tax included, where no price list says another; nothing means it has
    /// no price yet and cannot be sold.
    pub price_minor: Option<Minor>,
    /// The id of its tax class.
    pub tax_class: String,
}

fn general() -> String {
    GENERAL_CLASS.to_owned()
}

fn is_general(class: &str) -> bool {
    class == GENERAL_CLASS
}
