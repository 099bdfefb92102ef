//! What is due when something was given: the total, what cash is rounded by, and the change.
//!
//! Only what is paid in cash is rounded. Who gives exactly the total is not rounded either: the
//! coins for it are on the counter.

use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::CashStep;
use counterpart_protocol::sales::Tender;

use super::basket::{Basket, BasketRefused};
use super::refused::PayRefused;

/// What is due and what was given so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    /// What the basket comes to.
    pub total_minor: Minor,
    /// What was given.
    pub given_minor: Minor,
    /// What is still due in anything but cash; nothing once enough was given.
    pub due_minor: Minor,
    /// What is still due in cash, rounded.
    pub cash_due_minor: Minor,
    /// What goes back; nothing while something is due.
    pub change_minor: Minor,
    /// By how much the total is rounded, when the rest is paid in cash or nothing is due any more.
    pub rounding_minor: Minor,
}

impl Due {
    /// Returns what is due when all that is left is paid in cash and rounds to nothing.
    pub(super) fn forgiven(self) -> Option<Self> {
        (self.due_minor > Minor::ZERO && self.cash_due_minor == Minor::ZERO).then_some(Self {
            due_minor: Minor::ZERO,
            ..self
        })
    }
}

/// Returns what is due when `tenders` have been given, and cash is rounded to `step`.
///
/// # Errors
/// [`PayRefused::NotPositive`]; [`PayRefused::Basket`] when a sum does not fit an amount.
pub(crate) fn due(basket: &Basket, tenders: &[Tender], step: CashStep) -> Result<Due, PayRefused> {
    if tenders
        .iter()
        .any(|tender| tender.amount_minor <= Minor::ZERO)
    {
        return Err(PayRefused::NotPositive);
    }
    let total_minor = basket.figures()?.total_minor;
    let exchange = basket.exchange.as_ref();
    let back = exchange.map_or(Minor::ZERO, |it| it.counts_minor(total_minor));
    Ok(left((total_minor, back), tenders, step).ok_or(BasketRefused::TooMuch)?)
}

