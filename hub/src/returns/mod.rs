//! Returns as stores state them: what came back of which sale, and what went back for it.
//!
//! Nothing is decided here: a return happened. Its paper is proven with the other numbered papers
//! (`sales`), its sums with the day it counts for (`days`).

mod service;
mod store;

pub use service::projections;
pub(crate) use store::{ReturnOfSale, of_day, of_sale};
