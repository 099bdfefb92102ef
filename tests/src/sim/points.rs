//! Crash points: one short story of everything a node does, told again for each call to its disk
//! with the power going, or the call failing, exactly there.
//!
//! Seeds find combinations; this leaves no call out. Afterwards the world is healed and checked as
//! after any other run.

use super::cover::{Cover, State};
use super::deeds::{Deed, Notes, Served};
use super::dice::Dice;
use super::disk::{Call, Disk, Fault};
use super::node::End;
use super::oracle::Violation;
use super::world::World;
use counterpart_protocol::sync::Step;

/// The seed of the story's keys and ids.
const SEED: u64 = 4;
/// The day it is told on.
const DAY: i32 = 20_415;

/// What was gone through.
#[derive(Debug, Clone, Default)]
pub struct Points {
    /// How many calls the node's disk has in the story.
    pub calls: u64,
    /// How often the story was told.
    pub runs: u64,
    /// Which faults met which calls.
    pub cover: Cover,
}

/// Tells the story with each fault at each call of node `which`: 0 is the hub.
///
/// # Errors
///
/// The fault, the call's number and what was violated.
pub fn every_call(which: usize) -> Result<Points, String> {
    let calm = told(which, None).map_err(|violation| format!("no fault: {}", violation.0))?;
    let mut points = Points {
        calls: calm.1,
        runs: 1,
        cover: Cover::default(),
    };
    for call in 1..=points.calls {
        let power = points.with(which, call, Fault::Power)?;
        points.with(which, call, Fault::Error)?;
        if power.met_at(Call::Write) {
            points.with(which, call, Fault::Short)?;
            points.with(which, call, Fault::Full)?;
        }
    }
    Ok(points)
}

impl Points {
    fn with(&mut self, which: usize, call: u64, fault: Fault) -> Result<Cover, String> {
        let (cover, _) = told(which, Some((call, fault)))
            .map_err(|violation| format!("{fault:?} at call {call}: {}", violation.0))?;
        self.runs += 1;
        self.cover.add(&cover);
        match cover.total() {
            0 => Err(format!(
                "{fault:?} at call {call} met nothing: the story is not the same"
            )),
            _ => Ok(cover),
        }
    }
}

/// Tells the story once; returns what it met and how many calls the node's disk had in it.
fn told(which: usize, fault: Option<(u64, Fault)>) -> Result<(Cover, u64), Violation> {
    let mut world = World::new(SEED);
    let before = world.node(which).disk(|disk| disk.calls());
    if let Some((call, fault)) = fault {
        world.node(which).disk(|disk| disk.arm(call, fault));
    }
    world.tell_all()?;
    let calls = world.node(which).disk(|disk| disk.calls()) - before;
    world.heal()?;
    Ok((world.cover.clone(), calls))
}

impl World {
    fn tell_all(&mut self) -> Result<(), Violation> {
        let deed = |number: u64, store: u32, units: i64| Deed {
            store,
            sku: 0,
            units,
            number,
            day: DAY,
            notes: Notes::default(),
        };
        for store in [1, 2] {
            let which = store as usize;
            let number = u64::from(store) * 10;
            self.at(
                which,
                State::Stating,
                &deed(number, store, 3),
                None,
                Deed::receive,
            )?;
            self.at(
                which,
                State::Granting,
                &deed(number + 1, store, 2),
                None,
                Deed::grant,
            )?;
            self.at(
                which,
                State::Stating,
                &deed(number + 2, store, 1),
                None,
                Deed::sell,
            )?;
            self.trip(which)?;
        }
        for number in [1, 2] {
            let order = deed(number, 1, 1);
            let taken = self.at(0, State::Promising, &order, Some(number), Deed::order)?;
            self.oracle_knows(number, 1, taken.is_some_and(|seq| seq.is_some()));
            if let (2, Some(Some(seq))) = (number, taken) {
                let withdraw =
                    move |deed: &Deed, replica: &_, tx: &mut _| deed.withdraw(replica, tx, seq);
                let order = deed_again(&order);
                self.at(0, State::Withdrawing, &order, Some(number), withdraw)?;
            }
        }
        let shared = self.at(
            0,
            State::Promising,
            &deed(1, 1, 1),
            Some(1),
            |deed, replica, tx| deed.share(replica, tx, 2),
        )?;
        self.oracle_knows(1, 2, shared.is_some());
        for which in [0, 1, 2] {
            self.starts_again(which);
        }
        self.trip(1)?;
        self.at(
            1,
            State::Serving,
            &deed(1, 1, 1),
            Some(1),
            |deed, replica, tx| deed.serve(replica, tx, Served::HandedOver),
        )?;
        self.at(0, State::Granting, &deed(40, 2, 1), None, Deed::give_back)?;
        self.trip(1)?;
        self.trip(2)?;
        self.night()
    }

    /// The day is over: it is sealed and countersigned, and both ends are compared.
    fn night(&mut self) -> Result<(), Violation> {
        self.day += 1;
        let mut over = self.nobody(1);
        over.day = DAY + 1;
        self.at(1, State::Sealing, &over, None, Deed::seal)?;
        self.trip(1)?;
        let signed = self.nobody(1);
        self.at(0, State::Sealing, &signed, None, Deed::countersign)?;
        self.trip(1)?;
        for _ in 0..3 {
            self.compare(1, None)?;
        }
        for node in [1, 0] {
            self.pack(1, node)?;
        }
        // What is in packs is read again.
        self.starts_again(0);
        self.trip(1)?;
        Ok(())
    }

    fn oracle_knows(&mut self, order: u64, store: u32, sure: bool) {
        if sure {
            self.oracle.shared(order, store);
        }
    }

    /// Kills a process; whatever it does next starts it, which reads all it needs.
    fn starts_again(&mut self, which: usize) {
        let armed = self.node(which).disk(Disk::armed);
        self.node(which).end(End::Killed, &mut Dice::new(SEED));
        // What was to happen still happens to the next process.
        if let Some((calls, fault)) = armed {
            self.node(which).disk(|disk| disk.arm(calls, fault));
        }
    }

    /// One round trip over a whole line, as far as both ends get.
    fn trip(&mut self, which: usize) -> Result<(), Violation> {
        let Step::Exchange {
            after_seq,
            with_hashes,
        } = self.stores[which - 1].node.session.exchange()
        else {
            return Err(Violation(format!("the session of store {which} stopped")));
        };
        let deed = self.nobody(which);
        let asked = self.at(which, State::Asking, &deed, None, move |_, replica, tx| {
            replica.ask(tx, after_seq, with_hashes)
        })?;
        let Some(asked) = asked else { return Ok(()) };
        match self.answered(which, asked)? {
            Some(reply) => self.heard(which, reply).map(drop),
            None => Ok(()),
        }
    }
}

/// The same deed with notes of its own.
fn deed_again(deed: &Deed) -> Deed {
    let mut again = deed.clone();
    again.notes = Notes::default();
    again
}
