//! Changes of days that are over for good, many in one blob instead of a row each.
//!
//! ```text
//! a day countersigned, 35 days ago ─► days_to_pack ─► pack_group ─► … ─► Over
//!                                                        └ packed, read back, compared: then the
//!                                                          loose rows go, in one transaction
//! ```
//!
//! Nothing is dropped: a record's bytes are loose or in its pack, and [`reading::Packs`] is the one
//! place that looks for them. It never decides that a day is over for good: its caller knows which
//! days the hub countersigned. Orders' changes stay loose, for their documents are written to; so
//! does what stands in quarantine or is damaged.

mod due;
mod reading;
mod writing;

pub(super) use due::{loosen, pack_anew};
pub(super) use reading::{PACK_OF_RECORD, Packs, damaged_packs};

pub use due::{DayToPack, Packed};
pub use writing::{PackRefused, PackStep};

/// How many days a day stays loose at least after it was: as long as an edge keeps its records
/// whatever it does with older ones (replication.md §5), and as both ends compare them each night.
pub const LOOSE_DAYS: u16 = 35;
