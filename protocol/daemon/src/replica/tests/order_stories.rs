//! Stories of orders that a hub and two stores write side by side.

use counterpart_protocol::ids::EdgeNumber;

use super::orders::{A, B, Shop, order, said, settle};
use super::place;
use crate::replica::{Replica, ReplicaFailed};

#[test]
fn a_store_and_the_hub_write_one_order_and_hold_the_same() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.state(one, 0, "placed");
    shop.hub.state(one, 1, "custody");
    shop.hub.share(one, A);
    settle(&shop.hub, &mut shop.a);
    shop.a.node.state(one, 1, "picked");
    shop.a.node.state(one, 1, "handed over");
    settle(&shop.hub, &mut shop.a);
    let told = [
        "0/1/1/0 placed",
        "0/1/2/1 custody",
        "7/1/1/1 picked",
        "7/1/2/1 handed over",
    ];
    assert_eq!(shop.hub.lines(one), told);
    assert_eq!(shop.a.node.lines(one), told);
    assert_eq!(shop.hub.timelines(), shop.a.node.timelines());
    assert_eq!(shop.a.node.waiting(), 0);
}

#[test]
fn what_both_sides_write_at_once_is_ordered_alike_and_followed_by_the_next() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.state(one, 0, "placed");
    for edge in [A, B] {
        shop.hub.share(one, edge);
    }
    shop.settle();
    shop.a.node.state(one, 1, "picked at a");
    shop.b.node.state(one, 1, "picked at b");
    shop.hub.state(one, 0, "cancel requested");
    shop.settle();
    let told = ["placed", "cancel requested", "picked at a", "picked at b"];
    for node in [&shop.hub, &shop.a.node, &shop.b.node] {
        assert_eq!(node.words(one), told);
    }
    // Whoever writes next follows all three.
    shop.b.node.state(one, 1, "declined");
    shop.settle();
    let lines = shop.hub.lines(one);
    assert_eq!(lines.last().unwrap(), "8/1/2/1 declined");
    assert_eq!(lines, shop.a.node.lines(one));
    assert_eq!(shop.a.node.timelines(), shop.b.node.timelines());
}

#[test]
fn a_store_that_reads_an_order_late_gets_all_of_it_but_its_own() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.state(one, 0, "placed");
    shop.hub.share(one, A);
    settle(&shop.hub, &mut shop.a);
    shop.a.node.state(one, 1, "shorted");
    settle(&shop.hub, &mut shop.a);
    shop.hub.state(one, 2, "moved to b");

    let last = shop.hub.share(one, B);
    assert_eq!(last, 3);
    assert_eq!(shop.hub.share(one, B), last, "sharing twice adds nothing");
    settle(&shop.hub, &mut shop.b);
    assert_eq!(shop.b.node.words(one), ["placed", "shorted", "moved to b"]);
    shop.b.node.state(one, 2, "picked");
    shop.settle();
    assert_eq!(shop.a.node.words(one).last().unwrap(), "picked");
    // A's feed brought what the hub and B wrote, and not what A wrote itself.
    let sent = shop.hub.write(|replica, tx| Ok(replica.sent_seq(tx, A)?));
    assert_eq!(sent, 3);
}

#[test]
fn what_is_shared_before_it_is_written_is_sent_as_well() {
    let mut shop = Shop::new();
    let one = order(1);
    assert_eq!(shop.hub.share(one, A), 0);
    shop.hub.state(one, 0, "placed");
    settle(&shop.hub, &mut shop.a);
    assert_eq!(shop.a.node.words(one), ["placed"]);
}

