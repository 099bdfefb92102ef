//! What a damaged, foolish or hostile peer may cost: its own record, and nothing behind it.

use counterpart_protocol::documents::{ChangeHash, FACT_BYTES_MAX, SegmentFailed};
use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    Chain, EdgeSession, Exchange, Phase, Record, RecordVerdict, Step, Verdict, WithHashes,
};

use super::{EDGE, Node, Pair, place, texts};
use crate::entropy::SeededEntropy;
use crate::params;
use crate::replica::{Direction, Replica, ReplicaFailed};

/// Makes the exchange's end chain fit what its batch, which starts the feed, now says.
fn chain_again(exchange: &mut Exchange) {
    let batch = exchange.up.as_mut().unwrap();
    batch.end_chain = Chain::GENESIS;
    for (seq, sent) in (1..).zip(&batch.records) {
        batch.end_chain = batch.end_chain.after(&Record {
            seq,
            kind_number: sent.kind_number,
            schema: sent.schema,
            document: sent.document.parse().unwrap(),
            change: ChangeHash::of(&sent.change),
            business_date: sent.business_date,
            hlc: sent.hlc,
        });
    }
}

/// States notices that the node's own views never see.
fn say_blindly(node: &Node, peer: EdgeNumber, texts: [&str; 3]) {
    let blind = Replica::new(node.clock.clone(), SeededEntropy::shared(77), Vec::new());
    for notice in texts.map(notice) {
        let blind = blind.clone();
        node.write(move |_, tx| blind.record(tx, peer, place(), &notice));
    }
}

fn notice(text: &str) -> NoticePosted {
    NoticePosted {
        text: text.to_owned(),
        until_ms: None,
    }
}

fn quarantined(node: &Node) -> Vec<(Direction, u64)> {
    let listed = node.write(|replica, tx| Ok(replica.quarantined(tx, 9)?));
    listed.iter().map(|one| (one.direction, one.seq)).collect()
}

fn three() -> (Pair, Exchange) {
    let pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    let exchange = pair.ask(0, WithHashes::No);
    (pair, exchange)
}

#[track_caller]
fn check_second_quarantined(verdicts: &[RecordVerdict]) {
    let told: Vec<_> = verdicts.iter().map(|v| (v.seq, v.verdict)).collect();
    assert_eq!(told, [(2, Verdict::Quarantined)]);
}

#[test]
fn a_record_with_an_absurd_time_costs_itself_and_a_rebuild_leaves_it_out_too() {
    for absurd in [Hlc(u64::MAX), Hlc(1)] {
        let (pair, mut exchange) = three();
        exchange.up.as_mut().unwrap().records[1].hlc = absurd;
        chain_again(&mut exchange);
        let reply = pair.answer(exchange);
        check_second_quarantined(&reply.ack.unwrap().verdicts);
        assert_eq!(texts(&pair.hub, EDGE), ["one", "three"]);
        let rebuilt = pair.hub.write(Replica::rebuild);
        assert_eq!((rebuilt.facts, rebuilt.skipped), (2, 1));
        assert_eq!(texts(&pair.hub, EDGE), ["one", "three"]);
        pair.hub.say(EDGE, "the hub's own time still works");
    }
}

#[test]
fn a_record_cannot_touch_another_writers_document() {
    let (pair, mut exchange) = three();
    pair.hub.say(EDGE, "in the hub's own journal");
    exchange.up.as_mut().unwrap().records[1].document = "0/1/0/7".to_owned();
    chain_again(&mut exchange);
    check_second_quarantined(&pair.answer(exchange).ack.unwrap().verdicts);
    let state: String = pair.hub.write(|_, tx| {
        let sql = "SELECT state FROM documents WHERE document = '0/1/0/7'";
        Ok(tx.query_one(sql, params![])?.read(0)?)
    });
    assert_eq!(state, "open");
}

#[test]
fn a_fact_that_a_view_fails_on_costs_itself() {
    for text in ["unusable", "panics", "breaks a rule of the schema"] {
        let mut pair = Pair::new();
        say_blindly(&pair.edge, EdgeNumber::HUB, ["before", text, "after"]);
        pair.settle();
        assert_eq!(texts(&pair.hub, EDGE), ["before", "after"], "{text}");
        assert_eq!(quarantined(&pair.hub), [(Direction::In, 2)], "{text}");
        assert_eq!(quarantined(&pair.edge), [(Direction::Out, 2)], "{text}");
    }
}

#[test]
fn a_verdict_that_was_lost_on_the_way_is_told_again() {
    let mut pair = Pair::new();
    say_blindly(&pair.edge, EdgeNumber::HUB, ["before", "unusable", "after"]);
    let exchange = pair.ask(0, WithHashes::No);
    let _lost = pair.answer(exchange.clone());
    let reply = pair.answer(exchange);
    check_second_quarantined(&reply.ack.as_ref().unwrap().verdicts);
    pair.hear(&reply);
    assert_eq!(quarantined(&pair.edge), [(Direction::Out, 2)]);
}

