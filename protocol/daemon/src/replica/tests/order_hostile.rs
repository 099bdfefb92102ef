//! What clones, damage and missing changes may cost an order: themselves, and no fact.

use counterpart_protocol::documents::{ChangeHash, OrderDocumentFailed};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Chain, Exchange, Record, WithHashes};

use super::orders::{A, B, Shop, Store, answer, order, said, settle};
use super::{Node, place};
use crate::params;
use crate::replica::{Direction, Quarantined, Replica, ReplicaFailed};

pub(super) fn quarantined(node: &Node) -> Vec<Quarantined> {
    node.write(|replica, tx| Ok(replica.quarantined(tx, 9)?))
}

#[track_caller]
pub(super) fn check_quarantined(node: &Node, direction: Direction, seq: u64, reason: &str) {
    let listed = quarantined(node);
    let found = listed
        .iter()
        .any(|one| one.direction == direction && one.seq == seq && one.reason.contains(reason));
    assert!(found, "{listed:?}");
}

/// A shop where order 1 is placed and both stores read it.
pub(super) fn placed() -> Shop {
    let mut shop = Shop::new();
    shop.hub.state(order(1), 0, "placed");
    for edge in [A, B] {
        shop.hub.share(order(1), edge);
    }
    shop.settle();
    shop
}

/// Damages the first change of a document at rest.
fn damage(node: &Node, seq: u32) {
    node.write(move |_, tx| {
        let sql = "UPDATE changes SET bytes = $2 WHERE change_hash =
             (SELECT change_hash FROM order_changes WHERE depth = $1)";
        assert_eq!(tx.execute(sql, params![seq, b"\x85\x6f\x4a\x83\xff"])?, 1);
        Ok(())
    });
}

