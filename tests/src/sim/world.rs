//! The world: two stores, their hub, the lines between them, and what happens next.
//!
//! Each step draws from dice of its own, so that a run without some of its steps is still the same
//! run: that is how a failing one is shrunk. Messages are in `line.rs`, troubles in `trouble.rs`,
//! healing and the checks afterwards in `healing.rs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Replica, ReplicaFailed};
use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Comparison, Exchange, RecoveryTold, Reply};

use super::climate::Climate;
use super::cover::{Cover, State};
use super::deeds::{Deed, Notes, SKUS};
use super::dice::Dice;
use super::disk::Disk;
use super::lives::StoreImage;
use super::node::{BEGIN_MS, End, Node};
use super::oracle::{Oracle, Stated, Violation};
use super::rot::Rot;
use super::skew::Program;
use super::trouble::Image;

/// How many stores there are.
pub const STORES: u32 = 2;
/// How long a step takes, in milliseconds: little beside what clocks are off.
const STEP_MS: i64 = 150;
/// The first day, in days since 1970.
const FIRST_DAY: i32 = 20_415;

/// A store and its line to the hub.
pub(super) struct Store {
    pub(super) node: Node,
    pub(super) asked: Vec<Exchange>,
    pub(super) replied: Vec<Reply>,
    /// Whether what the store says, and what the hub says, is lost on the line.
    pub(super) cut: (bool, bool),
    /// The number of its life.
    pub(super) life: u32,
    /// Who it is in this life, once it has spoken.
    pub(super) actor: Option<Actor>,
    /// What a life that recovers was told.
    pub(super) told: Vec<RecoveryTold>,
    /// A comparison with the hub that its process is about.
    pub(super) comparing: Option<Comparison>,
    /// An older image of its disk.
    pub(super) image: Option<StoreImage>,
    /// The machine it was replaced from, if that goes on.
    pub(super) ghost: Option<Node>,
}

/// An order whose capture was acknowledged.
pub(super) struct Order {
    pub(super) deed: Deed,
    /// The number in the store's feed up to which the store must be sent to know of it.
    pub(super) seq: u64,
}

impl Order {
    /// Returns the deed that placed it, to be done something else with.
    pub(super) fn deed(&self) -> Deed {
        let mut deed = self.deed.clone();
        deed.notes = Notes::default();
        deed
    }
}

/// Everything of one run.
pub struct World {
    pub(super) seed: u64,
    pub(super) climate: Climate,
    pub(super) hub: Node,
    pub(super) stores: Vec<Store>,
    pub(super) oracle: Oracle,
    pub(super) cover: Cover,
    pub(super) orders: Vec<Order>,
    pub(super) day: i32,
    /// An older image of the hub's disk.
    pub(super) image: Option<Image>,
    pub(super) restored: bool,
    /// Orders of which a restored hub had forgotten something.
    pub(super) forgotten: BTreeSet<u64>,
    /// Nodes that were put back to older images and may have lost what they said.
    pub(super) put_back: BTreeSet<u32>,
    /// Orders whose bags left a store that does not know it any more.
    pub(super) bags_gone: BTreeSet<u64>,
    /// How many records of journals were damaged on the way that go with their hash: the reader
    /// sets these aside, and no others.
    pub(super) spoilt: i64,
    /// Whether every trouble is over: from here on nothing may fail or end.
    pub(super) healed: bool,
    /// What disks forgot.
    pub(super) rotten: Rot,
    /// What happened, line by line; the run's hash is over it.
    pub(super) story: String,
}

