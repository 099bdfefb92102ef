//! To what the money of a return goes back.
//!
//! Each tender gets back at most what it paid (screens.md, *Returns*: "refund capped per original
//! tender"). Cards come first, in the order they paid, and what is left goes back in cash: else
//! a card would become cash in two steps.

use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{CardPaid, SaleRecorded, Tender, TenderKind};

/// A card and what goes back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardPart {
    /// The payment its money came by.
    pub card: CardPaid,
    /// How much.
    pub amount_minor: Minor,
}

/// To what money goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    /// To cards.
    pub cards: Vec<CardPart>,
    /// In cash.
    pub cash_minor: Minor,
}

impl Split {
    /// Returns what goes back to cards.
    pub(crate) fn to_cards(&self) -> Minor {
        Minor(self.cards.iter().map(|part| part.amount_minor.0).sum())
    }
}

/// Returns what went back to cards of a sale so far, and what went back in cash instead.
pub(crate) fn back_to_cards<'a>(before: impl IntoIterator<Item = &'a ReturnRecorded>) -> Minor {
    let of = |recorded: &ReturnRecorded| {
        let instead = recorded.instead.as_ref().map_or(0, |it| it.amount_minor.0);
        let by_card = Tender::sum_of(&recorded.tenders, TenderKind::Card);
        by_card.0.saturating_add(instead)
    };
    let all = before.into_iter().map(of);
    Minor(all.fold(0, i64::saturating_add))
}

/// Returns to what `total` goes back, when `before` went back to the sale's cards already.
pub(crate) fn split(sale: &SaleRecorded, before: Minor, total: Minor) -> Split {
    let (mut gone, mut left) = (before.0, total.0);
    let mut cards = Vec::new();
    for tender in &sale.tenders {
        let Some(card) = &tender.card else { continue };
        let used = gone.min(tender.amount_minor.0);
        gone -= used;
        let back = (tender.amount_minor.0 - used).min(left);
        if back > 0 {
            left -= back;
            cards.push(CardPart {
                card: card.clone(),
                amount_minor: Minor(back),
            });
        }
    }
    Split {
        cards,
        cash_minor: Minor(left),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::sales::{CardPaid, SaleRecorded, Tender};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::split;
    use crate::returns::rules::tests::sale;

    fn card(intent: &str) -> CardPaid {
        CardPaid {
            intent: intent.to_owned(),
            ..CardPaid::default()
        }
    }

    fn paid(cash: i64, first: i64, second: i64) -> SaleRecorded {
        SaleRecorded {
            tenders: vec![
                Tender::card(Minor(first), card("A")),
                Tender::cash(Minor(cash)),
                Tender::card(Minor(second), card("B")),
            ],
            ..sale(&[(1_000, 1_800, 21_000)])
        }
    }

    #[track_caller]
    fn check(before: i64, total: i64, cards: &[(&str, i64)], cash: i64) {
        let split = split(&paid(500, 1_000, 300), Minor(before), Minor(total));
        let told: Vec<(&str, i64)> = split
            .cards
            .iter()
            .map(|part| (part.card.intent.as_str(), part.amount_minor.0))
            .collect();
        assert_eq!((told.as_slice(), split.cash_minor.0), (cards, cash));
    }

    #[test]
    fn cards_get_back_what_they_paid_and_the_rest_goes_back_in_cash() {
        check(0, 400, &[("A", 400)], 0);
        check(0, 1_200, &[("A", 1_000), ("B", 200)], 0);
        check(400, 900, &[("A", 600), ("B", 300)], 0);
        check(400, 1_400, &[("A", 600), ("B", 300)], 500);
        check(1_300, 500, &[], 500);
    }

    proptest! {
        #[test]
        fn in_whatever_parts_no_card_gets_more_than_it_paid(
            first in 0_i64..5_000, second in 0_i64..5_000, cash in 0_i64..5_000,
            cuts in proptest::collection::vec(1_i64..2_000, 1..12),
        ) {
            let sale = paid(cash, first, second);
            let (mut gone, mut to_cards, mut left) = (0, 0, first + second + cash);
            for cut in cuts {
                let total = cut.min(left);
                left -= total;
                let split = split(&sale, Minor(gone), Minor(total));
                prop_assert_eq!(split.to_cards().0 + split.cash_minor.0, total);
                gone += split.to_cards().0;
                to_cards += split.to_cards().0;
                prop_assert!(to_cards <= first + second);
            }
        }
    }
}
