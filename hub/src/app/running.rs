//! A hub that runs: where it is reached, what it is made of, and how it stops in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use counterpart_daemon::shutdown::{Shutdown, ShutdownReport, Stage};

use crate::context::Context;
use crate::users::FirstStart;

#[derive(Debug, Clone, Copy)]
pub(super) struct Addresses {
    pub(super) public: SocketAddr,
    pub(super) sync: SocketAddr,
    pub(super) loopback: Option<SocketAddr>,
}

/// A hub that runs. Dropping it does not stop it in order: call [`RunningHub::shutdown`].
pub struct RunningHub {
    pub(super) context: Context,
    pub(super) addresses: Addresses,
    pub(super) shutdown: Shutdown,
    pub(super) _streams: Stage,
    pub(super) first: FirstStart,
    pub(super) names: Vec<String>,
    pub(super) data: PathBuf,
}

impl RunningHub {
    /// Returns what slices are handed, to call their services in this process.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns where console, API and enrolment are served with TLS.
    #[must_use]
    pub fn public_address(&self) -> SocketAddr {
        self.addresses.public
    }

    /// Returns where edges are served.
    #[must_use]
    pub fn sync_address(&self) -> SocketAddr {
        self.addresses.sync
    }

    /// Returns the address of the console without TLS, if it is served, such as
    /// `http://127.0.0.1:8480`.
    #[must_use]
    pub fn loopback_url(&self) -> Option<String> {
        self.addresses
            .loopback
            .map(|address| format!("http://{address}"))
    }

    /// Returns the address of the console with TLS, by the first name of its certificate.
    #[must_use]
    pub fn public_url(&self) -> String {
        let name = self.names.first().map_or("localhost", String::as_str);
        format!("https://{name}:{}", self.addresses.public.port())
    }

    /// Returns where a person on this machine opens the console: without TLS if that is served.
    #[must_use]
    pub fn console_url(&self) -> String {
        self.loopback_url().unwrap_or_else(|| self.public_url())
    }

    /// Returns what the first start made, or that it was not the first.
    #[must_use]
    pub fn first_start(&self) -> &FirstStart {
        &self.first
    }

    /// Lets the command line find this hub. Without it commands would refuse to start beside the
    /// hub, which is no reason not to run.
    pub(super) fn open_door(&self, folder: &Path) {
        let loopback = self.addresses.loopback;
        let bound = loopback.unwrap_or(self.addresses.public);
        let opened = self
            .context
            .control()
            .open_door(folder, self.console_url(), bound);
        if let Err(error) = opened {
            tracing::warn!(%error, "the command line will not find this hub");
        }
    }

    /// Stops in order: no more connections, streams ended, requests finished, work put down, the
    /// database closed.
    pub async fn shutdown(self) -> ShutdownReport {
        let report = self.shutdown.run().await;
        if let Err(error) = self.context.control().close_door(&self.data) {
            tracing::debug!(%error, "could not take the control file away");
        }
        self.context.db().close().await;
        report
    }
}
