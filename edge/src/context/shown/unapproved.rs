//! What a page sent that somebody must approve first: kept at its register until it is sent again
//! with a PIN or a badge.
//!
//! It lives in memory only, one form a register, the last one. It never holds a PIN.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_protocol::ids::{RegisterId, StaffId};
use counterpart_protocol::policies::Operation;

use crate::context::Context;

/// How long a form waits for its approval, in milliseconds: longer than fetching a manager takes.
const WAITS_MS: i64 = 10 * 60_000;

/// What waits at each register; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Unapproved(Arc<Mutex<BTreeMap<RegisterId, Waiting>>>);

/// A form that waits for its approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What is to be approved.
    pub operation: Operation,
    /// Who sent it.
    pub staff_id: StaffId,
    /// Where to, a path of this store.
    pub path: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
    /// The path of the page it stands on.
    pub back: String,
    /// Why what was shown last did not approve it.
    pub why_not: Option<String>,
    /// When it was sent, in milliseconds UTC.
    pub at_ms: i64,
}

impl Unapproved {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<RegisterId, Waiting>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Context {
    /// Keeps a form at a register until somebody approves it.
    pub fn wait_for_approval(&self, register: RegisterId, waiting: Waiting) {
        let unapproved = &self.parts.shown.unapproved;
        unapproved.with(|all| all.insert(register, waiting));
    }

    /// Returns the form of a person that waits at a register, while it does.
    #[must_use]
    pub fn waits_for_approval(&self, register: RegisterId, staff_id: StaffId) -> Option<Waiting> {
        let now_ms = self.now_ms();
        let unapproved = &self.parts.shown.unapproved;
        let found = unapproved.with(|all| all.get(&register).cloned());
        let counts = |it: &Waiting| (0..WAITS_MS).contains(&(now_ms - it.at_ms));
        found.filter(|it| it.staff_id == staff_id && counts(it))
    }

    /// Forgets what was sent to a path: it was done, or refused for good.
    pub fn forget_unapproved(&self, path: &str) {
        let unapproved = &self.parts.shown.unapproved;
        unapproved.with(|all| all.retain(|_, waiting| waiting.path != path));
    }
}
