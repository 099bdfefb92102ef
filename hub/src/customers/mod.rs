//! Who ordered: name and contact beside the facts, sealed, and erasable at any time.
//!
//! ```text
//! import ──┐
//! capture ─► added (sealed) ─► shown to whoever may change orders ─► erased: the pseudonym stays
//! ```
//!
//! Facts hold the [`CustomerId`] alone, so erasing a record erases the person everywhere.
//!
//! [`CustomerId`]: counterpart_protocol::ids::CustomerId

mod http;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::{Customer, CustomerDraft, Wrong, check};
pub use service::{Brought, CustomerFailed, Known, add_again, add_in, bring_in, find, known};
