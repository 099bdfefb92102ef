//! What happens between an edge and its hub, one story a test.

use std::collections::BTreeSet;
use std::time::Duration;

use counterpart_protocol::documents::{ChangeHash, SEGMENT_FACTS_MAX};
use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    EdgeSession, Exchange, FeedHead, FeedId, Greeting, Phase, Step, Verdict, WithHashes,
};

use super::{EDGE, Node, Pair, place, texts};
use crate::entropy::SeededEntropy;
use crate::params;
use crate::replica::{Answer, Direction, Replica, ReplicaFailed};

#[test]
fn what_an_edge_states_is_folded_at_both_ends_and_news_come_back() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.edge.say(EdgeNumber::HUB, "two");
    pair.hub.say(EDGE, "hello store");
    assert_eq!(pair.edge.waiting(), 2);
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["one", "two"]);
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB), ["hello store"]);
    assert_eq!(pair.edge.waiting(), 0);
    assert_eq!(pair.edge.notices(), pair.hub.notices());
}

#[test]
fn hours_of_facts_drain_in_a_bounded_number_of_round_trips() {
    let mut pair = Pair::new();
    let count = 3 * SEGMENT_FACTS_MAX + 20;
    for at in 0..count {
        pair.edge.say(EdgeNumber::HUB, &format!("fact {at}"));
    }
    // 256 records a batch: two batches, and one exchange that finds nothing left.
    assert!(pair.settle() <= 3);
    assert_eq!(texts(&pair.hub, EDGE).len(), count as usize);
    let closed = pair.edge.write(|_, tx| {
        let row = tx.query_one(
            "SELECT COUNT(*) FROM documents WHERE state = 'closed'",
            params![],
        )?;
        Ok(row.read::<i64>(0)?)
    });
    assert_eq!(closed, 3);
}

#[test]
fn a_message_that_is_lost_repeated_or_late_changes_nothing() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    let first = pair.ask(0, WithHashes::No);
    let lost_reply = pair.answer(first.clone());
    pair.edge.say(EdgeNumber::HUB, "two");
    let repeated = pair.answer(first.clone());
    assert_eq!(repeated.welcome.up, lost_reply.welcome.up);
    pair.settle();
    let late = pair.answer(first);
    assert_eq!(late.welcome.up.seq, 2);
    pair.hear(&lost_reply);
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["one", "two"]);
}

#[test]
fn a_rolled_back_command_leaves_no_trace_and_takes_no_number() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "kept");
    let undone = pair.edge.try_write(|replica, tx| {
        let notice = NoticePosted {
            text: "undone".to_owned(),
            until_ms: None,
        };
        replica.record(tx, EdgeNumber::HUB, place(), &notice)?;
        Err::<(), _>(ReplicaFailed::NoIdentity)
    });
    assert!(matches!(undone, Err(ReplicaFailed::NoIdentity)));
    pair.edge.say(EdgeNumber::HUB, "also kept");
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["kept", "also kept"]);
}

#[test]
fn a_view_that_finds_the_database_busy_makes_the_command_busy_and_nothing_worse() {
    let pair = Pair::new();
    let put_off = pair.edge.try_write(|replica, tx| {
        let notice = NoticePosted {
            text: "meets a busy database".to_owned(),
            until_ms: None,
        };
        replica.record(tx, EdgeNumber::HUB, place(), &notice)
    });
    let failed = put_off.unwrap_err();
    assert!(
        matches!(&failed, ReplicaFailed::Db(error) if error.is_passing()),
        "{failed:?}"
    );
    assert_eq!(pair.edge.waiting(), 0);
}

#[test]
fn one_record_that_cannot_be_used_costs_only_itself() {
    let mut pair = Pair::new();
    // The edge's own view would refuse it too, so it is stated while the edge has no such view.
    let blind = Replica::new(
        pair.edge.clock.clone(),
        SeededEntropy::shared(3),
        Vec::new(),
    );
    for text in ["before", "unusable"] {
        let (blind, notice) = (
            blind.clone(),
            NoticePosted {
                text: text.to_owned(),
                until_ms: None,
            },
        );
        pair.edge
            .write(move |_, tx| blind.record(tx, EdgeNumber::HUB, place(), &notice));
    }
    pair.edge.say(EdgeNumber::HUB, "after");
    let reply = pair.answer(pair.ask(0, WithHashes::No));
    let verdicts = &reply.ack.as_ref().unwrap().verdicts;
    assert_eq!(
        (verdicts[0].seq, verdicts[0].verdict),
        (2, Verdict::Quarantined)
    );
    pair.hear(&reply);
    pair.edge.say(EdgeNumber::HUB, "in a new segment");
    pair.settle();
    assert_eq!(
        texts(&pair.hub, EDGE),
        ["before", "after", "in a new segment"]
    );
    for (node, direction) in [(&pair.hub, Direction::In), (&pair.edge, Direction::Out)] {
        let listed = node.write(|replica, tx| Ok(replica.quarantined(tx, 9)?));
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].direction, listed[0].seq), (direction, 2));
        assert!(
            listed[0].reason.contains("nothing usable"),
            "{}",
            listed[0].reason
        );
    }
}

