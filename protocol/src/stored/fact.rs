//! What the hub tells a store of a card.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::StoredCard;
use crate::facts::{Body, Kind};
use crate::ids::{EdgeNumber, FactId, StoreId};
use crate::money::{Currency, Minor};

/// How a card stands, as the hub tells stores: whether it is blocked, and whether more was redeemed
/// of it than was on it. The newest one counts. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct StoredTold {
    /// The card.
    #[n(0)]
    pub card: StoredCard,
    /// Whether nothing may be paid with it.
    #[n(1)]
    pub is_blocked: bool,
    /// The currency of the amounts.
    #[n(2)]
    pub currency: Currency,
    /// How much more was redeemed than was on it; nothing where all is well.
    #[n(3)]
    pub over_minor: Minor,
    /// What redeemed it, where it was too much, by ascending id of their facts.
    #[n(4)]
    pub uses: Vec<StoredUse>,
}

/// A redemption of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct StoredUse {
    /// The fact that says so.
    #[n(0)]
    pub fact_id: FactId,
    /// The store.
    #[n(1)]
    pub store_id: StoreId,
    /// When, in milliseconds UTC.
    #[n(2)]
    pub at_ms: i64,
    /// How much.
    #[n(3)]
    pub amount_minor: Minor,
    /// The store's edge.
    #[n(4)]
    pub edge: EdgeNumber,
}

impl Body for StoredTold {
    const KIND: Kind = Kind::StoredTold;
}
