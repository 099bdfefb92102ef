//! Returns at the till: by the receipt, whole or in part, refunded by the tenders that paid.
//!
//! ```text
//! receipt's number or code ─► what may still come back ─► lines, why, where to ─► return
//!                                     ▲                        (a fact: paper, cash, stock)
//!                                     └────── the rest, another day ◄──────┘
//! lines, why, where to ─► beside a sale ─► others are sold ─► sale and return in one transaction
//! receipt of another store ─► asked ─► the hub ─► who holds the right passes it ─► as its own
//! ```
//! What goes back is what was paid, to the last coin, whatever the parts; never more comes back
//! than was sold, because what is decided on and what is stated are one transaction of the one
//! writer. A card gets its money back by the terminal: the return waits for that, and is stated in
//! the transaction that keeps the terminal's answer; where it fails, cash is named as its stead. A
//! return changes no sale: it is a fact of its own, with a gap-free number. What another store sold
//! is taken back once that store passed the right to: it gives it away before it comes here.

mod http;
mod pages;
mod receipt;
mod rules;
mod service;
mod store;

use std::sync::Arc;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_daemon::web::live::Live;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use rules::{Exchange, ReturnRefused, first_paid_by};
pub(crate) use service::{
    GoesBack, RefundTo, Rest, card_stayed, card_went_back, drop_exchange, exchange_at, give_rest,
    gives_cash, other_half, record_exchange, returns_path,
};
pub use service::{ReturnError, keep, pass_once};
pub use store::forget_work;
pub(crate) use store::{refunds_at, refunds_told, tally_day};

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
    Migration {
        version: 206,
        name: "refund_rights",
        sql: include_str!("../../migrations/0206_refund_rights.sql"),
    },
    Migration {
        version: 220,
        name: "receipt_codes",
        sql: include_str!("../../migrations/0220_receipt_codes.sql"),
    },
    Migration {
        version: 222,
        name: "refunds_told",
        sql: include_str!("../../migrations/0222_refunds_told.sql"),
    },
];

/// Returns the views of this slice; `live` wakes whoever passes rights on, and the pages.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let live = live.clone();
    let changed = Arc::new(move || live.publish(service::TOPIC));
    vec![
        Box::new(store::Projected),
        Box::new(store::RightsProjected { changed }),
    ]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
