//! Stock of this store: receiving, what is on hand, and the facts that make each number.
//!
//! ```text
//! delivery counted line by line ─► received (one fact) ─► movements ─► on hand
//!                               sales (their facts) ───────▲
//! ```
//! A number on hand is a sum over facts and never a counter; it never stops a sale.

mod http;
mod pages;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use pages::escaped;
pub use service::{Found, find, last_taker, on_hand};
pub(crate) use store::{checkpoint, on_hand_after};

use crate::context::Context;

/// The topic that is published when stock moved.
pub const TOPIC: &str = "stock";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 13,
    name: "stock",
    sql: include_str!("../../migrations/0013_stock.sql"),
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
