//! Stories of promotions: what each takes off, which is chosen, when it holds.

use super::{NOON, Told, amounts, goods, percent, priced_at, promotion, sku, three_for_two};
use crate::money::Minor;
use crate::pricing::{
    Basket, Because, Cut, Deal, Goods, Line, Moment, Off, Passed, PassedWhy, Percent, Promotion,
    Promotions, Tier, Window, price,
};
use crate::quantity::Milli;

#[track_caller]
fn check(lines: &[Told], promotions: Vec<Promotion>, expected: &[i64]) {
    assert_eq!(amounts(&priced_at(lines, promotions, NOON)), expected);
}

const PEN: Told = ("PEN", "Paper", 1_000, 120);
const INK: Told = ("INK", "Paper", 1_000, 450);
const TEA: Told = ("TEA", "Food", 2_000, 399);
const NUTS: Told = ("NUTS", "Food", 435, 1_299);

#[test]
fn a_share_an_amount_and_a_price_are_about_each_unit() {
    let each = |cut| {
        vec![promotion(
            "each",
            Deal::Each { cut },
            goods(&["TEA", "NUTS"]),
        )]
    };
    // 4.35 × 1.299 is 5.65; a tenth off 7.98 and 5.65.
    let tenth = Cut::Percent(Percent(10_000));
    check(&[TEA, NUTS, PEN], each(tenth), &[718, 508, 120]);
    check(&[TEA, NUTS], each(Cut::Amount(Minor(100))), &[598, 521]);
    check(&[TEA, NUTS], each(Cut::Price(Minor(350))), &[700, 152]);
    check(&[PEN], each(Cut::Price(Minor(350))), &[120]);
}

#[test]
fn of_three_the_cheapest_is_free_and_three_more_are_needed_for_another() {
    let paper = Goods {
        departments: ["Paper".to_owned()].into(),
        except: [sku("PAD")].into(),
        ..Goods::default()
    };
    let pens = |count: i64| ("PEN", "Paper", count * 1_000, 120);
    let of = |lines: &[Told]| amounts(&priced_at(lines, vec![three_for_two(paper.clone())], NOON));
    assert_eq!(of(&[pens(2)]), [240]);
    assert_eq!(of(&[pens(3)]), [240]);
    assert_eq!(of(&[pens(5)]), [480]);
    assert_eq!(of(&[pens(6)]), [480]);
    assert_eq!(of(&[pens(999)]), [120 * 666]);
    assert_eq!(of(&[INK, pens(2)]), [450, 120]);
    let pad = ("PAD", "Paper", 1_000, 100);
    assert_eq!(
        of(&[INK, pens(1), pad]),
        [450, 120, 100],
        "pads are excepted"
    );
}

#[test]
fn whoever_buys_ink_gets_a_pen_for_half() {
    let deal = Deal::Get {
        buy: 1,
        get: 1,
        cut: Cut::Percent(Percent(50_000)),
        of: Some(goods(&["PEN"])),
    };
    let both = || vec![promotion("pen", deal.clone(), goods(&["INK"]))];
    check(&[INK, ("PEN", "Paper", 3_000, 120)], both(), &[450, 300]);
    check(&[("PEN", "Paper", 3_000, 120)], both(), &[360]);
    check(&[("INK", "Paper", 3_000, 450), PEN], both(), &[1_350, 60]);
}

#[test]
fn any_three_for_one_price_take_the_dearest_and_only_where_it_is_less() {
    let deal = Deal::Mix {
        count: 3,
        price_minor: Minor(600),
    };
    let mixed = || {
        vec![promotion(
            "mix",
            deal.clone(),
            goods(&["PEN", "INK", "PAD"]),
        )]
    };
    let pad = ("PAD", "Paper", 2_000, 250);
    // 4.50 + 2.50 + 2.50 = 9.50 become 6.00, and the pen stays.
    check(&[PEN, INK, pad], mixed(), &[120, 284, 316]);
    check(&[("PEN", "Paper", 3_000, 120)], mixed(), &[360]);
}

#[test]
fn the_more_is_bought_the_cheaper_each_is() {
    let tier = |from: i64, share: u32| Tier {
        from_milli: Milli(from),
        cut: Cut::Percent(Percent(share)),
    };
    let tiers = vec![tier(3_000, 10_000), tier(6_000, 20_000)];
    let promotions = || {
        vec![promotion(
            "more",
            Deal::Tiers {
                tiers: tiers.clone(),
            },
            goods(&["PEN"]),
        )]
    };
    let pens = |count: i64| ("PEN", "Paper", count * 1_000, 100);
    check(&[pens(2)], promotions(), &[200]);
    check(&[pens(2), pens(1)], promotions(), &[180, 90]);
    check(&[pens(7)], promotions(), &[560]);
}

