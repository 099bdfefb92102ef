//! Views that are made anew while bytes are damaged, and get what they lack with the bytes.

use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::sync::{Comparison, ComparisonAsked, ComparisonTold, FeedId, Leaf, Way};

use super::orders::{Timelines, order, said};
use super::{EDGE, Node, Notices, Pair, place};
use crate::db::DbError;
use crate::params;
use crate::replica::{Projection, Rebuilt, Refolded, Replica, ReplicaFailed, lacks_facts};

impl Node {
    fn rebuild(&self) -> Rebuilt {
        self.write(|replica, tx| replica.rebuild(tx))
    }

    fn starts_again(&self) -> Refolded {
        self.write(|replica, tx| replica.refold(tx))
    }

    /// The program as on a machine that holds more than is folded without asking.
    fn large(&self) -> Replica {
        let inner = &self.replica.inner;
        let views: Vec<Box<dyn Projection>> = vec![Box::new(Notices), Box::new(Timelines)];
        Replica::new(inner.clock.clone(), inner.entropy.clone(), views).with_refolded_max(0)
    }

    fn lacks(&self, peer: EdgeNumber) -> bool {
        self.write(move |_, tx| Ok(lacks_facts(tx, peer)?))
    }

    /// The bytes of a record that this node told.
    fn bytes_of(&self, seq: i64) -> Vec<u8> {
        self.write(move |_, tx| {
            let sql = "SELECT c.bytes FROM changes c JOIN feed_records r
                 ON r.change_hash = c.change_hash WHERE r.direction = 'out' AND r.seq = $1";
            Ok(tx.query_one(sql, params![seq])?.read(0)?)
        })
    }

    fn timeline(&self) -> Vec<String> {
        self.write(|_, tx| {
            let sql = "SELECT line FROM timelines ORDER BY document, place";
            let rows = tx.query_all(sql, params![])?;
            Ok(rows
                .iter()
                .map(|row| row.read(0))
                .collect::<Result<_, _>>()?)
        })
    }
}

/// A question that hands over the bytes of a record.
fn mending(seq: u64, bytes: Vec<u8>) -> ComparisonAsked {
    let change = Some(bytes);
    ComparisonAsked {
        edge: EDGE,
        incarnation: Incarnation(1),
        way: Way::Up,
        feed: FeedId(1),
        spans: Vec::new(),
        mend: vec![Leaf { seq, change }],
    }
}

/// One question and its answer.
fn asked(pair: &Pair, comparison: &Comparison) -> (ComparisonAsked, ComparisonTold) {
    let comparison = comparison.clone();
    let asked = pair
        .edge
        .write(move |replica, tx| replica.ask_comparison(tx, &comparison));
    let told = pair.hub.told(asked.clone()).unwrap();
    (asked, told)
}

#[test]
fn what_a_rebuild_left_out_comes_back_with_its_bytes() {
    let pair = Pair::at_night(6);
    let before = (pair.hub.notices(), pair.edge.notices());
    pair.hub.forget("in", 2);
    pair.hub.rot("in", 5);
    pair.edge.rot("in", 3);
    pair.edge.forget("out", 4);
    assert_eq!(pair.hub.rebuild().skipped, 2);
    assert_eq!(pair.edge.rebuild().skipped, 2);
    assert_eq!(pair.hub.notices().len(), before.0.len() - 2);
    assert_eq!(pair.edge.notices().len(), before.1.len() - 2);
    pair.compare();
    assert_eq!((pair.hub.notices(), pair.edge.notices()), before);
    for node in [&pair.edge, &pair.hub] {
        node.is_whole();
        assert_eq!(node.starts_again(), Refolded::Current);
    }
}

#[test]
fn what_is_lost_at_both_ends_is_not_folded_again_at_every_start() {
    let pair = Pair::at_night(4);
    for (node, direction) in [(&pair.hub, "in"), (&pair.edge, "out")] {
        node.forget(direction, 2);
        node.rebuild();
    }
    pair.compare();
    for node in [&pair.edge, &pair.hub] {
        assert_eq!(node.starts_again(), Refolded::Current);
        assert_eq!(node.starts_again(), Refolded::Current);
    }
}

