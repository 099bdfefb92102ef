//! The inbox: what facts say together that needs a person, the facts side by side, and what may be
//! done about it.
//!
//! ```text
//! facts of an order, a transfer, a card ─► open ─► settled by later facts
//!                                             └──► resolved by a person: a fact too
//! ```
//!
//! Exceptions are derived: nobody writes one and nobody deletes one.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use service::{of_card, of_coupon, of_sale, open_count, projections, raise};
pub use store::Subject;
