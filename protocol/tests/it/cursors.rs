//! One edge and its hub: cursors and acknowledgements under lost, repeated, reordered, late and
//! damaged messages, restarts at any moment and a hub that is put back to an older state.
//!
//! The state machines are the product's (`EdgeSession`, `greet`, `check_batch`) on real chains;
//! what is modelled is what is durable when. From every state a whole line must bring both ends to
//! the same feeds within a few round trips.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use counterpart_protocol::ids::Incarnation;
use counterpart_protocol::sync::{
    BatchRefused, EdgeSession, Greeting, KnownEdge, MoreDown, Step, WithHashes, check_batch, greet,
};

use crate::cursors_wire::{ACTOR, Asked, Replied, Sent, WRITTEN, batch, head, hello, reply};
use crate::explore::{Model, breaks, holds};

/// How many exchanges are made, messages repeated and damaged, processes restarted and hubs put
/// back at most, before the line is whole again.
const ASKED: u8 = 2;
const REPEATED: u8 = 1;
const DAMAGED: u8 = 1;
const RESTARTED: u8 = 1;
const PUT_BACK: u8 = 1;
/// Round trips a whole line may need: one to learn where both are, one that ran into it, one for
/// hashes, and one that finds nothing new.
const TRIPS_MAX: u8 = 5;

/// One end of a feed that is read: the numbers of the records stored, in order.
type Stored = Vec<u64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// What the edge wrote, what it believes acknowledged, and what it has of the hub's.
    own: u64,
    acked: u64,
    got: Stored,
    session: Session,
    /// What the hub holds of the edge's, and what it wrote.
    held: Stored,
    hubs: u64,
    /// What the hub held when it was copied.
    copy: Option<Stored>,
    asked: Vec<Asked>,
    replied: Vec<Replied>,
    spent: Spent,
}

/// The product's session, and how it shows itself: two that show the same are the same.
#[derive(Debug, Clone)]
struct Session(EdgeSession, String);

impl Session {
    fn new(session: EdgeSession) -> Self {
        let shown = format!("{session:?}");
        Self(session, shown)
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}

impl Eq for Session {}

impl Hash for Session {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.1.hash(state);
    }
}

/// What was used up of each bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Spent {
    asked: u8,
    repeated: u8,
    damaged: u8,
    restarted: u8,
    put_back: u8,
}

/// A rule made wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    /// The hub answers before its commit.
    AckBeforeCommit,
    /// The edge goes on from the furthest it ever heard.
    ResumeAtMaximum,
    /// The edge believes that what it sent is held.
    AckAhead,
    /// What comes again is stored again.
    DuplicatesTaken,
    /// The hub's cursor goes to the end of whatever comes.
    GapTaken,
    /// The chain of a batch is not looked at.
    ChainNotChecked,
    /// The edge does not hear why its batch was refused.
    ReplyNotHeard,
}

struct Cursors {
    mistake: Mistake,
    /// What was healed before: messages on their way do not matter to it.
    healed: RefCell<HashSet<State>>,
}

impl Cursors {
    fn with(mistake: Mistake) -> Self {
        Self {
            mistake,
            healed: RefCell::default(),
        }
    }

    /// The edge's half of an exchange.
    fn ask(&self, at: &State) -> Asked {
        let Step::Exchange {
            after_seq,
            with_hashes,
        } = at.session.0.exchange()
        else {
            panic!("the edge stopped");
        };
        let after = match self.mistake {
            Mistake::ResumeAtMaximum => after_seq.max(at.acked),
            _ => after_seq,
        };
        Asked {
            up: at.own,
            down: at.got.len() as u64,
            batch: Sent {
                after: after.min(at.own),
                to: at.own,
                with_hashes: with_hashes == WithHashes::Yes,
                damaged: false,
            },
        }
    }

