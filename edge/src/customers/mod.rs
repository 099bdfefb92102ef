//! Customers whom the tills know: by a card, with the prices of a group or without tax.
//!
//! ```text
//! hub's book ─► known here, with the hub cut off ─► shown at a till by card or found by name
//! joins at a till ─► known here at once ─► hub told ─► in the book ─► known everywhere
//! ```
//! Facts and the book hold pseudonyms. Name and contact come beside them, are kept sealed, and go
//! when the book names their customer no more.

mod http;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use rules::{JoinRefused, Joining};
pub(crate) use service::{
    CustomerShown, FoundCustomers, by_card, customer_shown, exemption_of, find, join_in,
};
pub use service::{CustomersProgress, keep, look_after};
pub(crate) use store::{Regular, Told, by_id, close_book, group_name, next_book, put_regulars};

use crate::context::Context;

/// The topic that is published when somebody joined, or the hub told of customers.
pub const TOPIC: &str = "customers";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 270,
    name: "customers",
    sql: include_str!("../../migrations/0270_customers.sql"),
}];

/// Returns the routes of this slice: `GET /v1/customers?query=`.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
