//! The facts the hub states about an order: placed, allocated, given into a node's custody,
//! cancelled. What a node states about its part is in `store_fact.rs`.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::codes::TypedDigits;
use crate::facts::{Body, Importance, Kind};
use crate::ids::{CustomerId, EdgeNumber, FulfilmentId, OrderId, Sku, StoreId};
use crate::money::{Currency, Minor};
use crate::quantity::Milli;
use crate::tax::Rate;

/// A customer placed an order. It never changes: edits and cancellations are facts of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OrderPlaced {
    /// The order.
    #[n(0)]
    pub order_id: OrderId,
    /// The channel it came through, as a slug: `web`, `app`, `phone`.
    #[n(1)]
    pub channel: String,
    /// The number the channel gave it, at most 40 characters; unique within the channel.
    #[n(2)]
    pub channel_reference: String,
    /// When the customer placed it, in milliseconds since 1970 UTC.
    #[n(3)]
    pub placed_at_ms: i64,
    /// The currency of every amount.
    #[n(4)]
    pub currency: Currency,
    /// What was ordered.
    #[n(5)]
    pub lines: Vec<OrderLine>,
    /// What it costs, tax included.
    #[n(6)]
    pub total_minor: Minor,
    /// How the customer gets it.
    #[n(7)]
    pub delivery: Delivery,
    /// How it is paid.
    #[n(8)]
    pub payment: Payment,
    /// Who ordered, as a pseudonym; name and contact live in an erasable record beside the facts.
    #[n(9)]
    pub customer_id: Option<CustomerId>,
}

impl Body for OrderPlaced {
    const KIND: Kind = Kind::OrderPlaced;
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct OrderLine {
    /// Its number within the order, from 1.
    #[n(0)]
    pub line: u16,
    /// What was ordered.
    #[n(1)]
    pub sku: Sku,
    /// Its name as the customer saw it.
    #[n(2)]
    pub description: String,
    /// How much, more than nothing.
    #[n(3)]
    pub quantity_milli: Milli,
    /// The price of one unit, tax included.
    #[n(4)]
    pub unit_price_minor: Minor,
    /// What the line costs after everything, tax included.
    #[n(5)]
    pub amount_minor: Minor,
    /// The tax rate in it.
    #[n(6)]
    pub tax_rate: Rate,
}

/// How the customer gets what was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(flat)]
pub enum Delivery {
    /// The customer comes to this store.
    #[n(0)]
    Pickup {
        /// Which.
        #[n(0)]
        store: StoreId,
    },
    /// It is sent to the address in the customer's record.
    #[n(1)]
    Ship,
}

/// How an order is paid.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Payment {
    /// The channel holds the money already.
    #[n(0)]
    Paid,
    /// The channel may take the money once the goods are handed over or shipped.
    #[n(1)]
    Authorised,
    /// The customer pays at the counter.
    #[n(2)]
    AtPickup,
}

impl Payment {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Authorised => "authorised",
            Self::AtPickup => "at_pickup",
        }
    }
}

/// Some units of one order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Units {
    /// The order line.
    #[n(0)]
    pub line: u16,
    /// What they are.
    #[n(1)]
    pub sku: Sku,
    /// How much, more than nothing.
    #[n(2)]
    pub quantity_milli: Milli,
}

/// The hub reserved units of one node, against rights it holds there. It makes the fulfilment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct FulfilmentAllocated {
    /// The node's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// The store.
    #[n(1)]
    pub store: StoreId,
    /// The edge whose stock and rights it is about.
    #[n(2)]
    pub edge: EdgeNumber,
    /// What was reserved.
    #[n(3)]
    pub units: Vec<Units>,
}

impl Body for FulfilmentAllocated {
    const KIND: Kind = Kind::FulfilmentAllocated;
}

