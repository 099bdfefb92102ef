//! The sums that hold whatever is bought, promised and taken off.

use std::collections::BTreeSet;

use proptest::prelude::{
    Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::{NOON, SHOP, sku, three_for_two};
use crate::ids::Sku;
use crate::money::Minor;
use crate::pricing::{
    Basket, Because, Cut, Deal, Goods, Line, Off, Percent, Priced, Promotion, Promotions, Tier,
    Window, price,
};
use crate::quantity::Milli;

fn any_cut() -> impl Strategy<Value = Cut> {
    prop_oneof![
        (1_u32..=100_000).prop_map(|it| Cut::Percent(Percent(it))),
        (1_i64..2_000).prop_map(|it| Cut::Amount(Minor(it))),
        (0_i64..2_000).prop_map(|it| Cut::Price(Minor(it))),
    ]
}

fn any_off() -> impl Strategy<Value = Off> {
    prop_oneof![
        (0_u32..=100_000).prop_map(|it| Off::Percent(Percent(it))),
        (0_i64..5_000).prop_map(|it| Off::Amount(Minor(it))),
    ]
}

fn any_goods() -> impl Strategy<Value = Goods> {
    let some = prop::collection::btree_set(0_usize..SHOP.len(), 1..4);
    prop_oneof![
        some.prop_map(|all| Goods::skus(all.into_iter().map(|at| sku(SHOP[at].0)))),
        Just(Goods {
            departments: ["Paper".to_owned()].into(),
            ..Goods::default()
        }),
        Just(Goods::default()),
    ]
}

fn any_deal() -> impl Strategy<Value = Deal> {
    let of = prop::option::of(any_goods());
    let tier = (1_i64..6_000, any_cut());
    prop_oneof![
        any_cut().prop_map(|cut| Deal::Each { cut }),
        (1_u16..4, 1_u16..3, any_cut(), of).prop_map(|(buy, get, cut, of)| Deal::Get {
            buy,
            get,
            cut,
            of
        }),
        (2_u16..5, 0_i64..3_000).prop_map(|(count, price)| Deal::Mix {
            count,
            price_minor: Minor(price),
        }),
        prop::collection::btree_map(tier.0, tier.1, 1..4).prop_map(|tiers| Deal::Tiers {
            tiers: tiers
                .into_iter()
                .map(|(from, cut)| Tier {
                    from_milli: Milli(from),
                    cut,
                })
                .collect(),
        }),
        (0_i64..8_000, any_off()).prop_map(|(from, off)| Deal::Threshold {
            from_minor: Minor(from),
            off,
        }),
    ]
}

fn any_promotion() -> impl Strategy<Value = Promotion> {
    (any_deal(), any_goods(), 0_i16..3, any::<bool>()).prop_map(|(deal, goods, priority, alone)| {
        Promotion {
            id: "any".to_owned(),
            name: "Any".to_owned(),
            deal,
            goods,
            priority,
            exclusive: alone,
            window: Window::default(),
            groups: BTreeSet::new(),
            coupon: None,
        }
    })
}

/// A line: which product, how much, at which price, whether that was typed, what comes off by hand.
type Bought = (usize, i64, i64, bool, Vec<Off>);

fn any_line() -> impl Strategy<Value = Bought> {
    let offs = prop::collection::vec(any_off(), 0..3);
    (
        0_usize..SHOP.len(),
        1_i64..8,
        0_i64..3_000,
        any::<bool>(),
        offs,
    )
        .prop_map(|(at, count, price, typed, offs)| {
            let milli = if SHOP[at].2 {
                count * 1_000
            } else {
                count * 217
            };
            (at, milli, price, typed && price % 5 == 0, offs)
        })
}

fn priced(bought: &[(u16, Bought)], offs: &[Off], promotions: &Promotions) -> Priced {
    let skus: Vec<Sku> = bought.iter().map(|(_, it)| sku(SHOP[it.0].0)).collect();
    let lines: Vec<Line<'_>> = bought
        .iter()
        .zip(&skus)
        .map(|((line, (at, milli, unit, typed, discounts)), sku)| Line {
            line: *line,
            sku,
            department: SHOP[*at].1,
            quantity_milli: Milli(*milli),
            unit_price_minor: Minor(*unit),
            is_overridden: *typed,
            discounts,
        })
        .collect();
    let basket = Basket {
        lines: &lines,
        discounts: offs,
        group: None,
        coupons: &[],
    };
    price(&basket, promotions, NOON).unwrap()
}

proptest! {
    #[test]
    fn whatever_is_bought_it_adds_up_and_no_line_goes_below_nothing(
        bought in prop::collection::vec(any_line(), 0..14),
        promotions in prop::collection::vec(any_promotion(), 0..9),
        offs in prop::collection::vec(any_off(), 0..3),
    ) {
        let promotions = Promotions::of(promotions);
        let bought: Vec<(u16, Bought)> = (1..).zip(bought).collect();
        let out = priced(&bought, &offs, &promotions);
        prop_assert_eq!(out.lines.len(), bought.len());
        for (line, (number, told)) in out.lines.iter().zip(&bought) {
            prop_assert_eq!(line.line, *number);
            let off = Minor::sum(line.reductions.iter().map(|it| it.amount_minor)).unwrap();
            prop_assert_eq!(line.gross_minor.minus(off), Some(line.amount_minor));
            prop_assert!(line.amount_minor >= Minor::ZERO);
            prop_assert!(line.reductions.iter().all(|it| it.amount_minor > Minor::ZERO));
            let by_promotion = line.reductions.iter().any(|it| {
                matches!(it.because, Because::Promotion(_))
            });
            prop_assert!(!(told.3 && by_promotion), "a typed price is nobody else's business");
        }
    }

    #[test]
    fn the_order_of_the_lines_does_not_change_the_total(
        (bought, other) in prop::collection::vec(any_line(), 1..12).prop_flat_map(|lines| {
            let numbered: Vec<(u16, Bought)> = (1..).zip(lines).collect();
            (Just(numbered.clone()), Just(numbered).prop_shuffle())
        }),
        promotions in prop::collection::vec(any_promotion(), 0..9),
        offs in prop::collection::vec(any_off(), 0..3),
    ) {
        let promotions = Promotions::of(promotions);
        let one = priced(&bought, &offs, &promotions);
        let two = priced(&other, &offs, &promotions);
        prop_assert_eq!(one.total(), two.total());
        prop_assert_eq!(one.passed, two.passed);
    }

    #[test]
    fn a_promotion_that_stands_alone_shares_no_unit_of_a_single_piece(
        bought in prop::collection::vec((0_usize..SHOP.len(), 1_i64..3_000), 1..10),
        promotions in prop::collection::vec(any_promotion(), 1..9),
    ) {
        let bought: Vec<(u16, Bought)> = (1..)
            .zip(bought)
            .map(|(line, (at, unit))| (line, (at, 1_000, unit, false, Vec::new())))
            .collect();
        let promotions = Promotions::of(promotions);
        for line in priced(&bought, &[], &promotions).lines {
            let alone = line.reductions.iter().any(|it| match it.because {
                Because::Promotion(at) => promotions.get(at).unwrap().exclusive,
                Because::Line(_) | Because::Basket(_) | Because::TaxExempt => false,
            });
            prop_assert!(!alone || line.reductions.len() == 1, "{:?}", line.reductions);
        }
    }
}

#[test]
fn a_large_basket_among_many_promotions_is_priced_at_once() {
    // How long it takes is measured in the benches; here it is only far from being felt.
    let shop: Vec<Sku> = (0..500).map(|at| sku(&format!("P{at}"))).collect();
    let promotions = (0..500_usize).map(|at| {
        let goods = Goods::skus([shop[at].clone(), shop[(at + 1) % 500].clone()]);
        Promotion {
            exclusive: at % 2 == 0,
            ..three_for_two(goods)
        }
    });
    let promotions = Promotions::of(promotions.collect());
    let lines: Vec<Line<'_>> = (1_u16..=60)
        .map(|line| Line {
            line,
            sku: &shop[usize::from(line) * 8],
            department: "Any",
            quantity_milli: Milli::units(3),
            unit_price_minor: Minor(100),
            is_overridden: false,
            discounts: &[],
        })
        .collect();
    let basket = Basket {
        lines: &lines,
        discounts: &[Off::Percent(Percent(5_000))],
        group: None,
        coupons: &[],
    };
    let priced = price(&basket, &promotions, NOON).unwrap();
    assert_eq!(priced.total(), Some(Minor(60 * 190)));
}
