//! Stories of baskets and payments, and the sums that hold whatever is done to a basket.

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::CashStep;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ReceiptNumber, Tender};
use counterpart_protocol::tax::Rate;
use proptest::prelude::{Just, Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Basket, BasketRefused, Confirmed, Item, PayRefused, Settled, Step, due, pay};

const NOTHING_WAITS: Settled = Settled::showing(0, Currency::EUR);

fn item(sku: &str, unit: Unit, price: i64, rate: u32) -> Item {
    Item {
        sku: sku.parse().unwrap(),
        description: format!("The {sku}"),
        department: "Shop".to_owned(),
        unit,
        unit_price_minor: Minor(price),
        tax_rate: Rate(rate),
    }
}

pub(super) fn tee() -> Item {
    item("TEE", Unit::Piece, 1_999, 21_000)
}

fn apples() -> Item {
    item("APPLES", Unit::Kilogram, 299, 6_000)
}

fn basket(items: Vec<Item>) -> Basket {
    let mut basket = Basket::new(SaleId::from_parts(1, 1));
    for item in items {
        basket.add(item).unwrap();
    }
    basket
}

fn total(basket: &Basket) -> i64 {
    basket.figures().unwrap().total_minor.0
}

fn ada() -> Option<StaffId> {
    Some(StaffId::from_parts(1, 7))
}

fn cash(amount: i64) -> Tender {
    Tender::cash(Minor(amount))
}

#[test]
fn the_same_piece_scanned_again_counts_up_and_becomes_the_newest_line() {
    let mut basket = basket(vec![tee(), item("MUG", Unit::Piece, 700, 21_000), tee()]);
    let plain: Vec<_> = basket
        .lines
        .iter()
        .map(|line| (line.line, line.quantity_milli.0))
        .collect();
    assert_eq!(plain, [(1, 2_000), (2, 1_000)]);
    assert_eq!((basket.newest(), basket.items()), (Some(1), 3));
    assert_eq!(total(&basket), 4_698);
    let dearer = item("TEE", Unit::Piece, 2_499, 21_000);
    assert_eq!(basket.add(dearer), Ok(3), "another price is another line");
}

#[test]
fn what_is_weighed_gets_a_line_each_time_and_bars_pay_until_it_is_weighed() {
    let mut basket = basket(vec![apples(), apples()]);
    assert_eq!(basket.lines.len(), 2);
    let refused = pay(
        basket.clone(),
        vec![cash(500)],
        NOTHING_WAITS,
        Confirmed::No,
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "The APPLES was not weighed: select it, type its kilograms and press Qty"
    );
    basket.set_quantity(1, Milli(435)).unwrap();
    basket.set_quantity(2, Milli(1_250)).unwrap();
    // 2.99 × 0.435 = 1.30065 and 2.99 × 1.25 = 3.7375, each rounded by itself.
    assert_eq!(total(&basket), 130 + 374);
    assert_eq!(basket.items(), 2);
    assert!(pay(basket, vec![cash(504)], NOTHING_WAITS, Confirmed::No).is_ok());
}

#[track_caller]
fn check_quantity(line: u16, milli: i64, expected: Result<(), &str>) {
    let mut basket = basket(vec![tee(), apples()]);
    let before = basket.clone();
    let set = basket.set_quantity(line, Milli(milli));
    assert_eq!(
        set.clone().map_err(|refused| refused.to_string()),
        expected.map_err(str::to_owned)
    );
    if set.is_err() {
        assert_eq!(basket, before, "a refusal changes nothing");
    }
}

#[test]
fn a_quantity_is_what_a_counter_can_sell() {
    check_quantity(1, 1_000, Ok(()));
    check_quantity(1, 999_000, Ok(()));
    check_quantity(2, 1, Ok(()));
    check_quantity(2, 999_999, Ok(()));
    let not_positive = "a quantity is more than nothing: press Del to remove the line";
    check_quantity(1, 0, Err(not_positive));
    check_quantity(2, -1, Err(not_positive));
    check_quantity(
        1,
        1_500,
        Err("The TEE is sold by the piece: type a whole number"),
    );
    check_quantity(
        1,
        4_006_381_333_931_000,
        Err(
            "a line holds at most 999 pieces, and 4006381333931 were typed: type less, or scan \
             again",
        ),
    );
    check_quantity(
        2,
        1_000_000,
        Err("a line holds at most 999.999 kg, and 1000 were typed: type less"),
    );
    check_quantity(
        3,
        1_000,
        Err("line 3 is not in the basket: choose a line that is shown"),
    );
}