#[test]
fn a_batch_damaged_on_the_way_is_sent_again_and_what_is_damaged_at_rest_is_kept_aside() {
    let mut pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    let damage = |exchange: &mut Exchange| {
        let batch = exchange.up.as_mut().unwrap();
        let mut change = batch.records[1].change.to_vec();
        let last = change.len() - 1;
        change[last] ^= 1;
        batch.records[1].change = change.into();
    };
    let mut exchange = pair.ask(0, WithHashes::No);
    damage(&mut exchange);
    let reply = pair.answer(exchange);
    let step = pair.hear(&reply);
    assert_eq!(
        step,
        Step::Exchange {
            after_seq: 0,
            with_hashes: WithHashes::Yes
        }
    );
    let mut exchange = pair.ask(0, WithHashes::Yes);
    damage(&mut exchange);
    let reply = pair.answer(exchange);
    assert_eq!(reply.welcome.up.seq, 3);
    pair.hear(&reply);
    assert_eq!(texts(&pair.hub, EDGE), ["one", "three"]);
}

#[test]
fn a_copied_edge_is_noticed_at_its_first_contact() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.settle();
    let clone = Node::new(EDGE, 99);
    let exchange = clone.write(|replica, tx| replica.ask(tx, 0, WithHashes::No));
    let answer = pair
        .hub
        .write(move |replica, tx| replica.answer(tx, EDGE, &exchange));
    assert_eq!(answer, Answer::Refused(Greeting::Cloned));
}

#[test]
fn nobody_registers_another_life_with_the_actor_of_one_that_is_known() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "from the edge");
    pair.settle();
    let mut forged = pair.ask(0, WithHashes::No);
    forged.hello.incarnation.0 += 1;
    forged.hello.up = FeedHead::start(FeedId(forged.hello.incarnation.0));
    forged.up = None;
    let answer = pair
        .hub
        .write(move |replica, tx| replica.answer(tx, EDGE, &forged));
    assert_eq!(answer, Answer::Refused(Greeting::Cloned));
    // The life it was stolen from goes on.
    pair.edge.say(EdgeNumber::HUB, "and on");
    pair.settle();
    assert_eq!(pair.edge.waiting(), 0);
}

#[test]
fn an_edge_whose_disk_was_rolled_back_stops_by_itself_or_is_told() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.settle();
    // One seed gives one actor: this is the same edge as it was before its first sale.
    pair.edge = Node::new(EDGE, 1);
    pair.session = EdgeSession::new(0);
    let reply = pair.answer(pair.ask(0, WithHashes::No));
    assert_eq!(pair.hear(&reply), Step::Stop);
    assert!(matches!(pair.session.phase(), Phase::Stopped(_)));
    pair.edge.clock.advance(Duration::from_secs(1));
    pair.edge.say(EdgeNumber::HUB, "another one");
    let exchange = pair.ask(0, WithHashes::No);
    let answer = pair
        .hub
        .write(move |replica, tx| replica.answer(tx, EDGE, &exchange));
    assert_eq!(answer, Answer::Refused(Greeting::Forked { held_seq: 1 }));
}

#[test]
fn a_hub_that_lost_its_tail_is_filled_up_again() {
    let mut pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    pair.settle();
    pair.hub = Node::new(EdgeNumber::HUB, 2);
    pair.session = EdgeSession::new(3);
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["one", "two", "three"]);
    assert_eq!(*pair.session.phase(), Phase::Connected);
}

#[test]
fn every_view_equals_its_rebuild_at_both_ends() {
    let mut pair = Pair::new();
    for at in 0..150 {
        pair.edge.say(EdgeNumber::HUB, &format!("up {at}"));
        if at % 10 == 0 {
            pair.hub.say(EDGE, &format!("down {at}"));
        }
    }
    pair.settle();
    for node in [&pair.edge, &pair.hub] {
        let before = node.notices();
        let rebuilt = node.write(Replica::rebuild);
        assert_eq!((rebuilt.facts, rebuilt.skipped), (165, 0));
        assert_eq!(node.notices(), before);
    }
}

#[test]
fn a_feed_can_be_checked_from_its_first_record_on() {
    let pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    let batch = pair.ask(0, WithHashes::Yes).up.unwrap();
    let hashes = batch.hashes.unwrap();
    let sent: Vec<ChangeHash> = batch
        .records
        .iter()
        .map(|record| ChangeHash::of(&record.change))
        .collect();
    assert_eq!(sent, hashes);
    let unique: BTreeSet<_> = hashes.iter().collect();
    assert_eq!(unique.len(), 3);
}

#[test]
fn whoever_waits_for_a_feed_is_woken_after_the_commit() {
    let pair = Pair::new();
    let mut watch = pair.hub.replica.watch_feed(EDGE);
    watch.borrow_and_update();
    let undone = pair.hub.try_write(|replica, tx| {
        let notice = NoticePosted {
            text: "undone".to_owned(),
            until_ms: None,
        };
        replica.record(tx, EDGE, place(), &notice)?;
        Err::<(), _>(ReplicaFailed::NoIdentity)
    });
    assert!(undone.is_err());
    assert!(!watch.has_changed().unwrap());
    pair.hub.say(EDGE, "now");
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow(), 1);
}
