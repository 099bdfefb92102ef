//! The facts of stock.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::facts::{Body, Kind};
use crate::ids::{DeliveryId, Sku};
use crate::quantity::Milli;

/// Goods came in and are on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StockReceived {
    /// The receiving.
    #[n(0)]
    pub delivery_id: DeliveryId,
    /// Where they came from.
    #[n(1)]
    pub received_as: ReceivedAs,
    /// The paper's own reference, such as a delivery note's number, at most 40 characters.
    #[n(2)]
    pub reference: Option<String>,
    /// What came.
    #[n(3)]
    pub lines: Vec<ReceivedLine>,
}

impl Body for StockReceived {
    const KIND: Kind = Kind::StockReceived;
}

/// Where received goods came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ReceivedAs {
    /// A delivery, counted as it came in.
    #[n(0)]
    Delivery,
    /// What was there when the store began with Counterpart.
    #[n(1)]
    Opening,
}

/// One line of a receiving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ReceivedLine {
    /// What.
    #[n(0)]
    pub sku: Sku,
    /// How much, more than nothing.
    #[n(1)]
    pub quantity_milli: Milli,
}
