//! What a store asks its hub about a card, and what it is answered. JSON over the sync listener,
//! since version 0.1.0. A card is named by its hash: its number never leaves the store.

use serde::{Deserialize, Serialize};

use super::StoredCard;
use crate::ids::{HoldId, StoredId};
use crate::money::{Currency, Minor};

/// What an edge posts to the hub's sync listener, at `/sync/v1/stored`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAsked {
    /// Which card.
    pub card: StoredId,
    /// What about it.
    pub ask: StoredAsk,
}

/// What about a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum StoredAsk {
    /// How much is on it.
    Balance,
    /// Hold back as much as is there, at most `wanted_minor`. Asked again with the same name it is
    /// answered the same.
    Hold {
        /// The name the store made for it.
        hold: HoldId,
        /// How much at most, more than nothing.
        wanted_minor: Minor,
        /// The currency of the sale.
        currency: Currency,
    },
    /// Hold it back no longer: nothing was paid with it. A name that was never heard of is
    /// remembered, so that a late question holds nothing.
    Release {
        /// Its name.
        hold: HoldId,
    },
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// The card, if the hub has heard of it.
    pub known: Option<StoredAnswered>,
}

/// How a card stands at the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswered {
    /// The card.
    pub card: StoredCard,
    /// The currency of every amount.
    pub currency: Currency,
    /// What may be paid with it now, money held back for others taken off.
    pub free_minor: Minor,
    /// What the hub held back under the name that was asked with.
    pub held_minor: Minor,
    /// The sum of the asking edge's own facts that the hub counted: what it stated since is added.
    pub own_minor: Minor,
    /// Whether nothing may be paid with it.
    pub is_blocked: bool,
}