#[test]
fn a_full_line_goes_on_with_another_one() {
    let mut basket = basket(vec![tee()]);
    basket.set_quantity(1, Milli::units(999)).unwrap();
    let refused = basket.step(1, Step::More).unwrap_err();
    assert!(matches!(refused, BasketRefused::TooMany { .. }));
    assert_eq!(basket.add(tee()), Ok(2));
}

#[test]
fn one_less_than_one_is_refused_and_not_a_removal() {
    let mut basket = basket(vec![tee()]);
    assert_eq!(basket.step(1, Step::Less), Err(BasketRefused::NotPositive));
    basket.step(1, Step::More).unwrap();
    basket.step(1, Step::Less).unwrap();
    assert_eq!(total(&basket), 1_999);
}

#[test]
fn a_removed_line_stays_with_who_removed_it_and_can_be_put_back() {
    let mut basket = basket(vec![tee(), apples()]);
    basket.void(1, ada()).unwrap();
    assert_eq!(
        basket.void(1, ada()),
        Err(BasketRefused::LineVoided { line: 1 })
    );
    assert_eq!(
        basket.set_quantity(1, Milli::ONE),
        Err(BasketRefused::LineVoided { line: 1 })
    );
    let voided = basket.voided_lines();
    assert_eq!((voided.len(), voided[0].staff), (1, ada()));
    assert_eq!(voided[0].amount_minor, Minor(1_999));
    assert_eq!(total(&basket), 0);
    assert_eq!(basket.add(tee()), Ok(3), "a new scan does not revive it");
    basket.restore(1).unwrap();
    assert_eq!(
        basket.restore(1),
        Err(BasketRefused::LineStands { line: 1 })
    );
    assert_eq!(total(&basket), 3_998);
}

#[test]
fn a_sale_has_at_most_500_lines() {
    let mut basket = Basket::new(SaleId::from_parts(1, 1));
    for number in 0..500 {
        basket
            .add(item(&format!("P{number}"), Unit::Piece, 1, 0))
            .unwrap();
    }
    assert_eq!(basket.add(tee()), Err(BasketRefused::TooManyLines));
    assert_eq!(basket.add(item("P3", Unit::Piece, 1, 0)), Ok(4));
}

#[test]
fn an_amount_no_till_can_hold_is_refused_and_changes_nothing() {
    let mut basket = basket(vec![item("GOLD", Unit::Piece, i64::MAX, 0)]);
    let before = basket.clone();
    assert_eq!(basket.add(tee()), Err(BasketRefused::TooMuch));
    assert_eq!(
        basket.set_quantity(1, Milli::units(2)),
        Err(BasketRefused::TooMuch)
    );
    assert_eq!(basket, before);
}

#[track_caller]
fn check_pay(tenders: Vec<Tender>, expected: Result<(i64, i64), &str>) {
    let paid = pay(basket(vec![tee()]), tenders, NOTHING_WAITS, Confirmed::No);
    let found = paid.map(|paid| (paid.due.total_minor.0, paid.due.change_minor.0));
    assert_eq!(
        found.map_err(|refused| refused.to_string()),
        expected.map_err(str::to_owned)
    );
}

#[test]
fn cash_pays_when_it_is_enough_and_change_goes_back() {
    check_pay(vec![cash(1_999)], Ok((1_999, 0)));
    check_pay(vec![cash(2_000)], Ok((1_999, 1)));
    check_pay(vec![cash(1_000), cash(1_000)], Ok((1_999, 1)));
    check_pay(vec![cash(1_000)], Err("9.99 EUR is still due"));
    check_pay(vec![], Err("19.99 EUR is still due"));
    let not_positive = "an amount given is more than nothing: type what the customer gave";
    check_pay(vec![cash(0)], Err(not_positive));
    check_pay(vec![cash(3_000), cash(-1_000)], Err(not_positive));
    check_pay(
        vec![cash(i64::MAX), cash(1)],
        Err("the amount is too large for any till: check quantities and prices"),
    );
}

#[test]
fn a_digit_too_many_is_asked_about_once() {
    // More than ten times what is due, and more than 1000.00: both.
    check_pay(vec![cash(100_000)], Ok((1_999, 98_001)));
    check_pay(
        vec![cash(200_000)],
        Err("2000.00 EUR for 19.99 EUR looks like a digit too many: say again that it is right"),
    );
    let sure = pay(
        basket(vec![tee()]),
        vec![cash(200_000)],
        NOTHING_WAITS,
        Confirmed::Yes,
    );
    assert_eq!(sure.unwrap().due.change_minor, Minor(198_001));
    let mut dear = basket(vec![item("CAR", Unit::Piece, 20_000, 0)]);
    dear.set_quantity(1, Milli::ONE).unwrap();
    let ten_times = vec![cash(200_000)];
    assert!(pay(dear, ten_times, NOTHING_WAITS, Confirmed::No).is_ok());
}

