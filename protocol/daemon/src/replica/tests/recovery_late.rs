//! A machine that was replaced still had something to tell: what happened there counts, at the hub
//! and at the machine that goes on.

use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{RightsGranted, SkuUnits};
use counterpart_protocol::sync::{EdgeSession, Phase, Step, Trouble};

use super::{EDGE, Node, Pair, place, texts};
use crate::params;
use crate::replica::Answer;

/// A store whose machine was replaced by one with its backup, while the line was down: the first
/// goes on as it was, the second is `pair.edge` and has recovered.
struct Replaced {
    pair: Pair,
    first: Node,
    session: EdgeSession,
    newer: Incarnation,
}

impl Replaced {
    fn after(told: u32, untold: u32) -> Self {
        let mut pair = Pair::new();
        pair.say(1, told);
        pair.settle();
        let backup = pair.edge.image();
        pair.say(told + 1, untold);
        let first = std::mem::replace(&mut pair.edge, Node::of_image(&backup, 9));
        let newer = pair.edge.open_life();
        pair.recover();
        Self {
            pair,
            first,
            session: EdgeSession::new(0),
            newer,
        }
    }

    /// Lets the first machine speak until it has nothing left to tell.
    fn speak(&mut self) {
        for _ in 0..50 {
            let Step::Exchange {
                after_seq,
                with_hashes,
            } = self.session.exchange()
            else {
                return;
            };
            let asked = self
                .first
                .write(move |replica, tx| replica.ask(tx, after_seq, with_hashes));
            let Answer::Reply(reply) = self.pair.hub_says(asked) else {
                panic!("the hub takes what it has to say");
            };
            assert_eq!(reply.down, None, "the hub's feed is for the newer one");
            let mut session = self.session.clone();
            self.session = self.first.write(move |replica, tx| {
                replica.hear(tx, &mut session, &reply)?;
                Ok(session)
            });
        }
        panic!("it does not come to an end");
    }

    /// Lets the second machine go on, as its agent does, until it has nothing left to say or ask.
    fn settle(&mut self) {
        for _ in 0..200 {
            if let Some(asked) = self.pair.edge.ask_recovery() {
                let told = self.pair.hub.tell(&asked);
                self.pair.edge.hear_recovery(&told);
                continue;
            }
            let Step::Exchange {
                after_seq,
                with_hashes,
            } = self.pair.session.exchange()
            else {
                panic!("the session stopped: {:?}", self.pair.session.phase());
            };
            let reply = self.pair.answer(self.pair.ask(after_seq, with_hashes));
            if self.pair.hear(&reply) == Step::Listen {
                return;
            }
        }
        panic!("the second machine does not settle");
    }

    fn quarantined(&self) -> i64 {
        self.pair.hub.write(|_, tx| {
            let row = tx.query_one("SELECT COUNT(*) FROM quarantine", params![])?;
            Ok(row.read(0)?)
        })
    }
}

#[test]
fn what_a_replaced_machine_sold_is_at_the_hub_and_at_the_machine_that_goes_on() {
    let mut store = Replaced::after(5, 300);
    store.pair.say(400, 2);
    store.pair.settle();
    store.speak();
    let over = Phase::Stopped(Trouble::Fenced(store.newer));
    assert_eq!(store.session.phase(), &over);
    store.settle();
    store.pair.agrees((1..=305).chain(400..=401));

    // It may sell once more before somebody switches it off.
    store.first.say(EdgeNumber::HUB, "sale 306");
    store.session = EdgeSession::new(0);
    store.speak();
    store.settle();
    store.pair.agrees((1..=306).chain(400..=401));
    assert_eq!(store.quarantined(), 0);
    // The hub's word goes to the second, and how far that has it is not the first's to say.
    store.pair.hub.say(EDGE, "hello store");
    store.speak();
    store.settle();
    assert_eq!(texts(&store.pair.edge, EdgeNumber::HUB), ["hello store"]);
    assert_eq!(texts(&store.first, EdgeNumber::HUB), [""; 0]);
}

#[test]
fn a_machine_that_was_replaced_before_the_hub_met_it_tells_everything() {
    let mut store = Replaced::after(0, 4);
    store.speak();
    store.settle();
    store.pair.agrees(1..=4);
}

#[test]
fn nobody_relies_on_what_a_replaced_machine_promises() {
    let mut store = Replaced::after(2, 1);
    let lines = vec![SkuUnits {
        sku: "MUG".parse().unwrap(),
        quantity_milli: Milli::units(3),
    }];
    store.first.write(move |replica, tx| {
        let granted = RightsGranted { lines };
        replica.record(tx, EdgeNumber::HUB, place(), &granted)
    });
    store.first.say(EdgeNumber::HUB, "sale 004");
    store.speak();
    assert_eq!(store.quarantined(), 1);
    store.settle();
    let said = texts(&store.pair.hub, EDGE);
    assert_eq!(said, ["sale 001", "sale 002", "sale 003", "sale 004"]);
    // The machine that goes on has set it aside as well.
    let mut said = texts(&store.pair.edge, EDGE);
    said.sort_unstable();
    assert_eq!(said, ["sale 001", "sale 002", "sale 003", "sale 004"]);
}

#[test]
fn a_hub_that_lost_what_an_earlier_life_told_it_is_told_again() {
    let mut store = Replaced::after(0, 0);
    let before = store.pair.hub.past();
    store.first.say(EdgeNumber::HUB, "sale 001");
    store.first.say(EdgeNumber::HUB, "sale 002");
    store.speak();
    store.settle();
    store.pair.say(3, 1);
    store.settle();
    store.pair.agrees(1..=3);

    // Nobody said that it was put back: it had told nobody anything since.
    store.pair.hub.put_back(&before);
    assert_eq!(texts(&store.pair.hub, EDGE), [""; 0]);
    store.settle();
    store.pair.agrees(1..=3);
}
