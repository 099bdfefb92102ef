//! An exchange: what goods that come back count for in the sale others go out by.
//!
//! What comes back counts for what goes out first; what is left of it goes back by the tenders that
//! paid, cards before cash, as in a return. What of a card's money stays in the shop is written on
//! both facts, so that it finds its card when what went out comes back in its turn.

use counterpart_protocol::ids::{ReturnId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{
    Exchanged, PaidByCard, PaidByStored, PaidOnAccount, SaleRecorded, Tender, TenderKind,
};

use super::{Gone, Refund, Split, split};

/// What comes back with a sale in work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// The return it becomes.
    pub return_id: ReturnId,
    /// The sale goods come back of.
    pub sale: SaleRecorded,
    /// What comes back, and what was paid for it.
    pub refund: Refund,
    /// What went back of that sale before.
    pub before: Gone,
    /// What went back to cards for this exchange already.
    pub done: Vec<Tender>,
    /// Whether a terminal is asked to give a card its money back.
    pub is_asked: bool,
}

impl Exchange {
    /// Returns what the goods count for: what was paid for them, less what went back to cards.
    #[must_use]
    pub(crate) fn credit_minor(&self) -> Minor {
        let done = Minor::sum(self.done.iter().map(|tender| tender.amount_minor));
        let credit = done.and_then(|done| self.refund.total_minor.minus(done));
        Minor(credit.unwrap_or_default().0.max(0))
    }

    /// Returns what of the credit counts for a sale of `total`.
    #[must_use]
    pub(crate) fn counts_minor(&self, total: Minor) -> Minor {
        self.credit_minor().min(total)
    }

    /// Returns what goes back when what goes out comes to `total`; nothing when money is due.
    #[must_use]
    pub(crate) fn rest_minor(&self, total: Minor) -> Minor {
        let counts = self.counts_minor(total);
        Minor(self.credit_minor().0.saturating_sub(counts.0))
    }

    /// Returns to what the rest goes back when what goes out comes to `total`.
    #[must_use]
    pub(crate) fn rest(&self, total: Minor) -> Split {
        split(&self.sale, self.gone(), self.rest_minor(total))
    }

    /// Returns the tender of both facts, for what goes out as the sale `sale_id` and comes to
    /// `total`.
    #[must_use]
    pub(crate) fn tender(&self, sale_id: SaleId, total: Minor) -> Tender {
        let amount = self.counts_minor(total);
        let rest = self.rest(total);
        let mut gone = self.gone();
        gone.cards.0 = gone.cards.0.saturating_add(rest.to_cards().0);
        for tender in &rest.accounts {
            gone.add_other(tender);
        }
        let stays = split(&self.sale, gone, amount);
        let cards = stays.cards.into_iter().map(|part| PaidByCard {
            amount_minor: part.amount_minor,
            card: part.card,
        });
        let stored = stays.accounts.iter().filter_map(|tender| {
            Some(PaidByStored {
                amount_minor: tender.amount_minor,
                stored: tender.stored.clone()?,
            })
        });
        let accounts = stays.accounts.iter().filter_map(|tender| {
            Some(PaidOnAccount {
                amount_minor: tender.amount_minor,
                account: tender.account.clone()?,
            })
        });
        let exchanged = Exchanged {
            sale_id,
            return_id: self.return_id,
            cards: cards.collect(),
            accounts: accounts.collect(),
            stored: stored.collect(),
        };
        Tender::exchanged(amount, exchanged)
    }

