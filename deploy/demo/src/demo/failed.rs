//! Why a demo did not start, in sentences to act on.

use std::io;

use counterpart_daemon::http::ServeError;
use counterpart_edge::EdgeError;
use counterpart_hub::HubError;

use crate::api::ApiFailed;
use crate::folder::FolderRefused;
use crate::ledger::LedgerFailed;
use crate::options::PortsRefused;
use counterpart_hardware::CounterFailed;

/// Why a demo did not start; everything that had been started is stopped again.
#[derive(Debug, thiserror::Error)]
pub enum DemoFailed {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderRefused),
    /// The demo's own notes.
    #[error(transparent)]
    Ledger(#[from] LedgerFailed),
    /// A port.
    #[error(transparent)]
    Ports(#[from] PortsRefused),
    /// The line.
    #[error("could not lay the line between store and hub")]
    Line(#[source] io::Error),
    /// The hub.
    #[error("could not start the hub (if this goes on, --reset starts over)")]
    Hub(#[from] HubError),
    /// The store.
    #[error("could not start the store (if this goes on, --reset starts over)")]
    Edge(#[from] EdgeError),
    /// The virtual devices.
    #[error(transparent)]
    Counter(#[from] CounterFailed),
    /// The fiscal signer.
    #[error("could not switch the virtual signer on")]
    Signer(#[source] io::Error),
    /// The page.
    #[error(transparent)]
    Page(#[from] ServeError),
    /// A daemon's own API, the first time.
    #[error(transparent)]
    Api(#[from] ApiFailed),
    /// The hub, the first time.
    #[error("could not {step}: {said}")]
    FirstStart {
        /// What was being done.
        step: &'static str,
        /// The hub's own sentence.
        said: String,
    },
    /// The products did not arrive at the store.
    #[error(
        "the products did not reach the store within {0} s: look at its status page, then start \
         again with --reset"
    )]
    NoCatalog(u64),
}
