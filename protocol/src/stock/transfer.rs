//! The facts of goods that go from one store to another, and of balances an old system left.
//!
//! What was sent leaves the sender's stock at once and is in transit until it is counted in; a
//! difference is kept as both stores said it and becomes an exception at the hub.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::facts::{Body, Kind};
use crate::ids::{DeliveryId, EdgeNumber, FactId, Sku, StoreId, TransferId};
use crate::quantity::Milli;
use crate::rights::SkuUnits;

/// Goods left for another store. Needs rights: what is promised to somebody is not sent away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TransferSent {
    /// The transfer.
    #[n(0)]
    pub transfer_id: TransferId,
    /// Where it goes.
    #[n(1)]
    pub to: StoreId,
    /// What was sent.
    #[n(2)]
    pub lines: Vec<SkuUnits>,
}

impl Body for TransferSent {
    const KIND: Kind = Kind::TransferSent;
}

/// The hub tells the receiving store what is on its way. Stated in the hub's journal for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TransferExpected {
    /// The transfer.
    #[n(0)]
    pub transfer_id: TransferId,
    /// Where it comes from.
    #[n(1)]
    pub from: StoreId,
    /// The edge that sent it.
    #[n(2)]
    pub from_edge: EdgeNumber,
    /// What was sent.
    #[n(3)]
    pub lines: Vec<SkuUnits>,
    /// When it left, in milliseconds since 1970 UTC.
    #[n(4)]
    pub sent_at_ms: i64,
    /// The fact that sent it, so that both ends name a difference by one id; hubs before 0.1.0 did
    /// not tell it.
    #[n(5)]
    pub sent_fact: Option<FactId>,
}

impl Body for TransferExpected {
    const KIND: Kind = Kind::TransferExpected;
}

/// Goods from another store were counted in; what was counted is on hand here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TransferReceived {
    /// The transfer.
    #[n(0)]
    pub transfer_id: TransferId,
    /// What was counted, a line for everything that was expected or found.
    #[n(1)]
    pub lines: Vec<CountedLine>,
}

impl Body for TransferReceived {
    const KIND: Kind = Kind::TransferReceived;
}

/// One line of a transfer as it was counted in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct CountedLine {
    /// What.
    #[n(0)]
    pub sku: Sku,
    /// How much was expected, from nothing.
    #[n(1)]
    pub expected_milli: Milli,
    /// How much was there, from nothing.
    #[n(2)]
    pub counted_milli: Milli,
}

/// The hub tells a store what its old system said was there. The store answers with
/// `stock_received` as opening, once per balance. Stated in the hub's journal for the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OpeningBalanceSent {
    /// What the store's own fact will be called: sent twice, it is stated once.
    #[n(0)]
    pub delivery_id: DeliveryId,
    /// Where the numbers come from, such as a file's name, at most 40 characters.
    #[n(1)]
    pub reference: String,
    /// What was there.
    #[n(2)]
    pub lines: Vec<SkuUnits>,
}

impl Body for OpeningBalanceSent {
    const KIND: Kind = Kind::OpeningBalanceSent;
}
