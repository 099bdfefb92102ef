//! Price lists: what products cost in some stores for a time, apart from the catalogue.
//!
//! ```text
//! file ─► list put (replaces the one of its id as a whole) ─► each store's book published
//! list: to come ─► in force ─► over, by its own dates in each store's zone; or ended by a person
//! ```
//!
//! A store's book holds all lists that are for it and not over; its till looks which one is in
//! force at the sale's moment, so a price changes at midnight whether or not the hub is there.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::{ListDraft, ListRefused};
pub(crate) use rules::{in_zone, moment};
pub use service::{PricesFailed, Put, check_draft, open_list_for, put_list, run_once};
