//! Where goods go that came back.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where goods go that came back. Only what is restocked is on hand again.
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
pub enum Disposition {
    /// Back to its shelf, as good as new.
    #[n(0)]
    Restock,
    /// To be sold as opened, for less.
    #[n(1)]
    OpenBox,
    /// Set aside until somebody looked at it.
    #[n(2)]
    Quarantine,
    /// To be repaired or cleaned.
    #[n(3)]
    Refurbish,
    /// Back to who delivered it.
    #[n(4)]
    ReturnToVendor,
    /// Thrown away.
    #[n(5)]
    Scrap,
    /// The customer keeps it.
    #[n(6)]
    KeepIt,
}

impl Disposition {
    /// Every disposition, the most wanted first.
    pub const ALL: [Self; 7] = [
        Self::Restock,
        Self::OpenBox,
        Self::Quarantine,
        Self::Refurbish,
        Self::ReturnToVendor,
        Self::Scrap,
        Self::KeepIt,
    ];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Restock => "restock",
            Self::OpenBox => "open_box",
            Self::Quarantine => "quarantine",
            Self::Refurbish => "refurbish",
            Self::ReturnToVendor => "return_to_vendor",
            Self::Scrap => "scrap",
            Self::KeepIt => "keep_it",
        }
    }

    /// Returns the disposition with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// Tells whether goods that go there are on hand again.
    #[must_use]
    pub const fn is_on_hand(self) -> bool {
        match self {
            Self::Restock => true,
            Self::OpenBox
            | Self::Quarantine
            | Self::Refurbish
            | Self::ReturnToVendor
            | Self::Scrap
            | Self::KeepIt => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Disposition;

    #[test]
    fn a_disposition_is_found_by_its_word_and_only_one_is_on_hand() {
        for disposition in Disposition::ALL {
            let found = Disposition::from_word(disposition.word());
            assert_eq!(found, Some(disposition));
        }
        assert_eq!(Disposition::from_word("eaten"), None);
        let on_hand = Disposition::ALL.into_iter().filter(|it| it.is_on_hand());
        assert_eq!(on_hand.collect::<Vec<_>>(), [Disposition::Restock]);
    }
}
