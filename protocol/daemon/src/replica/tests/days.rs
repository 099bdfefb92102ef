//! A day that is over: sealed once, its segment closed, and nothing counts for it any more.

use counterpart_protocol::days::DayHeld;
use counterpart_protocol::facts::{NoticePosted, ReferencePublished};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::time::BusinessDate;

use super::orders::{order, said};
use super::{EDGE, Node, Pair, place};
use crate::entropy::SeededEntropy;
use crate::replica::{Inspected, Place, Replica, ReplicaFailed, SealFailed, SealPoint, Verified};

fn day(days: i32) -> BusinessDate {
    BusinessDate::from_days(days).unwrap()
}

fn on(days: i32) -> Place {
    Place {
        business_date: day(days),
        ..place()
    }
}

fn note(text: &str) -> NoticePosted {
    NoticePosted {
        text: text.to_owned(),
        until_ms: None,
    }
}

/// States something for the hub on a day of the wall's.
fn say_on(node: &Node, days: i32, text: &str) {
    let body = note(text);
    node.write(move |replica, tx| replica.record(tx, EdgeNumber::HUB, on(days), &body));
}

/// Seals a day with a note, and returns what it was sealed from.
fn try_seal(node: &Node, days: i32) -> Result<SealPoint, SealFailed> {
    let replica = node.replica.clone();
    node.db.write_blocking(move |tx| {
        let mut from = None;
        replica.seal(tx, day(days), |_, point| {
            from = Some(point);
            Ok(note("the day is over"))
        })?;
        Ok(from.expect("the seal is made from something"))
    })
}

fn to_seal(node: &Node, today: i32) -> Vec<i32> {
    let days = node.write(move |replica, tx| Ok(replica.days_to_seal(tx, day(today))?));
    days.into_iter().map(BusinessDate::days).collect()
}

fn inspect(node: &Node, document: &'static str) -> Inspected {
    let replica = node.replica.clone();
    node.db
        .read_blocking(move |tx| replica.inspect(tx, document))
        .unwrap()
}

/// Returns what the hub holds of a day before a record.
fn held(pair: &Pair, days: i32, before_seq: u64) -> DayHeld {
    pair.hub
        .write(move |replica, tx| Ok(replica.day_received(tx, (EDGE, 1), day(days), before_seq)?))
}

fn is_whole(node: &Node) {
    let found: Verified = node.write(Replica::verify);
    assert!(found.is_whole(), "{found}");
}

#[test]
fn what_comes_for_a_sealed_day_counts_for_the_next_and_says_so() {
    let mut node = Node::new(EDGE, 1);
    say_on(&node, 100, "in time");
    try_seal(&node, 100).unwrap();
    say_on(&node, 100, "late");
    // Also after a start, when what was remembered is gone.
    node.restart();
    say_on(&node, 97, "later still");
    say_on(&node, 101, "in time again");
    let shown = inspect(&node, "7/1/1");
    let stated: Vec<String> = shown
        .facts
        .iter()
        .map(|fact| {
            let fact = serde_json::to_value(fact).unwrap();
            let text = |key: &str| fact[key].as_str().unwrap_or("-").to_owned();
            format!("{} for {}", text("business_date"), text("late_for"))
        })
        .collect();
    let (sealed, next) = (day(100), day(101));
    let expected = [
        format!("{next} for {sealed}"),
        format!("{next} for {}", day(97)),
        format!("{next} for -"),
    ];
    assert_eq!(stated, expected);
    is_whole(&node);
}

#[test]
fn a_fact_of_an_order_is_late_like_any_other_and_the_hubs_are_not() {
    let edge = Node::new(EDGE, 1);
    say_on(&edge, 100, "in time");
    try_seal(&edge, 100).unwrap();
    let stated = |node: &Node| {
        node.write(|replica, tx| replica.record_order(tx, order(1), 1, on(100), &said("picked")));
        let facts = node.write(|replica, tx| replica.order_facts(tx, order(1)));
        facts[0].fact.clone()
    };
    let fact = stated(&edge);
    assert_eq!(fact.header.business_date, day(101));
    assert_eq!(fact.late_for, Some(day(100)));
    let hub = stated(&Node::new(EdgeNumber::HUB, 2));
    assert_eq!((hub.header.business_date, hub.late_for), (day(100), None));
    assert_eq!(
        hub.read::<ReferencePublished>().unwrap(),
        said("picked"),
        "and it says what it said"
    );
}

#[test]
fn a_day_is_sealed_once_and_days_in_their_order() {
    let node = Node::new(EDGE, 1);
    for days in [100, 103, 104] {
        say_on(&node, days, "something");
    }
    assert_eq!(to_seal(&node, 104), [100, 103], "not the one it is");
    let first = try_seal(&node, 100).unwrap();
    assert_eq!(first.previous, None);
    let second = try_seal(&node, 103).unwrap();
    assert_eq!(second.previous, Some(day(100)), "nothing in between");
    for over in [99, 100, 101, 103] {
        let refused = try_seal(&node, over).unwrap_err();
        assert!(matches!(refused, SealFailed::Over(_)), "{refused:?}");
    }
    assert_eq!(to_seal(&node, 104), [] as [i32; 0]);
    // The refusals left nothing behind.
    is_whole(&node);
    assert_eq!(to_seal(&node, 105), [104]);
}

