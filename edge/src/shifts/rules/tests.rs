//! Stories of tills opened and counted.

use counterpart_protocol::ids::ShiftId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::shifts::{Pieces, ShiftTotals, TillSum};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::{OpenShift, Reason, ShiftRefused, StillOpen, count, denominations, open};

const NOTHING_OPEN: StillOpen = StillOpen {
    basket_lines: 0,
    waiting_scans: 0,
};

fn shift_id() -> ShiftId {
    ShiftId::from_parts(1, 1)
}

fn shift() -> OpenShift {
    OpenShift {
        shift_id: shift_id(),
        opened_at_ms: 0,
        sums: TillSum {
            float_minor: Minor(20_000),
            cash_sales_minor: Minor(12_345),
            sales: 7,
            sales_minor: Minor(12_345),
            ..TillSum::default()
        },
    }
}

fn pieces(counted: &[(i64, u32)]) -> Vec<Pieces> {
    let pieces = counted.iter().map(|(value, count)| Pieces {
        value_minor: Minor(*value),
        count: *count,
    });
    pieces.collect()
}

#[test]
fn a_till_is_opened_once_with_a_float_a_person_could_count() {
    let opened = open(None, shift_id(), Minor(20_000), Currency::EUR).unwrap();
    assert_eq!(opened.float.total_minor(), Some(Minor(20_000)));
    let empty = open(None, shift_id(), Minor(0), Currency::EUR).unwrap();
    assert!(empty.float.pieces.is_empty());
    assert_eq!(
        open(Some(&shift()), shift_id(), Minor(0), Currency::EUR),
        Err(ShiftRefused::AlreadyOpen)
    );
    for absurd in [-1, 10_000_001, i64::MAX] {
        let refused = open(None, shift_id(), Minor(absurd), Currency::EUR).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a float is between nothing and 100000 EUR: count it again"
        );
    }
}

#[test]
fn any_count_closes_the_till_and_a_difference_is_named() {
    let counted = pieces(&[(5_000, 6), (2_000, 1), (100, 3), (5, 9)]);
    let exact = count(&shift(), NOTHING_OPEN, &counted).unwrap();
    assert_eq!(exact.over_short_minor, Minor(0));
    let closed = exact.closed(
        &shift(),
        Currency::EUR,
        3,
        Some(Reason::WrongChange),
        ShiftTotals::default(),
    );
    assert_eq!((closed.reason, closed.z_number), (None, 3));

    let short = count(&shift(), NOTHING_OPEN, &pieces(&[(20_000, 1)])).unwrap();
    assert_eq!(short.over_short_minor, Minor(-12_345));
    let closed = short
        .clone()
        .closed(&shift(), Currency::EUR, 4, None, ShiftTotals::default());
    assert_eq!(closed.reason.as_deref(), Some("unexplained"));
    let closed = short.closed(
        &shift(),
        Currency::EUR,
        4,
        Some(Reason::WrongFloat),
        ShiftTotals::default(),
    );
    assert_eq!(closed.reason.as_deref(), Some("wrong_float"));

    let nothing = count(&shift(), NOTHING_OPEN, &[]).unwrap();
    assert_eq!(nothing.over_short_minor, Minor(-32_345));
}

#[test]
fn an_open_sale_is_finished_before_the_drawer_is_counted() {
    let basket = StillOpen {
        basket_lines: 2,
        ..NOTHING_OPEN
    };
    let scans = StillOpen {
        waiting_scans: 1,
        ..NOTHING_OPEN
    };
    for still_open in [basket, scans] {
        assert_eq!(
            count(&shift(), still_open, &[]),
            Err(ShiftRefused::SaleOpen)
        );
    }
}

#[test]
fn a_count_nobody_made_is_asked_for_again() {
    for (value, pieces_count) in [(0, 1), (-5, 1), (5, 100_001), (100_000_001, 1)] {
        let refused = count(&shift(), NOTHING_OPEN, &pieces(&[(value, pieces_count)]));
        assert!(
            matches!(refused, Err(ShiftRefused::CountOutOfRange { .. })),
            "{value}"
        );
    }
}

#[test]
fn every_reason_has_its_own_word() {
    for reason in Reason::ALL {
        assert_eq!(Reason::read(reason.word()), Ok(reason));
    }
    assert_eq!(
        Reason::read("bad luck").unwrap_err().to_string(),
        "'bad luck' is no reason for a difference: choose one of the list"
    );
}

#[test]
fn denominations_are_counted_from_the_largest_down() {
    for code in ["EUR", "GBP", "USD", "CHF", "JPY", "SEK"] {
        let values = denominations(code.parse().unwrap());
        assert!(
            values.is_sorted_by(|larger, smaller| larger > smaller),
            "{code}"
        );
    }
}

proptest! {
    #[test]
    fn the_same_pieces_in_any_order_are_the_same_count(
        counted in prop::collection::vec((1_i64..60_000, 0_u32..50), 0..20),
    ) {
        let forward = count(&shift(), NOTHING_OPEN, &pieces(&counted)).unwrap();
        let mut turned = counted.clone();
        turned.reverse();
        let backward = count(&shift(), NOTHING_OPEN, &pieces(&turned)).unwrap();
        prop_assert_eq!(&forward, &backward);
        let sum: i64 = counted.iter().map(|(value, count)| value * i64::from(*count)).sum();
        prop_assert_eq!(forward.counted_minor, Minor(sum));
        prop_assert!(forward.cash.pieces.iter().all(|pieces| pieces.count > 0));
    }
}
