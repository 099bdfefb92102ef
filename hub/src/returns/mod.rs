//! Returns as stores state them: what came back of which sale, and what went back for it.
//!
//! ```text
//! refund_right_asked (a desk) ─► wanted (hub, to the holder) ─► passed (holder) ─► granted (hub)
//! ```
//! The right to refund a sale goes from store to store, giver first, so that never two have it.
//! What was refunded without it, from a receipt's code, is told to the stores concerned, and what
//! was too much is named: `over_refund`.
//!
//! Nothing is decided of a return: it happened. Its paper is proven with the other numbered papers
//! (`sales`), its sums with the day it counts for (`days`).

mod service;
mod store;

pub use service::{projections, run_once, told};
pub(crate) use store::{ReturnOfSale, Waiting, held, of_day, of_sale, waiting};
