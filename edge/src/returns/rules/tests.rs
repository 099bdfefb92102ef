//! Stories of what comes back, and the sums that hold whatever does.

use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Policies;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::Disposition;
use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded, Tender};
use counterpart_protocol::staff::Role;
use counterpart_protocol::tax::{Rate, summarise};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::{Before, Brought, ReturnReason, ReturnRefused, left_of, may_alone, refund};

/// A sale of lines: thousandths, what was paid, rate.
pub(super) fn sale(lines: &[(i64, i64, u32)]) -> SaleRecorded {
    let lines: Vec<SaleLine> = (1_u16..)
        .zip(lines)
        .map(|(line, (milli, paid, rate))| SaleLine {
            line,
            sku: format!("SKU-{line}").parse().unwrap(),
            description: format!("The {line}"),
            quantity_milli: Milli(*milli),
            unit_price_minor: Minor(*paid),
            amount_minor: Minor(*paid),
            tax_rate: Rate(*rate),
            pricing: None,
            remarks: None,
            added_tax_minor: None,
        })
        .collect();
    let total = Minor::sum(lines.iter().map(|line| line.amount_minor)).unwrap();
    let sale = SaleRecorded {
        sale_id: SaleId::from_parts(1, 1),
        receipt: ReceiptNumber {
            register: RegisterId(1),
            series: 1,
            number: 1,
        },
        shift_id: ShiftId::from_parts(1, 1),
        currency: Currency::EUR,
        taxes: summarise(lines.iter().map(|it| (it.tax_rate, it.amount_minor))).unwrap(),
        lines,
        total_minor: total,
        tenders: vec![Tender::cash(total)],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 1,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    sale
}

fn brought(line: u16, milli: i64) -> Brought {
    Brought {
        line,
        quantity_milli: Milli(milli),
        reason: ReturnReason::Size,
        disposition: Disposition::Restock,
    }
}

/// Adds a refund to what came back before.
fn with(mut before: Before, refund: &super::Refund) -> Before {
    for line in &refund.lines {
        before.quantities.entry(line.line).or_default().0 += line.quantity_milli.0;
        before.amounts.entry(line.line).or_default().0 += line.amount_minor.0;
        before.gross.entry(line.tax_rate).or_default().0 += line.amount_minor.0;
    }
    before
}

#[test]
fn three_for_ten_come_back_one_by_one_for_exactly_ten_with_their_tax() {
    let sale = sale(&[(3_000, 1_000, 21_000)]);
    let mut before = Before::default();
    let (mut amounts, mut taxes) = (Vec::new(), 0);
    for _ in 0..3 {
        let back = refund(&sale, &before, &[brought(1, 1_000)]).unwrap();
        amounts.push(back.total_minor.0);
        taxes += back.taxes[0].tax_minor.0;
        before = with(before, &back);
    }
    assert_eq!(amounts, [333, 334, 333]);
    assert_eq!(taxes, sale.taxes[0].tax_minor.0);
    assert_eq!(left_of(&sale.lines[0], &before), Milli::ZERO);
    let refused = refund(&sale, &before, &[brought(1, 1_000)]).unwrap_err();
    let sentence = "of The 1 0 can still come back, and 1 were typed: look at the receipt again";
    assert_eq!(refused.to_string(), sentence);
}

#[test]
fn one_line_comes_back_for_two_reasons_and_to_two_places() {
    let sale = sale(&[(3_000, 1_000, 21_000)]);
    let scrapped = Brought {
        reason: ReturnReason::Damaged,
        disposition: Disposition::Scrap,
        ..brought(1, 2_000)
    };
    let back = refund(&sale, &Before::default(), &[brought(1, 1_000), scrapped]).unwrap();
    let amounts: Vec<i64> = back.lines.iter().map(|line| line.amount_minor.0).collect();
    assert_eq!((amounts, back.total_minor), (vec![333, 667], Minor(1_000)));
    let more = refund(&sale, &Before::default(), &[scrapped, scrapped]);
    assert!(
        matches!(more, Err(ReturnRefused::TooMuch { .. })),
        "{more:?}"
    );
}

#[test]
fn what_cannot_come_back_is_said_in_words() {
    let sale = sale(&[(2_000, 1_000, 21_000), (435, 130, 6_000)]);
    #[track_caller]
    fn check(sale: &SaleRecorded, all: &[Brought], sentence: &str) {
        let refused = refund(sale, &Before::default(), all).unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }
    check(
        &sale,
        &[],
        "nothing is to come back yet: say how much of a line does",
    );
    check(
        &sale,
        &[brought(9, 1_000)],
        "the receipt has no line 9: choose one that is shown",
    );
    let nothing = "what comes back is more than nothing: type how much of The 1";
    check(&sale, &[brought(1, 0)], nothing);
    check(&sale, &[brought(1, -1_000)], nothing);
    let whole = "The 1 was sold by the piece: type a whole number";
    check(&sale, &[brought(1, 500)], whole);
    assert!(refund(&sale, &Before::default(), &[brought(2, 200)]).is_ok());
    assert!(
        refund(
            &sale,
            &Before::default(),
            &[brought(1, i64::MAX / 1_000 * 1_000)]
        )
        .is_err()
    );
    let many = vec![brought(1, 1_000); 501];
    check(
        &sale,
        &many,
        "a return has at most 500 lines: give these back first",
    );
}

#[test]
fn a_little_goes_back_alone_and_more_with_a_manager() {
    let limits = Policies::default().offline.associate;
    let alone = |minor, role| may_alone(Minor(minor), role, &limits, Currency::EUR);
    assert_eq!(alone(5_000, Role::Associate), Ok(()));
    assert_eq!(alone(1_000_000, Role::Manager), Ok(()));
    let sentence = "50.01 EUR goes back and 50.00 EUR may be given back alone: have a manager type \
                    their PIN";
    assert_eq!(
        alone(5_001, Role::Associate).unwrap_err().to_string(),
        sentence
    );
}

#[test]
fn every_reason_is_found_by_its_word() {
    for reason in ReturnReason::ALL {
        assert_eq!(ReturnReason::read(reason.word()), Ok(reason));
    }
    assert!(ReturnReason::read("full_moon").is_err());
}

proptest! {
    #[test]
    fn whatever_comes_back_in_whatever_parts_what_was_paid_goes_back_and_never_more(
        lines in prop::collection::vec((1_i64..6, 0_i64..5_000, 0_usize..3), 1..6),
        order in prop::collection::vec((0_usize..6, 1_i64..4), 0..40),
    ) {
        let rates = [21_000, 6_000, 0];
        let lines: Vec<(i64, i64, u32)> = lines
            .into_iter()
            .map(|(count, paid, rate)| (count * 1_000, paid, rates[rate]))
            .collect();
        let sale = sale(&lines);
        let mut before = Before::default();
        let (mut paid, mut tax) = (0, 0);
        let rest = (1..=lines.len()).map(|line| (line - 1, i64::MAX));
        for (at, count) in order.into_iter().chain(rest) {
            let Some(line) = sale.lines.get(at) else { continue };
            let left = left_of(line, &before);
            let now = if count == i64::MAX { left.0 } else { count * 1_000 };
            match refund(&sale, &before, &[brought(line.line, now)]) {
                Ok(back) => {
                    paid += back.total_minor.0;
                    tax += back.taxes.iter().map(|it| it.tax_minor.0).sum::<i64>();
                    prop_assert!(back.total_minor >= Minor::ZERO);
                    prop_assert!(now <= left.0);
                    before = with(before, &back);
                }
                Err(_) => prop_assert!(now > left.0 || now == 0),
            }
            prop_assert!(paid <= sale.total_minor.0);
        }
        prop_assert_eq!(paid, sale.total_minor.0);
        prop_assert_eq!(tax, sale.taxes.iter().map(|it| it.tax_minor.0).sum::<i64>());
    }
}
