//! What the stores nearby have, as the hub last heard: for a person who asks, never for a promise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{Sku, StoreId};
use crate::quantity::Milli;

/// What the other stores of a store's neighbour group have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeighbourStock {
    /// The stores, the nearest first.
    pub stores: Vec<StoreStock>,
}

/// What one store has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStock {
    /// Which.
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
    /// When the hub last heard of it, in milliseconds UTC; nothing means never.
    pub as_of_ms: Option<i64>,
    /// What is on hand there, in thousandths of a unit, where it is more than nothing.
    pub on_hand_milli: BTreeMap<Sku, Milli>,
}
