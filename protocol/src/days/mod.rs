//! The end of a business day: a store seals what happened, the hub countersigns what it holds too.
//!
//! Law: the sums of a day are folds over its facts, so any order of the same facts gives the same.

mod fact;
mod held;
mod sums;
mod tally;

pub use fact::{DayCountersigned, DaySealed, KindCount, OpenTill};
pub use held::DayHeld;
pub use sums::{DayReturns, DaySums, PaperRun, ReceiptRun, StockCheckpoint, Takings, TenderSum};
pub use tally::DayTally;