#[test]
fn a_segment_ends_with_its_day() {
    let node = Node::new(EDGE, 1);
    for at in 0..3 {
        say_on(&node, 100, &format!("note {at}"));
    }
    let from = try_seal(&node, 100).unwrap();
    assert_eq!((from.after.seq, from.held.digest.count), (3, 3));
    say_on(&node, 101, "a new day");
    let (old, new) = (inspect(&node, "7/1/0"), inspect(&node, "7/1/1"));
    assert_eq!((old.state.as_str(), old.facts.len()), ("closed", 4));
    assert_eq!((new.state.as_str(), new.facts.len()), ("open", 1));
}

#[test]
fn the_hub_finds_the_same_day_in_its_own_records() {
    let mut pair = Pair::new();
    for days in [100, 101, 100, 100] {
        say_on(&pair.edge, days, "something");
    }
    let sealed = try_seal(&pair.edge, 100).unwrap();
    say_on(&pair.edge, 101, "after the seal");
    pair.settle();
    let seal_seq = sealed.after.seq + 1;
    let here = held(&pair, 100, seal_seq);
    assert_eq!(here.digest, sealed.held.digest);
    assert_eq!(here.kinds, sealed.held.kinds);
    assert_eq!(here.later, 1, "the seal itself");
    let chain = pair
        .hub
        .write(move |replica, tx| Ok(replica.chain_received(tx, (EDGE, 1), sealed.after.seq)?));
    assert_eq!(chain, Some(sealed.after.chain));
    let between = |from: i32, to: i32| {
        pair.hub.write(move |replica, tx| {
            Ok(replica.received_between(tx, (EDGE, 1), day(from), day(to))?)
        })
    };
    assert_eq!((between(100, 102), between(101, 200)), (2, 0));
    // Of days begun before their bounds were noted, every record is looked at.
    pair.hub.write(|_, tx| {
        let sql = "UPDATE day_digests SET first_seq = 0, last_seq = NULL";
        Ok(tx.execute(sql, crate::params![])?)
    });
    assert_eq!(held(&pair, 100, seal_seq).digest, sealed.held.digest);
}

#[test]
fn what_stands_in_quarantine_of_a_day_is_listed_with_its_bytes() {
    let mut pair = Pair::new();
    say_on(&pair.edge, 100, "fine");
    // The edge's own view would refuse it too, so it is stated while the edge has no such view.
    let (clock, entropy) = (pair.edge.clock.clone(), SeededEntropy::shared(3));
    let blind = Replica::new(clock, entropy, Vec::new());
    pair.edge
        .write(move |_, tx| blind.record(tx, EdgeNumber::HUB, on(100), &note("unusable")));
    pair.settle();
    let of_day = |days: i32| {
        pair.hub
            .write(move |replica, tx| Ok(replica.day_set_aside(tx, EDGE, day(days))?))
    };
    assert_eq!(of_day(101), []);
    let [aside] = of_day(100).try_into().unwrap();
    assert_eq!((aside.record.seq, aside.record.feed), (2, 1));
    let listed = pair
        .hub
        .write(|replica, tx| Ok(replica.aside(tx, None, 10)?));
    let [listed] = listed.try_into().unwrap();
    assert_eq!(listed.kind, "notice_posted");
    let mark = (
        listed.record.noticed_at_ms,
        listed.record.peer.0,
        listed.record.feed,
        listed.record.seq,
    );
    let next = pair
        .hub
        .write(move |replica, tx| Ok(replica.aside(tx, Some(mark), 10)?));
    assert_eq!(next, [], "a page ends where the next begins");
    let one = pair
        .hub
        .write(|replica, tx| Ok(replica.aside_one(tx, EDGE, 1, 2)?));
    let one = one.unwrap();
    assert!(one.is_intact);
    assert_eq!(one.bytes.len() as u64, listed.size_bytes);
    let said = serde_json::to_value(&one.said).unwrap();
    assert_eq!(said["body"]["text"], "unusable");
    let nothing = |seq: u64| {
        pair.hub
            .write(move |replica, tx| Ok(replica.aside_one(tx, EDGE, 1, seq)?))
            .is_none()
    };
    assert!(nothing(1) && nothing(u64::MAX));
}

/// The failures of a seal keep what the caller needs to tell them apart.
#[test]
fn a_node_without_an_identity_seals_nothing() {
    let node = Node::new(EDGE, 1);
    node.write(|_, tx| Ok(tx.execute("DELETE FROM replica_identity", crate::params![])?));
    let refused = try_seal(&node, 100).unwrap_err();
    assert!(matches!(
        refused,
        SealFailed::Replica(ReplicaFailed::NoIdentity)
    ));
}
