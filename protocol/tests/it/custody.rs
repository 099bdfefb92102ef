//! One order of one or two units, its hub and two stores: every unit is consumed exactly once, and
//! what meets is named, whatever is cancelled, moved, handed over, shorted or put away meanwhile.
//!
//! The fold, what is left of a line and the exceptions are the product's (`Order`, `exceptions`);
//! the hub and the stores decide from them by the rules of replication.md §4. The hub's facts reach
//! a store in their order and late, the stores' facts the hub. Nobody acts on what it has not seen.

use std::cell::RefCell;
use std::collections::BTreeMap;

use counterpart_protocol::exceptions::Rule;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{EdgeNumber, FactId, Incarnation, Writer};
use counterpart_protocol::orders::{LineCount, Order, OrderFact, exceptions};
use counterpart_protocol::quantity::Milli;

use crate::custody_facts::{Said, fact, id};
use crate::explore::{Model, breaks, holds};

/// Who said what, and who knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    hub: Vec<Said>,
    stores: [Store; 2],
    cancels: u8,
    /// Whether a person at the hub moved the order although a store had custody of it.
    forced: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Store {
    said: Vec<Said>,
    /// How much of it the hub knows.
    heard: usize,
    /// How much of the hub's was framed to it, and how much it knows.
    sent: usize,
    known: usize,
    /// What one till saw in the bag and hands over later, where that needs no look at the facts.
    in_hand: bool,
}

/// A rule made wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    /// The hub takes back what the store knows of.
    SentMarkIgnored,
    /// The mark is made only once the store has answered.
    SentMarkLate,
    /// A cancelled unit is given free beside the units that are consumed: two tokens.
    ReleaseIsNotCancel,
    /// Money goes back when a cancellation is asked for.
    RefundedWhenAsked,
    /// The hub sends an order elsewhere without its store's release, and nobody forced it.
    MovedBeforeRelease,
    /// What a till saw in the bag is handed over without looking at what is left.
    HandsOverUnlooked,
    /// A store acts on a custody before it has heard what was framed with it: its withdrawal.
    HeardInPieces,
}

struct Custody {
    mistake: Mistake,
    /// How many units are ordered, and how often the customer cancels at most.
    ordered: u8,
    cancels: u8,
    /// Whether a second store may come in.
    moves: bool,
    facts: RefCell<BTreeMap<Said, Fact>>,
}

impl Custody {
    /// One unit, two stores.
    fn with(mistake: Mistake) -> Self {
        Self {
            mistake,
            ordered: 1,
            cancels: 1,
            moves: true,
            facts: RefCell::default(),
        }
    }

    /// Two units, which may end differently, at one store.
    fn of_two(mistake: Mistake) -> Self {
        Self {
            ordered: 2,
            cancels: 1,
            moves: false,
            ..Self::with(mistake)
        }
    }

    fn stated(&self, said: &[Said], by: u32, into: &mut Vec<OrderFact>) {
        let mut facts = self.facts.borrow_mut();
        for (seq, said) in (1_u64..).zip(said) {
            let mut fact = facts
                .entry(*said)
                .or_insert_with(|| fact(*said, self.ordered))
                .clone();
            fact.header.id = FactId::from_parts(seq, u128::from(by));
            let writer = Writer {
                edge: EdgeNumber(by),
                incarnation: Incarnation(1),
            };
            let epoch = 1;
            into.push(OrderFact {
                fact,
                writer,
                epoch,
                seq,
            });
        }
    }

    fn all(&self, of: &State) -> Vec<OrderFact> {
        let mut facts = Vec::new();
        self.stated(&of.hub, 0, &mut facts);
        for (by, store) in (1..).zip(&of.stores) {
            self.stated(&store.said, by, &mut facts);
        }
        facts
    }

    fn at_hub(&self, of: &State) -> Order {
        let mut facts = Vec::new();
        self.stated(&of.hub, 0, &mut facts);
        for (by, store) in (1..).zip(&of.stores) {
            self.stated(&store.said[..store.heard], by, &mut facts);
        }
        Order::fold(&facts).unwrap()
    }

    fn at_store(&self, of: &State, which: usize) -> Order {
        let (mut facts, store) = (Vec::new(), &of.stores[which]);
        self.stated(&of.hub[..store.known], 0, &mut facts);
        self.stated(&store.said, number(which), &mut facts);
        Order::fold(&facts).unwrap()
    }
}

