//! Changes of orders that no honest store of this version would write: of kinds from the future,
//! and of a writer that contradicts itself.

use counterpart_protocol::documents::{OrderAppended, OrderDocument};
use counterpart_protocol::facts::{Fact, Header, Importance};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, OrderId};
use counterpart_protocol::sync::{Batch, Chain, Exchange, FeedId, WireRecord, WithHashes};

use super::order_hostile::{chain_again, check_quarantined, quarantined};
use super::orders::{A, B, Shop, Store, order, said, settle};
use super::place;
use crate::replica::{Direction, Replica};

/// A kind no program of today knows.
const OF_THE_FUTURE: u32 = 4_000_000;

fn fact(number: u128, text: &str) -> Fact {
    let header = Header {
        id: FactId::from_parts(1, number),
        hlc: Hlc(1),
        business_date: place().business_date,
        register: None,
        staff: None,
    };
    Fact::new(header, &said(text))
}

/// A document as a store's program would write it if nothing kept it from doing so.
fn own_document(store: &Store, order: OrderId) -> OrderDocument {
    let me = store
        .node
        .write(|replica, tx| Ok(replica.identity(tx)?.unwrap()));
    OrderDocument::begin(order, me.writer, me.actor)
}

fn append(document: &mut OrderDocument, fact: &Fact) -> (Fact, OrderAppended) {
    (fact.clone(), document.append(1, &fact.encode()).unwrap())
}

/// What the store says when these changes are its feed.
fn offer(store: &Store, order: OrderId, changes: &[(Fact, OrderAppended)]) -> Exchange {
    let mut exchange = store.ask_after(0, WithHashes::No);
    let records = changes.iter().map(|(fact, appended)| WireRecord {
        kind_number: fact.kind_number,
        schema: fact.schema,
        document: format!("order/{order}"),
        business_date: fact.header.business_date,
        hlc: fact.header.hlc,
        change: appended.change.clone().into(),
    });
    exchange.up = Some(Batch {
        feed: FeedId(1),
        first_seq: 1,
        records: records.collect(),
        end_chain: Chain::GENESIS,
        hashes: None,
    });
    chain_again(&mut exchange);
    exchange.hello.up.seq = changes.len() as u64;
    exchange.hello.up.chain = exchange.up.as_ref().unwrap().end_chain;
    exchange
}

#[track_caller]
fn check_blocked(shop: &Shop, order: OrderId, expected: bool) {
    for node in [&shop.hub, &shop.b.node] {
        let blocked = node.write(move |replica, tx| Ok(replica.is_blocked(tx, order)?));
        assert_eq!(blocked, expected);
    }
}

#[test]
fn a_kind_of_the_future_is_kept_and_forwarded_and_blocks_only_if_it_says_so() {
    for (importance, blocks) in [
        (Importance::Skippable, false),
        (Importance::MustUnderstand, true),
    ] {
        let mut shop = Shop::new();
        let one = order(1);
        shop.hub.share(one, B);
        let mut document = own_document(&shop.a, one);
        let mut future = fact(1, "held");
        (future.kind_number, future.importance) = (OF_THE_FUTURE, importance);
        let changes = [
            append(&mut document, &future),
            append(&mut document, &fact(2, "picked")),
        ];
        shop.answer(A, offer(&shop.a, one, &changes));
        settle(&shop.hub, &mut shop.b);
        for node in [&shop.hub, &shop.b.node] {
            let facts = node.write(move |replica, tx| replica.order_facts(tx, one));
            let kinds: Vec<_> = facts.iter().map(|line| line.fact.kind_number).collect();
            assert_eq!(kinds[0], OF_THE_FUTURE);
            assert_eq!((kinds.len(), quarantined(node).len()), (2, 0));
            // It can be written to: whether anything may be promised is for the slice to ask.
            assert_eq!(node.document_state(one), "open");
        }
        check_blocked(&shop, one, blocks);
        check_blocked(&shop, order(2), false);
    }
}

#[test]
fn a_writer_that_does_not_follow_itself_is_not_believed() {
    let one = order(1);
    let forked = |store: &Store| {
        let mut document = own_document(store, one);
        let honest = [
            append(&mut document, &fact(1, "picked")),
            append(&mut document, &fact(2, "handed over")),
        ];
        let other = append(&mut own_document(store, one), &fact(3, "shorted"));
        (honest, other)
    };
    // Whichever comes first stands; what contradicts it is kept aside.
    let shop = Shop::new();
    let ([_, second], other) = forked(&shop.a);
    shop.answer(A, offer(&shop.a, one, &[other, second]));
    check_quarantined(&shop.hub, Direction::In, 2, "does not count on");
    assert_eq!(shop.hub.lines(one), ["7/1/1/1 shorted"]);

    let shop = Shop::new();
    let ([first, second], other) = forked(&shop.a);
    shop.answer(A, offer(&shop.a, one, &[second, other, first]));
    check_quarantined(&shop.hub, Direction::In, 2, "does not count on");
    assert_eq!(
        shop.hub.lines(one),
        ["7/1/1/1 picked", "7/1/2/1 handed over"]
    );
    shop.hub.state(one, 1, "goes on");
}

#[test]
fn one_fact_in_two_changes_counts_once() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.share(one, B);
    let mut document = own_document(&shop.a, one);
    let changes = [
        append(&mut document, &fact(1, "picked")),
        append(&mut document, &fact(1, "picked")),
        append(&mut document, &fact(2, "staged")),
    ];
    shop.answer(A, offer(&shop.a, one, &changes));
    settle(&shop.hub, &mut shop.b);
    for node in [&shop.hub, &shop.b.node] {
        assert_eq!(node.lines(one), ["7/1/1/1 picked", "7/1/3/1 staged"]);
        let before = node.timelines();
        assert_eq!(before.len(), 2);
        let rebuilt = node.write(Replica::rebuild);
        assert_eq!((rebuilt.facts, rebuilt.skipped), (2, 0));
        assert_eq!(node.timelines(), before);
        node.state(one, 1, "goes on");
    }
}

#[test]
fn a_writer_that_another_edge_claims_to_be_is_refused() {
    let shop = Shop::new();
    let one = order(1);
    // A uses B's actor: B's own changes would be taken for A's.
    let theirs = shop
        .b
        .node
        .write(|replica, tx| Ok(replica.identity(tx)?.unwrap()));
    let mine = shop
        .a
        .node
        .write(|replica, tx| Ok(replica.identity(tx)?.unwrap()));
    let mut document = OrderDocument::begin(one, mine.writer, theirs.actor);
    let changes = [append(&mut document, &fact(1, "picked"))];
    shop.answer(A, offer(&shop.a, one, &changes));
    check_quarantined(&shop.hub, Direction::In, 1, "by another actor");
    assert_eq!(shop.hub.lines(one), [] as [String; 0]);
}