#[test]
fn a_large_enough_basket_is_cheaper_and_the_parts_are_the_whole() {
    let off = |off| Deal::Threshold {
        from_minor: Minor(1_000),
        off,
    };
    let amount = || {
        vec![promotion(
            "ten",
            off(Off::Amount(Minor(100))),
            Goods::default(),
        )]
    };
    check(&[TEA, PEN], amount(), &[798, 120]);
    let priced = priced_at(&[TEA, PEN, INK], amount(), NOON);
    assert_eq!(priced.total(), Some(Minor(1_268)));
    assert_eq!(amounts(&priced), [740, 111, 417]);
    let share = || {
        vec![promotion(
            "ten",
            off(Off::Percent(Percent(10_000))),
            Goods::default(),
        )]
    };
    assert_eq!(
        priced_at(&[TEA, PEN, INK], share(), NOON).total(),
        Some(Minor(1_231))
    );
}

#[test]
fn a_promotion_holds_in_its_window_only() {
    let window = |window| Promotion {
        window,
        ..percent("hour", 50_000, goods(&["PEN"]))
    };
    #[track_caller]
    fn at(promotion: &Promotion, weekday: u8, minute_of_day: u16, expected: i64) {
        let moment = Moment {
            weekday,
            minute_of_day,
            ..NOON
        };
        let priced = priced_at(&[PEN], vec![promotion.clone()], moment);
        assert_eq!(amounts(&priced), [expected]);
    }
    let happy = window(Window {
        weekdays: [1, 5].into(),
        from_minute: Some(1_020),
        until_minute: Some(1_140),
        ..Window::default()
    });
    at(&happy, 1, 1_019, 120);
    at(&happy, 1, 1_020, 60);
    at(&happy, 5, 1_139, 60);
    at(&happy, 5, 1_140, 120);
    at(&happy, 2, 1_020, 120);
    let night = window(Window {
        from_minute: Some(1_320),
        until_minute: Some(120),
        ..Window::default()
    });
    at(&night, 3, 1_439, 60);
    at(&night, 4, 119, 60);
    at(&night, 4, 120, 120);
    let over = window(Window {
        until_ms: Some(NOON.at_ms),
        ..Window::default()
    });
    at(&over, 1, 720, 120);
    let begins = window(Window {
        from_ms: Some(NOON.at_ms),
        ..Window::default()
    });
    at(&begins, 1, 720, 60);
}

#[test]
fn what_is_best_for_the_customer_is_chosen_and_what_was_passed_over_is_told() {
    // Six pens: three for two takes two pens off, a quarter takes one and a half.
    let pens = ("PEN", "Paper", 6_000, 100);
    let of = || {
        vec![
            percent("quarter", 25_000, goods(&["PEN"])),
            three_for_two(goods(&["PEN"])),
        ]
    };
    let priced = priced_at(&[pens], of(), NOON);
    assert_eq!(amounts(&priced), [400]);
    assert_eq!(priced.lines[0].reductions[0].because, Because::Promotion(1));
    let outdone = Passed {
        promotion: 0,
        why: PassedWhy::Outdone,
    };
    assert_eq!(priced.passed, [outdone]);
    // Two pens are too few for three for two, so the quarter counts.
    let priced = priced_at(&[("PEN", "Paper", 2_000, 100)], of(), NOON);
    assert_eq!(amounts(&priced), [150]);
    let not_reached = Passed {
        promotion: 1,
        why: PassedWhy::NotReached,
    };
    assert_eq!(priced.passed, [not_reached]);
    // Seven pens: two go free and the seventh is a quarter cheaper, each unit taken once.
    let priced = priced_at(&[("PEN", "Paper", 7_000, 100)], of(), NOON);
    assert_eq!(amounts(&priced), [475]);
}

#[test]
fn the_order_that_takes_most_off_is_found_where_the_greatest_alone_would_not_be() {
    // Alone the mix takes most, but it takes the units both others need, which together take more.
    let mix = promotion(
        "mix",
        Deal::Mix {
            count: 2,
            price_minor: Minor(140),
        },
        goods(&["PEN", "INK"]),
    );
    let pens = percent("pens", 35_000, goods(&["PEN"]));
    let inks = percent("inks", 35_000, goods(&["INK"]));
    let lines = [("PEN", "Paper", 1_000, 100), ("INK", "Paper", 1_000, 100)];
    check(&lines, vec![mix, pens, inks], &[65, 65]);
}

