//! Goods that stores sold by their department because the catalogue did not know them: a list of
//! codes for whoever keeps the catalogue.
//!
//! ```text
//! sale_recorded (a line by department, with its code) ─► unlisted_lines ─► list of codes
//!                        a catalogue with the code is published ─► the code leaves the list
//! ```
//! Nobody ticks anything off: a code is on the list for as long as the catalogue lacks it.

mod http;
mod pages;
mod service;
mod store;

pub use http::router;
pub use service::projections;
