//! What can be promised where: the rights the hub holds, less what is reserved, less what may have
//! been sold unseen since the store was last heard of.
//!
//! ```text
//! rights (held, reserved) ─┐
//! contact, weeks of sales ─┼─► judge ─► available, and why it is not more
//! on hand ─────────────────┘
//! ```
//!
//! It promises nothing: `orders` reserves what this says is there.

mod http;
mod rules;
mod service;

pub use http::router;
pub use rules::{Judged, Why};
pub use service::{AtStore, at_stores};
