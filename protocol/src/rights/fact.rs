//! The facts that move rights between a store and the hub.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::facts::{Body, Kind};
use crate::ids::Sku;
use crate::quantity::Milli;

/// Some units of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct SkuUnits {
    /// What.
    #[n(0)]
    pub sku: Sku,
    /// How much, more than nothing.
    #[n(1)]
    pub quantity_milli: Milli,
}

/// The store lets the hub promise these units. Stated in the store's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RightsGranted {
    /// What the hub may promise from now on, beside what it could before.
    #[n(0)]
    pub lines: Vec<SkuUnits>,
}

impl Body for RightsGranted {
    const KIND: Kind = Kind::RightsGranted;
}

/// The store asks the hub for rights it no longer needs: an intent, answered by `rights_returned`
/// with as much as the hub has not reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RightsAsked {
    /// What the store would like to have back.
    #[n(0)]
    pub lines: Vec<SkuUnits>,
}

impl Body for RightsAsked {
    const KIND: Kind = Kind::RightsAsked;
}

/// The hub gives rights back. Stated in the hub's journal for the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RightsReturned {
    /// What the hub may not promise any more.
    #[n(0)]
    pub lines: Vec<SkuUnits>,
}

impl Body for RightsReturned {
    const KIND: Kind = Kind::RightsReturned;
}
