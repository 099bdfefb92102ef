//! Notices: what the regional team tells everybody in the store.
//!
//! They are the hub's facts, shown until their time; nobody answers them and none is edited.

mod pages;
mod store;

use std::sync::Arc;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_daemon::web::live::Live;

pub use pages::notices;
pub use store::{Notice, current};

/// The topic that is published when a notice arrives.
pub const TOPIC: &str = "notices";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 6,
    name: "notices",
    sql: include_str!("../../migrations/0006_notices.sql"),
}];

/// Returns the views of this slice; `live` tells the pages of a new notice.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let live = live.clone();
    let arrived = Arc::new(move || live.publish(TOPIC));
    vec![Box::new(store::Notices { arrived })]
}
