//! The money of stores as they counted it: what their tills were over or short by, tender by
//! tender, and the books of their safes.
//!
//! Everything here is a fold over the stores' facts; nothing is decided, and nothing is ever
//! written but by facts.

mod http;
mod pages;
mod service;
mod store;

pub use http::router;
pub use service::projections;