/// Returns what is left of a total when goods that came back count for `back` of it.
fn left((total_minor, back): (Minor, Minor), tenders: &[Tender], step: CashStep) -> Option<Due> {
    let (cash, others): (Vec<&Tender>, Vec<&Tender>) =
        tenders.iter().partition(|it| it.kind.is_cash());
    let sum = |all: Vec<&Tender>| Minor::sum(all.iter().map(|it| it.amount_minor));
    let (cash, others) = (sum(cash)?, sum(others)?.plus(back)?);
    // What is left for cash: below nothing when a voucher is worth more than is due.
    let for_cash = total_minor.minus(others)?;
    let rounded = step.rounded(for_cash);
    let paid = |rounding_minor, change_minor| Due {
        total_minor,
        given_minor: Minor(cash.0.saturating_add(others.0)),
        due_minor: Minor::ZERO,
        cash_due_minor: Minor::ZERO,
        change_minor,
        rounding_minor,
    };
    let none_yet = cash == Minor::ZERO && for_cash > Minor::ZERO;
    let given_minor = cash.plus(others)?;
    if given_minor == total_minor {
        return Some(paid(Minor::ZERO, Minor::ZERO));
    }
    if !none_yet && cash >= rounded {
        return Some(paid(rounded.minus(for_cash)?, cash.minus(rounded)?));
    }
    if !none_yet && cash > for_cash {
        // More than the total and less than it rounds to: it stays as it was given.
        return Some(paid(cash.minus(for_cash)?, Minor::ZERO));
    }
    Some(Due {
        total_minor,
        given_minor,
        due_minor: for_cash.minus(cash)?,
        cash_due_minor: rounded.minus(cash)?,
        change_minor: Minor::ZERO,
        rounding_minor: rounded.minus(for_cash)?,
    })
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::policies::CashStep;
    use counterpart_protocol::sales::{CardPaid, Tender, VoucherTaken};
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::left;

    fn card(amount: i64) -> Tender {
        Tender::card(Minor(amount), CardPaid::default())
    }

    fn cash(amount: i64) -> Tender {
        Tender::cash(Minor(amount))
    }

    fn voucher(amount: i64) -> Tender {
        let taken = VoucherTaken {
            number: "V-1".to_owned(),
            face_minor: Minor(amount),
        };
        Tender::voucher(Minor(amount), taken)
    }

    /// Due, due in cash, change, rounding.
    #[track_caller]
    fn check(step: i64, total: i64, tenders: &[Tender], expected: [i64; 4]) {
        let due = left(
            (Minor(total), Minor::ZERO),
            tenders,
            CashStep::of(Minor(step)),
        )
        .unwrap();
        let told = [
            due.due_minor.0,
            due.cash_due_minor.0,
            due.change_minor.0,
            due.rounding_minor.0,
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn only_what_is_paid_in_cash_is_rounded() {
        check(5, 1_002, &[], [1_002, 1_000, 0, -2]);
        check(5, 1_002, &[cash(1_000)], [0, 0, 0, -2]);
        check(5, 1_003, &[cash(2_000)], [0, 0, 995, 2]);
        check(5, 1_002, &[card(1_002)], [0, 0, 0, 0]);
        check(5, 1_002, &[card(500)], [502, 500, 0, -2]);
        check(5, 1_002, &[card(500), cash(500)], [0, 0, 0, -2]);
        check(5, 1_002, &[cash(500)], [502, 500, 0, -2]);
        check(5, 1_002, &[cash(500), card(502)], [0, 0, 0, 0]);
        check(100, 1_249, &[cash(1_000)], [249, 200, 0, -49]);
        check(1, 1_249, &[cash(2_000)], [0, 0, 751, 0]);
    }

    #[test]
    fn who_gives_the_total_to_the_cent_is_not_rounded() {
        check(5, 1_003, &[cash(1_003)], [0, 0, 0, 0]);
        check(5, 1_002, &[cash(503), card(499)], [0, 0, 0, 0]);
        check(5, 1_003, &[cash(1_004)], [0, 0, 0, 1]);
    }

    #[test]
    fn what_rounds_to_nothing_is_due_until_somebody_says_cash() {
        let due = left(
            (Minor(1_002), Minor::ZERO),
            &[card(1_000)],
            CashStep::of(Minor(5)),
        )
        .unwrap();
        assert_eq!((due.due_minor, due.cash_due_minor), (Minor(2), Minor(0)));
        let forgiven = due.forgiven().unwrap();
        assert_eq!(forgiven.due_minor, Minor(0));
        assert_eq!(forgiven.rounding_minor, Minor(-2));
        let more = left(
            (Minor(1_003), Minor::ZERO),
            &[card(1_000)],
            CashStep::of(Minor(5)),
        )
        .unwrap();
        assert_eq!(more.forgiven(), None);
    }

    #[test]
    fn only_what_is_due_beside_goods_that_came_back_is_rounded() {
        let of = |back, tenders: &[Tender]| {
            let due = left((Minor(2_001), Minor(back)), tenders, CashStep::of(Minor(5)));
            let due = due.unwrap();
            (due.due_minor.0, due.rounding_minor.0, due.change_minor.0)
        };
        assert_eq!(of(999, &[]), (1_002, -2, 0));
        assert_eq!(of(999, &[cash(2_000)]), (0, -2, 1_000));
        assert_eq!(of(2_001, &[]), (0, 0, 0));
    }

    #[test]
    fn what_a_voucher_is_worth_beyond_the_total_goes_back_in_coins() {
        check(5, 1_498, &[voucher(2_000)], [0, 0, 500, 2]);
        check(5, 1_998, &[voucher(2_000)], [0, 0, 0, 2]);
        check(1, 1_498, &[voucher(2_000)], [0, 0, 502, 0]);
    }

    proptest! {
        #[test]
        fn total_and_rounding_are_what_was_given_less_the_change(
            total in 0_i64..1_000_000,
            by_card in 0_i64..1_000_000,
            cash_given in prop::collection::vec(1_i64..300_000, 0..5),
            // 0.05 EUR, 1.00 SEK, 0.010 KWD, 5 JPY and none: steps of currencies with 0, 2 and 3
            // decimals.
            step in prop::sample::select(vec![1_i64, 5, 10, 50, 100]),
        ) {
            let mut tenders: Vec<Tender> = cash_given.iter().copied().map(cash).collect();
            if by_card > 0 && by_card <= total {
                tenders.push(card(by_card));
            }
            let sum = (Minor(total), Minor::ZERO);
            let due = left(sum, &tenders, CashStep::of(Minor(step))).unwrap();
            prop_assert!(due.rounding_minor.0.abs() * 2 <= step);
            prop_assert!(due.change_minor.0 >= 0 && due.due_minor.0 >= 0);
            prop_assert!(due.cash_due_minor.0 >= 0);
            if due.due_minor == Minor::ZERO {
                let kept = due.given_minor.0 - due.change_minor.0;
                prop_assert_eq!(total + due.rounding_minor.0, kept);
            } else {
                prop_assert_eq!(due.change_minor, Minor::ZERO);
                // Paying what is asked for, in either way, pays all of it.
                let asked = due.cash_due_minor.0;
                let pays = match asked {
                    0 => due.forgiven().unwrap(),
                    asked => {
                        let mut all = tenders.clone();
                        all.push(cash(asked));
                        left((Minor(total), Minor::ZERO), &all, CashStep::of(Minor(step))).unwrap()
                    }
                };
                prop_assert_eq!((pays.due_minor.0, pays.change_minor.0), (0, 0));
                tenders.push(card(due.due_minor.0));
                let exact = left(sum, &tenders, CashStep::of(Minor(step))).unwrap();
                prop_assert_eq!((exact.due_minor.0, exact.rounding_minor.0), (0, 0));
            }
        }
    }
}
