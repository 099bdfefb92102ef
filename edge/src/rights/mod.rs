//! Promise rights: how much of this store's stock the hub may promise to somebody else.
//!
//! ```text
//! stock moved ──┐                    ┌─► more than we keep ─► rights_granted
//! rights moved ─┼─► due ─► run_once ─┼─► less than we keep ─► rights_asked ─► the hub returns some
//! new policies ─┘                    └─► less than is promised here ─► allocation broken (pickups)
//! ```
//!
//! It never stops a sale: a walk-in burns the store's own rights first, and what is owed then is
//! named. What may be promised is decided in the transaction of the fact, by the sums in the view.

mod rules;
mod service;
mod store;

use std::sync::Arc;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_daemon::web::live::Live;

pub use rules::Shelf;
pub use service::{
    Progress, RightsFailed, keep, look_again, may_promise, run_once, shelf_of, shelf_under,
};

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 60,
        name: "rights",
        sql: include_str!("../../migrations/0060_rights.sql"),
    },
    Migration {
        version: 260,
        name: "rights_policies",
        sql: include_str!("../../migrations/0260_rights_policies.sql"),
    },
];

/// The topic that is published when rights or the stock they stand on moved.
pub const TOPIC: &str = "rights";

/// Returns the views of this slice; `live` wakes whoever looks after the shelves.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let live = live.clone();
    let moved = Arc::new(move || live.publish(TOPIC));
    vec![Box::new(store::Sums { moved })]
}
