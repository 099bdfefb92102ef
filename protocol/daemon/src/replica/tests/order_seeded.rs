//! Random histories of orders from a seed: a hub and two stores write the same orders while
//! messages are lost, repeated, late and damaged, commands rolled back and processes restarted.

use std::collections::VecDeque;

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Batch, EdgeSession, Exchange, Reply, Step, WithHashes};

use super::order_hostile::quarantined;
use super::orders::{A, B, Shop, Store, order, said};
use super::{Node, place};
use crate::entropy::{Entropy, SeededEntropy};
use crate::replica::{Replica, ReplicaFailed};

/// How many histories are run, of how many events each.
const SEEDS: u64 = 10;
const EVENTS: usize = 120;
/// How many orders they are about.
const ORDERS: u128 = 3;

/// The messages between the hub and one store that are on their way.
#[derive(Default)]
struct Way {
    asked: VecDeque<Exchange>,
    replied: VecDeque<Reply>,
}

/// A hub, two stores, and an oracle: how often anything was said in which order.
struct History {
    shop: Shop,
    chance: SeededEntropy,
    ways: [Way; 2],
    stated: Vec<(u128, String)>,
    refused: usize,
}

impl History {
    fn new(seed: u64) -> Self {
        Self {
            shop: Shop::new(),
            chance: SeededEntropy::new(seed),
            ways: [Way::default(), Way::default()],
            stated: Vec::new(),
            refused: 0,
        }
    }

    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 2];
        self.chance.fill(&mut bytes);
        usize::from(u16::from_be_bytes(bytes)) % limit
    }

    fn some_order(&self) -> u128 {
        1 + u128::try_from(self.below(3)).unwrap() % ORDERS
    }

    fn store(&self, which: usize) -> &Store {
        [&self.shop.a, &self.shop.b][which]
    }

    fn store_mut(&mut self, which: usize) -> &mut Store {
        match which {
            0 => &mut self.shop.a,
            _ => &mut self.shop.b,
        }
    }

    fn step(&mut self, event: usize) {
        let which = self.below(2);
        match self.below(100) {
            0..12 => self.state(None, event),
            12..32 => self.state(Some(which), event),
            32..40 => {
                let (one, peer) = (self.some_order(), [A, B][which]);
                self.shop.hub.share(order(one), peer);
            }
            40..44 => self.store(which).node.say(EdgeNumber::HUB, "a sale"),
            44..48 => self.undo_a_command(which),
            48..66 => {
                let store = self.store(which);
                let exchange = match self.below(3) {
                    0 => store.ask_after(0, WithHashes::Yes),
                    _ => store.ask(),
                };
                self.ways[which].asked.push_back(exchange);
            }
            66..80 => self.deliver_asked(which),
            80..95 => self.deliver_replied(which),
            95..98 => {
                let store = self.store_mut(which);
                store.node.restart();
                store.session = EdgeSession::new(0);
            }
            _ => self.shop.hub.restart(),
        }
    }

    fn state(&mut self, which: Option<usize>, event: usize) {
        let node: &Node = match which {
            Some(which) => &self.store(which).node,
            None => &self.shop.hub,
        };
        let (one, text) = (self.some_order(), format!("event {event}"));
        match node.try_state(order(one), 1, &text) {
            Ok(_) => self.stated.push((one, text)),
            // Something of the order was damaged on the way and has not come again yet.
            Err(ReplicaFailed::OrderIncomplete(_)) => self.refused += 1,
            Err(failed) => panic!("{failed:?}"),
        }
    }

    fn undo_a_command(&self, which: usize) {
        let one = order(self.some_order());
        let undone = self.store(which).node.try_write(move |replica, tx| {
            replica.record_order(tx, one, 1, place(), &said("undone"))?;
            Err::<(), _>(ReplicaFailed::NoIdentity)
        });
        assert!(undone.is_err());
    }

    fn deliver_asked(&mut self, which: usize) {
        let count = self.ways[which].asked.len();
        if count == 0 {
            return;
        }
        let at = self.below(count);
        let mut exchange = self.ways[which].asked[at].clone();
        if self.below(4) > 0 {
            self.ways[which].asked.remove(at);
        }
        if self.below(12) == 0 {
            self.spoil(exchange.up.as_mut());
        }
        let reply = self.shop.answer([A, B][which], exchange);
        if self.below(4) > 0 {
            self.ways[which].replied.push_back(reply);
        }
    }

    /// Damages one byte of one change of a batch. Some batches carry a hash for each record, so
    /// that only this record is quarantined; others are refused whole and come again.
    fn spoil(&self, batch: Option<&mut Batch>) {
        if let Some(batch) = batch {
            let at = self.below(batch.records.len());
            let change = &mut batch.records[at].change;
            let at = self.below(change.len());
            change[at] ^= 0x10;
        }
    }

    fn deliver_replied(&mut self, which: usize) {
        let count = self.ways[which].replied.len();
        if count == 0 {
            return;
        }
        let at = self.below(count);
        let mut reply = self.ways[which].replied[at].clone();
        if self.below(4) > 0 {
            self.ways[which].replied.remove(at);
        }
        if self.below(12) == 0 {
            self.spoil(reply.down.as_mut());
        }
        let step = self.store_mut(which).hear(&reply);
        assert_ne!(step, Step::Stop, "an honest reply stopped the session");
    }
}

#[test]
fn no_history_of_orders_loses_doubles_or_tells_it_differently() {
    let (mut refused, mut damaged) = (0, 0);
    for seed in 0..SEEDS {
        let mut history = History::new(seed);
        for event in 0..EVENTS {
            history.step(event);
        }
        for number in 1..=ORDERS {
            for edge in [A, B] {
                history.shop.hub.share(order(number), edge);
            }
        }
        history.shop.settle();
        let shop = &history.shop;
        let nodes = [&shop.hub, &shop.a.node, &shop.b.node];
        for number in 1..=ORDERS {
            let told = shop.hub.lines(order(number));
            for node in nodes {
                assert_eq!(node.lines(order(number)), told, "seed {seed}");
            }
            let mut words = shop.hub.words(order(number));
            words.sort_unstable();
            let stated = history.stated.iter().filter(|(one, _)| *one == number);
            let mut stated: Vec<_> = stated.map(|(_, text)| text.clone()).collect();
            stated.sort_unstable();
            assert_eq!(words, stated, "seed {seed}, order {number}");
        }
        let timelines = shop.hub.timelines();
        for node in nodes {
            assert_eq!(node.timelines(), timelines, "seed {seed}");
            node.write(Replica::rebuild);
            assert_eq!(node.timelines(), timelines, "seed {seed}, rebuilt");
        }
        refused += history.refused;
        damaged += nodes
            .map(|node| quarantined(node).len())
            .iter()
            .sum::<usize>();
        // Everybody can go on writing everywhere.
        for node in nodes {
            for number in 1..=ORDERS {
                node.state(order(number), 2, "goes on");
            }
        }
    }
    assert!(
        refused > 0 && damaged > 0,
        "the histories do not bite: {refused}, {damaged}"
    );
}
