//! Goods between stores: told to the store they go to, and compared when they are counted in.
//!
//! ```text
//! transfer_sent (one store) ─► transfer_expected (hub, to the other) ─► transfer_received
//!                                                     sent ≠ counted ─► an exception
//! ```

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use service::{projections, run_once, told};