    fn gone(&self) -> Gone {
        let done = Tender::sum_of(&self.done, TenderKind::Card);
        Gone {
            cards: Minor(self.before.cards.0.saturating_add(done.0)),
            ..self.before.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::{ReturnId, SaleId};
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::returns::{Disposition, ReturnRecorded};
    use counterpart_protocol::sales::{CardPaid, PaperKind, PaperNumber, SaleRecorded, Tender};
    use counterpart_protocol::stored::{StoredKind, StoredNumber, StoredPaid};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::Exchange;
    use crate::returns::rules::tests::sale;
    use crate::returns::rules::{
        Before, Brought, Gone, ReturnReason, StatedAs, gone, refund, split,
    };

    const OUT: SaleId = SaleId::from_parts(9, 9);

    fn paid(cash: i64, card: i64) -> SaleRecorded {
        let by = CardPaid {
            intent: "A".to_owned(),
            ..CardPaid::default()
        };
        let mut tenders = vec![Tender::cash(Minor(cash)), Tender::card(Minor(card), by)];
        tenders.retain(|it| it.amount_minor > Minor::ZERO);
        SaleRecorded {
            tenders,
            ..sale(&[(1_000, cash + card, 21_000)])
        }
    }

    fn exchange(sale: &SaleRecorded, before: Gone) -> Exchange {
        let brought = Brought {
            line: 1,
            quantity_milli: sale.lines[0].quantity_milli,
            reason: ReturnReason::Size,
            disposition: Disposition::Restock,
        };
        Exchange {
            return_id: ReturnId::from_parts(3, 3),
            refund: refund(sale, &Before::default(), &[brought]).unwrap(),
            sale: sale.clone(),
            before,
            done: Vec::new(),
            is_asked: false,
        }
    }

    /// To cards now, in cash now, counts for what goes out, of that a card's.
    #[track_caller]
    fn check(cash: i64, card: i64, total: i64, expected: [i64; 4]) {
        let exchange = exchange(&paid(cash, card), Gone::default());
        let rest = exchange.rest(Minor(total));
        let tender = exchange.tender(OUT, Minor(total));
        let stays = tender.exchanged.as_ref().unwrap();
        let of_cards: i64 = stays.cards.iter().map(|it| it.amount_minor.0).sum();
        let told = [
            rest.to_cards().0,
            rest.cash_minor.0,
            tender.amount_minor.0,
            of_cards,
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_a_gift_card_paid_goes_back_to_it_after_an_exchange_too() {
        let stored = StoredPaid {
            card: StoredNumber::draw(StoredKind::GiftCard, 1).card(),
            hold: None,
            offline: None,
        };
        let first = SaleRecorded {
            tenders: vec![Tender::stored(Minor(800), stored), Tender::cash(Minor(200))],
            ..sale(&[(1_000, 1_000, 21_000)])
        };
        // Goods of 3.00 go out: 7.00 goes back, all of it to the card.
        let exchange = exchange(&first, Gone::default());
        let rest = exchange.rest(Minor(300));
        assert_eq!(
            (rest.to_accounts(), rest.cash_minor),
            (Minor(700), Minor::ZERO)
        );
        let counts = exchange.tender(OUT, Minor(300));
        let second = SaleRecorded {
            tenders: vec![counts],
            ..sale(&[(1_000, 300, 21_000)])
        };
        let back = split(&second, Gone::default(), Minor(300));
        assert_eq!(
            (back.to_accounts(), back.cash_minor),
            (Minor(100), Minor(200))
        );
    }

    #[test]
    fn goods_count_for_goods_first_and_the_rest_goes_back_to_the_card_that_paid() {
        check(0, 5_000, 3_000, [2_000, 0, 3_000, 3_000]);
        check(0, 5_000, 5_000, [0, 0, 5_000, 5_000]);
        check(0, 5_000, 9_000, [0, 0, 5_000, 5_000]);
        check(4_000, 1_000, 3_000, [1_000, 1_000, 3_000, 0]);
        check(4_000, 1_000, 4_500, [500, 0, 4_500, 500]);
        check(5_000, 0, 3_000, [0, 2_000, 3_000, 0]);
    }

    #[test]
    fn what_went_back_to_a_card_already_counts_for_nothing_any_more() {
        let sale = paid(0, 5_000);
        let card = sale.tenders[0].card.clone().unwrap();
        let mut exchange = exchange(&sale, Gone::default());
        exchange.done = vec![Tender::card(Minor(2_000), card)];
        assert_eq!(exchange.credit_minor(), Minor(3_000));
        assert_eq!(exchange.rest_minor(Minor(3_000)), Minor::ZERO);
        // Somebody put more into the basket meanwhile: the difference is due.
        assert_eq!(exchange.counts_minor(Minor(4_500)), Minor(3_000));
        // Or took something out: more goes back, to the same card.
        let rest = exchange.rest(Minor(2_500));
        assert_eq!(
            (rest.to_cards(), rest.cash_minor),
            (Minor(500), Minor::ZERO)
        );
    }

    #[test]
    fn an_exchange_of_an_exchange_still_knows_the_card_that_paid_first() {
        let first = exchange(&paid(0, 5_000), Gone::default());
        let second = SaleRecorded {
            sale_id: OUT,
            tenders: vec![first.tender(OUT, Minor(4_000))],
            ..sale(&[(1_000, 4_000, 21_000)])
        };
        let again = exchange(&second, Gone::default());
        let rest = again.rest(Minor(1_500));
        assert_eq!(
            (rest.to_cards(), rest.cash_minor),
            (Minor(2_500), Minor::ZERO)
        );
        let tender = again.tender(SaleId::from_parts(9, 10), Minor(1_500));
        let stays = tender.exchanged.unwrap();
        assert_eq!(stays.cards[0].amount_minor, Minor(1_500));
        assert_eq!(stays.cards[0].card.intent, "A");
    }

    #[test]
    fn what_an_exchange_kept_of_a_card_does_not_go_back_to_it_twice() {
        let sale = paid(2_000, 3_000);
        let exchange = exchange(&sale, Gone::default());
        let number = PaperNumber {
            kind: PaperKind::Return,
            prefix: "GHE".parse().unwrap(),
            edge: counterpart_protocol::ids::EdgeNumber(7),
            series: 1,
            number: 3,
        };
        let stated = StatedAs {
            return_id: exchange.return_id,
            number,
            shift_id: sale.shift_id,
            approved_by: None,
            tenders: vec![exchange.tender(OUT, Minor(5_000))],
            rounding_minor: None,
            instead: None,
            provisional: None,
        };
        let refund = exchange.refund.clone();
        let recorded: ReturnRecorded = refund.recorded(&sale, stated).unwrap();
        assert_eq!(gone([&recorded]).cards, Minor(3_000));
    }

    proptest! {
        #[test]
        fn both_halves_say_the_same_and_nobody_gets_more_than_was_paid(
            cash in 0_i64..20_000, card in 0_i64..20_000, total in 1_i64..50_000,
        ) {
            let paid_minor = cash + card;
            if paid_minor == 0 {
                return Ok(());
            }
            let exchange = exchange(&paid(cash, card), Gone::default());
            let total = Minor(total);
            let (rest, tender) = (exchange.rest(total), exchange.tender(OUT, total));
            let back = rest.to_cards().0 + rest.to_accounts().0 + rest.cash_minor.0;
            prop_assert_eq!(back + tender.amount_minor.0, paid_minor);
            prop_assert!(tender.amount_minor <= total);
            let stays = tender.exchanged.unwrap();
            let of_cards: i64 = stays.cards.iter().map(|it| it.amount_minor.0).sum();
            prop_assert!(rest.to_cards().0 + of_cards <= card);
            prop_assert!(of_cards <= tender.amount_minor.0);
        }
    }
}
