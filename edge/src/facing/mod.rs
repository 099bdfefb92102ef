//! The screen that faces the customer: a browser, on a second screen of the till or a tablet beside
//! it, that shows the sale of one register as it grows, what is to be paid, and the change.
//!
//! ```text
//! /customer/1 ── somebody signed in presses "Show here" ──► shows ── forgotten at /devices ──► asks
//! ```
//! It takes no input and stays when people sign in and out: it holds a token of its own, which opens
//! nothing else. It shows what a customer at the counter sees anyway.

mod http;
mod pages;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use utoipa_axum::router::OpenApiRouter;

pub use store::screens;

use crate::context::Context;

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 240,
    name: "facing_screens",
    sql: include_str!("../../migrations/0240_facing_screens.sql"),
}];

/// Returns the routes of this slice: `/customer/{register}` and its stream.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