#[test]
fn nothing_is_promised_on_views_that_lack_facts_until_they_are_mended_or_somebody_rebuilds() {
    let pair = Pair::at_night(4);
    pair.hub.forget("in", 2);
    assert!(!pair.hub.lacks(EDGE), "the views have it still");
    pair.hub
        .write(|_, tx| Ok(tx.execute("UPDATE replica_views SET version = 0", params![])?));
    assert!(matches!(pair.hub.starts_again(), Refolded::Anew(..)));
    assert!(pair.hub.lacks(EDGE));
    assert!(!pair.hub.lacks(EdgeNumber(EDGE.0 + 1)), "of another store");
    pair.compare();
    assert!(!pair.hub.lacks(EDGE));
    // A person who rebuilds meanwhile has decided, and a later mending of something else leaves it.
    pair.hub.forget("in", 2);
    pair.edge.forget("out", 2);
    pair.hub.forget("in", 3);
    pair.hub.rebuild();
    assert!(!pair.hub.lacks(EDGE));
    let bytes = pair.edge.bytes_of(3);
    pair.hub.told(mending(3, bytes)).unwrap();
    assert!(!pair.hub.lacks(EDGE));
}

#[test]
fn a_mending_that_is_undone_mends_no_view_and_the_next_one_does() {
    let pair = Pair::at_night(5);
    let before = pair.edge.notices();
    pair.edge.forget("in", 3);
    pair.edge.rebuild();
    let lacking = pair.edge.notices();
    assert_eq!(lacking.len(), before.len() - 1);
    // The way down is the second, and every question of it is heard in a transaction that fails.
    loop {
        let mut comparison = pair.edge.due().unwrap();
        while !comparison.is_over() {
            let (question, told) = asked(&pair, &comparison);
            let (mut undone, way) = (comparison.clone(), comparison.way);
            let (question2, told2) = (question.clone(), told.clone());
            let failed = pair.edge.try_write(move |replica, tx| {
                replica.hear_comparison(tx, &mut undone, &question, &told)?;
                Err::<(), _>(ReplicaFailed::Db(DbError::Closed))
            });
            assert!(failed.is_err());
            if way == Way::Down {
                assert_eq!(pair.edge.notices(), lacking);
            }
            comparison = pair.edge.write(move |replica, tx| {
                replica.hear_comparison(tx, &mut comparison, &question2, &told2)?;
                Ok(comparison)
            });
        }
        if comparison.way == Way::Down {
            break;
        }
    }
    assert_eq!(pair.edge.notices(), before);
}

#[test]
fn an_order_that_a_rebuild_left_out_comes_back_with_the_bytes_of_its_first_change() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "up");
    let body = said("placed");
    pair.hub.write(move |replica, tx| {
        replica.record_order(tx, order(1), 0, place(), &body)?;
        replica.share_order(tx, order(1), EDGE)
    });
    pair.settle();
    pair.edge
        .write(|replica, tx| replica.record_order(tx, order(1), 1, place(), &said("picked")));
    pair.seal();
    pair.settle();
    let before = pair.edge.timeline();
    assert_eq!(before.len(), 2);
    pair.edge.rot("in", 1);
    pair.edge.rebuild();
    assert_eq!(pair.edge.timeline(), [""; 0]);
    pair.compare();
    assert_eq!(pair.edge.timeline(), before);
    pair.edge.is_whole();
}

#[test]
fn bytes_that_came_without_their_fold_are_folded_at_the_next_start() {
    let pair = Pair::at_night(3);
    let before = pair.hub.notices();
    let question = mending(2, pair.edge.bytes_of(2));
    pair.hub.forget("in", 2);
    pair.hub.rebuild();
    // As on a hub that holds more than is folded without asking: the mending says so in a note.
    let (large, again) = (pair.hub.large(), pair.hub.large());
    pair.hub.write(move |_, tx| {
        let told = large.answer_comparison(tx, EDGE, &question);
        assert_eq!(told.unwrap().mended, [2]);
        Ok(())
    });
    assert_eq!(pair.hub.notices().len(), before.len() - 1);
    let start = pair.hub.write(move |_, tx| again.refold(tx));
    assert_eq!(start, Refolded::Behind(vec!["notices"]));
    assert!(matches!(pair.hub.starts_again(), Refolded::Anew(..)));
    assert_eq!(pair.hub.notices(), before);
    assert_eq!(pair.hub.starts_again(), Refolded::Current);
}
