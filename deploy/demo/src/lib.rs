//! A hub and a store with virtual hardware on one machine, as a library for the demo and for tests.
//!
//! It holds no product logic: everything it shows is done by the real daemons over real sockets.

mod announce;
pub mod catalog;
pub mod counter;
mod demo;
pub mod devices;
mod folder;
mod ledger;
pub mod line;
mod options;
pub mod picture;
mod store;

pub use announce::announcement;
pub use demo::{Demo, DemoFailed, RunningDemo};
pub use folder::{DataFolder, FolderRefused, is_there};
pub use ledger::{DemoMember, Ledger, LedgerFailed};
pub use options::{BASE_PORT, DATA_FOLDER, DemoOptions, Ports, PortsRefused};
pub use store::StoreFailed;