/// Makes the exchange's end chain fit what its batch, which starts the feed, now says.
pub(super) fn chain_again(exchange: &mut Exchange) {
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

#[test]
fn a_second_value_under_one_key_is_a_cloned_writer() {
    let mut shop = placed();
    let one = order(1);
    // The same edge twice: one seed gives one actor.
    let mut clone = Store::new(A, 1);
    settle_down(&shop.hub, &mut clone);
    shop.a.node.state(one, 1, "handed over to ann");
    shop.settle();
    clone.node.state(one, 1, "handed over to bob");
    // The clone speaks as its own next record, as if its feed had never been there.
    let mut exchange = clone.ask_after(0, WithHashes::No);
    let record = exchange.up.as_mut().unwrap().records.pop().unwrap();
    let mut honest = shop.a.ask_after(0, WithHashes::No);
    honest.up.as_mut().unwrap().records.push(record);
    chain_again(&mut honest);
    honest.hello.up.seq = 2;
    honest.hello.up.chain = honest.up.as_ref().unwrap().end_chain;
    let reply = shop.answer(A, honest);
    assert_eq!(reply.welcome.up.seq, 2);
    check_quarantined(&shop.hub, Direction::In, 2, "its writer was cloned");
    assert_eq!(shop.hub.words(one), ["placed", "handed over to ann"]);
    assert_eq!(shop.b.node.words(one), shop.hub.words(one));
}

/// Lets a store take in what the hub has for it, and sends nothing.
fn settle_down(hub: &Node, store: &mut Store) {
    let mut exchange = store.ask();
    exchange.up = None;
    let reply = answer(hub, store.number, exchange);
    store.hear(&reply);
}

#[test]
fn a_store_does_not_take_back_from_the_hub_what_it_never_said() {
    let mut shop = placed();
    let one = order(1);
    // A clone of B talks to the hub in B's place.
    let mut clone = Store::new(B, 3);
    settle_down(&shop.hub, &mut clone);
    clone.node.state(one, 1, "picked by the clone");
    settle(&shop.hub, &mut clone);
    // The hub sends nobody's own back; make it believe that another store wrote it.
    shop.hub.write(move |_, tx| {
        tx.execute(
            "UPDATE order_changes SET edge = 9 WHERE edge = 8",
            params![],
        )?;
        tx.execute("DELETE FROM order_readers WHERE peer = 8", params![])?;
        Ok(())
    });
    shop.hub.share(one, B);
    settle_down(&shop.hub, &mut shop.b);
    check_quarantined(&shop.b.node, Direction::In, 3, "we were cloned");
    assert_eq!(shop.b.node.words(one), ["placed"]);
}

#[test]
fn a_store_cannot_speak_for_another() {
    let mut shop = placed();
    let one = order(1);
    shop.b.node.state(one, 1, "picked at b");
    let mut foreign = shop.b.ask();
    let record = foreign.up.as_mut().unwrap().records.pop().unwrap();
    shop.a.node.state(one, 1, "picked at a");
    let mut exchange = shop.a.ask();
    exchange.up.as_mut().unwrap().records.push(record);
    chain_again(&mut exchange);
    exchange.hello.up.seq = 2;
    exchange.hello.up.chain = exchange.up.as_ref().unwrap().end_chain;
    shop.answer(A, exchange);
    check_quarantined(&shop.hub, Direction::In, 2, "is not its sender's own");
    // Nothing is lost by it: its writer says it itself.
    settle(&shop.hub, &mut shop.b);
    assert_eq!(
        shop.hub.words(one),
        ["placed", "picked at a", "picked at b"]
    );
}

#[test]
fn a_writer_has_one_actor_for_good() {
    let mut shop = placed();
    let one = order(1);
    let mut other = Store::new(EdgeNumber(9), 4);
    other.node.state(one, 1, "first");
    settle(&shop.hub, &mut other);
    settle(&shop.hub, &mut shop.b);
    assert_eq!(shop.b.node.words(one), ["placed", "first"]);
    // To B, store 9 has been another one all along.
    shop.b.node.write(|_, tx| {
        let sql = "UPDATE writer_actors SET actor = $1 WHERE edge = 9";
        tx.execute(sql, params![[1; 16]])?;
        Ok(())
    });
    other.node.state(one, 1, "second");
    settle(&shop.hub, &mut other);
    settle(&shop.hub, &mut shop.b);
    check_quarantined(&shop.b.node, Direction::In, 3, "by another actor");
    assert_eq!(shop.hub.words(one), ["placed", "first", "second"]);
}

#[test]
fn a_damaged_document_is_not_written_to_and_says_so() {
    let mut shop = placed();
    let one = order(1);
    damage(&shop.a.node, 1);
    shop.a.node.restart();
    let refused = shop.a.node.try_state(one, 1, "picked");
    assert!(matches!(
        refused,
        Err(ReplicaFailed::Order(OrderDocumentFailed::Damaged { .. }))
    ));
    let read = shop
        .a
        .node
        .try_write(move |replica, tx| replica.order_facts(tx, one));
    assert!(matches!(
        read,
        Err(ReplicaFailed::Order(OrderDocumentFailed::Damaged { .. }))
    ));
    assert_eq!(shop.a.node.document_state(one), "open");
    // The refusal was rolled back; the next exchange stores the mark, and other orders go on.
    settle(&shop.hub, &mut shop.a);
    assert_eq!(shop.a.node.document_state(one), "incomplete");
    shop.a.node.state(order(2), 1, "picked");
    shop.settle();
    assert_eq!(shop.hub.words(order(2)), ["picked"]);
}

/// Lets a record's bytes arrive damaged.
fn spoil(exchange: &mut Exchange, at: usize) {
    let record = &mut exchange.up.as_mut().unwrap().records[at];
    let last = record.change.len() - 1;
    record.change[last] ^= 1;
}

#[test]
fn an_order_that_lacks_a_change_is_not_written_to_until_it_comes_but_its_facts_count() {
    let mut shop = placed();
    let one = order(1);
    shop.a.node.state(one, 1, "picked");
    shop.a.node.state(one, 1, "staged");
    let mut exchange = shop.a.ask_after(0, WithHashes::Yes);
    spoil(&mut exchange, 0);
    let reply = shop.answer(A, exchange);
    assert_eq!(reply.welcome.up.seq, 2);
    check_quarantined(
        &shop.hub,
        Direction::In,
        1,
        "not the one its sender chained",
    );
    assert_eq!(shop.hub.words(one), ["placed", "staged"]);
    assert_eq!(shop.hub.document_state(one), "incomplete");
    assert!(matches!(
        shop.hub.try_state(one, 0, "cancel requested"),
        Err(ReplicaFailed::OrderIncomplete(order)) if order == one
    ));
    // Those who read the order from the hub are in the same place.
    settle(&shop.hub, &mut shop.b);
    assert_eq!(shop.b.node.words(one), ["placed", "staged"]);
    assert!(shop.b.node.try_state(one, 1, "picked as well").is_err());
    // The store hears that the hub could not use it and says it once more.
    shop.a.hear(&reply);
    shop.settle();
    for node in [&shop.hub, &shop.b.node] {
        assert_eq!(node.words(one), ["placed", "picked", "staged"]);
        assert_eq!(node.document_state(one), "open");
        node.state(one, 1, "goes on");
    }
    assert_eq!(shop.b.node.timelines().len(), 4);
}

#[test]
fn a_fact_no_view_can_use_stays_in_its_order() {
    let mut shop = placed();
    let one = order(1);
    let blind = Replica::new(
        shop.a.node.clock.clone(),
        crate::entropy::SeededEntropy::shared(77),
        Vec::new(),
    );
    shop.a
        .node
        .write(move |_, tx| blind.record_order(tx, one, 1, place(), &said("unusable")));
    shop.a.node.state(one, 1, "picked");
    shop.settle();
    for node in [&shop.hub, &shop.b.node] {
        assert_eq!(node.words(one), ["placed", "unusable", "picked"]);
        assert_eq!(node.document_state(one), "open");
    }
    check_quarantined(&shop.hub, Direction::In, 1, "nothing usable");
    check_quarantined(&shop.a.node, Direction::Out, 1, "nothing usable");
    let before = shop.hub.timelines();
    let rebuilt = shop.hub.write(Replica::rebuild);
    assert_eq!((rebuilt.facts, rebuilt.skipped), (2, 1));
    assert_eq!(shop.hub.timelines(), before);
    // Everybody goes on.
    for node in [&shop.hub, &shop.a.node, &shop.b.node] {
        node.state(one, 1, "goes on");
    }
}