#[test]
fn nothing_and_unsettled_scans_cannot_be_paid() {
    let empty = pay(
        basket(vec![]),
        vec![cash(100)],
        NOTHING_WAITS,
        Confirmed::No,
    );
    assert_eq!(empty, Err(PayRefused::Empty));
    let mut voided = basket(vec![tee()]);
    voided.void(1, None).unwrap();
    let voided = pay(voided, vec![cash(100)], NOTHING_WAITS, Confirmed::No);
    assert_eq!(voided, Err(PayRefused::Empty));
    for (unsettled, sentence) in [
        (
            1,
            "a scan is not settled: scan the item again or put it aside, then pay",
        ),
        (
            3,
            "3 scans are not settled: scan the items again or put them aside, then pay",
        ),
    ] {
        let settled = Settled::showing(unsettled, Currency::EUR);
        let refused = pay(
            basket(vec![tee()]),
            vec![cash(1_999)],
            settled,
            Confirmed::Yes,
        );
        assert_eq!(refused.unwrap_err().to_string(), sentence);
    }
}

#[test]
fn what_is_free_is_paid_by_nothing() {
    let gift = basket(vec![item("GIFT", Unit::Piece, 0, 21_000)]);
    let paid = pay(gift, vec![], NOTHING_WAITS, Confirmed::No).unwrap();
    assert!(!paid.opens_drawer(), "the drawer stays shut");
}

#[test]
fn what_was_given_is_told_while_more_is_due() {
    let told = due(&basket(vec![tee()]), &[cash(1_500)], CashStep::EXACT).unwrap();
    assert_eq!(
        (told.given_minor, told.due_minor),
        (Minor(1_500), Minor(499))
    );
    assert_eq!(told.change_minor, Minor(0));
}

/// Anything a person or a scanner does to a basket.
#[derive(Debug, Clone)]
enum Done {
    Add(usize),
    Set(u16, i64),
    Step(u16, Step),
    Void(u16),
    Restore(u16),
}

fn done() -> impl Strategy<Value = Done> {
    let line = || 0_u16..12;
    prop_oneof![
        4 => (0_usize..6).prop_map(Done::Add),
        2 => (line(), -1_000_i64..1_100_000).prop_map(|(line, milli)| Done::Set(line, milli)),
        2 => (line(), prop_oneof![Just(Step::More), Just(Step::Less)])
            .prop_map(|(line, step)| Done::Step(line, step)),
        1 => line().prop_map(Done::Void),
        1 => line().prop_map(Done::Restore),
    ]
}

fn assortment() -> Vec<Item> {
    vec![
        tee(),
        apples(),
        item("MUG", Unit::Piece, 700, 21_000),
        item("BREAD", Unit::Piece, 349, 6_000),
        item("CHEESE", Unit::Kilogram, 2_485, 6_000),
        item("STAMP", Unit::Piece, 100, 0),
    ]
}

proptest! {
    #[test]
    fn whatever_is_done_to_a_basket_it_adds_up(
        all in prop::collection::vec(done(), 0..60),
        given in 0_i64..500_000,
    ) {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        for done in all {
            let before = basket.clone();
            let outcome = match done {
                Done::Add(at) => basket.add(assortment()[at].clone()).map(|_| ()),
                Done::Set(line, milli) => basket.set_quantity(line, Milli(milli)),
                Done::Step(line, step) => basket.step(line, step),
                Done::Void(line) => basket.void(line, None),
                Done::Restore(line) => basket.restore(line),
            };
            if outcome.is_err() {
                prop_assert_eq!(&basket, &before);
            }
            let figures = basket.figures().unwrap();
            let taxed = Minor::sum(figures.taxes.iter().map(|tax| tax.gross_minor));
            prop_assert_eq!(taxed, Some(figures.total_minor));
            prop_assert!(basket.lines.is_sorted_by(|a, b| a.line < b.line), "numbers stay");
        }
        let total = basket.figures().unwrap().total_minor;
        let tenders: Vec<Tender> = (given > 0).then(|| cash(given)).into_iter().collect();
        if let Ok(paid) = pay(basket, tenders, NOTHING_WAITS, Confirmed::Yes) {
            let number = ReceiptNumber { register: RegisterId(1), series: 1, number: 1 };
            let sale = paid.recorded(number, ShiftId::from_parts(1, 1), 3).unwrap();
            prop_assert_eq!(sale.check(), Ok(()));
            prop_assert_eq!(sale.total_minor, total);
            prop_assert_eq!(sale.cash_minor(), total);
        }
    }
}
