//! Coupons the hub issued: which were used as this store knows, those the hub keeps for a sale in
//! work, and the question whether one is good.
//!
//! ```text
//! code ─► signed by the hub? ─► in the basket ─► Pay: ask the hub (2 s) ─┬► held ─► sale's fact
//! number ─► ask the hub ───────────┘   │                                 ├► used: taken out
//!                 given up, or taken out: let go, until the hub knows    └► away: signed policy,
//!                                                                           and the fact says so
//! ```
//! A coupon is used by the fact of the sale it took something off, and by nothing else. What an
//! open code does is the basket's own affair: nobody counts it.

mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;

pub use rules::CouponRefused;
pub(crate) use rules::{Claim, CouponKnown, Heard};
pub(crate) use service::{Kept, finish, keep_for, known, let_go, look};
pub use service::{keep, projections, release_once};
pub use store::forget_work;

/// The topic that is published when a coupon is to be let go.
pub(crate) const TOPIC: &str = "coupons";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 281,
    name: "coupon_uses",
    sql: include_str!("../../migrations/0281_coupon_uses.sql"),
}];
