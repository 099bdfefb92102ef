//! Stories of prices changed by hand: what may be given alone, what a manager approves, what
//! outgrows its limit, and what the fact tells of it.

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{TillLimits, TillPolicy};
use counterpart_protocol::pricing::{Off, Percent};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ReceiptNumber, ReducedBy, SaleRecorded, Tender};
use counterpart_protocol::staff::Role;
use counterpart_protocol::tax::Rate;
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Asking, DiscountRefused, Reprice};
use crate::sales::rules::{Basket, Confirmed, Item, PayRefused, PriceReason, Settled, pay};

const ADA: StaffId = StaffId::from_parts(1, 1);
const CLEO: StaffId = StaffId::from_parts(1, 3);

fn basket() -> Basket {
    let mut basket = Basket::new(SaleId::from_parts(1, 1));
    for (sku, price, rate) in [("MUG", 1_000, 21_000), ("TEA", 350, 6_000)] {
        let item = Item {
            sku: sku.parse().unwrap(),
            description: format!("The {sku}"),
            department: "Shop".to_owned(),
            unit: Unit::Piece,
            unit_price_minor: Minor(price),
            tax_rate: Rate(rate),
        };
        basket.add(item).unwrap();
    }
    basket
}

fn asking(role: Role, approved_by: Option<StaffId>, policy: &TillPolicy) -> Asking<'_> {
    Asking {
        by: ADA,
        role,
        reason: Some(PriceReason::Damaged),
        approved_by,
        policy,
        currency: Currency::EUR,
    }
}

fn share(percent: u32) -> Off {
    Off::Percent(Percent(percent * 1_000))
}

/// Changes a price as an associate, with a manager's approval or without.
fn change(
    basket: &mut Basket,
    change: Reprice,
    approved_by: Option<StaffId>,
) -> Result<i64, String> {
    let before = basket.clone();
    let policy = TillPolicy::default();
    let asking = asking(Role::Associate, approved_by, &policy);
    match basket.reprice(change, &asking) {
        Ok(()) => Ok(basket.figures().unwrap().total_minor.0),
        Err(refused) => {
            assert_eq!(*basket, before, "a refusal changes nothing");
            Err(refused.to_string())
        }
    }
}

#[track_caller]
fn check(wanted: Reprice, alone: Result<i64, &str>, approved: Result<i64, &str>) {
    for (approved_by, expected) in [(None, alone), (Some(CLEO), approved)] {
        let changed = change(&mut basket(), wanted, approved_by);
        assert_eq!(changed, expected.map_err(str::to_owned), "{approved_by:?}");
    }
}

#[test]
fn a_little_is_given_alone_and_more_with_a_manager() {
    check(Reprice::Line(1, share(10)), Ok(1_250), Ok(1_250));
    check(
        Reprice::Line(1, share(11)),
        Err("this comes to 11 % and 10 % may be given alone: have a manager type their PIN"),
        Ok(1_240),
    );
    check(
        Reprice::Line(1, Off::Amount(Minor(101))),
        Err("this comes to 10.1 % and 10 % may be given alone: have a manager type their PIN"),
        Ok(1_249),
    );
    check(Reprice::Sale(Off::Amount(Minor(67))), Ok(1_283), Ok(1_283));
    check(
        Reprice::Sale(Off::Amount(Minor(68))),
        Err("this comes to 5.1 % and 5 % may be given alone: have a manager type their PIN"),
        Ok(1_282),
    );
    check(Reprice::Price(1, Minor(900)), Ok(1_250), Ok(1_250));
    check(
        Reprice::Price(1, Minor(1)),
        Err("this comes to 99.9 % and 10 % may be given alone: have a manager type their PIN"),
        Ok(351),
    );
    // Dearer is a change too.
    check(
        Reprice::Price(1, Minor(1_500)),
        Err("this comes to 50 % and 10 % may be given alone: have a manager type their PIN"),
        Ok(1_850),
    );
}

