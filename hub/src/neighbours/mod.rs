//! What stores nearby have, for a person in a shop who is asked "have you got it elsewhere?".
//!
//! ```text
//! stock as each store last said ─► every five minutes ─► a snapshot for each store of its group
//!                                                           └─► the store asks for what changed
//! ```
//!
//! It is told with the age of each number and promises nothing: nobody counts on a unit because it
//! stands here.

mod rules;
mod service;

pub use service::{NeighboursFailed, run_once};
