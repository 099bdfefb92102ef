//! What persons change of prices in a basket: typed prices and discounts, with who and why.

use counterpart_protocol::ids::StaffId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{Off, Percent};
use counterpart_protocol::sales::ByHand;
use serde::{Deserialize, Serialize};

use super::discount::DiscountRefused;

/// Why a price is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PriceReason {
    /// It is damaged, or its package is.
    Damaged,
    /// It has to be sold soon.
    BestBefore,
    /// The label on the shelf says another price.
    ShelfLabel,
    /// Another shop sells it for less.
    PriceMatch,
    /// Somebody who works here buys it.
    Staff,
    /// The customer had trouble.
    Goodwill,
    /// None of these.
    Other,
}

impl PriceReason {
    /// Every reason, in the order a screen offers them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Damaged,
        Self::BestBefore,
        Self::ShelfLabel,
        Self::PriceMatch,
        Self::Staff,
        Self::Goodwill,
        Self::Other,
    ];

    /// Returns its word in facts, SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::BestBefore => "best_before",
            Self::ShelfLabel => "shelf_label",
            Self::PriceMatch => "price_match",
            Self::Staff => "staff",
            Self::Goodwill => "goodwill",
            Self::Other => "other",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`DiscountRefused::UnknownReason`].
    pub(crate) fn read(word: &str) -> Result<Self, DiscountRefused> {
        let found = Self::ALL.into_iter().find(|reason| reason.word() == word);
        found.ok_or_else(|| DiscountRefused::UnknownReason(word.to_owned()))
    }
}

/// Who changed a price, why, and how far it could go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    /// Why.
    pub reason: PriceReason,
    /// Who.
    pub by: StaffId,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// The limit it was given under: of the person, or of who approved it.
    pub allowed: Percent,
}

/// A discount by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Discount {
    /// What comes off.
    pub off: Off,
    /// Who gave it, and why.
    pub given: Given,
}

/// A price a person typed for each unit of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TypedPrice {
    /// The price, tax included.
    pub price_minor: Minor,
    /// Who typed it, and why.
    pub given: Given,
}

impl Given {
    /// Returns it as it stands in the fact.
    #[must_use]
    pub(crate) fn by_hand(&self) -> ByHand {
        ByHand {
            reason: self.reason.word().to_owned(),
            by: Some(self.by),
            approved_by: self.approved_by,
        }
    }
}
