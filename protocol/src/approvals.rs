//! Approvals that were asked for and not given, and those that were given by a badge; operations
//! that were refused to a person, and those approved that have no fact to say so. Since version
//! 0.1.0.

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
    /// What was shown, where that was no PIN.
    #[n(2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<ShownAs>,
}

/// Somebody approved something by a badge. The envelope says at which register, and who asked; the
/// fact of what was approved names the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ApprovalGiven {
    /// Who approved.
    #[n(0)]
    pub by: StaffId,
    /// What they showed.
    #[n(1)]
    pub with: ShownAs,
}

/// What somebody shows instead of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ShownAs {
    /// A staff badge.
    #[n(0)]
    Badge,
}

/// Somebody wanted to do what they may not, not even with an approval. The envelope says at which
/// register, and who. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OperationRefused {
    /// The operation, by its word in the policies.
    #[n(0)]
    pub operation: String,
}

/// Somebody approved an operation that needs it by the policies, just before it was done. The
/// envelope says at which register, and who does it. Facts that name who approved have none beside
/// them. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OperationApproved {
    /// The operation, by its word in the policies.
    #[n(0)]
    pub operation: String,
    /// Who approved.
    #[n(1)]
    pub by: StaffId,
}

impl Body for OperationRefused {
    const KIND: Kind = Kind::OperationRefused;
}

impl Body for OperationApproved {
    const KIND: Kind = Kind::OperationApproved;
}

impl Body for ApprovalGiven {
    const KIND: Kind = Kind::ApprovalGiven;
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
