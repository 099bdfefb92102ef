//! The lives of stores' servers, as their facts say: which one began with the data of an earlier
//! one, why, and whether it has everything back.
//!
//! ```text
//! life_opened ──► recovering ── recovery_ended ──► it promises again
//! ```

mod service;
mod store;

pub use service::projections;
pub use store::{Life, newest};
