//! Card payments: what a terminal is asked to do with money, and what became of it.
//!
//! ```text
//!          ┌─► declined, cancelled                      nothing moved
//! sent ────┼─► approved ── money belongs to a sale      (or goes back: reversed)
//!          └─► unknown ─── the terminal, or a manager ──► one of the above
//! ```
//! An attempt is written before the terminal is asked and again with each answer, so that a store
//! server that is killed at any moment finds it, asks the terminal what became of it under the same
//! name, and never asks a customer to pay twice. It knows no basket and no return: the slices that
//! do are told what became of their money in the transaction that writes it.
//!
//! When a till is closed its terminal closes its period, and what it counted is compared with the
//! money the store knows of since the count before.

mod receipt;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_protocol::ids::RegisterId;

pub use rules::CardRefused;
pub(crate) use rules::{Attempt, AttemptState, Purpose};
pub(crate) use service::{
    Asking, CardView, SettleCard, ask_again, begin, cancel, card_view, settle, want_count,
};
pub use service::{PaymentsFailed, Progress, keep, run_once};
pub use store::forget_work;
pub(crate) use store::{attempt, free, of_sale, sold, unresolved, unresolved_at};

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 110,
        name: "card_payments",
        sql: include_str!("../../migrations/0110_card_payments.sql"),
    },
    Migration {
        version: 241,
        name: "terminal_counts",
        sql: include_str!("../../migrations/0241_terminal_counts.sql"),
    },
];

/// The topic that is published when an attempt of `register` is written or changes.
#[must_use]
pub fn topic(register: RegisterId) -> String {
    format!("payments/{register}")
}
