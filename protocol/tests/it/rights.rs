//! One store, two processes of its hub and one SKU: no interleaving promises a unit twice.
//!
//! The fold and the formulas are the product's (`effects`, `Rights`). Facts of one unit each reach
//! the other side in any order, late or never; one that comes again counts once. Everything alike
//! is counted instead of listed, so that a state is a handful of small numbers.

use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::Rights;

use crate::explore::{Model, breaks, holds};
use crate::rights_facts::{Meaning, Said, UNIT};

/// Facts of one kind: how many were written, and how many of them the other side has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Told {
    written: u8,
    seen: u8,
}

/// Everything there is of one SKU; promises are of one unit each and counted by how they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct State {
    /// On the shelf, as a person would count it.
    on_hand: i8,
    received: u8,
    walked_in: u8,
    sent_away: u8,
    /// How many units the store has asked for, and how many of those the hub knows of.
    asked: Told,
    granted: Told,
    returned: Told,
    withdrawn: u8,
    handed_over: u8,
    shorted: u8,
    broken: u8,
    released: Told,
    /// Promises at the hub alone, framed to the store, and known there.
    unsent: u8,
    sent: u8,
    /// How many of these were withdrawn all the same: only a mistake does that.
    withdrawn_sent: u8,
    known: u8,
    /// What each of the hub's processes read before it reserves, where it does so without a lock.
    read: [Option<bool>; 2],
}

/// A rule made wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    /// The hub forgets what it gave back.
    ReturnedForgotten,
    /// The store counts what it asked for as given back.
    AskedIsReturned,
    /// The hub reads its rights, and reserves later.
    NoRowLock,
    /// The hub takes back what was framed to the store.
    WithdrawsSent,
    /// A grant that comes again counts again: its place in the feed is taken for its id.
    SeenTwice,
    /// A handover is also a sale.
    HandoverIsSale,
    /// Units count as free at the hub as soon as their release is asked for.
    FreeBeforePutAway,
    /// What nobody may refuse is not named as a debt.
    DebtUnnamed,
    /// The store gives away what it let the hub promise.
    StoreIgnoresGrants,
}

struct Escrow {
    mistake: Mistake,
    meaning: Meaning,
}

impl Escrow {
    fn with(mistake: Mistake) -> Self {
        Self {
            mistake,
            meaning: Meaning::read(),
        }
    }

    /// What the store knows: its own facts, and what it has seen of the hub's.
    fn at_store(&self, of: &State) -> Rights {
        let returned = match self.mistake == Mistake::AskedIsReturned {
            true => of.asked.written,
            false => of.returned.seen,
        };
        self.meaning.sum(&[
            (Said::Granted, of.granted.written),
            (Said::Returned, returned),
            (Said::Reserved, of.known + of.over_at_store()),
            (Said::HandedOver, of.handed_over),
            (Said::Shorted, of.shorted),
            (Said::Broken, of.broken),
            (Said::Released, of.released.written),
        ])
    }

    /// What the hub knows.
    fn at_hub(&self, of: &State) -> Rights {
        let returned = match self.mistake == Mistake::ReturnedForgotten {
            true => 0,
            false => of.returned.written,
        };
        let twice = u8::from(self.mistake == Mistake::SeenTwice && of.granted.seen > 1);
        let released = match self.mistake == Mistake::FreeBeforePutAway {
            true => of.released.written.max(of.known.min(1)),
            false => of.released.seen,
        };
        self.meaning.sum(&[
            (Said::Granted, of.granted.seen + twice),
            (Said::Returned, returned),
            (Said::Reserved, of.reserved()),
            (Said::Withdrawn, of.withdrawn),
            (Said::Released, released),
        ])
    }

    /// What the store may promise by itself.
    fn stores(&self, of: &State) -> Milli {
        let mut rights = self.at_store(of);
        if self.mistake == Mistake::StoreIgnoresGrants {
            rights.granted = rights.returned;
        }
        rights.store_may_promise(of.shelf())
    }

    fn store_may_promise(&self, of: &State) -> bool {
        self.stores(of) >= UNIT
    }

    fn hub_may_promise(&self, of: &State) -> bool {
        self.at_hub(of).hub_may_promise() >= UNIT
    }
}

impl State {
    fn shelf(&self) -> Milli {
        Milli::units(i32::from(self.on_hand))
    }

    fn over_at_store(&self) -> u8 {
        self.handed_over + self.shorted + self.broken + self.released.written
    }

    fn reserved(&self) -> u8 {
        self.unsent + self.sent + self.known + self.over_at_store() + self.withdrawn
            - self.withdrawn_sent
    }

    fn open(&self) -> u8 {
        self.unsent + self.sent + self.known
    }
}

/// The bounds: small, and each of them large enough for two parties to meet over one unit.
const ON_HAND: i8 = 2;
const RECEIVED: u8 = 1;
const WALKED_IN: u8 = 2;
const SENT_AWAY: u8 = 1;
const GRANTED: u8 = 3;
const ASKED: u8 = 2;
const RESERVED: u8 = 3;

impl Model for Escrow {
    type State = State;

    fn begin(&self) -> State {
        State {
            on_hand: ON_HAND,
            ..State::default()
        }
    }