    /// The hub's half, up to its commit.
    fn answer(&self, at: &mut State, asked: Asked) -> Replied {
        let known = KnownEdge {
            incarnation: Incarnation(1),
            actor: ACTOR,
            held: head(at.held.len() as u64),
        };
        let there = (asked.up <= known.held.seq).then(|| head(asked.up).chain);
        let greeting = greet(&hello(asked), Some(&known), Some(known.incarnation), there);
        assert!(matches!(greeting, Greeting::Continue(_)), "{greeting:?}");
        let refused = self.take(&mut at.held, asked.batch);
        Replied {
            up: at.held.len() as u64,
            down: at.hubs,
            refused,
            batch: Sent {
                after: asked.down,
                to: at.hubs.max(asked.down),
                with_hashes: false,
                damaged: false,
            },
        }
    }

    /// Takes a batch in, at either end.
    fn take(&self, stored: &mut Stored, sent: Sent) -> Option<BatchRefused> {
        let batch = batch(sent)?;
        let held = head(stored.len() as u64);
        let checked = check_batch(held, &batch, |seq| {
            (seq <= held.seq).then(|| head(seq).chain)
        });
        match (self.mistake, checked) {
            (Mistake::DuplicatesTaken, Ok(_)) | (Mistake::GapTaken, Err(BatchRefused::Gap)) => {
                stored.extend(sent.after + 1..=sent.to);
            }
            (Mistake::ChainNotChecked, Err(BatchRefused::ChainDiffers)) => {
                // The damaged record is the first: something else stands in its place.
                let new = (sent.after + 1..=sent.to).filter(|seq| *seq > held.seq);
                stored.extend(new.map(|seq| if seq == sent.after + 1 { 99 } else { seq }));
            }
            (_, Ok(intake)) => stored.extend(intake.new.iter().map(|new| new.record.seq)),
            (_, Err(refused)) => return Some(refused),
        }
        None
    }

    /// The edge hears a reply; all of it is one transaction.
    fn hear(&self, at: &mut State, replied: Replied) -> Result<Step, String> {
        let own_chain = (replied.up <= at.own).then(|| head(replied.up).chain);
        if own_chain.is_some() {
            at.acked = match self.mistake {
                Mistake::AckAhead => at.own,
                Mistake::ResumeAtMaximum => replied.up.max(at.acked),
                _ => replied.up,
            };
        }
        let before = at.got.len();
        let _refused = self.take(&mut at.got, replied.batch);
        let more = at.got.len() > before && (at.got.len() as u64) < replied.down;
        let more = if more { MoreDown::Yes } else { MoreDown::No };
        if self.mistake == Mistake::ReplyNotHeard && replied.refused.is_some() {
            return Ok(Step::Listen);
        }
        let mut session = at.session.0.clone();
        let step = session.replied(&reply(replied), head(at.own), own_chain, more);
        at.session = Session::new(session);
        match step {
            Step::Stop => Err("an honest hub stopped the edge".to_owned()),
            step => Ok(step),
        }
    }

    /// Lets both ends talk over a whole line until there is nothing left to say.
    fn heal(&self, at: &State) -> Result<(), String> {
        let mut state = State {
            copy: None,
            asked: Vec::new(),
            replied: Vec::new(),
            spent: Spent::default(),
            ..at.clone()
        };
        if !self.healed.borrow_mut().insert(state.clone()) {
            return Ok(());
        }
        for _ in 0..TRIPS_MAX {
            let asked = self.ask(&state);
            let replied = match self.mistake {
                Mistake::AckBeforeCommit => self.answer(&mut state.clone(), asked),
                _ => self.answer(&mut state, asked),
            };
            let step = self.hear(&mut state, replied)?;
            let same = state.held == all(state.own) && state.got == all(state.hubs);
            if step == Step::Listen && same && state.acked == state.own {
                return Ok(());
            }
        }
        Err(format!(
            "not converged after {TRIPS_MAX} round trips: {state:?}"
        ))
    }
}

fn all(written: u64) -> Stored {
    (1..=written).collect()
}

impl Model for Cursors {
    type State = State;

