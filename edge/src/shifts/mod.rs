//! Tills: opened with a float, counted blind, closed with a Z.
//!
//! ```text
//! closed ── float ──► open ── sales add up ──► counted ──► closed (Z, over/short named)
//!                      │ ▲
//!                      └─┘ paid in, paid out, dropped into the safe, no-sale, X, taken over
//! ```
//! What a till should hold is a sum over facts. Any count closes it; a difference wants a reason
//! and never stops anybody. A Z can be printed again, marked COPY.

mod http;
mod pages;
mod receipt;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use http::read_pieces;
pub(crate) use rules::{ShiftRefused, denominations, gathered};
pub use service::open_shift;
pub(crate) use store::open_tills;

use crate::context::Context;

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 11,
        name: "shifts",
        sql: include_str!("../../migrations/0011_shifts.sql"),
    },
    Migration {
        version: 68,
        name: "cash",
        sql: include_str!("../../migrations/0068_cash.sql"),
    },
    Migration {
        version: 93,
        name: "shift_returns",
        sql: include_str!("../../migrations/0093_shift_returns.sql"),
    },
    Migration {
        version: 112,
        name: "shift_tenders",
        sql: include_str!("../../migrations/0112_shift_tenders.sql"),
    },
    Migration {
        version: 161,
        name: "shift_money",
        sql: include_str!("../../migrations/0161_shift_money.sql"),
    },
];

/// Returns the views of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(store::Projected),
        Box::new(store::CashProjected),
        Box::new(store::ReturnsProjected),
        Box::new(store::TendersProjected),
        Box::new(store::CashiersProjected),
    ]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
