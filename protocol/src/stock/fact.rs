//! The facts of stock.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::facts::{Body, Kind};
use crate::ids::{DeliveryId, Sku, StaffId};
use crate::quantity::Milli;

/// Goods came in and are on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct ReceivedLine {
    /// What.
    #[n(0)]
    pub sku: Sku,
    /// How much, more than nothing.
    #[n(1)]
    pub quantity_milli: Milli,
}

/// What is on hand was put right without goods coming or going through a till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct StockAdjusted {
    /// Why.
    #[n(0)]
    pub because: AdjustReason,
    /// By how much, more (positive) or less (negative); never nothing.
    #[n(1)]
    pub lines: Vec<AdjustedLine>,
    /// The manager who approved it, if the person who did it is none.
    #[n(2)]
    pub approved_by: Option<StaffId>,
}

impl Body for StockAdjusted {
    const KIND: Kind = Kind::StockAdjusted;
}

/// One line of an adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct AdjustedLine {
    /// What.
    #[n(0)]
    pub sku: Sku,
    /// How much more or less is on hand.
    #[n(1)]
    pub delta_milli: Milli,
}

/// Why stock was put right.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum AdjustReason {
    /// A count found another number.
    #[n(0)]
    Counted,
    /// Broken, soiled or spoilt.
    #[n(1)]
    Damaged,
    /// Gone without a trace.
    #[n(2)]
    Missing,
    /// Turned up again.
    #[n(3)]
    Found,
    /// Used in the store.
    #[n(4)]
    OwnUse,
    /// Past the date until which it may be sold.
    #[n(5)]
    Expired,
    /// None of these.
    #[n(6)]
    Other,
}

impl AdjustReason {
    /// Every reason, in the order a screen offers them.
    pub const ALL: [Self; 7] = [
        Self::Counted,
        Self::Damaged,
        Self::Expired,
        Self::Missing,
        Self::Found,
        Self::OwnUse,
        Self::Other,
    ];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Found => "found",
            Self::OwnUse => "own_use",
            Self::Expired => "expired",
            Self::Other => "other",
        }
    }
}
