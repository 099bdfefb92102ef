//! What the hub may promise of each store's stock: granted by the store, reserved by the hub.
//!
//! ```text
//! rights_granted (store) ─► rights ◄─ fulfilment_allocated, allocation_withdrawn (hub)
//! rights_asked (store) ──► rights_returned (hub): as much as is not reserved
//!                            ▲
//!        handed_over, lines_shorted, units_released, allocation_broken (store)
//! ```
//!
//! It decides nothing about orders: whoever reserves reads the sums ([`to_reserve_from`]) and
//! states the fact that changes them in the same transaction.

mod service;
mod store;

pub use service::{projections, run_once};
pub use store::{Held, at, held, to_reserve_from};
