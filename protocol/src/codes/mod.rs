//! Codes a customer carries: signed, so that a till can check them with no hub, and short digits
//! for when a screen is broken.
//!
//! A signed code says who vouches for it, what it is about and what was paid, and nothing about a
//! person. Whether a key is still good is reference data ([`KeyId`] names it); whether the goods
//! are still there is the order's.

mod digits;
mod receipt;
mod signed;

pub use digits::{DIGITS, DigitsRefused, TypedDigits};
pub use receipt::RECEIPT_CHARS_MAX;
pub use signed::{
    CodeKind, CodeRefused, CodeSigner, KeyId, LinePaid, LineSold, PublicKey, SignedCode, Subject,
};
pub(crate) use signed::{open_sealed, sealed_key};

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::facts::{Body, Kind};

/// A node made a key it signs codes with. Whoever holds this fact can check the node's codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SigningKeyAdded {
    /// The public half.
    #[n(0)]
    pub public_key: PublicKey,
}

impl Body for SigningKeyAdded {
    const KIND: Kind = Kind::SigningKeyAdded;
}
