//! Opening balances: what a migrating retailer's old system says was in a store when it began.
//!
//! ```text
//! imported row ─► sent to the store (opening_balance_sent, in the hub's journal for it)
//!                    └─► the store states stock_received as opening, once ─► stated
//! ```
//!
//! Stock is the store's to state: the hub tells it what to begin with and never writes its stock.
//! A balance of a store without an edge waits until one is enrolled.

mod http;
mod service;
mod store;

pub use http::router;
pub use service::{Opening, OpeningsFailed, add, added, projections, run_once};
pub use store::StoreOpenings;