#[test]
fn the_sent_mark_is_there_before_the_bytes_leave_and_never_goes_back() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.state(one, 1, "custody");
    let seq = shop.hub.share(one, A);
    let marks = |shop: &Shop| {
        shop.hub
            .write(|replica, tx| Ok((replica.sent_seq(tx, A)?, replica.held_seq(tx, A)?)))
    };
    assert_eq!(marks(&shop), (0, 0));
    let reply = shop.answer(A, shop.a.ask());
    assert_eq!(reply.down.as_ref().unwrap().records.len(), 1);
    // Whether the reply arrives is not known: it counts as sent.
    assert_eq!(marks(&shop), (seq, 0));
    shop.hub.restart();
    assert_eq!(marks(&shop), (seq, 0));
    settle(&shop.hub, &mut shop.a);
    settle(&shop.hub, &mut shop.a);
    assert_eq!(marks(&shop), (seq, seq));
}

#[test]
fn orders_and_journals_share_a_feed_and_each_goes_on_where_it_was() {
    let mut shop = Shop::new();
    let one = order(1);
    for round in 0..3 {
        shop.a.node.say(EdgeNumber::HUB, &format!("sale {round}"));
        shop.a.node.state(one, 1, &format!("picked {round}"));
        shop.hub.say(A, &format!("notice {round}"));
        shop.hub.state(one, 0, &format!("edited {round}"));
        shop.hub.share(one, A);
        shop.a.node.restart();
        shop.hub.restart();
    }
    shop.settle();
    let segments = shop.hub.write(|_, tx| {
        let sql = "SELECT document FROM documents WHERE document < 'order' ORDER BY document";
        let rows = tx.query_all(sql, &[])?;
        Ok(rows
            .iter()
            .map(|row| row.read::<String>(0).unwrap())
            .collect::<Vec<_>>())
    });
    assert_eq!(segments, ["0/1/0/7", "7/1/0"]);
    assert_eq!(shop.hub.notices().len(), 6);
    assert_eq!(shop.hub.notices(), shop.a.node.notices());
    assert_eq!(shop.hub.lines(one).len(), 6);
    assert_eq!(shop.hub.lines(one), shop.a.node.lines(one));
}

#[test]
fn what_was_rolled_back_is_in_no_order() {
    let shop = Shop::new();
    let one = order(1);
    shop.hub.state(one, 0, "placed");
    let undone = shop.hub.try_write(move |replica, tx| {
        replica.record_order(tx, one, 0, place(), &said("undone"))?;
        Err::<(), _>(ReplicaFailed::NoIdentity)
    });
    assert!(undone.is_err());
    shop.hub.state(one, 0, "held");
    assert_eq!(shop.hub.lines(one), ["0/1/1/0 placed", "0/1/2/0 held"]);
}

#[test]
fn a_rebuild_folds_orders_to_what_they_were() {
    let mut shop = Shop::new();
    for number in 1..=3 {
        let one = order(number);
        shop.hub.state(one, 0, "placed");
        shop.hub.share(one, A);
        shop.hub.share(one, B);
        shop.settle();
        shop.a.node.state(one, 1, "picked");
        shop.b.node.state(one, 1, "picked as well");
        shop.a.node.say(EdgeNumber::HUB, "a sale");
    }
    shop.settle();
    for node in [&shop.hub, &shop.a.node, &shop.b.node] {
        let before = (node.timelines(), node.notices());
        let rebuilt = node.write(Replica::rebuild);
        let facts = u64::try_from(before.0.len() + before.1.len()).unwrap();
        assert_eq!((rebuilt.facts, rebuilt.skipped), (facts, 0));
        assert_eq!((node.timelines(), node.notices()), before);
    }
}

#[test]
fn a_change_that_comes_a_second_way_is_a_duplicate() {
    let mut shop = Shop::new();
    let one = order(1);
    shop.hub.state(one, 0, "placed");
    shop.hub.share(one, A);
    settle(&shop.hub, &mut shop.a);
    // The hub forgets whom it told, as a restored one would.
    shop.hub.write(|_, tx| {
        tx.execute("DELETE FROM order_readers", &[])?;
        Ok(())
    });
    shop.hub.share(one, A);
    settle(&shop.hub, &mut shop.a);
    assert_eq!(shop.a.node.words(one), ["placed"]);
    let listed = shop
        .a
        .node
        .write(|replica, tx| Ok(replica.quarantined(tx, 9)?));
    assert_eq!(listed, []);
}
