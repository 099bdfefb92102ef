//! Which faults met which states of the protocol: what a run exercised, as a table.

use std::collections::BTreeMap;
use std::fmt;

use super::disk::{Call, Fault};

/// What a node was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its process starts.
    Starting,
    /// It states a fact of its own.
    Stating,
    /// It moves rights.
    Granting,
    /// The hub promises.
    Promising,
    /// The hub takes a promise back.
    Withdrawing,
    /// A store hands over or puts back.
    Serving,
    /// A store makes an exchange.
    Asking,
    /// The hub answers one.
    Answering,
    /// A store hears the reply.
    Hearing,
    /// A day is sealed or countersigned.
    Sealing,
    /// Both ends compare what they have.
    Comparing,
    /// Days are packed.
    Packing,
}

/// What came of troubles that are no fault of a call to a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// A stored change was damaged or vanished.
    Rotted,
    /// A comparison found a record different.
    Differed,
    /// A store was given the right bytes.
    MendedHere,
    /// The hub was.
    MendedThere,
    /// A view that was made anew without a damaged fact got it with its bytes.
    ViewMended,
    /// Neither end has them, and the store says so.
    LostAndNamed,
    /// A process went on with a program of another version.
    ProgramExchanged,
    /// A node of before was upgraded in the end.
    Upgraded,
    /// The hub asked a store not to hand over.
    CancelAsked,
    /// One of two hub processes started again.
    ProcessEnded,
    /// A store sealed a day.
    DaySealed,
    /// The hub countersigned one.
    DayCountersigned,
    /// Records of a day were packed.
    Packed,
    /// A pack was damaged.
    PackRotted,
}

/// How often each fault met each state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    met: BTreeMap<(Fault, Call, State), u64>,
    came: BTreeMap<Came, u64>,
}

impl Cover {
    /// Notes a fault.
    pub fn note(&mut self, fault: Fault, call: Call, state: State) {
        *self.met.entry((fault, call, state)).or_default() += 1;
    }

    /// Notes that something came of a trouble.
    pub fn came(&mut self, what: Came) {
        self.came_often(what, 1);
    }

    /// Notes that something came of a trouble so many times.
    pub fn came_often(&mut self, what: Came, times: usize) {
        *self.came.entry(what).or_default() += times as u64;
    }

    /// Returns how often something came of a trouble.
    #[must_use]
    pub fn times(&self, what: Came) -> u64 {
        self.came.get(&what).copied().unwrap_or(0)
    }

    /// Adds what another run met.
    pub fn add(&mut self, other: &Self) {
        for (key, times) in &other.met {
            *self.met.entry(*key).or_default() += times;
        }
        for (what, times) in &other.came {
            *self.came.entry(*what).or_default() += times;
        }
    }

    /// Tells whether a fault met such a call.
    #[must_use]
    pub fn met_at(&self, call: Call) -> bool {
        self.met.keys().any(|key| key.1 == call)
    }

    /// Returns how many faults there were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.met.values().sum()
    }
}

const STATES: [State; 12] = [
    State::Starting,
    State::Stating,
    State::Granting,
    State::Promising,
    State::Withdrawing,
    State::Serving,
    State::Asking,
    State::Answering,
    State::Hearing,
    State::Sealing,
    State::Comparing,
    State::Packing,
];

/// Shows a row for each fault and call, a column for each state.
impl fmt::Display for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<16}", "fault at call")?;
        for state in STATES {
            write!(f, "{:>12}", format!("{state:?}"))?;
        }
        let mut rows: Vec<(Fault, Call)> = self.met.keys().map(|key| (key.0, key.1)).collect();
        rows.dedup();
        for (fault, call) in rows {
            write!(f, "\n{:<16}", format!("{fault:?} at {call:?}"))?;
            for state in STATES {
                let times = self.met.get(&(fault, call, state)).copied().unwrap_or(0);
                write!(f, "{times:>12}")?;
            }
        }
        for (what, times) in &self.came {
            write!(f, "\n{:<16}{times:>12}", format!("{what:?}"))?;
        }
        Ok(())
    }
}
