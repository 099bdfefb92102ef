//! Facts: what happened, as immutable statements with an id, a kind and a body in canonical CBOR.
//!
//! A fact is never rejected by a merge and never edited. Every status, quantity and balance is a
//! pure fold over facts; the folds stand beside the bodies they read ([`crate::stock`], …).

mod bodies;
mod canonical;
mod envelope;
mod kind;
mod news;

pub(crate) use bodies::hex;
pub use canonical::{NotCanonical, check_canonical};
pub use envelope::{Body, BodyRefused, Fact, FactRefused, Header, Importance};
pub use kind::Kind;
pub use news::{NoticePosted, ReferencePublished};
