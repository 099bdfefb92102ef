//! Opening balances: what the retailer's old system said was here when the store began.
//!
//! ```text
//! hub's fact opening_balance_sent ─► told ─► this store states stock_received as opening ─► stated
//! ```
//! Stock is this store's to state, so the hub's word becomes its own fact, once per balance: the
//! receiving is named by the hub's fact, and both views are folds, so a rebuild or a restart in
//! between states nothing twice.

mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;

pub use service::{OpeningFailed, keep, state_once};

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 28,
    name: "openings",
    sql: include_str!("../../migrations/0028_openings.sql"),
}];

/// Returns the views of this slice: what the hub told, and what was stated of it.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(store::Told), Box::new(store::Stated)]
}
