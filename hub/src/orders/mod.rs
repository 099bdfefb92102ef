//! Orders: captured from every channel, promised under rights, given into a store's custody,
//! cancelled while that can be done.
//!
//! ```text
//! POST /v1/orders ─► placed ─► routed: allocated + custody granted ─► store's facts ─► completed
//!                        │         └─ cancel before it was framed: withdrawn ─┐
//!                        │         └─ after: cancel requested ─► released ────┼─► cancelled
//!                        └─► unrouted: again when rights arrive ──────────────┘
//! ```
//!
//! One transaction captures: facts, reservation, custody, the store's feed. What an order is, its
//! facts say ([`counterpart_protocol::orders`]); the tables here are views for lists.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{edge_router, router};
pub use rules::{DeliveryDraft, LineDraft, OrderDraft};
pub use service::{
    Imported, OrderChecker, OrderFailed, ToldFact, checker, forget_frames, import_one,
    open_and_late, projections, resolve_in, run_once, told,
};