    fn begin(&self) -> State {
        State {
            own: 0,
            acked: 0,
            got: Vec::new(),
            session: Session::new(EdgeSession::new(0)),
            held: Vec::new(),
            hubs: 0,
            copy: None,
            asked: Vec::new(),
            replied: Vec::new(),
            spent: Spent::default(),
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
        let spent = from.spent;
        to("the edge writes", from.own < WRITTEN, &|s| s.own += 1);
        to("the hub writes", from.hubs < WRITTEN, &|s| s.hubs += 1);
        to("the edge asks", spent.asked < ASKED, &|s| {
            s.spent.asked += 1;
            let asked = self.ask(s);
            s.asked.push(asked);
        });
        to("the edge starts again", spent.restarted < RESTARTED, &|s| {
            s.spent.restarted += 1;
            s.session = Session::new(EdgeSession::new(s.acked));
        });
        let copies = from.copy.is_none() && spent.put_back < PUT_BACK;
        to("the hub is copied", copies, &|s| {
            s.copy = Some(s.held.clone());
        });
        to("the copy is put back", from.copy.is_some(), &|s| {
            s.spent.put_back += 1;
            s.held = s.copy.take().unwrap();
        });
        for at in 0..from.asked.len() {
            self.up_steps(from, at, &mut to);
        }
        for at in 0..from.replied.len() {
            self.down_steps(from, at, &mut to);
        }
    }

    fn check(&self, at: &State) -> Result<(), String> {
        let held = at.held.len() as u64;
        if at.held != all(held) || at.got != all(at.got.len() as u64) {
            return Err(format!(
                "a feed has a gap, a repeat or another record: {at:?}"
            ));
        }
        if held > at.own || at.got.len() as u64 > at.hubs {
            return Err("a reader has what nobody wrote".to_owned());
        }
        // A hub that was put back holds less than it said: only then, and until it is heard again.
        if at.spent.put_back == 0 && at.acked > held {
            return Err(format!("{} are believed held, and {held} are", at.acked));
        }
        self.heal(at)
    }
}

type To<'a> = &'a mut dyn FnMut(&'static str, bool, &dyn Fn(&mut State));

impl Cursors {
    fn up_steps(&self, from: &State, at: usize, to: To<'_>) {
        let asked = from.asked[at];
        to("an exchange is lost", true, &|s| {
            s.asked.remove(at);
        });
        to("the hub answers", true, &|s| {
            s.asked.remove(at);
            let mut after = s.clone();
            let replied = self.answer(&mut after, asked);
            if self.mistake != Mistake::AckBeforeCommit {
                *s = after;
            }
            s.replied.push(replied);
        });
        to("the hub commits and dies", true, &|s| {
            s.asked.remove(at);
            self.answer(s, asked);
        });
        to(
            "an exchange comes and will come again",
            from.spent.repeated < REPEATED,
            &|s| {
                s.spent.repeated += 1;
                let replied = self.answer(s, asked);
                s.replied.push(replied);
            },
        );
        let damaged = from.spent.damaged < DAMAGED
            && asked.batch.after < asked.batch.to
            && !asked.batch.with_hashes;
        to("an exchange is damaged", damaged, &|s| {
            s.spent.damaged += 1;
            s.asked[at].batch.damaged = true;
        });
    }

    fn down_steps(&self, from: &State, at: usize, to: To<'_>) {
        let replied = from.replied[at];
        to("a reply is lost", true, &|s| {
            s.replied.remove(at);
        });
        to("the edge hears", true, &|s| {
            s.replied.remove(at);
            self.hear(s, replied).unwrap();
        });
        to(
            "a reply comes and will come again",
            from.spent.repeated < REPEATED,
            &|s| {
                s.spent.repeated += 1;
                self.hear(s, replied).unwrap();
            },
        );
    }
}

#[test]
fn every_interleaving_of_messages_and_restarts_leads_to_the_same_feeds() {
    holds("cursors", &Cursors::with(Mistake::None), 100_000);
}

#[test]
fn each_wrong_rule_of_cursors_is_found() {
    for mistake in [
        Mistake::AckBeforeCommit,
        Mistake::ResumeAtMaximum,
        Mistake::AckAhead,
        Mistake::DuplicatesTaken,
        Mistake::GapTaken,
        Mistake::ChainNotChecked,
        Mistake::ReplyNotHeard,
    ] {
        breaks(&format!("{mistake:?}"), &Cursors::with(mistake));
    }
}
