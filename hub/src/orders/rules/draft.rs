//! An order as a channel sends it, and as it is once everything adds up.

use std::collections::BTreeMap;

use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{Delivery, OrderLine, Payment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::{Customer, CustomerDraft};

/// An order as a channel sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderDraft {
    /// The channel, as a slug: `web`, `app`, `phone`.
    pub channel: String,
    /// The channel's own number for it, unique within the channel.
    pub channel_reference: String,
    /// When the customer placed it; now if nothing.
    #[serde(default)]
    pub placed_at: Option<Timestamp>,
    /// The currency of every amount.
    pub currency: String,
    /// What is ordered.
    pub lines: Vec<LineDraft>,
    /// What it costs, tax included: the sum of the lines.
    pub total_minor: i64,
    /// How the customer gets it.
    pub delivery: DeliveryDraft,
    /// How it is paid: `paid`, `authorised` or `at_pickup`.
    #[schema(value_type = String, example = "paid")]
    pub payment: Payment,
    /// Who ordered.
    #[serde(default)]
    pub customer: Option<CustomerDraft>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineDraft {
    /// What.
    pub sku: String,
    /// Its name as the customer saw it; that of the catalogue if nothing.
    #[serde(default)]
    pub description: Option<String>,
    /// How much, in thousandths of a unit.
    pub quantity_milli: i64,
    /// The price of one unit, tax included.
    pub unit_price_minor: i64,
    /// What is taken off the line.
    #[serde(default)]
    pub discount_minor: i64,
    /// What the line costs: quantity × price less what is taken off.
    pub amount_minor: i64,
    /// The tax rate in it, in thousandths of a percent.
    #[serde(default)]
    pub tax_rate: u32,
}

/// How the customer gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum DeliveryDraft {
    /// The customer comes to a store.
    Pickup {
        /// Which, by its slug.
        store: String,
    },
    /// It is sent to the customer's address.
    Ship,
}

/// What a draft is checked against.
pub(in crate::orders) struct Terms<'a> {
    /// Now, in milliseconds UTC.
    pub(in crate::orders) now_ms: i64,
    /// The stores there are, by slug, each with its currency.
    pub(in crate::orders) stores: &'a BTreeMap<StoreId, Currency>,
    /// The products named, as far as the catalogue has them.
    pub(in crate::orders) products: &'a BTreeMap<String, KnownProduct>,
    /// For each SKU it does not have, those that look alike.
    pub(in crate::orders) alike: &'a BTreeMap<String, Vec<String>>,
}

/// What the catalogue says of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct KnownProduct {
    /// Its name.
    pub(in crate::orders) name: String,
    /// Whether it is sold by weight or length; whole pieces otherwise.
    pub(in crate::orders) measured: bool,
}

/// An order that adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Checked {
    pub(in crate::orders) placed_at_ms: i64,
    pub(in crate::orders) currency: Currency,
    pub(in crate::orders) lines: Vec<OrderLine>,
    pub(in crate::orders) total_minor: Minor,
    pub(in crate::orders) delivery: Delivery,
    pub(in crate::orders) payment: Payment,
    pub(in crate::orders) customer: Option<Customer>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Wrong {
    pub(in crate::orders) field: String,
    pub(in crate::orders) sentence: String,
}

/// Why an order was not taken: everything that is wrong, at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the order is not right: {}", .0.iter().map(|wrong| wrong.sentence.as_str())
    .collect::<Vec<_>>().join("; "))]
pub struct OrderRefused(pub(in crate::orders) Vec<Wrong>);

impl OrderRefused {
    /// Returns each field that is wrong, with its sentence.
    pub(in crate::orders) fn fields(self) -> Vec<(String, String)> {
        let wrong = self.0.into_iter();
        wrong.map(|wrong| (wrong.field, wrong.sentence)).collect()
    }
}

/// What of an order can be shown beside another one: nothing about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::orders) struct Content {
    pub(in crate::orders) currency: String,
    pub(in crate::orders) total_minor: i64,
    pub(in crate::orders) delivery: DeliveryDraft,
    pub(in crate::orders) payment: Payment,
    pub(in crate::orders) lines: Vec<(String, i64, i64)>,
}
