//! The rules by themselves: which line a scan is for, and what a cancellation frees.

use std::collections::BTreeMap;

use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::orders::{Fulfilment, LineCount, ReleaseReason};
use counterpart_protocol::quantity::Milli;
use proptest::prelude::{prop_assert, proptest};

use super::{
    Attempts, Line, PickupRefused, PutAway, Scanned, Work, cancelled_in_bag, cancelled_now,
    declined, hand_over, is_of_bag, listed, pick, put_away, stage,
};

const ADA: StaffId = StaffId::from_parts(1, 1);
const BEN: StaffId = StaffId::from_parts(1, 2);

fn count(sku: &str, allocated: i64) -> LineCount {
    LineCount {
        sku: sku.parse().unwrap(),
        allocated: Milli(allocated),
        withdrawn: Milli::ZERO,
        picked: Milli::ZERO,
        handed_over: Milli::ZERO,
        shorted: Milli::ZERO,
        released: Milli::ZERO,
        broken: Milli::ZERO,
        cancel_asked: Milli::ZERO,
        cancel_declined: Milli::ZERO,
    }
}

fn line(line: u16, name: &str, count: LineCount) -> Line {
    Line {
        line,
        name: name.to_owned(),
        count,
        scanned: Vec::new(),
        put_aways: Vec::new(),
    }
}

fn work(lines: Vec<Line>) -> Work {
    let counts: BTreeMap<u16, LineCount> = lines
        .iter()
        .map(|line| (line.line, line.count.clone()))
        .collect();
    let mut part = Fulfilment::default();
    part.lines = counts;
    Work {
        part,
        lines,
        reference: "W-1".to_owned(),
        handed_over_at: None,
        bag_unseen: false,
    }
}

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

#[test]
fn a_scan_is_for_the_first_line_that_still_needs_it() {
    let two = work(vec![
        line(1, "Milk", count("MILK", 1_000)),
        line(2, "Milk, organic", count("MILK", 2_000)),
    ]);
    let taken = pick(&two, Some(&sku("MILK")), "Milk", None, ADA).unwrap();
    assert_eq!((taken.line, taken.quantity_milli), (1, Milli::ONE));
    let two_at_once = pick(&two, Some(&sku("MILK")), "Milk", Some(Milli::units(2)), ADA);
    assert_eq!(two_at_once.unwrap().line, 2);
    let three = pick(&two, Some(&sku("MILK")), "Milk", Some(Milli::units(4)), ADA);
    assert_eq!(
        three.unwrap_err().to_string(),
        "only 3 × Milk is still to be picked"
    );
}

#[test]
fn what_is_weighed_is_scanned_in_one() {
    let apples = work(vec![line(1, "Apples", count("APPLES", 1_350))]);
    let taken = pick(&apples, Some(&sku("APPLES")), "Apples", None, ADA).unwrap();
    assert_eq!(taken.quantity_milli, Milli(1_350));
}

#[test]
fn a_refused_scan_says_what_was_expected_and_who_has_it() {
    let mut milk = line(1, "Milk", count("MILK", 1_000));
    milk.scanned = vec![Scanned {
        staff_id: BEN,
        who: "Ben".to_owned(),
        quantity_milli: Milli::ONE,
    }];
    let both = work(vec![milk, line(2, "Mug", count("MUG", 1_000))]);
    let refused = |code: &str, name: &str| {
        pick(&both, Some(&sku(code)), name, None, ADA)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refused("MILK", "Milk"),
        "Ben has Milk already; left to pick: 1 × Mug"
    );
    assert_eq!(
        refused("BREAD", "Bread"),
        "expected 1 × Mug, scanned Bread: put it back and scan the right one"
    );
    let id = counterpart_protocol::ids::FulfilmentId::from_parts(1, 1);
    assert!(matches!(
        stage(&both, id, "A-1"),
        Err(PickupRefused::ToPickFirst { .. })
    ));
}

#[test]
fn a_cancellation_frees_the_shelf_asks_for_the_bag_and_declines_the_rest() {
    let mut milk = count("MILK", 3_000);
    milk.picked = Milli::units(1);
    milk.cancel_asked = Milli::units(3);
    let asked = work(vec![line(1, "Milk", milk.clone())]);
    assert_eq!(cancelled_now(&asked)[0].quantity_milli, Milli::units(2));
    assert_eq!(cancelled_in_bag(&asked)[0].quantity_milli, Milli::units(1));
    assert!(declined(&asked).is_empty());
    milk.picked = Milli::units(3);
    milk.handed_over = Milli::units(3);
    let gone = work(vec![line(1, "Milk", milk)]);
    assert!(cancelled_now(&gone).is_empty() && cancelled_in_bag(&gone).is_empty());
    assert_eq!(declined(&gone)[0].quantity_milli, Milli::units(3));
}

