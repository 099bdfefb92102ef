//! The facts a node states about its part of an order while it has custody.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fact::Units;
use crate::facts::{Body, Kind};
use crate::ids::{FactId, FulfilmentId, Sku, StaffId};
use crate::quantity::Milli;

/// The store took on its part: somebody has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct PickupAccepted {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
}

impl Body for PickupAccepted {
    const KIND: Kind = Kind::PickupAccepted;
}

/// Units were taken from the shelf and their codes scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct LinesPicked {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// What was picked.
    #[n(1)]
    pub units: Vec<Units>,
}

impl Body for LinesPicked {
    const KIND: Kind = Kind::LinesPicked;
}

/// Units were not to be found, or not fit to be sold: they are consumed and leave what is on hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct LinesShorted {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// What was short.
    #[n(1)]
    pub units: Vec<Units>,
    /// Why.
    #[n(2)]
    pub because: ShortReason,
}

impl Body for LinesShorted {
    const KIND: Kind = Kind::LinesShorted;
}

/// Why units could not be picked.
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
pub enum ShortReason {
    /// The shelf is empty although the record says otherwise.
    #[n(0)]
    NotFound,
    /// What is there cannot be sold.
    #[n(1)]
    Damaged,
    /// It was sold to somebody at the till meanwhile.
    #[n(2)]
    SoldMeanwhile,
}

impl ShortReason {
    /// Every reason, in the order a screen offers them.
    pub const ALL: [Self; 3] = [Self::NotFound, Self::Damaged, Self::SoldMeanwhile];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Damaged => "damaged",
            Self::SoldMeanwhile => "sold_meanwhile",
        }
    }
}

/// Everything that could be picked waits for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct PickupStaged {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// Where it stands, such as `A-3`, at most 20 characters.
    #[n(1)]
    pub location: String,
}

impl Body for PickupStaged {
    const KIND: Kind = Kind::PickupStaged;
}

/// The customer holds the goods: the units are consumed and leave what is on hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct HandedOver {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// What was handed over.
    #[n(1)]
    pub units: Vec<Units>,
    /// How the store knew that it was the right person.
    #[n(2)]
    pub checked_by: HandoverCheck,
    /// Who approved it, where a document alone would not do.
    #[n(3)]
    pub approved_by: Option<StaffId>,
}

impl Body for HandedOver {
    const KIND: Kind = Kind::HandedOver;
}

/// How the person who picked up was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum HandoverCheck {
    /// The signed code was scanned.
    #[n(0)]
    Code,
    /// The digits were said or typed.
    #[n(1)]
    Digits,
    /// A document with the customer's name was seen.
    #[n(2)]
    Document,
}

impl HandoverCheck {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Digits => "digits",
            Self::Document => "document",
        }
    }
}

/// Units nobody consumed are free again: put back on the shelf if they had been picked. With
/// because = cancelled or refused it is also the answer to the customer's wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct UnitsReleased {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// What was released.
    #[n(1)]
    pub units: Vec<Units>,
    /// Why.
    #[n(2)]
    pub because: ReleaseReason,
}

impl Body for UnitsReleased {
    const KIND: Kind = Kind::UnitsReleased;
}

/// Why units were released.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ReleaseReason {
    /// A cancellation was asked for and could still be done.
    #[n(0)]
    Cancelled,
    /// Nobody came in time.
    #[n(1)]
    Expired,
    /// The customer did not want it at the counter.
    #[n(2)]
    Refused,
    /// The store cannot serve the order.
    #[n(3)]
    Rejected,
}

impl ReleaseReason {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
        }
    }
}

/// Reserved units are gone by a fact nobody may refuse (a walk-in sale, a count): the debt is
/// named, and the order needs another way. On hand was changed by that other fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct AllocationBroken {
    /// The store's part of the order whose units are gone.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// Which units.
    #[n(1)]
    pub units: Vec<Units>,
    /// The fact that took them.
    #[n(2)]
    pub cause: FactId,
}

impl Body for AllocationBroken {
    const KIND: Kind = Kind::AllocationBroken;
}

/// The holder of custody could not cancel any more: the goods are with the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CancelDeclined {
    /// The store's part of the order.
    #[n(0)]
    pub fulfilment_id: FulfilmentId,
    /// Which units.
    #[n(1)]
    pub units: Vec<Units>,
}

impl Body for CancelDeclined {
    const KIND: Kind = Kind::CancelDeclined;
}

impl Units {
    /// Makes units of an order line.
    #[must_use]
    pub fn of(line: u16, sku: &Sku, quantity_milli: Milli) -> Self {
        Self {
            line,
            sku: sku.clone(),
            quantity_milli,
        }
    }
}
