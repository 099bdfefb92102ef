//! What was last shown at a register instead of a PIN: a badge, for the moment in which somebody
//! presses what it is for.
//!
//! It lives in memory only, and for a minute: a badge nobody used is forgotten.

mod unapproved;

pub use unapproved::Waiting;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_protocol::ids::RegisterId;

use super::Context;
use crate::web::STATUS_TOPIC;

/// How long a badge that was shown is good for what is pressed next, in milliseconds.
pub const SHOWN_MS: i64 = 60_000;

/// What was last shown at each register, and what waits there for an approval; clones share it.
#[derive(Debug, Clone, Default)]
pub struct ShownBadges {
    badges: Arc<Mutex<BTreeMap<RegisterId, Shown>>>,
    unapproved: unapproved::Unapproved,
}

/// What was last shown at a register.
#[derive(Clone, PartialEq, Eq)]
struct Shown {
    /// When, in milliseconds UTC.
    at_ms: i64,
    /// What came of it.
    what: WhatWasShown,
}

/// What came of showing a badge.
#[derive(Clone, PartialEq, Eq)]
pub enum WhatWasShown {
    /// Somebody's badge that counts.
    Badge {
        /// The badge as it was scanned.
        text: String,
        /// Whose: a name.
        name: String,
    },
    /// A badge that does not: a sentence.
    Refused(String),
}

/// Shows that something was shown, never what.
impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown")
            .field("at_ms", &self.at_ms)
            .finish_non_exhaustive()
    }
}

impl ShownBadges {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<RegisterId, Shown>) -> T) -> T {
        work(&mut self.badges.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Context {
    /// Notes what was shown at a register, and tells the open pages.
    pub fn show(&self, register: RegisterId, what: WhatWasShown) {
        let at_ms = self.now_ms();
        self.parts
            .shown
            .with(|shown| shown.insert(register, Shown { at_ms, what }));
        self.live().publish(STATUS_TOPIC);
    }

    /// Returns what was shown at a register, while it counts.
    #[must_use]
    pub fn shown(&self, register: RegisterId) -> Option<WhatWasShown> {
        let now_ms = self.now_ms();
        let found = self.parts.shown.with(|shown| shown.get(&register).cloned());
        let counts = |shown: &Shown| (0..SHOWN_MS).contains(&(now_ms - shown.at_ms));
        found.filter(counts).map(|shown| shown.what)
    }

    /// Returns the badge that was shown at a register, to stand for the PIN that was not typed.
    #[must_use]
    pub fn shown_badge(&self, register: RegisterId) -> Option<String> {
        match self.shown(register)? {
            WhatWasShown::Badge { text, .. } => Some(text),
            WhatWasShown::Refused(_) => None,
        }
    }

    /// Forgets what was shown at a register: it was used.
    pub fn forget_shown(&self, register: RegisterId) {
        let was = self.parts.shown.with(|shown| shown.remove(&register));
        if was.is_some() {
            self.live().publish(STATUS_TOPIC);
        }
    }

    /// Forgets what counts no longer at any register, and tells the open pages.
    pub fn forget_old_shown(&self) {
        let now_ms = self.now_ms();
        let forgotten = self.parts.shown.with(|shown| {
            let before = shown.len();
            shown.retain(|_, one| (0..SHOWN_MS).contains(&(now_ms - one.at_ms)));
            before != shown.len()
        });
        if forgotten {
            self.live().publish(STATUS_TOPIC);
        }
    }
}