#[test]
fn what_is_to_be_put_away_is_not_handed_over_unless_it_was_only_cancelled() {
    let check = |because, given: i64| {
        let mut milk = count("MILK", 2_000);
        milk.picked = Milli::units(2);
        let mut milk = line(1, "Milk", milk);
        milk.put_aways = vec![PutAway {
            because,
            wanted_milli: Milli::ONE,
            scanned_milli: Milli::ZERO,
        }];
        let units = hand_over(&work(vec![milk]), None).unwrap();
        assert_eq!(units[0].quantity_milli, Milli(given), "{because:?}");
    };
    check(ReleaseReason::Refused, 1_000);
    check(ReleaseReason::Expired, 1_000);
    check(ReleaseReason::Cancelled, 2_000);
}

#[test]
fn a_scan_at_the_shelf_is_for_what_is_to_be_put_away() {
    let mut milk = count("MILK", 1_000);
    milk.picked = Milli::ONE;
    let nothing = work(vec![line(1, "Milk", milk.clone())]);
    assert_eq!(
        put_away(&nothing, Some(&sku("MILK")), "Milk"),
        Err(PickupRefused::NothingToPutAway)
    );
    let mut milk = line(1, "Milk", milk);
    milk.put_aways = vec![PutAway {
        because: ReleaseReason::Expired,
        wanted_milli: Milli::ONE,
        scanned_milli: Milli::ZERO,
    }];
    let (units, because) = put_away(&work(vec![milk]), Some(&sku("MILK")), "Milk").unwrap();
    assert_eq!(
        (units.quantity_milli, because),
        (Milli::ONE, ReleaseReason::Expired)
    );
}

#[test]
fn the_fifth_wrong_try_pauses_and_each_further_one_doubles_the_pause() {
    let mut attempts = Attempts::default();
    for left in [4, 3, 2, 1, 0] {
        attempts.check(0).unwrap();
        attempts = attempts.counted(0);
        assert_eq!(attempts.left(), left);
    }
    assert_eq!(
        attempts.check(0),
        Err(PickupRefused::DigitsLocked { wait_ms: 600_000 })
    );
    attempts.check(600_000).unwrap();
    attempts = attempts.counted(600_000);
    assert_eq!(attempts.locked_until_ms, 600_000 + 1_200_000);
    // A clock that was set back by a year does not lock an order for one.
    attempts.check(-31_536_000_000).unwrap();
}

#[test]
fn a_list_names_what_there_is_any_of() {
    let all = [("Milk", Milli::units(2)), ("Mug", Milli::ZERO)];
    assert_eq!(listed(all.into_iter()), "2 × Milk");
    assert_eq!(listed([].into_iter()), "nothing");
}

proptest! {
    #[test]
    fn no_command_takes_more_than_is_left(
        allocated in 0_i64..9, picked in 0_i64..9, handed in 0_i64..9, asked in 0_i64..9,
        released in 0_i64..9, wanted in 1_i64..9,
    ) {
        let mut milk = count("MILK", allocated * 1_000);
        milk.picked = Milli(picked * 1_000);
        milk.handed_over = Milli(handed.min(picked).min(allocated) * 1_000);
        milk.released = Milli(released * 1_000);
        milk.cancel_asked = Milli(asked * 1_000);
        let one = work(vec![line(1, "Milk", milk.clone())]);
        let remaining = milk.remaining();
        let quantity = Some(Milli(wanted * 1_000));
        if let Ok(units) = pick(&one, Some(&sku("MILK")), "Milk", quantity, ADA) {
            prop_assert!(units.quantity_milli <= milk.to_pick());
        }
        if let Ok(units) = hand_over(&one, Some(&[(1, Milli(wanted * 1_000))])) {
            prop_assert!(units[0].quantity_milli <= milk.in_the_bag());
        }
        let freed: i64 = cancelled_now(&one).iter().map(|unit| unit.quantity_milli.0).sum();
        let carried: i64 = cancelled_in_bag(&one).iter().map(|unit| unit.quantity_milli.0).sum();
        prop_assert!(freed + carried <= remaining.0);
        prop_assert!(freed <= milk.to_pick().0 && carried <= milk.in_the_bag().0);
    }
}

#[test]
fn a_bag_of_an_earlier_life_is_seen_before_it_is_given_out() {
    let mut milk = count("MILK", 2_000);
    milk.picked = Milli::units(2);
    let mut bag = work(vec![line(1, "Oat milk", milk)]);
    bag.bag_unseen = true;
    assert_eq!(hand_over(&bag, None), Err(PickupRefused::BagUnseen));
    let (milk, tea) = (sku("MILK"), sku("TEA"));
    assert!(is_of_bag(&bag, Some(&milk)));
    assert!(!is_of_bag(&bag, Some(&tea)) && !is_of_bag(&bag, None));
    bag.bag_unseen = false;
    assert!(hand_over(&bag, None).is_ok());
    assert!(
        !is_of_bag(&bag, Some(&milk)),
        "a scan at the shelf is for picking"
    );
}
