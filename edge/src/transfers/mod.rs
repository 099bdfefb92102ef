//! Goods that go from this store to another, and those that come from one.
//!
//! ```text
//! packing (scan by scan, set aside) ─► sent (one fact, needs rights) ─► in transit
//! hub's fact "expected" ─► on its way here ─► counted by scan ─► received (one fact)
//!                                                 sent ≠ counted ─► a discrepancy, named here
//! ```
//! What lies ready to leave is set aside: the store asks the hub to give back its right to promise
//! it, and lets it go once it has. What is promised to an order never leaves. This store learns
//! from the hub what comes to it; whether what it sent arrived, it is not told.

mod http;
mod pages;
mod rules;
mod service;
mod slip;
mod store;

use std::sync::Arc;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_daemon::web::live::Live;
use utoipa_axum::router::OpenApiRouter;

pub use service::set_aside;
pub use store::{Difference, End, difference, forget_work};

use crate::context::Context;

/// The topic that is published when a transfer changed.
pub const TOPIC: &str = "transfers";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 61,
    name: "transfers",
    sql: include_str!("../../migrations/0061_transfers.sql"),
}];

/// Returns the views of this slice; `live` tells the pages of changes.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let live = live.clone();
    let changed = Arc::new(move || live.publish(TOPIC));
    vec![Box::new(store::Transfers { changed })]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