fn number(which: usize) -> u32 {
    u32::try_from(which).unwrap() + 1
}

/// Returns how a part's one line stands, if the part is known there.
fn line(order: &Order, part: u8) -> Option<&LineCount> {
    order.fulfilments.get(&id(part))?.lines.get(&1)
}

fn whole(quantity: Milli) -> u8 {
    u8::try_from(quantity.0 / 1_000).unwrap()
}

impl Model for Custody {
    type State = State;

    fn begin(&self) -> State {
        State {
            hub: vec![
                Said::Placed,
                Said::Allocated(1, self.ordered),
                Said::Custody(1),
            ],
            stores: [Store::default(), Store::default()],
            cancels: 0,
            forced: false,
        }
    }

    fn steps(&self, from: &State, go: &mut dyn FnMut(&'static str, State)) {
        self.hub_steps(from, go);
        for which in 0..2 {
            self.store_steps(from, which, go);
            self.line_steps(from, which, go);
        }
    }

    fn check(&self, at: &State) -> Result<(), String> {
        let mut facts = self.all(at);
        let order = Order::fold(&facts).unwrap();
        let raised = exceptions(&facts).unwrap();
        facts.reverse();
        if Order::fold(&facts).unwrap() != order || exceptions(&facts).unwrap() != raised {
            return Err("the facts say something else in another order".to_owned());
        }
        for part in order.fulfilments.values() {
            for line in part.lines.values() {
                let ended = line.withdrawn.0 + line.handed_over.0 + line.shorted.0;
                let ended = ended + line.released.0 + line.broken.0;
                if ended + line.remaining().0 != line.allocated.0 {
                    return Err(format!("units are consumed more than once: {line:?}"));
                }
            }
        }
        let raises = |rule| raised.iter().any(|one| one.rule == rule);
        let (handed, ordered) = (whole(order.handed_over(1)), self.ordered);
        let cancelled = order.cancelled.get(&1).map_or(0, |sum| whole(*sum));
        let twice = handed > ordered;
        let both = handed > 0 && cancelled > 0 && handed + cancelled > ordered;
        if (twice || both) && !at.forced {
            return Err(format!(
                "{handed} handed over and {cancelled} refunded of {ordered}"
            ));
        }
        if twice != raises(Rule::DoubleHandover) || both != raises(Rule::RefundAfterHandover) {
            return Err(format!(
                "{handed} and {cancelled} of {ordered} raise {raised:?}"
            ));
        }
        match raises(Rule::ClonedEdge) {
            true => Err("an honest store looks like a clone".to_owned()),
            false => Ok(()),
        }
    }
}

impl Custody {
    fn hub_steps(&self, from: &State, go: &mut dyn FnMut(&'static str, State)) {
        let order = self.at_hub(from);
        let free = whole(order.unrouted(1));
        if from.cancels < self.cancels {
            let mut next = from.clone();
            next.cancels += 1;
            for part in 1..=2 {
                self.cancel(&order, part, &mut next);
            }
            let after = whole(self.at_hub(&next).unrouted(1));
            if after > 0 {
                next.hub.push(Said::Cancelled(after));
            }
            go("the customer cancels", next);
        }
        if free > 0 && from.cancels > 0 {
            let mut next = from.clone();
            next.hub.push(Said::Cancelled(free));
            go("the hub cancels what came back", next);
        }
        if !self.moves || line(&order, 2).is_some() {
            return;
        }
        let moved = |units: u8, forced: bool| {
            let mut next = from.clone();
            next.hub
                .extend([Said::Allocated(2, units), Said::Custody(2)]);
            next.forced |= forced;
            next
        };
        if free > 0 {
            go("the hub sends what came back elsewhere", moved(free, false));
        }
        let left = line(&order, 1).map_or(0, |line| whole(line.remaining()));
        if left > 0 {
            let forced = self.mistake != Mistake::MovedBeforeRelease;
            go("a person moves it to another store", moved(left, forced));
        }
    }

    /// Takes a part back that no store was framed, or asks the store for it.
    fn cancel(&self, order: &Order, part: u8, next: &mut State) {
        let Some(line) = line(order, part) else {
            return;
        };
        let store = &next.stores[usize::from(part) - 1];
        let custody = next
            .hub
            .iter()
            .position(|said| *said == Said::Custody(part));
        let mark = match self.mistake {
            Mistake::SentMarkIgnored => 0,
            Mistake::SentMarkLate => match store.heard > 0 {
                true => store.sent,
                false => 0,
            },
            _ => store.sent,
        };
        let left = whole(line.remaining());
        let unasked = left - whole(line.cancel_open());
        if left > 0 && custody.is_some_and(|at| mark <= at) {
            next.hub.push(Said::Withdrawn(part, left));
        } else if unasked > 0 {
            next.hub.push(Said::CancelAsked(part, unasked));
            if self.mistake == Mistake::RefundedWhenAsked {
                next.hub.push(Said::Cancelled(unasked));
            }
        }
    }

    fn store_steps(&self, from: &State, which: usize, go: &mut dyn FnMut(&'static str, State)) {
        let part = u8::try_from(which).unwrap() + 1;
        let order = self.at_store(from, which);
        let custody = order
            .fulfilments
            .get(&id(part))
            .is_some_and(|part| part.epoch > 0);
        let Some(line) = line(&order, part).filter(|_| custody) else {
            return;
        };
        let (left, bag) = (whole(line.remaining()), whole(line.in_the_bag()));
        let mut say = |may: bool, name: &'static str, said: Said| {
            if may {
                let mut next = from.clone();
                next.stores[which].said.push(said);
                go(name, next);
            }
        };
        say(left > bag, "a store picks one", Said::Picked(part, 1));
        say(
            left > bag,
            "a store does not find one",
            Said::Shorted(part, 1),
        );
        say(bag > 0, "a store hands one over", Said::HandedOver(part, 1));
        say(bag > 1, "a store hands two over", Said::HandedOver(part, 2));
        let open = whole(line.cancel_open());
        let apart = self.mistake == Mistake::ReleaseIsNotCancel
            && whole(line.cancel_asked) > whole(line.released);
        say(
            left > 0 || apart,
            "a store puts one away",
            Said::Released(part, 1),
        );
        say(
            open > 0,
            "a store declines to cancel one",
            Said::Declined(part, 1),
        );
        say(
            left > 0 && which == 0,
            "a promise is broken",
            Said::Broken(part, 1),
        );
        if self.mistake == Mistake::HandsOverUnlooked {
            if bag > 0 && !from.stores[which].in_hand {
                let mut next = from.clone();
                next.stores[which].in_hand = true;
                go("a till takes one in hand", next);
            }
            if from.stores[which].in_hand {
                let mut next = from.clone();
                next.stores[which].in_hand = false;
                next.stores[which].said.push(Said::HandedOver(part, 1));
                go("it hands it over", next);
            }
        }
    }

    fn line_steps(&self, from: &State, which: usize, go: &mut dyn FnMut(&'static str, State)) {
        let store = &from.stores[which];
        let shared = [Said::Custody(1), Said::Custody(2)][which];
        if store.sent < from.hub.len() && from.hub.contains(&shared) {
            let mut next = from.clone();
            next.stores[which].sent = from.hub.len();
            go("the hub frames to a store", next);
        }
        if store.known < store.sent {
            let mut next = from.clone();
            // What is framed together is heard in one transaction.
            next.stores[which].known = match self.mistake {
                Mistake::HeardInPieces => store.known + 1,
                _ => store.sent,
            };
            go("a store hears the hub", next);
        }
        if store.heard < store.said.len() {
            let mut next = from.clone();
            next.stores[which].heard += 1;
            go("the hub hears a store", next);
        }
    }
}

#[test]
fn every_unit_is_consumed_once_and_what_meets_is_named() {
    holds(
        "custody of two units",
        &Custody::of_two(Mistake::None),
        8_000,
    );
    holds("custody of one unit", &Custody::with(Mistake::None), 25_000);
}

#[test]
fn each_wrong_rule_of_custody_is_found() {
    for mistake in [
        Mistake::SentMarkIgnored,
        Mistake::SentMarkLate,
        Mistake::ReleaseIsNotCancel,
        Mistake::RefundedWhenAsked,
        Mistake::MovedBeforeRelease,
        Mistake::HandsOverUnlooked,
        Mistake::HeardInPieces,
    ] {
        breaks(&format!("{mistake:?}"), &Custody::with(mistake));
    }
}
