//! Days in packs: nothing is lost by it, and nobody who reads a fact notices.

use std::collections::BTreeSet;

use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::{DocumentId, EdgeNumber, FactId};
use counterpart_protocol::sync::FeedId;
use counterpart_protocol::time::BusinessDate;
use proptest::prelude::{ProptestConfig, any, prop, prop_assert_eq, proptest};

use super::orders::{A, Shop, order};
use super::{EDGE, Node, Pair, place};
use crate::params;
use crate::replica::feeds::{Direction, Stream, records_after};
use crate::replica::{DayToPack, PackRefused, PackStep, Packed, Place, fact};

pub(super) fn day(days: i32) -> BusinessDate {
    BusinessDate::from_days(days).unwrap()
}

/// A record: its direction, run and number, its document, and its bytes.
pub(super) type Held = (Direction, u32, u64, DocumentId, Option<Vec<u8>>);

impl Node {
    pub(super) fn say_on(&self, peer: EdgeNumber, days: i32, text: &str) -> FactId {
        let notice = NoticePosted {
            text: text.to_owned(),
            until_ms: None,
        };
        let on = Place {
            business_date: day(days),
            ..place()
        };
        let said = self.write(move |replica, tx| replica.record(tx, peer, on, &notice));
        said.fact_id
    }

    pub(super) fn due_to_pack(
        &self,
        peer: EdgeNumber,
        before: i32,
        signed: &[i32],
    ) -> Vec<DayToPack> {
        let signed: BTreeSet<BusinessDate> = signed.iter().copied().map(day).collect();
        self.write(move |replica, tx| Ok(replica.days_to_pack(tx, peer, day(before), &signed)?))
    }

    pub(super) fn pack_one(&self, due: DayToPack) -> PackStep {
        let replica = self.replica.clone();
        let packed = self
            .db
            .write_blocking(move |tx| replica.pack_group(tx, &due));
        packed.unwrap()
    }

    /// Packs what may be, and returns how many changes went into packs.
    pub(super) fn pack(&self, peer: EdgeNumber, before: i32, signed: &[i32]) -> u64 {
        let mut packed = 0;
        for due in self.due_to_pack(peer, before, signed) {
            loop {
                match self.pack_one(due) {
                    PackStep::Packed { changes } => packed += changes,
                    PackStep::Passed => {}
                    PackStep::Over => break,
                }
            }
        }
        packed
    }

    /// Every record of every feed with its bytes.
    pub(super) fn records(&self, peer: EdgeNumber, run: u32) -> Vec<Held> {
        self.write(move |_, tx| {
            let mut held = Vec::new();
            for direction in [Direction::Out, Direction::In] {
                let stream = Stream { direction, peer };
                for stored in records_after(tx, stream, FeedId(run), 0, 100_000)? {
                    let record = stored.record;
                    held.push((direction, run, record.seq, record.document, stored.change));
                }
            }
            Ok(held)
        })
    }

    pub(super) fn loose(&self) -> i64 {
        self.write(|_, tx| {
            let row = tx.query_one("SELECT COUNT(*) FROM changes", params![])?;
            Ok(row.read(0)?)
        })
    }

    pub(super) fn packed(&self) -> Packed {
        self.write(|replica, tx| Ok(replica.packed(tx)?))
    }

    /// What is counted of packs is what is there.
    #[track_caller]
    pub(super) fn is_counted(&self) {
        let sums = self.write(|_, tx| {
            let row = tx.query_one(
                "SELECT COUNT(*), COALESCE(SUM(changes), 0), COALESCE(SUM(loose_bytes), 0),
                     COALESCE(SUM(packed_bytes), 0) FROM change_packs",
                params![],
            )?;
            let read = |at| row.read::<i64>(at).map(i64::unsigned_abs);
            Ok([read(0)?, read(1)?, read(2)?, read(3)?])
        });
        let packed = self.packed();
        let counted = [
            packed.packs,
            packed.changes,
            packed.loose_bytes,
            packed.packed_bytes,
        ];
        assert_eq!(counted, sums);
    }
}

/// An edge and its hub that told each other `each` things on each of the days from 1 on.
pub(super) fn days_of(days: i32, each: usize) -> Pair {
    let mut pair = Pair::new();
    for at in 1..=days {
        for nth in 0..each {
            pair.edge
                .say_on(EdgeNumber::HUB, at, &format!("up {at} {nth}"));
            pair.hub.say_on(EDGE, at, &format!("down {at} {nth}"));
        }
        pair.settle();
    }
    pair
}

/// Both nodes of a pair, each with its peer.
pub(super) fn ends(pair: &Pair) -> [(&Node, EdgeNumber); 2] {
    [(&pair.edge, EdgeNumber::HUB), (&pair.hub, EDGE)]
}

