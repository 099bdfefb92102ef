//! Whether this replica and its peer still have the bytes of what they told each other.
//!
//! ```text
//! a day was sealed ─► ask (spans) ─► answer ─► hear ─► … ─► what it came to, kept and shown
//!                                       └ mends here        └ mends there
//! ```
//!
//! It compares bytes and mends bytes, and views that were made anew without them (`lacking.rs`). It
//! believes nothing anew: a record that was set aside because it was
//! damaged on its way can be let in once its bytes are here, by a person ([`Replica::readmit`]).

mod answering;
mod asking;
mod sums;

pub use answering::{ComparisonRefused, needs_writing};
pub use asking::LastComparison;

use super::Replica;
use super::feeds::Stream;