impl World {
    /// Returns the world a seed begins with.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let climate = Climate::of(seed);
        let mut dice = Climate::dice(seed, u64::MAX);
        let mut program = || match climate.skews {
            true => Program::draw(&mut dice),
            false => Program::Newest,
        };
        let mut hubs = vec![program()];
        if climate.pairs {
            hubs.push(program());
        }
        let store = |number: u32| Store {
            node: Node::new(EdgeNumber(number), number + 1, seed, &[program()]),
            asked: Vec::new(),
            replied: Vec::new(),
            cut: (false, false),
            life: 1,
            actor: None,
            told: Vec::new(),
            comparing: None,
            image: None,
            ghost: None,
        };
        Self {
            seed,
            climate,
            hub: Node::new(EdgeNumber::HUB, 1, seed, &hubs),
            stores: (1..=STORES).map(store).collect(),
            oracle: Oracle::default(),
            cover: Cover::default(),
            orders: Vec::new(),
            day: FIRST_DAY,
            image: None,
            restored: false,
            forgotten: BTreeSet::new(),
            put_back: BTreeSet::new(),
            bags_gone: BTreeSet::new(),
            spoilt: 0,
            healed: false,
            rotten: Rot::default(),
            story: String::new(),
        }
    }

    /// Lets step `index` happen.
    ///
    /// # Errors
    ///
    /// [`Violation`] when something happened that must not.
    pub fn step(&mut self, index: u64) -> Result<(), Violation> {
        let mut dice = Dice::part(self.seed, index);
        let which = 1 + dice.place(self.stores.len());
        let deed = Deed {
            store: u32::try_from(which).expect("few stores"),
            sku: dice.place(SKUS.len()),
            units: 1 + i64::try_from(dice.below(3)).expect("a small number"),
            number: index + 1,
            // A till that was dark states yesterday's.
            day: self.day - i32::from(dice.happens(5)),
            notes: Notes::default(),
        };
        let at = index as i64 * STEP_MS;
        self.tick();
        self.mend_some(&mut dice);
        self.climate_acts(index)?;
        if self.may_restore(index) && dice.happens(3) {
            return self.restore(deed, &mut dice);
        }
        let _ = write!(self.story, "\n{index}: ");
        if self.stores[which - 1].ghost.is_some() && dice.happens(12) {
            return self.ghost_acts(which, deed, &mut dice);
        }
        if self.may_restore_store(which, index) && dice.happens(3) {
            return self.restore_store(which, dice.happens(40));
        }
        match dice.below(100) {
            0..18 => self
                .at(which, State::Stating, &deed, None, Deed::sell)
                .map(drop),
            18..26 => self
                .at(which, State::Stating, &deed, None, self.receiving(index))
                .map(drop),
            26..34 => self
                .at(which, State::Granting, &deed, None, Deed::grant)
                .map(drop),
            34..37 => self
                .at(0, State::Granting, &deed, None, Deed::give_back)
                .map(drop),
            37..46 => self.order(deed, &mut dice),
            46..49 => self.withdraw(&mut dice),
            49..57 => self.serve(&mut dice),
            57 => self.undo(which, &deed),
            59..71 => self.ask(which, &mut dice),
            71..80 => self.answer(which, &mut dice),
            80..86 => self.hear(which, &mut dice),
            86 => self.impostor(which, &mut dice),
            87..90 => {
                // Up to 25 s off either way: below what an hlc believes of another clock.
                let off = i64::try_from(dice.below(50_001)).expect("small") - 25_000;
                self.node(dice.place(self.stores.len() + 1))
                    .clock
                    .set_ms(BEGIN_MS + at + off);
                self.tell("a clock jumps")
            }
            90..94 => self.arm(&mut dice),
            94 => self.end(&mut dice, End::Killed),
            95 => self.end(&mut dice, End::PowerCut),
            96 => {
                self.stores[which - 1].cut = (dice.happens(50), dice.happens(50));
                self.tell("a line is cut or mended")
            }
            97 => {
                self.day += 1;
                self.tell("a day begins")
            }
            58 | 98 => self.keep_image(index, &mut dice),
            _ => self.keep_store(which, index, &mut dice),
        }
    }

    /// Lets the time of one step pass on every clock.
    fn tick(&self) {
        let step = std::time::Duration::from_millis(STEP_MS as u64);
        let stores = self.stores.iter();
        let nodes = stores.flat_map(|store| [Some(&store.node), store.ghost.as_ref()]);
        for node in nodes.flatten().chain([&self.hub]) {
            node.clock.advance(step);
        }
    }

    pub(super) fn node(&mut self, which: usize) -> &mut Node {
        match which {
            0 => &mut self.hub,
            store if store <= self.stores.len() => &mut self.stores[store - 1].node,
            ghost => {
                let store = &mut self.stores[ghost - 1 - STORES as usize];
                store.ghost.as_mut().expect("only who goes on is asked")
            }
        }
    }

    pub(super) fn tell(&mut self, what: &str) -> Result<(), Violation> {
        self.story.push_str(what);
        Ok(())
    }

    /// Runs a command at node `which` (0: the hub), tells the oracle of what it stated, and decides
    /// whether its failure is one that may be. Nothing comes back when it failed as it may.
    pub(super) fn at<T: Send + 'static>(
        &mut self,
        which: usize,
        state: State,
        deed: &Deed,
        order: Option<u64>,
        work: impl FnOnce(&Deed, &Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> Result<Option<T>, Violation> {
        let node = self.node(which);
        let started = node.start();
        let did = deed.clone();
        let outcome = match started {
            Ok(()) => node.write(move |replica, tx| work(&did, replica, tx)),
            Err(failed) => Err(failed),
        };
        let met = node.disk(Disk::take_met);
        let (dead, full) = node.disk(|disk| (disk.is_dead(), disk.is_full()));
        let notes = std::mem::take(&mut *deed.notes.lock().expect("no deed panics with it"));
        // A replaced machine is the same store's.
        let by = u32::try_from(which).expect("few nodes");
        let by = if by > STORES { by - STORES } else { by };
        let maybe = matches!(outcome, Err(ReplicaFailed::Db(_)));
        if outcome.is_ok() || maybe {
            for (id, said) in notes {
                let stated = Stated {
                    by,
                    order,
                    said,
                    sure: outcome.is_ok(),
                };
                self.oracle.stated(id, stated)?;
            }
        }
        if let Some((fault, call)) = met {
            self.cover.note(fault, call, state);
            let _ = write!(self.story, "[{fault:?} at {call:?}] ");
        }
        let _ = write!(self.story, "{state:?} at {which}: {}", outcome.is_ok());
        if dead {
            let mut dice = Dice::part(self.seed, !deed.number);
            self.node(which).end(End::PowerCut, &mut dice);
        }
        match outcome {
            Ok(done) => Ok(Some(done)),
            Err(ReplicaFailed::OrderIncomplete(_)) => Ok(None),
            // An order of which something rotted is not written to before it is mended.
            Err(ReplicaFailed::Order(_)) if self.rotten.count() > 0 => Ok(None),
            Err(ReplicaFailed::Db(DbError::Panicked { message })) => Err(Violation(format!(
                "{state:?} at {which} panicked: {message}"
            ))),
            Err(_) if !self.healed && (met.is_some() || dead || full) => Ok(None),
            Err(failed) => Err(Violation(format!(
                "{state:?} at {which} failed although nothing was broken: {failed:?}"
            ))),
        }
    }

    /// A command that says something and then fails by itself: nothing of it may stay.
    fn undo(&mut self, which: usize, deed: &Deed) -> Result<(), Violation> {
        let undone = self.at(which, State::Stating, deed, None, |deed, replica, tx| {
            let kept = tx.savepoint(|tx| {
                deed.receive(replica, tx)?;
                Err::<(), _>(ReplicaFailed::NoIdentity)
            });
            match kept {
                Err(ReplicaFailed::NoIdentity) => {
                    deed.notes.lock().expect("no deed panics with it").clear();
                    Ok(())
                }
                other => other,
            }
        });
        undone.map(drop)
    }

    /// What a deed by nobody is told of: messages, starts.
    pub(super) fn nobody(&self, which: usize) -> Deed {
        Deed {
            store: u32::try_from(which).expect("few stores"),
            sku: 0,
            units: 0,
            number: self.story.len() as u64,
            day: self.day,
            notes: Notes::default(),
        }
    }
}
