//! A hub whose data are older than its past opens a generation and comes back whole.

use std::collections::BTreeSet;
use std::time::Duration;

use counterpart_protocol::ids::{EdgeNumber, OrderId};
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::{Exchange, Reply, Step};

use super::orders::{A, B, Shop, Store, order};
use super::{Node, place, texts};
use crate::db::Value;
use crate::params;
use crate::replica::{Answer, Generation, Hearing};

/// Every table a test's node has.
const TABLES: &[&str] = &[
    "replica_identity",
    "changes",
    "facts",
    "documents",
    "feed_heads",
    "feed_records",
    "quarantine",
    "day_digests",
    "change_packs",
    "packed_totals",
    "order_changes",
    "order_missing",
    "order_readers",
    "writer_actors",
    "replica_generation",
    "replica_hearing",
    "notices",
    "timelines",
];

/// What a hub's tables held, on either engine.
pub(super) struct Past(Vec<(&'static str, Vec<Vec<Value>>)>);

impl Node {
    pub(super) fn past(&self) -> Past {
        Past(self.write(|_, tx| {
            let mut tables = Vec::new();
            for table in TABLES {
                let rows = tx.query_all(&format!("SELECT * FROM {table}"), params![])?;
                let values = rows.iter().map(|row| {
                    let values = (0..row.width()).map(|at| row.read::<Value>(at));
                    values.collect::<Result<Vec<_>, _>>().unwrap()
                });
                tables.push((*table, values.collect()));
            }
            Ok(tables)
        }))
    }

    /// Puts the tables back and starts anew on them.
    pub(super) fn put_back(&mut self, past: &Past) {
        let tables = past.0.clone();
        self.write(move |_, tx| {
            for (table, rows) in tables {
                tx.execute(&format!("DELETE FROM {table}"), params![])?;
                for row in rows {
                    let places: Vec<String> = (1..=row.len()).map(|at| format!("${at}")).collect();
                    let sql = format!("INSERT INTO {table} VALUES ({})", places.join(", "));
                    tx.execute(&sql, &row)?;
                }
            }
            Ok(())
        });
        self.restart();
    }

    pub(super) fn open_generation(&self) -> Generation {
        self.write(|replica, tx| replica.open_generation(tx, place(), LifeBecause::Restored, None))
    }

    pub(super) fn unheard(&self) -> Vec<EdgeNumber> {
        let unheard = self.write(|replica, tx| Ok(replica.unheard(tx)?));
        [A, B]
            .into_iter()
            .filter(|edge| unheard.holds(*edge))
            .collect()
    }

    pub(super) fn hearing(&self, edge: EdgeNumber) -> Hearing {
        let hearings = self.write(|replica, tx| Ok(replica.hearings(tx)?));
        hearings.into_iter().find(|one| one.edge == edge).unwrap()
    }
}

impl Shop {
    /// Says one thing at each node to each, and one in an order of its own that store A reads.
    pub(super) fn day(&mut self, number: u32) {
        self.hub.say(A, &format!("to a {number}"));
        self.hub.say(B, &format!("to b {number}"));
        self.a
            .node
            .say(EdgeNumber::HUB, &format!("from a {number}"));
        self.b
            .node
            .say(EdgeNumber::HUB, &format!("from b {number}"));
        let id = order(u128::from(number));
        self.hub.state(id, 1, "placed");
        self.hub.share(id, A);
        self.settle();
        self.a.node.state(id, 1, "accepted");
        self.settle();
    }

    pub(super) fn restore(&mut self, past: &Past) -> Generation {
        self.hub.put_back(past);
        self.hub.clock.advance(Duration::from_secs(120));
        self.hub.open_generation()
    }

    /// Everything that was said on these days is at both ends, once, and every node is whole.
    #[track_caller]
    pub(super) fn is_whole(&self, days: impl Iterator<Item = u32> + Clone) {
        let said = |what: &str| -> BTreeSet<String> {
            days.clone().map(|day| format!("{what} {day}")).collect()
        };
        for (node, from, what) in [
            (&self.hub, A, "from a"),
            (&self.hub, B, "from b"),
            (&self.a.node, EdgeNumber::HUB, "to a"),
            (&self.b.node, EdgeNumber::HUB, "to b"),
        ] {
            let texts = texts(node, from);
            let once: BTreeSet<String> = texts.iter().cloned().collect();
            assert_eq!(texts.len(), once.len(), "{texts:?}");
            assert_eq!(once, said(what));
        }
        let hubs: BTreeSet<String> = texts(&self.hub, EdgeNumber::HUB).into_iter().collect();
        let all: BTreeSet<String> = said("to a").into_iter().chain(said("to b")).collect();
        assert_eq!(hubs, all);
        for day in days {
            let id = order(u128::from(day));
            assert_eq!(self.hub.lines(id), self.a.node.lines(id));
            assert_eq!(self.hub.document_state(id), "open");
        }
        for node in [&self.hub, &self.a.node, &self.b.node] {
            let found = node.write(|replica, tx| replica.verify(tx));
            assert!(found.is_whole(), "{found}");
            assert_eq!(node.write(|r, tx| Ok(r.quarantined(tx, 9)?)), []);
        }
    }

    pub(super) fn hub_says(&self, edge: EdgeNumber, exchange: Exchange) -> Answer {
        self.hub
            .write(move |replica, tx| replica.answer(tx, edge, &exchange))
    }
}

/// One round trip; returns the reply and what the store does next.
pub(super) fn trip(hub: &Node, store: &mut Store) -> (Reply, Step) {
    let reply = super::orders::answer(hub, store.number, store.ask());
    let step = store.hear(&reply);
    (reply, step)
}

#[test]
fn a_restored_hub_gets_back_what_it_told_and_what_it_was_told() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    (2..=4).for_each(|day| shop.day(day));
    let before = shop.hub.lines(order(3));
    let opened = shop.restore(&past);
    assert!(opened.generation > 1);
    assert_eq!(shop.hub.unheard(), [A, B]);
    shop.settle();
    assert_eq!(shop.hub.unheard(), []);
    assert_eq!(shop.hub.lines(order(3)), before);
    shop.is_whole(1..=4);
    // Three days of what it told store A, and what that store had told it comes by itself.
    assert_eq!(shop.hub.hearing(A).taken, 6);
    // It goes on in the orders that came back, and nothing has two values under one key.
    shop.hub.state(order(3), 1, "thanked");
    shop.day(5);
    assert_eq!(shop.a.node.words(order(3)).last().unwrap(), "thanked");
    shop.is_whole(1..=5);
    // A rebuild tells the same.
    let timelines = shop.hub.timelines();
    shop.hub.write(|replica, tx| replica.rebuild(tx));
    assert_eq!(shop.hub.timelines(), timelines);
    shop.is_whole(1..=5);
}

#[test]
fn a_store_is_heard_once_it_has_met_the_new_hub_and_sent_everything_back() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    // More than one message holds.
    for number in 0..600 {
        shop.hub.say(A, &format!("news {number}"));
    }
    shop.settle();
    shop.restore(&past);
    let mut trips = 0;
    while shop.hub.unheard().contains(&A) {
        let (reply, step) = trip(&shop.hub, &mut shop.a);
        let told = reply.welcome.generation.unwrap();
        assert_eq!(told.heard, !shop.hub.unheard().contains(&A));
        assert!(
            told.heard || matches!(step, Step::Exchange { .. }),
            "{step:?}"
        );
        assert!(
            told.heard || reply.down.is_none(),
            "nothing new before that"
        );
        trips += 1;
        assert!(trips < 20);
        // A crash on either side in between loses nothing.
        shop.hub.restart();
        shop.a.node.restart();
    }
    assert_eq!(shop.hub.unheard(), [B]);
    assert_eq!(texts(&shop.hub, EdgeNumber::HUB).len(), 602);
    shop.settle();
    assert_eq!(shop.hub.unheard(), []);
    // Once heard, an exchange says no more about it than before.
    let quiet = shop.a.ask();
    assert_eq!(quiet.hello.met.unwrap().runs, None);
    assert_eq!(quiet.back, None);
}