#[test]
fn a_higher_priority_comes_first_and_an_exclusive_one_stands_alone() {
    let first = Promotion {
        priority: 10,
        ..percent("member", 10_000, goods(&["PEN"]))
    };
    let half = percent("half", 50_000, goods(&["PEN"]));
    let pen = ("PEN", "Paper", 1_000, 100);
    check(&[pen], vec![first.clone(), half.clone()], &[90]);
    let stacks = |it: &Promotion| Promotion {
        exclusive: false,
        ..it.clone()
    };
    check(&[pen], vec![stacks(&first), stacks(&half)], &[45]);
    check(&[pen], vec![stacks(&first), half], &[90]);
}

#[test]
fn discounts_by_hand_come_last_and_a_typed_price_is_no_promotions_business() {
    let (pen, ink) = (sku("PEN"), sku("INK"));
    let line = |line, sku, unit, is_overridden, discounts| Line {
        line,
        sku,
        department: "Paper",
        quantity_milli: Milli::units(2),
        unit_price_minor: Minor(unit),
        is_overridden,
        discounts,
    };
    let gone = [Off::Amount(Minor(10)), Off::Percent(Percent(50_000))];
    let lines = [
        line(1, &pen, 100, false, &gone[..]),
        line(2, &ink, 300, true, &[]),
    ];
    let basket = Basket {
        lines: &lines,
        discounts: &[Off::Amount(Minor(100))],
        group: None,
        coupons: &[],
    };
    let half = Promotions::of(vec![percent("half", 50_000, Goods::default())]);
    let priced = price(&basket, &half, NOON).unwrap();
    // 2.00, half by promotion, less 0.10, half of that by hand: 0.45; then 1.00 off 6.45.
    assert_eq!(amounts(&priced), [38, 507]);
    let because: Vec<Because> = priced.lines[0]
        .reductions
        .iter()
        .map(|it| it.because)
        .collect();
    let expected = [
        Because::Promotion(0),
        Because::Line(0),
        Because::Line(1),
        Because::Basket(0),
    ];
    assert_eq!(because, expected);
}

#[test]
fn an_amount_beyond_all_money_is_no_price() {
    let pen = sku("PEN");
    let lines = [Line {
        line: 1,
        sku: &pen,
        department: "Paper",
        quantity_milli: Milli::units(2),
        unit_price_minor: Minor(i64::MAX),
        is_overridden: false,
        discounts: &[],
    }];
    let basket = Basket {
        lines: &lines,
        discounts: &[],
        group: None,
        coupons: &[],
    };
    assert_eq!(price(&basket, &Promotions::default(), NOON), None);
}

#[test]
fn what_cannot_be_a_promotion_is_said_beside_its_field() {
    #[track_caller]
    fn check(field: &str, change: impl FnOnce(&mut Promotion)) {
        let mut changed = percent("ten", 10_000, Goods::default());
        change(&mut changed);
        assert_eq!(changed.check().unwrap_err().field, field);
    }
    check("id", |it| it.id = "Ten".to_owned());
    check("name", |it| it.name = " ".to_owned());
    check("cut", |it| {
        it.deal = Deal::Each {
            cut: Cut::Percent(Percent(0)),
        }
    });
    check("cut", |it| {
        it.deal = Deal::Each {
            cut: Cut::Price(Minor(-1)),
        }
    });
    check("tiers", |it| it.deal = Deal::Tiers { tiers: Vec::new() });
    check("until", |it| {
        it.window.from_ms = Some(2);
        it.window.until_ms = Some(2);
    });
    check("weekdays", |it| it.window.weekdays = [0].into());
    check("count", |it| {
        it.deal = Deal::Mix {
            count: 1,
            price_minor: Minor(1),
        };
    });
}

#[test]
fn a_promotion_travels_as_json() {
    let deal = Deal::Threshold {
        from_minor: Minor(5_000),
        off: Off::Amount(Minor(500)),
    };
    let text = serde_json::to_string(&promotion("fifty", deal, Goods::default())).unwrap();
    let expected = "{\"id\":\"fifty\",\"name\":\"fifty\",\"deal\":{\"kind\":\"threshold\",\
        \"from_minor\":5000,\"off\":{\"amount\":500}},\"goods\":{},\"priority\":0,\
        \"exclusive\":true,\"window\":{}}";
    assert_eq!(text, expected);
    let read: Promotion = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}
