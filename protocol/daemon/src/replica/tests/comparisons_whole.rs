//! Nights that compare everything, from the first record on.

use counterpart_protocol::ids::EdgeNumber;

use super::{EDGE, Pair, place};

/// The first day of a period of the edge's.
const PERIOD: i32 = 743 * 28 - 7;

/// A shop that said and was told one thing a day for so long that the first record is out of a
/// night's reach, and was compared.
fn old_shop() -> Pair {
    let mut pair = Pair::new();
    let today = place().business_date.days();
    assert!(today < PERIOD && PERIOD - today < 28);
    for days in today - 40..=today {
        pair.edge.say_on(EdgeNumber::HUB, days, "up");
        pair.hub.say_on(EDGE, days, "down");
    }
    pair.settle();
    pair.seal_on(today).unwrap();
    pair.settle();
    pair.compare();
    pair
}

/// Trades and seals one day.
fn trade(pair: &mut Pair, days: i32) {
    pair.edge.say_on(EdgeNumber::HUB, days, "up");
    pair.seal_on(days).unwrap();
    pair.settle();
}

fn compared(pair: &Pair) -> u64 {
    pair.compare();
    pair.edge.last()[0].unwrap().records
}

#[test]
fn what_rotted_long_ago_is_mended_once_a_period_whichever_days_a_shop_is_closed() {
    let mut pair = old_shop();
    pair.hub.forget("in", 1);
    pair.edge.rot("in", 1);
    trade(&mut pair, PERIOD - 1);
    assert!(compared(&pair) < 40);
    pair.check((0, 0), (0, 0));
    // On the day when the period began nobody traded.
    trade(&mut pair, PERIOD + 2);
    assert!(compared(&pair) > 43);
    pair.check((1, 0), (1, 0));
    trade(&mut pair, PERIOD + 3);
    assert!(compared(&pair) < 40, "once is enough");
    trade(&mut pair, PERIOD + 28);
    assert!(compared(&pair) > 45);
}

#[test]
fn a_whole_comparison_that_a_night_did_not_bring_is_due_the_next() {
    let mut pair = old_shop();
    trade(&mut pair, PERIOD);
    assert_eq!(pair.edge.due().unwrap().first, 1);
    trade(&mut pair, PERIOD + 1);
    assert_eq!(pair.edge.due().unwrap().first, 1);
    pair.compare();
    trade(&mut pair, PERIOD + 2);
    assert!(pair.edge.due().unwrap().first > 1);
}

#[test]
fn a_run_of_an_earlier_life_is_compared_as_a_whole_too() {
    let mut pair = old_shop();
    pair.edge.open_life();
    pair.recover();
    pair.settle();
    let today = place().business_date.days();
    trade(&mut pair, today + 1);
    pair.compare();
    // Nobody hears of the earlier life for longer than a night reaches.
    pair.hub.forget("in", 30);
    trade(&mut pair, today + 42);
    assert!(pair.compare() > 2);
    let mended = pair.edge.last()[0].unwrap();
    assert_eq!((mended.mended, mended.lost), (1, 0));
    assert_eq!(pair.compare(), 0);
}
