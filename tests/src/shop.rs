//! A store edge as a till's program sees it: sign in, open the till, scan, take the money.
//!
//! Typed where the journeys look, plain JSON where they only pass something on. It remembers
//! nothing: the oracle does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use counterpart_daemon::http::ProblemBody;
use counterpart_protocol::ids::CommandId;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::caller::{Caller, NotDone};
use crate::goods::Good;
use crate::oracle::Sold;
use crate::wait;

/// A till with somebody signed in at it.
#[derive(Debug, Clone)]
pub struct Till {
    caller: Caller,
    register: u16,
    keys: Keys,
}

/// What the till answers to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Paid {
    /// The sale's id.
    pub sale_id: String,
    /// The number on the receipt.
    pub receipt: String,
    /// What was due.
    pub total_minor: i64,
    /// What goes back.
    pub change_minor: i64,
    /// The currency of both.
    pub currency: String,
    /// The job that prints the receipt.
    pub print_job_id: Option<String>,
}

/// Makes a new key for every command, never one twice in a test.
#[derive(Debug, Clone)]
pub struct Keys {
    of: u128,
    next: Arc<AtomicU64>,
}

impl Keys {
    /// Returns the keys of one caller; two callers of one daemon are told apart by their number.
    #[must_use]
    pub fn of(caller: u32) -> Self {
        Self {
            of: u128::from(caller),
            next: Arc::default(),
        }
    }

    /// Returns a fresh key: a ULID, as the pages' script makes them.
    #[must_use]
    pub fn fresh(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        CommandId::from_parts(number, self.of).to_string()
    }
}
