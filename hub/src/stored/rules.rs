//! How much of a card may be held back, and what a store is told of one.

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::stored::{NumberRefused, StoredCard, StoredTold, StoredUse};

/// A card as its facts make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) card: StoredCard,
    pub(super) currency: Currency,
    pub(super) balance_minor: Minor,
    pub(super) moved_at_ms: i64,
}

/// Why nothing is done with a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum StoredRefused {
    /// The number cannot be read.
    #[error(transparent)]
    Number(#[from] NumberRefused),
    /// No store has said anything of it.
    #[error("no store has sold or given a card with this number yet")]
    Unknown,
    /// It is blocked already.
    #[error("this card is blocked already")]
    Blocked,
    /// It is not blocked.
    #[error("this card is not blocked")]
    NotBlocked,
}

/// Returns how much is held back: what is wanted, at most what is free. Of a blocked card, or in
/// another currency than its own, nothing is.
#[must_use]
pub(super) fn held(
    card: &Card,
    (free_minor, is_blocked): (Minor, bool),
    (wanted_minor, currency): (Minor, Currency),
) -> Minor {
    match is_blocked || currency != card.currency {
        true => Minor::ZERO,
        false => wanted_minor.min(free_minor).max(Minor::ZERO),
    }
}

/// Returns what stores should have been told of a card by now.
#[must_use]
pub(super) fn to_tell(card: &Card, is_blocked: bool, uses: Vec<StoredUse>) -> StoredTold {
    let is_over = card.balance_minor < Minor::ZERO;
    StoredTold {
        card: card.card.clone(),
        is_blocked,
        currency: card.currency,
        over_minor: match is_over {
            true => Minor(card.balance_minor.0.saturating_neg()),
            false => Minor::ZERO,
        },
        uses: if is_over { uses } else { Vec::new() },
    }
}

/// Tells whether a store that was never told anything need not be told this either.
#[must_use]
pub(super) fn is_nothing(told: &StoredTold) -> bool {
    !told.is_blocked && told.over_minor == Minor::ZERO
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::stored::{StoredKind, StoredNumber};
    use proptest::{prop_assert, proptest};

    use super::{Card, held, is_nothing, to_tell};

    fn card(balance: i64) -> Card {
        Card {
            card: StoredNumber::draw(StoredKind::GiftCard, 3).card(),
            currency: Currency::EUR,
            balance_minor: Minor(balance),
            moved_at_ms: 1,
        }
    }

    #[test]
    fn a_blocked_card_and_another_currency_hold_nothing_back() {
        let wanted = (Minor(500), Currency::EUR);
        assert_eq!(held(&card(900), (Minor(900), false), wanted), Minor(500));
        assert_eq!(held(&card(900), (Minor(300), false), wanted), Minor(300));
        assert_eq!(held(&card(900), (Minor(900), true), wanted), Minor(0));
        let francs = (Minor(500), "CHF".parse().unwrap());
        assert_eq!(held(&card(900), (Minor(900), false), francs), Minor(0));
    }

    #[test]
    fn a_store_is_told_of_what_is_wrong_with_a_card_and_when_it_is_right_again() {
        assert!(is_nothing(&to_tell(&card(0), false, Vec::new())));
        assert!(!is_nothing(&to_tell(&card(0), true, Vec::new())));
        let over = to_tell(&card(-250), false, Vec::new());
        assert_eq!((is_nothing(&over), over.over_minor), (false, Minor(250)));
    }

    proptest! {
        #[test]
        fn nothing_is_held_back_that_is_not_free(
            free in -1_000_i64..1_000, wanted in 0_i64..1_000, blocked: bool
        ) {
            let wanted = (Minor(wanted), Currency::EUR);
            let held = held(&card(free), (Minor(free), blocked), wanted);
            prop_assert!(held >= Minor::ZERO && held <= Minor(free.max(0)) && held <= wanted.0);
        }
    }
}
