//! What the facts about units of one node's part have in common.

use super::fact::{AllocationWithdrawn, CancelRequested, Units};
use super::store_fact::{
    AllocationBroken, CancelDeclined, HandedOver, LinesPicked, LinesShorted, UnitsReleased,
};
use crate::facts::Body;
use crate::ids::FulfilmentId;

/// A fact about units of one node's part.
pub(super) trait AboutUnits: Body {
    /// Returns the part, and the units.
    fn about(&self) -> (FulfilmentId, &[Units]);
}

macro_rules! about_units {
    ($($body:ty),*) => {
        $(impl AboutUnits for $body {
            fn about(&self) -> (FulfilmentId, &[Units]) {
                (self.fulfilment_id, &self.units)
            }
        })*
    };
}

about_units!(
    AllocationWithdrawn,
    CancelRequested,
    LinesPicked,
    LinesShorted,
    HandedOver,
    UnitsReleased,
    AllocationBroken,
    CancelDeclined
);
