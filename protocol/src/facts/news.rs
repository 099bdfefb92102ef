//! What the hub tells a store in its journal for that store.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::envelope::Body;
use super::kind::Kind;

/// Newly published reference data: fetch the snapshot with this hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ReferencePublished {
    /// Which: the word of a [`crate::reference::ReferenceKind`]; unknown words are skipped.
    #[n(0)]
    pub reference: String,
    /// Counts the publications of this kind from 1.
    #[n(1)]
    pub version: u64,
    /// SHA-256 of the snapshot's bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    #[serde(serialize_with = "super::hex")]
    pub sha256: [u8; 32],
}

impl Body for ReferencePublished {
    const KIND: Kind = Kind::ReferencePublished;
}

/// A notice from the regional team to everybody in the store. It must not speak about persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct NoticePosted {
    /// What the screens show, at most 280 characters.
    #[n(0)]
    pub text: String,
    /// When the screens stop showing it, in milliseconds since 1970 UTC; nothing means at the end
    /// of the business day.
    #[n(1)]
    pub until_ms: Option<i64>,
}

impl Body for NoticePosted {
    const KIND: Kind = Kind::NoticePosted;
}
