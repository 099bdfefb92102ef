//! A hub and its stores with virtual hardware on one machine, as a library for the demo and for
//! tests.
//!
//! It holds no product logic: everything it shows is done by the real daemons over real sockets.

mod announce;
mod api;
mod branch;
pub mod catalog;
mod demo;
pub mod devices;
mod folder;
mod hub;
mod ledger;
pub mod line;
mod options;
pub mod picture;
mod plan;
mod store;
mod street;

pub use announce::announcement;
pub use api::ApiFailed;
pub use branch::Branch;
pub use demo::{Demo, DemoFailed, RunningDemo};
pub use folder::{DataFolder, FolderRefused, is_there};
pub use ledger::{DemoMember, DemoStore, Ledger, LedgerFailed};
pub use options::{BASE_PORT, DATA_FOLDER, DemoOptions, Ports, PortsRefused, StorePorts};
pub use plan::{SITES, Site};
