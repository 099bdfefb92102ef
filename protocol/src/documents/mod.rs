//! Documents: small Automerge documents that hold facts and nothing else.
//!
//! A document is a grow-only map at the root: key = the writer's key, value = one fact's bytes.
//! Nothing is overwritten or deleted, and there are no sub-maps, lists, texts or counters, because
//! those were measured to lose or double quantities (`replication.md` §2). One change is one fact.
//!
//! A [`Segment`] of a journal has one writer; an [`OrderDocument`] has the hub and stores.

mod guard;
mod journal;
mod layout;
mod opening;
mod order;
mod order_guard;
#[cfg(test)]
mod order_tests;
mod packed;
mod shape;

pub use guard::{Admitted, CHANGE_BYTES_MAX, Expected, GuardRefused, admit};
pub use journal::{Appended, FACT_BYTES_MAX, SEGMENT_FACTS_MAX, Segment, SegmentFailed};
pub use order::{ORDER_FACTS_MAX, OrderAppended, OrderDocument, OrderDocumentFailed};
pub use order_guard::{OrderChange, admit_to_order, stored_fact};
pub use packed::{PACK_BYTES_MAX, PACK_CHANGES_MAX, PACK_PLAIN_MAX, PackFailed, pack, unpack};
pub use shape::{Shape, head_of};

pub(crate) use layout::{number, take};
pub(crate) use shape::put_number;

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The 16 random bytes by which Automerge knows one incarnation of one writer.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[cbor(transparent)]
pub struct Actor(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl Actor {
    fn automerge(self) -> automerge::ActorId {
        automerge::ActorId::from(self.0)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actor({})", Sha(self.0.as_slice()))
    }
}

/// SHA-256 of a change's uncompressed bytes: our own name for a change, checked by us.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ChangeHash(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl ChangeHash {
    /// Returns the hash of a change's bytes.
    #[must_use]
    pub fn of(change: &[u8]) -> Self {
        Self(Sha256::digest(change).into())
    }
}

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sha(self.0.as_slice()).fmt(f)
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes bytes as lower-case hex.
pub(crate) struct Sha<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Sha<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
