//! A custody counts once what the hub said behind it is here.

use counterpart_protocol::codes::TypedDigits;
use counterpart_protocol::ids::{FulfilmentId, OrderId};
use counterpart_protocol::orders::{AllocationWithdrawn, CustodyGranted, Withdrawal};
use counterpart_protocol::sync::BATCH_RECORDS_MAX;

use super::orders::{A, B, Shop, Store, answer, order, settle};
use super::{Node, place};
use crate::replica::is_half_heard;

impl Node {
    /// Gives a store custody of an order that is then shared with it.
    fn give(&self, order: OrderId) {
        let body = CustodyGranted {
            fulfilment_id: FulfilmentId::from_parts(1, 1),
            edge: A,
            epoch: 1,
            promise_at_ms: 0,
            hold_days: 7,
            digits: TypedDigits::draw([0; 8], [0; 16]).1,
        };
        self.write(move |replica, tx| {
            replica.record_order(tx, order, 1, place(), &body)?;
            replica.share_order(tx, order, A)
        });
    }

    /// Takes an order back that its store was never told of.
    fn take_back(&self, order: OrderId) {
        let body = AllocationWithdrawn {
            fulfilment_id: FulfilmentId::from_parts(1, 1),
            edge: A,
            units: Vec::new(),
            because: Withdrawal::Cancelled,
        };
        self.write(move |replica, tx| replica.record_order(tx, order, 1, place(), &body));
    }

    fn facts_of(&self, order: OrderId) -> usize {
        self.write(move |replica, tx| replica.order_facts(tx, order))
            .len()
    }

    fn half_heard(&self, order: OrderId) -> bool {
        self.write(move |_, tx| Ok(is_half_heard(tx, order)?))
    }
}

/// A hub that gave custody of an order and then said more than one batch holds.
fn with_much_to_say() -> (Shop, OrderId) {
    let shop = Shop::new();
    let one = order(1);
    shop.hub.give(one);
    for number in 0..BATCH_RECORDS_MAX {
        shop.hub.say(A, &format!("notice {number}"));
    }
    (shop, one)
}

fn exchange(hub: &Node, store: &mut Store) {
    let reply = answer(hub, A, store.ask());
    store.hear(&reply);
}

#[test]
fn a_custody_counts_once_everything_behind_it_is_here() {
    let (mut shop, one) = with_much_to_say();
    exchange(&shop.hub, &mut shop.a);
    assert!(shop.a.node.half_heard(one));
    assert!(!shop.a.node.half_heard(order(2)), "nobody spoke of it");
    shop.a.node.restart();
    assert!(shop.a.node.half_heard(one), "a restart forgot it");
    settle(&shop.hub, &mut shop.a);
    assert!(!shop.a.node.half_heard(one));
}

#[test]
fn what_counted_stays_so_when_more_comes_in_pieces() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.give(one);
    settle(&shop.hub, &mut shop.a);
    for number in 0..=BATCH_RECORDS_MAX {
        shop.hub.say(A, &format!("notice {number}"));
    }
    shop.hub.give(order(2));
    exchange(&shop.hub, &mut shop.a);
    assert!(!shop.a.node.half_heard(one));
    exchange(&shop.hub, &mut shop.a);
    assert!(!shop.a.node.half_heard(order(2)));
}

#[test]
fn a_reply_that_was_overtaken_does_not_end_the_waiting() {
    let mut shop = Shop::new();
    shop.hub.say(A, "first");
    let early = answer(&shop.hub, A, shop.a.ask());
    let one = order(1);
    shop.hub.give(one);
    for number in 0..BATCH_RECORDS_MAX {
        shop.hub.say(A, &format!("notice {number}"));
    }
    exchange(&shop.hub, &mut shop.a);
    assert!(shop.a.node.half_heard(one));
    // It says that the feed goes to 1, which the store holds by far.
    shop.a.hear(&early);
    assert!(shop.a.node.half_heard(one));
}

/// A hub that gave store A custody of an order which store B reads too, and was then put back to
/// what it had been before it took that back again: only B was told.
fn put_back_behind_a_withdrawal() -> (Shop, OrderId) {
    let mut shop = Shop::new();
    let one = order(1);
    shop.settle();
    shop.hub.give(one);
    shop.hub.share(one, B);
    let past = shop.hub.past();
    shop.hub.take_back(one);
    settle(&shop.hub, &mut shop.b);
    shop.restore(&past);
    (shop, one)
}

#[test]
fn what_an_earlier_generation_gave_counts_once_every_store_was_heard() {
    let (mut shop, one) = put_back_behind_a_withdrawal();
    settle(&shop.hub, &mut shop.a);
    assert_eq!(shop.a.node.facts_of(one), 1);
    assert!(shop.a.node.half_heard(one), "store B may know better");
    shop.a.node.restart();
    settle(&shop.hub, &mut shop.a);
    assert!(shop.a.node.half_heard(one), "a restart forgot it");

    settle(&shop.hub, &mut shop.b);
    settle(&shop.hub, &mut shop.a);
    assert!(!shop.a.node.half_heard(one));
    assert_eq!(shop.a.node.facts_of(one), 2);
}

#[test]
fn what_the_new_generation_gives_itself_counts_at_once() {
    let (mut shop, _) = put_back_behind_a_withdrawal();
    settle(&shop.hub, &mut shop.a);
    let own = order(2);
    shop.hub.give(own);
    settle(&shop.hub, &mut shop.a);
    assert!(
        !shop.a.node.half_heard(own),
        "no store was told of this one before"
    );
}

#[test]
fn what_counted_before_the_hub_was_put_back_goes_on() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.give(one);
    shop.settle();
    let past = shop.hub.past();
    shop.hub.say(A, "said and forgotten");
    shop.settle();
    shop.restore(&past);
    settle(&shop.hub, &mut shop.a);
    assert!(!shop.a.node.half_heard(one));
}
