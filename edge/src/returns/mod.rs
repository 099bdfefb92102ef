//! Returns at the till of what this store sold: by the receipt, whole or in part, refunded by the
//! tenders that paid.
//!
//! ```text
//! receipt's number or code ─► what may still come back ─► lines, why, where to ─► return
//!                                     ▲                        (a fact: paper, cash, stock)
//!                                     └────── the rest, another day ◄──────┘
//! ```
//! What goes back is what was paid, to the last coin, whatever the parts; never more comes back
//! than was sold, because what is decided on and what is stated are one transaction of the one
//! writer. A card gets its money back by the terminal: the return waits for that, and is stated in
//! the transaction that keeps the terminal's answer; where it fails, cash is named as its stead. A
//! return changes no sale: it is a fact of its own, with a gap-free number. What other stores sold
//! is not taken back here yet.

mod http;
mod pages;
mod receipt;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use rules::{Exchange, ReturnRefused, first_paid_by};
pub use service::ReturnError;
pub(crate) use service::{
    GoesBack, RefundTo, Rest, card_stayed, card_went_back, drop_exchange, exchange_at, give_rest,
    gives_cash, other_half, record_exchange, returns_path,
};
pub use store::forget_work;
pub(crate) use store::{refunds_at, tally_day};

use crate::context::Context;

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 92,
        name: "returns",
        sql: include_str!("../../migrations/0092_returns.sql"),
    },
    Migration {
        version: 113,
        name: "card_refunds",
        sql: include_str!("../../migrations/0113_card_refunds.sql"),
    },
    Migration {
        version: 205,
        name: "basket_exchanges",
        sql: include_str!("../../migrations/0205_basket_exchanges.sql"),
    },
];

/// Returns the views of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(store::Projected)]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