#[test]
fn what_makes_no_sense_is_refused_whoever_approves() {
    let range = "what comes off is more than nothing and at most all of it: type it again";
    for off in [
        share(0),
        share(101),
        Off::Amount(Minor(0)),
        Off::Amount(Minor(-1)),
    ] {
        check(Reprice::Line(1, off), Err(range), Err(range));
        check(Reprice::Sale(off), Err(range), Err(range));
    }
    let price = "a price is not below nothing and at most 1000000 EUR: type it again";
    check(Reprice::Price(1, Minor(-1)), Err(price), Err(price));
    check(Reprice::Price(1, Minor(i64::MAX)), Err(price), Err(price));
    let line = "line 9 is not in the basket: choose a line that is shown";
    check(Reprice::Line(9, share(1)), Err(line), Err(line));
    let policy = TillPolicy::default();
    let without = Asking {
        reason: None,
        ..asking(Role::Manager, None, &policy)
    };
    let refused = basket().reprice(Reprice::Line(1, share(1)), &without);
    assert_eq!(refused, Err(DiscountRefused::ReasonMissing));
}

#[test]
fn nobody_gives_more_than_a_manager_may() {
    let mut policy = TillPolicy::default();
    policy.manager = TillLimits {
        line_discount_max: Percent(30_000),
        ..policy.manager
    };
    for (role, approved_by) in [(Role::Manager, None), (Role::Associate, Some(CLEO))] {
        let asking = asking(role, approved_by, &policy);
        assert_eq!(
            basket().reprice(Reprice::Line(1, share(30)), &asking),
            Ok(())
        );
        let refused = basket()
            .reprice(Reprice::Line(1, share(31)), &asking)
            .unwrap_err();
        let sentence = "this comes to 31 % and nobody here may give more than 30 %: give less";
        assert_eq!(refused.to_string(), sentence);
    }
}

#[test]
fn small_discounts_add_up_to_one_that_needs_a_manager() {
    let mut basket = basket();
    assert_eq!(
        change(&mut basket, Reprice::Line(1, share(6)), None),
        Ok(1_290)
    );
    let refused = change(&mut basket, Reprice::Line(1, share(6)), None).unwrap_err();
    assert!(refused.starts_with("this comes to 11.6 %"), "{refused}");
    assert!(change(&mut basket, Reprice::Line(1, share(6)), Some(CLEO)).is_ok());
    for _ in 0..3 {
        change(&mut basket, Reprice::Line(1, share(1)), Some(CLEO)).unwrap();
    }
    let refused = change(&mut basket, Reprice::Line(1, share(1)), Some(CLEO));
    assert_eq!(
        refused.unwrap_err(),
        "there are five discounts already: take them off first"
    );
    assert_eq!(change(&mut basket, Reprice::ClearLine(1), None), Ok(1_350));
}

#[test]
fn an_amount_off_ten_pieces_is_not_given_for_one() {
    let mut basket = basket();
    basket.set_quantity(1, Milli::units(10)).unwrap();
    change(
        &mut basket,
        Reprice::Line(1, Off::Amount(Minor(1_000))),
        None,
    )
    .unwrap();
    basket.set_quantity(1, Milli::ONE).unwrap();
    let settled = Settled::showing(0, Currency::EUR);
    let refused = pay(basket.clone(), Vec::new(), settled, Confirmed::No).unwrap_err();
    assert!(matches!(
        refused,
        PayRefused::Discount(DiscountRefused::Outgrown { .. })
    ));
    let sentence = "The MUG now comes to 100 % off and 10 % were allowed: take it off and give it \
                    again";
    assert_eq!(refused.to_string(), sentence);
    change(&mut basket, Reprice::ClearLine(1), None).unwrap();
    assert_eq!(settled.allows(&basket), Ok(()));
}

