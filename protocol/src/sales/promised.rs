//! That a line of a sale took units which this store had let the hub promise to others, and who
//! approved it. It decides nothing: which goods want an approval is the policies' (`WalkIn`).

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SaleLine;
use crate::ids::StaffId;
use crate::quantity::Milli;

/// Units of a line that were not this store's own to sell, sold to a customer who stood there. Only
/// goods whose class is strict say so. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct PromisedSold {
    /// How much of the line; more than nothing and at most all of it.
    #[n(0)]
    pub quantity_milli: Milli,
    /// Who wanted to sell it.
    #[n(1)]
    pub by: StaffId,
    /// Who approved it, where that person could not do so alone.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<StaffId>,
    /// What the record said was on hand then, below nothing when more was sold than received.
    #[n(3)]
    pub on_hand_milli: Milli,
    /// What of that the store could sell by itself.
    #[n(4)]
    pub own_milli: Milli,
}

impl SaleLine {
    /// Returns what of the line was not this store's own to sell, if any was.
    #[must_use]
    pub fn promised(&self) -> Option<&PromisedSold> {
        self.remarks.as_ref()?.promised.as_ref()
    }
}
