//! Where an order goes: which store serves it, and why.
//!
//! ```text
//! demand (lines, where to) ─┐
//! stores (rights, distance) ┴─► choose ─► one store, and what was thought of every other
//! ```
//!
//! The rule is `rules.rs` alone: another one replaces that file and nothing else. It reserves
//! nothing; `orders` does.

mod rules;
mod service;

pub use rules::{Choice, Considered, Demand, Verdict, Wanted, choose, distance_m, distances};
pub use service::decide;
