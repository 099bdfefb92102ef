//! The store server: what a shop's registers, scanners, printers and pages are driven by, with or
//! without its hub.
//!
//! Start with [`app`]; [`context`] is what every slice is handed. The spine is `sync`, `devices`
//! and `web`; every other folder is one workflow of the shop (README.md, "Inside edge and hub").

pub mod adjustments;
pub mod app;
pub mod command;
pub mod config;
pub mod context;
pub mod counter;
pub mod coupons;
pub mod customers;
pub mod days;
pub mod devices;
pub mod exceptions;
pub mod facing;
pub mod journal;
pub mod labels;
pub mod notices;
pub mod openings;
pub mod payments;
pub mod pickups;
pub mod quarantine;
pub mod reference;
pub mod returns;
pub mod rights;
pub mod safe;
pub mod sales;
pub mod shifts;
pub mod signing;
pub mod staff;
pub mod status;
pub mod stock;
pub mod stored;
pub mod sync;
pub mod training;
pub mod transfers;
pub mod web;
pub mod written;

pub use app::{
    BackedUp, Edge, EdgeError, RestoreFrom, RestoreRefused, Restored, RunningEdge, assemble,
    back_up, concerns_of, document, enrol, examine, export_journal, hub_client, keep, list_days,
    rebuild, restore, running_status, status_words,
};
pub use config::{EdgeConfig, SettingRefused, Settings};
pub use counter::{NotSetUp, set_up};
pub use journal::{Exported, Span};
