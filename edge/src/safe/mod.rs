//! The manager's safe: floats taken out and given back, what tills drop into it, bags that go to
//! the bank, and its counts.
//!
//! ```text
//! tills drop (their facts) ──► the safe's book ──► float out, bank bag
//! float back ──────────────────▲        ▲
//!                                       └── counted: over or short is named and posted
//! ```
//! What should be in it is a sum over facts. It belongs to the store, not to a register; only the
//! printer of the register somebody stands at is used. It never refuses what somebody holds in
//! their hand: what does not fit the book is a difference at the next count.

mod http;
mod pages;
mod receipt;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use pages::safe_path;

use crate::context::Context;

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 162,
    name: "safe",
    sql: include_str!("../../migrations/0162_safe.sql"),
}];

/// Returns the views of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(store::Projected)]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
