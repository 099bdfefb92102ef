//! The keys pickup and receipt codes are signed with: the hub's, and one for each edge.
//!
//! ```text
//! edge's first start ─► signing_key_added ─► known ─► every store's ring of keys
//! operator revokes it (stolen, lost)  ─────► revoked ─► every store refuses what it signed
//! ```
//!
//! Secrets stay where they were made; here are public halves and who holds the other one.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::ReasonRefused;
pub use service::{KeysFailed, projections, run_once};
