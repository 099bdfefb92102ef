//! Fiscal signing: what some countries' law puts between a paid sale and its receipt.
//!
//! ```text
//! paid (one fact) ─► unsigned ─► signing ──┬─ answered ──────────► signed: printed with it
//!                       │                  └─ limit, refused ─┐
//!                       └─ an outage goes on ─────────────────┴─► outage: printed at once,
//!                                                                 saying so ─► signed afterwards
//! ```
//! The sale is durable before anybody is asked, and stands whatever becomes of its signature: this
//! slice never refuses one. Without a signer in the settings nothing here happens. A sale has one
//! signature: the signer is asked by the sale's id, and a second fact is never stated.

mod pages;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;

pub use pages::alert;
pub(crate) use pages::shown;
pub(crate) use rules::{Mark, Standing, todo};
pub(crate) use service::{Handed, hand_over};
pub use service::{Progress, SigningFailed, keep, run_once};
pub(crate) use store::{Outage, mark_of, outage, unsigned};

/// The topic that is published when a sale waits for the signer.
const TOPIC: &str = "signing";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 67,
    name: "signing",
    sql: include_str!("../../migrations/0067_signing.sql"),
}];

/// Returns the views of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(store::SigningProjection)]
}
