//! Gift cards and store credit: what the store knows of a card, the money its hub holds back, and
//! the paper with its number.
//!
//! ```text
//! number ─► ask the hub (2 s) ─► held back ─► given for the basket ─► the sale's fact ends it
//!                │                                   └─► given up ─► let go, until the hub knows
//!                └─ away ─► what is known here, within the signed limit; the fact says so
//! hub's fact: blocked, or redeemed beyond what was on it ─► known here, and in the inbox
//! ```
//! A balance is a sum over facts; nothing here changes one. What a card's number is, only its
//! holder, the paper and the moment of typing know.

mod http;
mod rules;
mod service;
mod slip;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_protocol::ids::HoldId;
use counterpart_protocol::stored::StoredPaid;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use http::{BalanceView, look};
pub use rules::StoredRefused;
pub(crate) use rules::redeem;
pub(crate) use service::{Asked, free_unused, give_up, hold, known, print_slip, prints, unblocked};
pub use service::{keep, projections, release_once};
pub use store::forget_work;
pub(crate) use store::{end_holds, mark_given, told};

use crate::context::Context;

/// The topic that is published when money is to be let go, or a card was heard of.
pub(crate) const TOPIC: &str = "stored";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 190,
    name: "stored",
    sql: include_str!("../../migrations/0190_stored.sql"),
}];

/// Returns what the hub calls the money it holds back for a tender.
#[must_use]
pub(crate) fn hold_of(paid: Option<&StoredPaid>) -> Option<HoldId> {
    paid.and_then(|it| it.hold)
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
