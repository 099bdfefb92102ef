//! Business days: sealed when they are over, countersigned by the hub when it holds the same.
//!
//! ```text
//! day over ─► run_once ─► day_sealed ──► hub compares ──► day_countersigned ─► shown here
//!                └─► the journal's segment closes; what still comes is late for that day
//! ```
//!
//! Days that were countersigned a while ago are packed: all of their records stay, in less room.
//!
//! A day on which nothing was stated is not sealed: the next seal names the one before it, and the
//! hub holds no record of the days between. A till that is open at the end of its day stops
//! nothing: it is named in the seal and goes on in the next day.

mod pages;
mod rules;
mod service;
mod store;

use std::sync::Arc;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_daemon::web::live::Live;

pub use pages::table;
pub use rules::{DayListed, DayRow, DayStands, DaysListed, PackedDays};
pub use service::{
    DaysFailed, PackingFailed, keep, keep_packing, list, pack_once, packed, run_once,
};
pub use store::latest;

/// The topic that is published when a day was sealed or countersigned.
pub const TOPIC: &str = "days";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 70,
    name: "days",
    sql: include_str!("../../migrations/0070_days.sql"),
}];

/// Returns the views of this slice; `live` tells the pages of a day that changed.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let live = live.clone();
    let changed = Arc::new(move || live.publish(TOPIC));
    vec![Box::new(store::Days { changed })]
}