#[test]
fn packed_days_read_as_they_did_and_are_whole() {
    let mut pair = days_of(3, 70);
    let last = pair.edge.say_on(EdgeNumber::HUB, 2, "late and found");
    pair.settle();
    for (node, peer) in ends(&pair) {
        let segments = ["7/1/0", "7/1/1", "0/1/0/7"];
        let inspect = |node: &Node| {
            segments.map(|name| {
                let name = name.to_owned();
                node.write(move |replica, tx| Ok(replica.inspect(tx, &name).ok()))
            })
        };
        let before = (node.records(peer, 1), node.notices(), inspect(node));
        let loose = node.loose();
        let packed = node.pack(peer, 3, &[1, 2]);
        assert_eq!(packed, 2 * (70 + 70) + 1);
        assert_eq!(node.loose(), loose - i64::try_from(packed).unwrap());
        assert_eq!(node.records(peer, 1), before.0);
        assert_eq!(inspect(node), before.2);
        let found = node.write(move |_, tx| Ok(fact(tx, last)?));
        assert_eq!(found.unwrap().header.id, last);
        let verified = node.write(|replica, tx| replica.verify(tx));
        assert!(verified.is_whole(), "{verified}");
        node.write(|replica, tx| replica.rebuild(tx));
        assert_eq!(node.notices(), before.1);
        node.is_counted();
        assert!(node.packed().saved_bytes() > node.packed().packed_bytes);
        let days = node.write(move |replica, tx| Ok(replica.days_packed(tx, peer)?));
        assert_eq!(days, 2);
        // Nothing is left to do.
        assert_eq!(node.due_to_pack(peer, 3, &[1, 2]), []);
    }
}

#[test]
fn a_day_that_is_young_or_not_countersigned_stays_loose() {
    let mut pair = days_of(4, 20);
    // On day 2 the hub alone said something more; on day 3 nothing is countersigned.
    pair.hub
        .say_on(EDGE, 9, "of a day when the store was closed");
    pair.settle();
    let dates = |node: &Node, peer, before, signed: &[i32]| -> Vec<i32> {
        let due = node.due_to_pack(peer, before, signed);
        due.iter().map(|due| due.date().days()).collect()
    };
    for (node, peer) in ends(&pair) {
        assert_eq!(dates(node, peer, 4, &[]), Vec::<i32>::new());
        assert_eq!(dates(node, peer, 1, &[1, 2, 4]), Vec::<i32>::new());
        assert_eq!(dates(node, peer, 4, &[1, 2, 4]), [1, 1, 2, 2]);
        assert_eq!(dates(node, peer, 20, &[1, 4, 10]), [1, 1, 4, 4, 9]);
    }
}

#[test]
fn what_is_an_order_s_stands_aside_or_is_damaged_stays_loose() {
    let mut shop = Shop::new();
    (1..=40).for_each(|number| shop.day(number));
    let node = &shop.a.node;
    let before = (node.records(EdgeNumber::HUB, 1), node.loose());
    node.write(|_, tx| {
        // The hub says it could not use one, and the disk turned a bit of another.
        tx.execute(
            "INSERT INTO quarantine (direction, peer, feed, seq, reason, noticed_at_ms)
             VALUES ('out', 0, 1, 3, 'not usable', 0)",
            params![],
        )?;
        let bytes: Vec<u8> = b"rotten".to_vec();
        tx.execute(
            "UPDATE changes SET bytes = $1 WHERE change_hash = (
                 SELECT change_hash FROM feed_records WHERE direction = 'out' AND seq = 5)",
            params![bytes],
        )?;
        Ok(())
    });
    let date = place().business_date.days();
    let packed = node.pack(EdgeNumber::HUB, date + 1, &[date]);
    // 40 each way, less the two; the 40 orders have two changes each.
    assert_eq!(packed, 40 + 40 - 2);
    assert_eq!(node.loose(), before.1 - 78);
    let mut after = node.records(EdgeNumber::HUB, 1);
    let rotten = after
        .iter_mut()
        .find(|held| held.0 == Direction::Out && held.2 == 5);
    let rotten = rotten.unwrap().4.replace(Vec::new());
    assert_eq!(rotten, Some(b"rotten".to_vec()));
    let others = |held: &Held| (held.0, held.2) != (Direction::Out, 5);
    assert!(
        after
            .iter()
            .filter(|held| others(held))
            .eq(before.0.iter().filter(|held| others(held)))
    );
}

