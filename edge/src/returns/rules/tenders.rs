//! To what the money of a return goes back.
//!
//! Each tender gets back at most what it paid (screens.md, *Returns*: "refund capped per original
//! tender"). Cards come first, in the order they paid, then accounts, gift cards and credits, and
//! what is left goes back in cash: else a card or an account would become cash in two steps. So
//! does what vouchers and foreign cash paid: the store's own currency is what its drawer has.

use std::collections::BTreeMap;

use counterpart_protocol::ids::StoredId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::CashStep;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{CardPaid, SaleRecorded, Tender, TenderKind};
use counterpart_protocol::stored::StoredPaid;

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
    /// To accounts, gift cards and credits: the tenders of the return.
    pub accounts: Vec<Tender>,
    /// In cash, before it is rounded.
    pub cash_minor: Minor,
}

/// What went back before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gone {
    /// To cards, and in cash instead.
    pub cards: Minor,
    /// To accounts.
    pub accounts: Minor,
    /// To gift cards and credits, each; what a new credit got went to none of the sale's.
    pub stored: BTreeMap<StoredId, i64>,
}

impl Gone {
    /// Adds what went back to an account, a gift card or a credit; other tenders change nothing.
    pub(crate) fn add_other(&mut self, tender: &Tender) {
        if let Some(stored) = &tender.stored {
            let sum = self.stored.entry(stored.card.id).or_default();
            *sum = sum.saturating_add(tender.amount_minor.0);
        } else if tender.kind == TenderKind::OnAccount {
            self.accounts.0 = self.accounts.0.saturating_add(tender.amount_minor.0);
        }
    }
}

impl Split {
    /// Returns what goes back to cards.
    pub(crate) fn to_cards(&self) -> Minor {
        Minor(self.cards.iter().map(|part| part.amount_minor.0).sum())
    }

    /// Returns the tenders of a return of which `cash_minor` goes back in cash: to accounts, and in
    /// cash as it is before it is rounded.
    pub(crate) fn with_cash(&self, cash_minor: Minor) -> Vec<Tender> {
        let mut tenders = self.accounts.clone();
        if cash_minor > Minor::ZERO {
            tenders.push(Tender::cash(cash_minor));
        }
        tenders
    }

    /// Returns what goes back to accounts, gift cards and credits.
    pub(crate) fn to_accounts(&self) -> Minor {
        Minor(self.accounts.iter().map(|it| it.amount_minor.0).sum())
    }
}

/// Returns tenders with those of an exchange replaced by what cards and accounts had paid of them:
/// goods that went out for goods are paid by what the first were paid by.
pub(crate) fn first_paid_by(tenders: &[Tender]) -> Vec<Tender> {
    let each = tenders.iter().flat_map(|tender| match &tender.exchanged {
        Some(exchanged) => exchanged.paid_by(),
        None => vec![tender.clone()],
    });
    each.collect()
}

/// Returns what went back of a sale so far, by what it went to: what an exchange kept of a card
/// counts as gone, for it pays for what went out.
pub(crate) fn gone<'a>(before: impl IntoIterator<Item = &'a ReturnRecorded>) -> Gone {
    let mut gone = Gone::default();
    for recorded in before {
        let instead = recorded.instead.as_ref().map_or(0, |it| it.amount_minor.0);
        let tenders = first_paid_by(&recorded.tenders);
        let of = |kind| Tender::sum_of(&tenders, kind).0;
        let cards = of(TenderKind::Card).saturating_add(instead);
        gone.cards.0 = gone.cards.0.saturating_add(cards);
        for tender in &tenders {
            gone.add_other(tender);
        }
    }
    gone
}

/// Returns to what `total` goes back, when `before` went back already.
pub(crate) fn split(sale: &SaleRecorded, before: Gone, total: Minor) -> Split {
    let mut left = total.0;
    let paid = first_paid_by(&sale.tenders);
    let mut parts = |kind: TenderKind, mut gone: i64| {
        let mut parts: Vec<(&Tender, Minor)> = Vec::new();
        for tender in paid.iter().filter(|it| it.kind == kind) {
            let used = gone.min(tender.amount_minor.0);
            gone -= used;
            let back = (tender.amount_minor.0 - used).min(left);
            if back > 0 {
                left -= back;
                parts.push((tender, Minor(back)));
            }
        }
        parts
    };
    let cards = parts(TenderKind::Card, before.cards.0);
    let accounts = parts(TenderKind::OnAccount, before.accounts.0);
    let card = |(tender, amount_minor): &(&Tender, Minor)| {
        let card = tender.card.clone()?;
        Some(CardPart {
            card,
            amount_minor: *amount_minor,
        })
    };
    let stored = stored_parts(&paid, &before.stored, &mut left);
    let account = |(tender, amount_minor): &(&Tender, Minor)| {
        let account = tender.account.clone()?;
        Some(Tender::on_account(*amount_minor, account))
    };
    Split {
        cards: cards.iter().filter_map(card).collect(),
        accounts: accounts.iter().filter_map(account).chain(stored).collect(),
        cash_minor: Minor(left),
    }
}

