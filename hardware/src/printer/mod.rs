//! Receipt printers that speak ESC/POS: documents become bytes, bytes become paper, and what is
//! known about it is said exactly.
//!
//! ```text
//! document ── encode(profile) ──▶ job ── PrinterLink::print
//!                                          ├─▶ Confirmed
//!                                          ├─▶ Unconfirmed(doubt)    past the first ink
//!                                          └─▶ NotStarted(obstacle)  before it
//! ```
//! Nothing here stores a job or decides to print one again: that is the queue of whoever owns the
//! receipt. A job that is `Unconfirmed` is never sent again by this crate.

mod actor;
mod code_page;
mod commands;
mod encode;
mod link;
mod logo;
mod profile;
mod profiles;
mod raster;
mod reply;
mod sending;
mod status;
mod talk;

pub use actor::Printer;
pub use code_page::CodePage;
pub use encode::{Encoded, Substitution, encode};
pub use link::{Doubt, Obstacle, Outcome, Phase, PrintJob, PrinterConfig, PrinterLink};
pub use link::{PrinterProgress, Timeouts};
pub use logo::{LogoRefused, logo};
pub use profile::{Barrier, Cut, Profile, StatusReplies};
pub use profiles::{Profiles, ProfilesRefused};
pub use reply::{ByteKind, Reply, ReplyReader, classify};
pub use status::{PaperLevel, PrinterStatus};

pub(crate) use commands::{drawer_pulse, drawer_pulse_now};
pub(crate) use encode::look_alike;
