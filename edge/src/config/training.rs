//! The training store as it is set: whether there is one, and where its pages are.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::Deserialize;

/// The usual port of a training store's pages; loopback only, as the shop's own.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8_411);

/// The training store as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TrainingSettings {
    /// Whether it runs.
    pub enabled: bool,
    /// Where its pages are; `127.0.0.1:8411` unless set, off loopback with the shop's certificate.
    pub listen: SocketAddr,
}

impl Default for TrainingSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            listen: LISTEN,
        }
    }
}

impl TrainingSettings {
    /// Returns where its pages are, if it runs.
    pub(super) fn listen(&self) -> Option<SocketAddr> {
        self.enabled.then_some(self.listen)
    }
}