#[test]
fn a_step_that_is_undone_or_never_comes_to_its_end_leaves_everything() {
    let mut pair = days_of(1, 300);
    let before = pair.edge.records(EdgeNumber::HUB, 1);
    let due = pair.edge.due_to_pack(EdgeNumber::HUB, 2, &[1])[0];
    let replica = pair.edge.replica.clone();
    let undone = pair.edge.db.write_blocking(move |tx| {
        replica.pack_group(tx, &due)?;
        Err::<(), _>(PackRefused::Differs)
    });
    assert!(undone.is_err());
    assert_eq!(pair.edge.loose(), 600);
    assert_eq!(pair.edge.packed(), Packed::default());
    // A process that ends between two steps goes on where it was.
    for _ in 0..2 {
        assert!(matches!(
            pair.edge.pack_one(due),
            PackStep::Packed { changes: 128 }
        ));
        pair.edge.restart();
        assert_eq!(pair.edge.records(EdgeNumber::HUB, 1), before);
    }
    assert_eq!(pair.edge.pack(EdgeNumber::HUB, 2, &[1]), 600 - 256);
    assert_eq!(pair.edge.records(EdgeNumber::HUB, 1), before);
    pair.edge.is_counted();
    // It still states facts, and the hub takes them.
    pair.edge.say(EdgeNumber::HUB, "after");
    pair.settle();
}

#[test]
fn a_hub_whose_open_journal_is_packed_goes_on_in_it() {
    let mut pair = days_of(1, 40);
    pair.hub.pack(EDGE, 2, &[1]);
    pair.hub.restart();
    pair.hub.say_on(EDGE, 3, "after");
    pair.settle();
    for (node, peer) in ends(&pair) {
        let records = node.records(peer, 1);
        let last = records
            .iter()
            .rfind(|held| held.3.to_string().starts_with("0/"));
        assert_eq!(
            last.unwrap().3.to_string(),
            "0/1/0/7",
            "no segment was left behind"
        );
        let found = node.write(|replica, tx| replica.verify(tx));
        assert!(found.is_whole(), "{found}");
    }
}

#[test]
fn a_restored_hub_gets_packed_records_back() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    (2..=30).for_each(|number| shop.day(number));
    let date = place().business_date.days();
    assert_eq!(shop.a.node.pack(EdgeNumber::HUB, date + 1, &[date]), 60);
    shop.restore(&past);
    shop.settle();
    shop.is_whole(1..=30);
    // The hub packs what it got back, and what the store hears next is as before.
    assert!(shop.hub.pack(A, date + 1, &[date]) >= 60);
    shop.day(31);
    shop.is_whole(1..=31);
    assert_eq!(shop.hub.lines(order(9)), shop.a.node.lines(order(9)));
}

#[test]
fn a_restored_edge_whose_days_are_packed_parts_with_its_hub_and_loses_nothing() {
    let mut pair = Pair::new();
    let today = place().business_date.days();
    pair.say(1, 30);
    pair.settle();
    let backup = pair.edge.image();
    pair.say(31, 30);
    pair.settle();
    pair.hub.pack(EDGE, today + 1, &[today]);
    // The backup sold on, packed what it had, and never told anybody.
    pair.edge.roll_back(&backup);
    pair.say(71, 30);
    assert_eq!(pair.edge.pack(EdgeNumber::HUB, today + 1, &[today]), 60);
    pair.edge.open_life();
    pair.recover();
    pair.agrees((1..=60).chain(71..=100));
    pair.edge.is_counted();
    // The earlier life holds the hub's records now: they go into a pack as any.
    pair.edge.pack(EdgeNumber::HUB, today + 1, &[today]);
    pair.agrees((1..=60).chain(71..=100));
    pair.edge.is_counted();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn however_days_come_and_are_packed_every_byte_and_view_stays(
        said in prop::collection::vec((1..6_i32, any::<bool>(), 0..300_usize), 1..120),
        signed in prop::collection::btree_set(1..6_i32, 0..5),
        before in 1..8_i32,
    ) {
        let mut pair = Pair::new();
        for (at, up, long) in said {
            let text = format!("{} {}", "x".repeat(long), at);
            match up {
                true => pair.edge.say_on(EdgeNumber::HUB, at, &text),
                false => pair.hub.say_on(EDGE, at, &text),
            };
        }
        pair.settle();
        let signed: Vec<i32> = signed.into_iter().collect();
        for (node, peer) in ends(&pair) {
            let records = node.records(peer, 1);
            let notices = node.notices();
            node.pack(peer, before, &signed);
            prop_assert_eq!(node.records(peer, 1), records);
            node.write(|replica, tx| replica.rebuild(tx));
            prop_assert_eq!(node.notices(), notices);
            node.is_counted();
            let due = node.due_to_pack(peer, before, &signed);
            prop_assert_eq!(due, Vec::<DayToPack>::new());
        }
    }
}