#[test]
fn what_an_edge_had_not_heard_of_the_earlier_run_is_given_first() {
    let mut shop = Shop::new();
    shop.day(1);
    shop.hub.say(A, "to a 2");
    shop.hub.say(B, "to b 2");
    let past = shop.hub.past();
    shop.restore(&past);
    shop.hub.say(A, "to a 3");
    shop.settle();
    let heard = texts(&shop.a.node, EdgeNumber::HUB);
    assert_eq!(heard, ["to a 1", "to a 2", "to a 3"]);
    assert_eq!(shop.hub.unheard(), []);
    assert_eq!(shop.hub.hearing(A).taken, 0);
}

#[test]
fn an_order_that_went_to_another_store_after_the_backup_reaches_both() {
    let mut shop = Shop::new();
    let id: OrderId = order(1);
    shop.hub.state(id, 1, "placed");
    shop.hub.share(id, A);
    shop.settle();
    let past = shop.hub.past();
    shop.a.node.state(id, 1, "rejected");
    shop.settle();
    shop.hub.share(id, B);
    shop.hub.state(id, 2, "given to b");
    let behind = shop.a.ask();
    super::orders::settle(&shop.hub, &mut shop.b);
    shop.b.node.state(id, 2, "picked");
    super::orders::settle(&shop.hub, &mut shop.b);
    // Store A has not heard that it went on.
    assert_eq!(behind.hello.down.seq, 1);
    shop.restore(&past);
    super::orders::settle(&shop.hub, &mut shop.b);
    assert_eq!(shop.hub.unheard(), [A]);
    shop.settle();
    let expected = ["placed", "rejected", "given to b", "picked"];
    for node in [&shop.hub, &shop.a.node, &shop.b.node] {
        assert_eq!(node.words(id), expected);
    }
    // Both read on.
    shop.hub.state(id, 2, "thanked");
    shop.b.node.state(id, 2, "handed over");
    shop.settle();
    for node in [&shop.a.node, &shop.b.node] {
        assert_eq!(node.lines(id), shop.hub.lines(id));
    }
}

#[test]
fn a_late_word_of_the_lost_hub_counts_no_more_once_the_new_one_was_met() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    shop.hub.say(A, "too late");
    let late = super::orders::answer(&shop.hub, A, shop.a.ask());
    assert!(late.down.is_some());
    shop.restore(&past);
    trip(&shop.hub, &mut shop.a);
    assert!(matches!(shop.a.hear(&late), Step::Wait { .. }));
    shop.settle();
    assert_eq!(texts(&shop.a.node, EdgeNumber::HUB), ["to a 1"]);
    assert_eq!(texts(&shop.hub, EdgeNumber::HUB), ["to a 1", "to b 1"]);
    assert_eq!(shop.hub.unheard(), []);
    shop.day(2);
    shop.is_whole(1..=2);
}
