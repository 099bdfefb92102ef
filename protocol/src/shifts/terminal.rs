//! What a payment terminal counted when its till was closed, beside what the store holds of it.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::facts::{Body, Kind};
use crate::ids::ShiftId;
use crate::money::{Currency, Minor};

/// Card money since the count before: what came, and what went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CardCount {
    /// How many payments.
    #[n(0)]
    pub payments: u32,
    /// What they came to.
    #[n(1)]
    pub paid_minor: Minor,
    /// How often money went back.
    #[n(2)]
    pub reversals: u32,
    /// What went back.
    #[n(3)]
    pub reversed_minor: Minor,
}

impl CardCount {
    /// Returns what came less what went back. Beyond an `i64` it saturates.
    #[must_use]
    pub fn net_minor(&self) -> Minor {
        Minor(self.paid_minor.0.saturating_sub(self.reversed_minor.0))
    }
}

/// A payment terminal closed its period after a till was closed. Since version 0.1.0. The envelope
/// says at which register, and who closed the till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TerminalCounted {
    /// The shift that was closed.
    #[n(0)]
    pub shift_id: ShiftId,
    /// The currency of every amount.
    #[n(1)]
    pub currency: Currency,
    /// What the store holds of the terminal's money since the count before.
    #[n(2)]
    pub store: CardCount,
    /// What the terminal counted; nothing when it refused to, or its answer was lost, which it gives
    /// only once.
    #[n(3)]
    pub terminal: Option<CardCount>,
    /// Why the terminal's count is not known.
    #[n(4)]
    pub unknown_because: Option<String>,
}

impl TerminalCounted {
    /// Returns what the terminal counted beyond what the store holds: more is positive. Nothing
    /// where its count is not known.
    #[must_use]
    pub fn over_short_minor(&self) -> Option<Minor> {
        let counted = self.terminal?.net_minor();
        Some(Minor(counted.0.saturating_sub(self.store.net_minor().0)))
    }

    /// Tells whether both count the same payments and reversals.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.terminal == Some(self.store)
    }
}

impl Body for TerminalCounted {
    const KIND: Kind = Kind::TerminalCounted;
}