    fn steps(&self, from: &State, go: &mut dyn FnMut(&'static str, State)) {
        let mut to = |name, may: bool, change: &dyn Fn(&mut State)| {
            if may {
                let mut next = from.clone();
                change(&mut next);
                go(name, next);
            }
        };
        self.store_steps(from, &mut to);
        self.hub_steps(from, &mut to);
        line_steps(from, &mut to);
    }

    fn check(&self, at: &State) -> Result<(), String> {
        let (store, hub) = (self.at_store(at), self.at_hub(at));
        let truth = i64::from(at.granted.written) - i64::from(at.returned.written)
            + i64::from(at.withdrawn)
            + i64::from(at.released.written)
            - i64::from(at.reserved());
        if self.mistake == Mistake::None && hub.hub_may_promise().0 > truth * 1_000 {
            return Err("the hub believes in more than there is".to_owned());
        }
        let debt = match self.mistake == Mistake::DebtUnnamed {
            true => Milli::ZERO,
            false => store.debt(at.shelf()),
        };
        if debt > Milli::units(i32::from(at.walked_in)) {
            return Err("there is a debt that no walk-in made".to_owned());
        }
        if hub.hub_may_promise() < Milli::ZERO {
            return Err("the hub promised what it had no rights to".to_owned());
        }
        let stores = self.stores(at).0.max(0);
        let promised = stores + hub.hub_may_promise().0 + i64::from(at.open()) * 1_000;
        match promised <= at.shelf().0 + debt.0 {
            true => Ok(()),
            false => Err(format!(
                "{promised} may be promised or is, of {} on hand and {} named as debt",
                at.shelf().0,
                debt.0
            )),
        }
    }
}

type To<'a> = &'a mut dyn FnMut(&'static str, bool, &dyn Fn(&mut State));

impl Escrow {
    fn store_steps(&self, from: &State, to: To<'_>) {
        let may = self.store_may_promise(from);
        to("the store receives one", from.received < RECEIVED, &|s| {
            s.received += 1;
            s.on_hand += 1;
        });
        to(
            "somebody walks in and buys one",
            from.walked_in < WALKED_IN,
            &|s| {
                s.walked_in += 1;
                s.on_hand -= 1;
            },
        );
        to(
            "the store sends one away",
            may && from.sent_away < SENT_AWAY,
            &|s| {
                s.sent_away += 1;
                s.on_hand -= 1;
            },
        );
        to(
            "the store grants one",
            may && from.granted.written < GRANTED,
            &|s| {
                s.granted.written += 1;
            },
        );
        to("the store asks for one", from.asked.written < ASKED, &|s| {
            s.asked.written += 1;
        });
        let known = from.known > 0;
        let sold = i8::from(self.mistake == Mistake::HandoverIsSale);
        to("one is handed over", known, &|s| {
            s.known -= 1;
            s.handed_over += 1;
            s.on_hand -= 1 + sold;
        });
        to("one is not found", known, &|s| {
            s.known -= 1;
            s.shorted += 1;
            s.on_hand -= 1;
        });
        to("one is put away", known, &|s| {
            s.known -= 1;
            s.released.written += 1;
        });
        let owes = self.at_store(from).debt(from.shelf()) > Milli::ZERO;
        to("a promise is broken for the debt", known && owes, &|s| {
            s.known -= 1;
            s.broken += 1;
        });
    }

    fn hub_steps(&self, from: &State, to: To<'_>) {
        let may = self.hub_may_promise(from);
        let room = from.reserved() < RESERVED;
        let open = from.asked.seen > from.returned.written;
        to("the hub gives one back", may && open, &|s| {
            s.returned.written += 1;
        });
        if self.mistake == Mistake::NoRowLock {
            for process in 0..2 {
                let reads = ["one process reads", "the other process reads"][process];
                to(reads, from.read[process].is_none(), &|s| {
                    s.read[process] = Some(may);
                });
                let reserves = from.read[process] == Some(true) && room;
                to("it reserves one", reserves, &|s| {
                    s.read[process] = None;
                    s.unsent += 1;
                });
            }
        } else {
            to("the hub reserves one", may && room, &|s| s.unsent += 1);
        }
        to("the hub frames one", from.unsent > 0, &|s| {
            s.unsent -= 1;
            s.sent += 1;
        });
        to("the hub withdraws one", from.unsent > 0, &|s| {
            s.unsent -= 1;
            s.withdrawn += 1;
        });
        let wrongly = self.mistake == Mistake::WithdrawsSent && from.sent > 0 && from.withdrawn < 2;
        to("the hub withdraws one that is under way", wrongly, &|s| {
            // The store is about to know of it all the same.
            s.withdrawn += 1;
            s.withdrawn_sent += 1;
        });
    }
}

/// What arrives: any fact that was written, whenever it will.
fn line_steps(from: &State, to: To<'_>) {
    let late = |told: Told| told.seen < told.written;
    to("a grant arrives", late(from.granted), &|s| {
        s.granted.seen += 1;
    });
    to("a request arrives", late(from.asked), &|s| {
        s.asked.seen += 1;
    });
    to("a return arrives", late(from.returned), &|s| {
        s.returned.seen += 1;
    });
    to("a release arrives", late(from.released), &|s| {
        s.released.seen += 1;
    });
    to("an allocation arrives", from.sent > 0, &|s| {
        s.sent -= 1;
        s.known += 1;
    });
}

#[test]
fn no_interleaving_promises_a_unit_twice() {
    holds("rights", &Escrow::with(Mistake::None), 30_000);
}

#[test]
fn each_wrong_rule_of_rights_is_found() {
    for mistake in [
        Mistake::ReturnedForgotten,
        Mistake::AskedIsReturned,
        Mistake::NoRowLock,
        Mistake::WithdrawsSent,
        Mistake::SeenTwice,
        Mistake::HandoverIsSale,
        Mistake::FreeBeforePutAway,
        Mistake::DebtUnnamed,
        Mistake::StoreIgnoresGrants,
    ] {
        breaks(&format!("{mistake:?}"), &Escrow::with(mistake));
    }
}
