//! The journal: what happened at the registers, looked up and handed out.
//!
//! ```text
//! facts ─► entries (who, when, what, how much, why) ─► search ─► receipt, copy, return
//!   └────► export: every fact as a line of JSON, or POSLog-shaped XML
//! ```
//! It states nothing: a copy is the sales slice's, a return the returns slice's. What is searched
//! is a view; what is exported are the facts themselves, in the order they were stated.

mod http;
mod pages;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use utoipa_axum::router::OpenApiRouter;

pub use rules::{Exporter, Span};
pub use service::{ExportFailed, Exported, export};

use crate::context::Context;

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 170,
    name: "journal",
    sql: include_str!("../../migrations/0170_journal.sql"),
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