/// The hub gave a node custody of its part: from here on that node alone decides about the units,
/// until it has consumed or released them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CustodyGranted {
    /// The node's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// The edge that holds custody.
    #[n(1)]
    pub edge: EdgeNumber,
    /// The custody's epoch, from 1; a custody that is granted again counts on.
    #[n(2)]
    pub epoch: u32,
    /// By when the customer was told it is ready, in milliseconds since 1970 UTC.
    #[n(3)]
    pub promise_at_ms: i64,
    /// After how many days of waiting it is put away.
    #[n(4)]
    pub hold_days: u16,
    /// What the digits the customer may say instead of showing the code are checked against.
    /// Left out where facts are shown: six digits are soon guessed from their hash.
    #[serde(skip)]
    #[n(5)]
    pub digits: TypedDigits,
}

impl Body for CustodyGranted {
    const KIND: Kind = Kind::CustodyGranted;
    const IMPORTANCE: Importance = Importance::MustUnderstand;
}

/// The hub took an allocation back before its custody was ever sent: nobody else knew of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct AllocationWithdrawn {
    /// The node's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// The edge whose rights get the units back.
    #[n(1)]
    pub edge: EdgeNumber,
    /// What goes back.
    #[n(2)]
    pub units: Vec<Units>,
    /// Why.
    #[n(3)]
    pub because: Withdrawal,
}

impl Body for AllocationWithdrawn {
    const KIND: Kind = Kind::AllocationWithdrawn;
    const IMPORTANCE: Importance = Importance::MustUnderstand;
}

/// Why the hub took an allocation back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Withdrawal {
    /// The customer or customer service cancelled.
    #[n(0)]
    Cancelled,
    /// Another node serves it.
    #[n(1)]
    Rerouted,
}

/// Somebody wants units cancelled that a node has custody of: an intent, answered by a fact of
/// whoever holds custody (`units_released` or `cancel_declined`). No money goes back before that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CancelRequested {
    /// The node's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// What should be cancelled.
    #[n(1)]
    pub units: Vec<Units>,
    /// Why.
    #[n(2)]
    pub because: CancelReason,
}

impl Body for CancelRequested {
    const KIND: Kind = Kind::CancelRequested;
    const IMPORTANCE: Importance = Importance::MustUnderstand;
}

/// Why something is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum CancelReason {
    /// The customer changed their mind.
    #[n(0)]
    Customer,
    /// Nobody has the goods.
    #[n(1)]
    Unavailable,
    /// The payment failed or looks wrong.
    #[n(2)]
    Payment,
    /// Customer service decided.
    #[n(3)]
    Service,
    /// Nobody came for it in time.
    #[n(4)]
    Expired,
}

/// What nobody had consumed of an order is cancelled for good: the hub states it once every node
/// has answered, and it is what a refund stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OrderCancelled {
    /// What is cancelled of each line.
    #[n(0)]
    pub units: Vec<Units>,
    /// Why.
    #[n(1)]
    pub because: CancelReason,
}

impl Body for OrderCancelled {
    const KIND: Kind = Kind::OrderCancelled;
}

/// Why an order does not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderInvalid {
    /// It has no lines.
    #[error("the order has no lines")]
    NoLines,
    /// Two lines have one number, or a number is 0.
    #[error("the lines are not numbered from 1, each number once")]
    Numbers,
    /// A line orders nothing or less.
    #[error("line {0} orders nothing")]
    Quantity(u16),
    /// Lines do not add up to the total.
    #[error("the lines do not add up to the total")]
    Total,
}

impl OrderPlaced {
    /// Checks that lines are numbered, order something, and add up to the total.
    ///
    /// # Errors
    /// [`OrderInvalid`], naming the first thing that is off.
    pub fn check(&self) -> Result<(), OrderInvalid> {
        if self.lines.is_empty() {
            return Err(OrderInvalid::NoLines);
        }
        let mut numbers: Vec<u16> = self.lines.iter().map(|line| line.line).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() != self.lines.len() || numbers.first() == Some(&0) {
            return Err(OrderInvalid::Numbers);
        }
        if let Some(line) = self.lines.iter().find(|line| line.quantity_milli.0 <= 0) {
            return Err(OrderInvalid::Quantity(line.line));
        }
        let sum = Minor::sum(self.lines.iter().map(|line| line.amount_minor));
        match sum == Some(self.total_minor) {
            true => Ok(()),
            false => Err(OrderInvalid::Total),
        }
    }
}
