//! What is on hand in every store, as its facts say, and why the number is what it is.
//!
//! ```text
//! sale_recorded, stock_received ──► stock_movements (why) ──► stock_levels (how many)
//! ```
//!
//! The number is as old as the last contact with its store, and every page says so.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use service::{MovedBy, moved_by, on_hand_of, projections};
pub use store::{on_hand, sold_since};
