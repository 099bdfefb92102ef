//! Packs that rot: named, mended from the other end, and packed anew.

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::ids::EdgeNumber;

use super::packing::ends;
use super::{EDGE, Node, Pair, place};
use crate::params;
use crate::replica::feeds::put_change;

fn today() -> i32 {
    place().business_date.days()
}

impl Node {
    fn pack_today(&self, peer: EdgeNumber) -> u64 {
        self.pack(peer, today() + 1, &[today()])
    }

    /// The disk turns a bit of a pack: the one that holds a record.
    fn rot_pack(&self, direction: &'static str, seq: i64) {
        self.write(move |_, tx| {
            let row = tx.query_one(
                "SELECT pack, packed FROM change_packs
                 WHERE direction = $1 AND first_seq <= $2 AND last_seq >= $2",
                params![direction, seq],
            )?;
            let (pack, mut packed): (i64, Vec<u8>) = (row.read(0)?, row.read(1)?);
            let middle = packed.len() / 2;
            packed[middle] ^= 4;
            tx.execute(
                "UPDATE change_packs SET packed = $2 WHERE pack = $1",
                params![pack, packed],
            )?;
            Ok(())
        });
    }
}

/// Both ends have packed the night's day.
fn packed(count: usize) -> Pair {
    let pair = Pair::at_night(count);
    for (node, peer) in ends(&pair) {
        // Up comes the seal besides.
        assert_eq!(node.pack_today(peer), 2 * count as u64 + 1);
    }
    pair
}

#[test]
fn a_rotten_pack_is_named_and_reading_it_stops_nothing() {
    let mut pair = packed(60);
    pair.edge.rot_pack("out", 1);
    let found = pair.edge.write(|replica, tx| replica.verify(tx));
    assert!(!found.is_whole());
    let told = found.to_string();
    assert!(
        told.contains("BROKEN pack of feed to 0, run 1, records 1 to 61: it cannot be unpacked"),
        "{told}"
    );
    assert!(told.contains("record 7: its change is gone"), "{told}");
    let shown = pair
        .edge
        .write(|replica, tx| Ok(replica.inspect(tx, "7/1/0").unwrap()));
    assert_eq!(shown.facts.len(), 61);
    let page = pair
        .edge
        .write(|replica, tx| replica.journal_after(tx, None, 500));
    assert!(page.stated.iter().all(|stated| stated.fact.is_err()));
    pair.edge.say(EdgeNumber::HUB, "it goes on");
    pair.settle();
}

#[test]
fn rotten_packs_of_both_ends_are_mended_by_each_other_and_packed_anew() {
    let pair = packed(200);
    let before = ends(&pair).map(|(node, peer)| (node.records(peer, 1), node.loose()));
    pair.edge.rot_pack("out", 1);
    pair.hub.rot_pack("in", 201);
    pair.hub.rot_pack("out", 150);
    pair.compare();
    // A pack's 128 records here; there the 73 of the last, and as many of the other feed's.
    pair.check((128 + 73, 0), (72, 0));
    for ((node, peer), (records, loose)) in ends(&pair).into_iter().zip(&before) {
        assert_eq!(&node.records(peer, 1), records);
        assert!(node.loose() > *loose, "what was mended is loose");
        assert!(node.pack_today(peer) > 0);
        assert_eq!(node.loose(), *loose);
        assert_eq!(&node.records(peer, 1), records);
        let found = node.write(|replica, tx| replica.verify(tx));
        assert!(found.is_whole(), "{found}");
        node.is_counted();
    }
}

#[test]
fn what_rotted_in_packs_at_both_ends_is_said_to_be_lost_and_the_pack_is_kept() {
    let pair = packed(60);
    pair.edge.rot_pack("out", 1);
    pair.hub.rot_pack("in", 1);
    pair.compare();
    pair.check((0, 61), (0, 0));
    // One of them comes back some other way: the rest of the pack is not thrown away for it.
    pair.edge.write(|_, tx| {
        let sql = "UPDATE day_digests SET packed_seq = NULL";
        tx.execute(sql, params![])?;
        Ok(())
    });
    assert_eq!(pair.edge.pack_today(EdgeNumber::HUB), 0);
    assert_eq!(pair.edge.packed().packs, 2);
    assert_eq!(pair.hub.pack_today(EDGE), 0);
}

#[test]
fn what_the_peer_refused_after_it_was_packed_stays_in_the_pack() {
    let pair = packed(60);
    let before = pair.edge.records(EdgeNumber::HUB, 1);
    let mended = before.iter().find(|held| held.2 == 9).unwrap().clone();
    pair.edge.write(move |_, tx| {
        // A hub that was put back judges anew; another record's bytes came back meanwhile.
        tx.execute(
            "INSERT INTO quarantine (direction, peer, feed, seq, reason, noticed_at_ms)
             VALUES ('out', 0, 1, 3, 'not usable', 0)",
            params![],
        )?;
        let bytes = mended.4.unwrap();
        put_change(tx, ChangeHash::of(&bytes), &bytes)?;
        tx.execute("UPDATE day_digests SET packed_seq = NULL", params![])?;
        Ok(())
    });
    assert_eq!(pair.edge.pack_today(EdgeNumber::HUB), 61);
    assert_eq!(pair.edge.records(EdgeNumber::HUB, 1), before);
    pair.edge.is_counted();
}

#[test]
fn going_on_within_a_pack_keeps_what_stands_before_that_place() {
    let pair = Pair::at_night(60);
    let before = pair.edge.records(EdgeNumber::HUB, 1);
    pair.edge.write(|_, tx| {
        tx.execute(
            "INSERT INTO quarantine (direction, peer, feed, seq, reason, noticed_at_ms)
             VALUES ('out', 0, 1, 5, 'not usable', 0)",
            params![],
        )?;
        Ok(())
    });
    assert_eq!(pair.edge.pack_today(EdgeNumber::HUB), 60 + 60);
    // The hub takes it after all: without the first there are as many as the pack holds.
    pair.edge.write(|_, tx| {
        tx.execute("DELETE FROM quarantine", params![])?;
        tx.execute("UPDATE day_digests SET packed_seq = 1", params![])?;
        Ok(())
    });
    pair.edge.pack_today(EdgeNumber::HUB);
    assert_eq!(pair.edge.records(EdgeNumber::HUB, 1), before);
    pair.edge.is_counted();
}

#[test]
fn a_day_of_which_nobody_noted_the_end_is_packed_to_it() {
    let pair = Pair::at_night(300);
    let before = pair.edge.records(EdgeNumber::HUB, 1);
    pair.edge.write(|_, tx| {
        let sql = "UPDATE day_digests SET first_seq = 0, last_seq = NULL";
        tx.execute(sql, params![])?;
        Ok(())
    });
    assert_eq!(pair.edge.pack_today(EdgeNumber::HUB), 601);
    assert_eq!(pair.edge.records(EdgeNumber::HUB, 1), before);
    let due = pair
        .edge
        .due_to_pack(EdgeNumber::HUB, today() + 1, &[today()]);
    assert!(due.is_empty(), "{due:?}");
}
