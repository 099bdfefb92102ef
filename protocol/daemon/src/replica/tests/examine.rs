//! What a person finds who looks at a replica at night: whole, or broken and where.

use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::WithHashes;

use super::{EDGE, Node, Notices, Pair, Taught, place, texts};
use crate::db::Tx;
use crate::entropy::SeededEntropy;
use crate::params;
use crate::replica::{Direction, InspectFailed, ReadmitRefused, Replica, ReplicaFailed, Verified};

/// An edge with some days' facts that its hub holds.
fn settled() -> Pair {
    let mut pair = Pair::new();
    for at in 0..120 {
        pair.edge.say(EdgeNumber::HUB, &format!("up {at}"));
    }
    pair.hub.say(EDGE, "hello store");
    pair.settle();
    pair
}

fn verify(node: &Node) -> Verified {
    node.write(Replica::verify)
}

fn damage(node: &Node, sql: &'static str) {
    node.write(move |_, tx| {
        assert!(tx.execute(sql, params![])? > 0, "nothing was damaged");
        Ok(())
    });
}

/// Damages the hub by `sql` and expects to be told of it in words that contain `place` and `what`.
#[track_caller]
fn check_found(sql: &'static str, place: &str, what: &str) {
    let pair = settled();
    damage(&pair.hub, sql);
    let found = verify(&pair.hub);
    let told = found
        .broken
        .iter()
        .any(|broken| broken.place.contains(place) && broken.what.contains(what));
    assert!(told, "{sql} was not told as «{place}: {what}»:\n{found}");
    assert!(!found.is_whole());
}

#[test]
fn what_is_whole_is_said_to_be_and_looking_changes_nothing() {
    let pair = settled();
    for node in [&pair.edge, &pair.hub] {
        let before = node.notices();
        let found = verify(node);
        assert!(found.is_whole(), "{found}");
        assert_eq!(found.views, 2);
        assert_eq!(node.notices(), before);
    }
    let found = verify(&pair.hub);
    let records: u64 = found.feeds.iter().map(|(_, records)| records).sum();
    assert_eq!(records, 121);
    assert!(
        found
            .to_string()
            .contains("feed from edge 7, run 1: 120 records"),
        "{found}"
    );
}

#[test]
fn every_kind_of_damage_is_named_with_its_place() {
    check_found(
        "UPDATE feed_records SET kind = 999 WHERE direction = 'in' AND seq = 40",
        "record 40",
        "the chain breaks here",
    );
    check_found(
        "DELETE FROM feed_records WHERE direction = 'in' AND seq = 41",
        "record 42",
        "record 41 before it is missing",
    );
    check_found(
        "DELETE FROM feed_records WHERE direction = 'in' AND seq = 120",
        "from edge 7",
        "its head is not its last record",
    );
    check_found(
        "DELETE FROM changes WHERE change_hash =
             (SELECT change_hash FROM feed_records WHERE direction = 'in' AND seq = 43)",
        "record 43",
        "its change is gone",
    );
    check_found(
        "UPDATE changes SET bytes = (SELECT other.bytes FROM changes other WHERE other.change_hash =
             (SELECT change_hash FROM feed_records WHERE direction = 'in' AND seq = 45))
         WHERE change_hash =
             (SELECT change_hash FROM feed_records WHERE direction = 'in' AND seq = 44)",
        "record 44",
        "not the one that was chained",
    );
    check_found(
        "UPDATE day_digests SET records = records - 1 WHERE direction = 'in'",
        "from edge 7",
        "the digest of",
    );
    check_found(
        "UPDATE notices SET text = 'up 5, said otherwise' WHERE text = 'up 5'",
        "view notices",
        "up 5, said otherwise",
    );
    check_found(
        "DELETE FROM notices WHERE text = 'up 7'",
        "view notices",
        "the facts say a row that is not stored: (7, ",
    );
}

#[test]
fn a_document_is_shown_with_who_when_and_what() {
    let pair = settled();
    let inspected = pair
        .hub
        .write(|replica, tx| Ok(replica.inspect(tx, "7/1/0").unwrap()));
    assert_eq!(inspected.state, "open");
    let shown = serde_json::to_value(&inspected).unwrap();
    let first = &shown["facts"][0];
    assert_eq!(first["writer"], "7/1");
    assert_eq!(first["kind"], "notice_posted");
    assert_eq!(first["at"], "2025-11-23T09:26:40Z");
    assert_eq!(first["body"]["text"], "up 0");
    let refused = pair
        .hub
        .write(|replica, tx| Ok(replica.inspect(tx, "7/1/99")));
    assert!(matches!(refused, Err(InspectFailed::Unknown(_))));
}

#[test]
fn feeds_and_their_records_are_listed() {
    let pair = settled();
    let feeds = pair.edge.write(|replica, tx| Ok(replica.feeds(tx)?));
    let out = feeds.iter().find(|feed| feed.direction == Direction::Out);
    assert_eq!(
        out.map(|feed| (feed.records, feed.acknowledged)),
        Some((120, Some(120)))
    );
    let records = pair.edge.write(|replica, tx| {
        Ok(replica.records(tx, (Direction::Out, EdgeNumber::HUB, 1), 117, 10)?)
    });
    let seqs: Vec<u64> = records.iter().map(|record| record.seq).collect();
    assert_eq!(seqs, [118, 119, 120]);
}

#[test]
fn a_record_that_was_set_aside_counts_once_the_program_can_use_it() {
    let mut pair = Pair::new();
    let blind = Replica::new(
        pair.edge.clock.clone(),
        SeededEntropy::shared(3),
        Vec::new(),
    );
    let notice = NoticePosted {
        text: "unusable".to_owned(),
        until_ms: None,
    };
    pair.edge.say(EdgeNumber::HUB, "before");
    pair.edge
        .write(move |_, tx| blind.record(tx, EdgeNumber::HUB, place(), &notice));
    pair.edge.say(EdgeNumber::HUB, "after");
    let reply = pair.answer(pair.ask(0, WithHashes::No));
    pair.hear(&reply);
    assert_eq!(texts(&pair.hub, EDGE), ["before", "after"]);
    assert!(verify(&pair.hub).is_whole());

    let readmit = |replica: &Replica, tx: &mut Tx, seq| -> Result<_, ReplicaFailed> {
        Ok(tx.savepoint(|tx| replica.readmit(tx, EDGE, 1, seq)))
    };
    let still = pair.hub.write(move |replica, tx| readmit(replica, tx, 2));
    assert!(
        matches!(still, Err(ReadmitRefused::Still { .. })),
        "{still:?}"
    );
    let not_there = pair.hub.write(move |replica, tx| readmit(replica, tx, 3));
    assert!(
        matches!(not_there, Err(ReadmitRefused::NotThere(_))),
        "{not_there:?}"
    );
    assert_eq!(texts(&pair.hub, EDGE), ["before", "after"]);

    let upgraded = Replica::new(
        pair.hub.clock.clone(),
        SeededEntropy::shared(4),
        vec![Box::new(Taught(Notices))],
    );
    let taken = pair
        .hub
        .write(move |_, tx| readmit(&upgraded, tx, 2))
        .unwrap();
    assert_eq!(taken.record, "feed from edge 7, run 1, record 2");
    assert_eq!(texts(&pair.hub, EDGE), ["before", "unusable", "after"]);
    let aside = pair
        .hub
        .write(|replica, tx| Ok(replica.quarantined(tx, 9)?));
    assert!(aside.is_empty());
}
