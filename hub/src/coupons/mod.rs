//! Coupons: issued in batches for a promotion, kept for a sale that is being paid, and what facts
//! say of their use.
//!
//! ```text
//! issue ─► numbers (75 random bits each) ─► CSV: number and signed code ─► paper, mail
//! edge asks ─► kept for one sale ─► ended by its fact, or let go
//! sale_recorded ─► use ─┬► first: used up
//!                       └► one more: coupon_twice, and what it cost
//! ```
//! That a coupon was used is what facts say; nothing here refuses one. Two stores that take the
//! same one apart from the hub both did; what it cost beyond its one use is named.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{edge_router, router};
pub use service::{projections, told};
