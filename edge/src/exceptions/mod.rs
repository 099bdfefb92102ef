//! Exceptions: what facts say together that needs a person in this store.
//!
//! ```text
//! facts of an order ─► rules (protocol) ─┬► open ─► settled (later facts took care of it)
//! a transfer that differs ───────────────┤   └────► resolved (a person said how: a fact)
//! a card redeemed over, as the hub says ─┤
//! a sale refunded over, as the hub says ─┘
//! ```
//! They are derived and never truth: every replica raises the same ones under the same ids. Facts
//! stand as they are; nothing here overwrites one.

mod http;
mod pages;
mod service;
mod store;

use std::sync::Arc;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_daemon::web::live::Live;
use utoipa_axum::router::OpenApiRouter;

pub use pages::alert;
pub use service::ExceptionError;
pub(crate) use store::{of_card, of_sale, raise};

use crate::context::Context;
use crate::web::STATUS_TOPIC;

/// The topic that is published when an exception was raised, settled or resolved.
pub const TOPIC: &str = "exceptions";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 41,
        name: "exceptions",
        sql: include_str!("../../migrations/0041_exceptions.sql"),
    },
    Migration {
        version: 63,
        name: "exceptions_of_transfers",
        sql: include_str!("../../migrations/0063_exceptions_of_transfers.sql"),
    },
    Migration {
        version: 191,
        name: "exceptions_of_cards",
        sql: include_str!("../../migrations/0191_exceptions_of_cards.sql"),
    },
    Migration {
        version: 221,
        name: "exceptions_of_sales",
        sql: include_str!("../../migrations/0221_exceptions_of_sales.sql"),
    },
];

/// Returns the views of this slice; `live` tells the pages of changes.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let live = live.clone();
    let changed = Arc::new(move || {
        live.publish(TOPIC);
        live.publish(STATUS_TOPIC);
    });
    vec![Box::new(store::Raised { changed })]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
