//! What is known of tenders that are neither cash of the store's currency nor a card. Since version
//! 0.1.0. None of them names a person.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::{Currency, Minor};

/// A paper voucher of another issuer that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct VoucherTaken {
    /// The number printed on it.
    #[n(0)]
    pub number: String,
    /// What it says it is worth: what it was taken for, or more, and then the rest is lost.
    #[n(1)]
    pub face_minor: Minor,
}

/// Notes and coins of another currency that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct ForeignCash {
    /// The currency.
    #[n(0)]
    pub currency: Currency,
    /// How much of it, in its own minor units.
    #[n(1)]
    pub amount_minor: Minor,
    /// At what rate: millionths of a whole unit of the sale's currency for a whole unit of it.
    #[n(2)]
    pub rate_micro: i64,
}

/// What a business customer pays later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct OnAccount {
    /// The number of its account.
    #[n(0)]
    pub account: String,
}
