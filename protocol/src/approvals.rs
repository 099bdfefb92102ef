//! Approvals that were asked for and not given: who asked, and why nothing came of it. Since
//! version 0.1.0. What was approved says so in its own fact.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::facts::{Body, Kind};
use crate::ids::StaffId;

/// A PIN was typed to approve something, and it approved nothing. The envelope says at which
/// register, and who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ApprovalRefused {
    /// Why nothing came of it.
    #[n(0)]
    pub because: ApprovalBecause,
    /// Whose PIN it was, where it was somebody's.
    #[n(1)]
    pub by: Option<StaffId>,
}

impl Body for ApprovalRefused {
    const KIND: Kind = Kind::ApprovalRefused;
}

/// Why an approval came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ApprovalBecause {
    /// The PIN is nobody's.
    #[n(0)]
    WrongPin,
    /// It is the PIN of somebody who may not approve.
    #[n(1)]
    NotAManager,
}