#[test]
fn one_more_of_a_reduced_piece_is_a_line_of_its_own() {
    let mut basket = basket();
    change(&mut basket, Reprice::Line(1, share(10)), None).unwrap();
    let same = basket.lines[0].item.clone();
    assert_eq!(basket.add(same), Ok(3));
    let tea = basket.lines[1].item.clone();
    assert_eq!(basket.add(tea), Ok(2));
}

fn paid(basket: Basket) -> Result<SaleRecorded, PayRefused> {
    let settled = Settled::showing(0, Currency::EUR);
    let total = basket.figures().unwrap().total_minor;
    let given = (total > Minor::ZERO).then_some(Tender::cash(total));
    let paid = pay(basket, given.into_iter().collect(), settled, Confirmed::Yes)?;
    let number = ReceiptNumber {
        register: RegisterId(1),
        series: 1,
        number: 1,
    };
    Ok(paid.recorded(number, ShiftId::from_parts(1, 1), 3).unwrap())
}

#[test]
fn the_fact_tells_the_list_price_each_reduction_and_who_gave_and_approved_it() {
    let mut basket = basket();
    change(&mut basket, Reprice::Price(1, Minor(500)), Some(CLEO)).unwrap();
    change(&mut basket, Reprice::Line(2, share(10)), None).unwrap();
    change(&mut basket, Reprice::Sale(Off::Amount(Minor(15))), None).unwrap();
    let sale = paid(basket).unwrap();
    let mug = sale.lines[0].pricing.as_ref().unwrap();
    assert_eq!(
        (mug.list_price_minor, sale.lines[0].unit_price_minor),
        (Minor(1_000), Minor(500))
    );
    let typed = mug.typed.as_ref().unwrap();
    assert_eq!(
        (typed.reason.as_str(), typed.by, typed.approved_by),
        ("damaged", Some(ADA), Some(CLEO))
    );
    let tea = sale.lines[1].pricing.as_ref().unwrap();
    assert!(matches!(&tea.reductions[0].because, ReducedBy::Line(it) if it.approved_by.is_none()));
    assert!(matches!(&tea.reductions[1].because, ReducedBy::Sale(_)));
    let amounts: Vec<i64> = sale.lines.iter().map(|line| line.amount_minor.0).collect();
    // 0.15 off 5.00 and 3.15 is 0.09 and 0.06.
    assert_eq!(amounts, [491, 309]);
    let taxes: Vec<i64> = sale.taxes.iter().map(|tax| tax.gross_minor.0).collect();
    assert_eq!(taxes, [309, 491], "tax stands on what is paid");
}

fn any_change() -> impl Strategy<Value = Reprice> {
    let off = || {
        prop_oneof![
            (1_u32..100_000).prop_map(|it| Off::Percent(Percent(it))),
            (1_i64..3_000).prop_map(|it| Off::Amount(Minor(it))),
        ]
    };
    prop_oneof![
        (1_u16..3, off()).prop_map(|(line, off)| Reprice::Line(line, off)),
        off().prop_map(Reprice::Sale),
        (1_u16..3, 0_i64..2_000).prop_map(|(line, price)| Reprice::Price(line, Minor(price))),
        (1_u16..3).prop_map(Reprice::ClearLine),
    ]
}

proptest! {
    #[test]
    fn whatever_is_given_the_sale_adds_up(
        changes in prop::collection::vec(any_change(), 0..8),
        count in 1_i32..20,
    ) {
        let mut basket = basket();
        basket.set_quantity(1, Milli::units(count)).unwrap();
        for wanted in changes {
            // Five discounts are refused; whatever else is given with a manager stays.
            change(&mut basket, wanted, Some(CLEO)).ok();
        }
        let total = basket.figures().unwrap().total_minor;
        match paid(basket) {
            Ok(sale) => {
                prop_assert_eq!(sale.check(), Ok(()));
                prop_assert_eq!(sale.total_minor, total);
            }
            // An amount given alone may be too much of what a typed price left.
            Err(refused) => prop_assert!(
                matches!(refused, PayRefused::Discount(DiscountRefused::Outgrown { .. })),
                "{refused}"
            ),
        }
    }
}
