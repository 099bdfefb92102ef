//! Gift cards and store credit: money the company owes to whoever holds a number.
//!
//! A balance is a sum over facts ([`moves()`]): what was put on a card by a line of a sale or by a
//! return, less what it paid. Facts name a card by a hash of its number, so no fact, log or export
//! can be spent. The hub sees the facts of all stores and holds money back for a sale that is being
//! paid; a store that cannot ask redeems within its signed limit, and what was redeemed beyond a
//! balance is named ([`crate::exceptions::Rule::OverRedeem`]), never undone.

mod asking;
mod fact;
mod moves;
mod number;

pub use asking::{StoredAnswer, StoredAnswered, StoredAsk, StoredAsked};
pub use fact::{StoredTold, StoredUse};
pub use moves::{StoredMove, StoredWhy, moves, over_redeem};
pub use number::{NUMBER_DIGITS, NumberRefused, StoredNumber};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{HoldId, StaffId, StoredId};
use crate::money::Minor;
use crate::sales::TenderKind;

/// What the SKU of every line that puts money on a card is: no goods, so no stock and no tax.
pub const STORED_SKU: &str = "STORED/VALUE";

/// What a number stands for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum StoredKind {
    /// Somebody bought it.
    #[n(0)]
    GiftCard,
    /// It was given for goods that came back.
    #[n(1)]
    StoreCredit,
}

impl StoredKind {
    /// Every kind, by ascending number.
    pub const ALL: [Self; 2] = [Self::GiftCard, Self::StoreCredit];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.tender().word()
    }

    /// Returns the kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Returns what it is paid with.
    #[must_use]
    pub const fn tender(self) -> TenderKind {
        match self {
            Self::GiftCard => TenderKind::GiftCard,
            Self::StoreCredit => TenderKind::StoreCredit,
        }
    }
}

/// A card as facts name it. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct StoredCard {
    /// The hash of its number.
    #[n(0)]
    pub id: StoredId,
    /// What it is.
    #[n(1)]
    pub kind: StoredKind,
    /// The last four digits of its number, for people.
    #[n(2)]
    pub last_four: String,
}

/// That a line of a sale puts money on a card. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct StoredSold {
    /// The card; nothing in a basket whose card gets its number when it is paid, never in a fact.
    #[n(0)]
    pub card: Option<StoredCard>,
    /// Who approved the amount, where it was beyond what the person may do alone.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<StaffId>,
}

/// Which card paid, or got money back, and what was known of it. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct StoredPaid {
    /// The card.
    #[n(0)]
    pub card: StoredCard,
    /// What the hub calls the money it held back; nothing where it was not asked.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldId>,
    /// What the store went by where the hub was not asked.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<StoredKnown>,
}

/// What a store knew of a balance when it could not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct StoredKnown {
    /// The balance, in the currency of the sale.
    #[n(0)]
    pub balance_minor: Minor,
    /// When the hub said it, in milliseconds UTC; nothing where only the store's own facts say it.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at_ms: Option<i64>,
}
