//! What the region decides for its stores: rights by class of goods, what a store may do on its
//! own, how pickups are promised.
//!
//! ```text
//! change one thing, based on version n ─► checked as a whole ─► version n + 1, told to every store
//!                  └─► somebody published n + 1 meanwhile: refused, nothing is overwritten
//! ```
//!
//! The hub promises by the newest version at once; a store follows when it has fetched it.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::PolicyRefused;
pub use rules::operation_words;
pub use service::{PolicyFailed, current};