#[test]
fn an_exchange_that_was_overtaken_tells_what_became_of_the_records_since() {
    // One had nothing to send, one was damaged: of neither anything is taken, and both tell the
    // edge that all three records are held.
    for damaged in [false, true] {
        let mut pair = Pair::new();
        let mut late = pair.ask(0, WithHashes::No);
        say_blindly(&pair.edge, EdgeNumber::HUB, ["before", "unusable", "after"]);
        let exchange = pair.ask(0, WithHashes::No);
        if damaged {
            late = exchange.clone();
            late.up.as_mut().unwrap().records[0].change[30] ^= 1;
        }
        let _lost = pair.answer(exchange);
        let reply = pair.answer(late);
        assert_eq!(
            (reply.refused.is_some(), reply.welcome.up.seq),
            (damaged, 3)
        );
        check_second_quarantined(&reply.ack.as_ref().unwrap().verdicts);
        pair.hear(&reply);
        assert_eq!(quarantined(&pair.edge), [(Direction::Out, 2)]);
    }
}

#[test]
fn the_hub_learns_what_its_edge_could_not_use() {
    let mut pair = Pair::new();
    say_blindly(&pair.hub, EDGE, ["before", "unusable", "after"]);
    pair.settle();
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB), ["before", "after"]);
    pair.settle();
    assert_eq!(quarantined(&pair.hub), [(Direction::Out, 2)]);
    pair.hub.say(EDGE, "in a new segment");
    pair.settle();
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB).len(), 3);
    let documents = pair.hub.write(|_, tx| {
        let sql = "SELECT COUNT(*) FROM documents WHERE document LIKE '0/%'";
        Ok(tx.query_one(sql, params![])?.read::<i64>(0)?)
    });
    assert_eq!(documents, 2);
}

#[test]
fn a_change_damaged_in_the_hubs_own_tables_costs_itself() {
    let mut pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.hub.say(EDGE, text);
    }
    pair.hub.write(|_, tx| {
        tx.execute(
            "UPDATE changes SET bytes = $1 WHERE change_hash =
                 (SELECT change_hash FROM feed_records WHERE seq = 2)",
            params![[0_u8]],
        )?;
        Ok(())
    });
    pair.settle();
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB), ["one", "three"]);
    assert_eq!(quarantined(&pair.edge), [(Direction::In, 2)]);
}

#[test]
fn a_hub_that_lost_news_it_had_sent_is_not_asked_without_end() {
    let mut pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.hub.say(EDGE, text);
    }
    pair.settle();
    // One seed gives one actor: this is the same hub before its second notice.
    pair.hub = Node::new(EdgeNumber::HUB, 2);
    pair.hub.say(EDGE, "one");
    pair.edge.say(EdgeNumber::HUB, "a sale");
    assert!(pair.settle() <= 2);
    assert_eq!(texts(&pair.hub, EDGE), ["a sale"]);
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB).len(), 3);
}

#[test]
fn absurd_numbers_in_a_reply_stop_the_session_and_nothing_else() {
    let (mut pair, exchange) = three();
    let mut reply = pair.answer(exchange);
    reply.ack.as_mut().unwrap().verdicts.push(RecordVerdict {
        seq: u64::MAX,
        verdict: Verdict::Quarantined,
        reason: None,
    });
    assert_eq!(pair.hear(&reply), Step::Listen);
    assert_eq!(quarantined(&pair.edge), []);
    reply.welcome.up.seq = u64::MAX;
    assert_eq!(pair.hear(&reply), Step::Stop);
    assert!(matches!(pair.session.phase(), Phase::Stopped(_)));
    pair.session = EdgeSession::new(0);
    pair.settle();
}

#[test]
fn a_damaged_open_segment_does_not_stop_the_sales() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.edge.say(EdgeNumber::HUB, "two");
    pair.edge.write(|_, tx| {
        let sql = "UPDATE changes SET bytes = $1 WHERE change_hash =
             (SELECT change_hash FROM feed_records WHERE seq = 1)";
        tx.execute(sql, params![b"\x85\x6f\x4a\x83\xff"])?;
        Ok(())
    });
    pair.edge.restart();
    pair.edge.say(EdgeNumber::HUB, "three");
    pair.edge.say(EdgeNumber::HUB, "four");
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["two", "three", "four"]);
    assert_eq!(quarantined(&pair.hub), [(Direction::In, 1)]);
}

#[test]
fn a_fact_that_nobody_would_take_is_not_written() {
    let mut pair = Pair::new();
    let huge = notice(&"x".repeat(FACT_BYTES_MAX));
    let refused = pair
        .edge
        .try_write(move |replica, tx| replica.record(tx, EdgeNumber::HUB, place(), &huge));
    assert!(matches!(
        refused,
        Err(ReplicaFailed::Segment(SegmentFailed::TooLarge { .. }))
    ));
    let large = "x".repeat(FACT_BYTES_MAX - 200);
    pair.edge.say(EdgeNumber::HUB, &large);
    pair.edge.say(EdgeNumber::HUB, "after");
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), [large.as_str(), "after"]);
}
