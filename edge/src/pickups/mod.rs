//! Pickups: this store's parts of online orders, from the bell to the customer's hand.
//!
//! ```text
//! custody ─► bell ─► accepted ─► picked (scan by scan) ─► staged ─► code checked ─► handed over
//!                                  │ short                  │ expired, refused, cancelled
//!                                  ▼                        ▼
//!                              the hub looks          put away (scan by scan) ─► released
//! ```
//! All of it works with the hub cut off: custody gives the right to decide, and every unit is
//! consumed once, checked in the transaction of the fact. Scans gather beside the facts and become
//! one fact when a person is through. So do the customers' names, sealed: facts hold a pseudonym.

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

pub use pages::alert;
pub use service::{
    NamesProgress, PickupError, Progress, ScanTarget, break_allocation, fetch_names, keep,
    left_for_the_till, new_pickups, run_once, scan_target, scanned,
};
pub use store::{Unpicked, forget_work, youngest_unpicked};

use crate::context::Context;
use crate::web::STATUS_TOPIC;

/// The topic that is published when a pickup, or the work on one, changed.
pub const TOPIC: &str = "pickups";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 40,
        name: "pickups",
        sql: include_str!("../../migrations/0040_pickups.sql"),
    },
    Migration {
        version: 62,
        name: "customer_names",
        sql: include_str!("../../migrations/0062_customer_names.sql"),
    },
    Migration {
        version: 107,
        name: "pickup_bags",
        sql: include_str!("../../migrations/0107_pickup_bags.sql"),
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
    vec![Box::new(store::Projected { changed })]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
