//! Gift cards and store credit: what every fact put on a card and took off, money held back for a
//! sale that is being paid, and what stores are told of a card.
//!
//! ```text
//! sale_recorded, return_recorded ─► moves ─► balance = their sum ─┬► below nothing: over_redeem
//! edge asks ─► hold (its card's row locked) ─► ended by its fact, │         │
//!                                              or let go          │         ▼
//! operator blocks a card ─────────────────────────────────────────┴► stored_told to stores
//! ```
//! A balance is never set: it is what the facts say. Two stores that redeem the same money apart
//! from the hub both did; the excess is named.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{edge_router, router};
pub use service::{projections, run_once, told};
