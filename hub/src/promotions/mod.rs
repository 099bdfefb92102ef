//! Promotions: authored here, for all stores or some, for a time; each store's book published
//! whenever it would be another one.
//!
//! ```text
//! put (replaces the one of its id) ─► on ◄─► off ─► each store's book published
//! on: to come ─► in force ─► over, by its own dates in each store's zone
//! ```
//!
//! A till prices by the book it fetched, with the hub there or not; what it took off stands in the
//! facts of its sales.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::{PromotionDraft, PromotionRefused};
pub use service::{PromotionsFailed, named, on_for, run_once};