/// Puts back on each card at most what it paid: else a gift card would become cash in two steps.
fn stored_parts(paid: &[Tender], gone: &BTreeMap<StoredId, i64>, left: &mut i64) -> Vec<Tender> {
    let mut parts = Vec::new();
    for tender in paid {
        let Some(stored) = &tender.stored else {
            continue;
        };
        let used = gone.get(&stored.card.id).copied().unwrap_or(0);
        let back = (tender.amount_minor.0 - used).min(*left);
        if back > 0 {
            *left -= back;
            let to = StoredPaid {
                card: stored.card.clone(),
                hold: None,
                offline: None,
            };
            parts.push(Tender::stored(Minor(back), to));
        }
    }
    parts
}

/// Rounds what goes back in cash: returns the tenders with it, and by how much it was rounded,
/// nothing where it was not. What rounds to nothing is no tender.
pub(crate) fn rounded(tenders: Vec<Tender>, step: CashStep) -> (Vec<Tender>, Option<Minor>) {
    let (cash, mut others): (Vec<Tender>, Vec<Tender>) = tenders
        .into_iter()
        .partition(|it| it.kind == TenderKind::Cash);
    let exact = Tender::sum_of(&cash, TenderKind::Cash);
    let rounded = step.rounded(exact);
    if rounded > Minor::ZERO {
        others.push(Tender::cash(rounded));
    }
    let by = Minor(rounded.0.saturating_sub(exact.0));
    (others, Some(by).filter(|by| *by != Minor::ZERO))
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::policies::CashStep;
    use counterpart_protocol::sales::{CardPaid, OnAccount, SaleRecorded, Tender};
    use counterpart_protocol::stored::{StoredKind, StoredNumber, StoredPaid};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{Gone, rounded, split};
    use crate::returns::rules::tests::sale;

    fn cards_gone(minor: i64) -> Gone {
        Gone {
            cards: Minor(minor),
            ..Gone::default()
        }
    }

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
        let split = split(&paid(500, 1_000, 300), cards_gone(before), Minor(total));
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

    #[test]
    fn an_account_gets_back_what_it_bought_and_never_becomes_cash_first() {
        let on = |amount| {
            let account = "K-1042".to_owned();
            Tender::on_account(Minor(amount), OnAccount { account })
        };
        let sale = SaleRecorded {
            tenders: vec![
                Tender::cash(Minor(500)),
                on(800),
                Tender::card(Minor(500), card("A")),
            ],
            ..sale(&[(1_000, 1_800, 21_000)])
        };
        let told = |gone: Gone, total| {
            let split = split(&sale, gone, Minor(total));
            let (cards, accounts) = (split.to_cards().0, split.to_accounts().0);
            assert_eq!(cards + accounts + split.cash_minor.0, total);
            [cards, accounts, split.cash_minor.0]
        };
        assert_eq!(told(Gone::default(), 600), [500, 100, 0]);
        let gone = Gone {
            cards: Minor(500),
            accounts: Minor(100),
            ..Gone::default()
        };
        assert_eq!(told(gone.clone(), 1_200), [0, 700, 500]);
        let back = split(&sale, gone, Minor(1_200)).accounts;
        assert_eq!(back, [on(700)]);
    }

    #[test]
    fn only_what_goes_back_in_cash_is_rounded() {
        let step = CashStep::of(Minor(5));
        let card = || Tender::card(Minor(502), card("A"));
        let (tenders, by) = rounded(vec![card(), Tender::cash(Minor(498))], step);
        assert_eq!(tenders, [card(), Tender::cash(Minor(500))]);
        assert_eq!(by, Some(Minor(2)));
        assert_eq!(rounded(vec![card()], step), (vec![card()], None));
        let nothing = rounded(vec![Tender::cash(Minor(2))], step);
        assert_eq!(nothing, (Vec::new(), Some(Minor(-2))));
        let exact = vec![Tender::cash(Minor(498))];
        assert_eq!(rounded(exact.clone(), CashStep::EXACT), (exact, None));
    }

    #[test]
    fn a_gift_card_gets_back_what_it_paid_and_no_more() {
        let card = StoredNumber::draw(StoredKind::GiftCard, 1).card();
        let paid = |amount| {
            let stored = StoredPaid {
                card: card.clone(),
                hold: None,
                offline: None,
            };
            Tender::stored(Minor(amount), stored)
        };
        let sale = SaleRecorded {
            tenders: vec![paid(800), Tender::cash(Minor(1_000))],
            ..sale(&[(1_000, 1_800, 21_000)])
        };
        let first = split(&sale, Gone::default(), Minor(500));
        assert_eq!(
            (first.accounts, first.cash_minor),
            (vec![paid(500)], Minor(0))
        );
        let gone = Gone {
            stored: [(card.id, 500)].into(),
            ..Gone::default()
        };
        let rest = split(&sale, gone, Minor(1_300));
        assert_eq!(
            (rest.accounts, rest.cash_minor),
            (vec![paid(300)], Minor(1_000))
        );
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
                let split = split(&sale, cards_gone(gone), Minor(total));
                prop_assert_eq!(split.to_cards().0 + split.cash_minor.0, total);
                gone += split.to_cards().0;
                to_cards += split.to_cards().0;
                prop_assert!(to_cards <= first + second);
            }
        }
    }
}
