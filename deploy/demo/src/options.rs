//! How a demo is started: where its data lie, which ports it takes, how fast it prints.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use counterpart_daemon::clock::{SharedClock, SystemClock};
use counterpart_daemon::entropy::{OsEntropy, SharedEntropy};

use crate::catalog;
use crate::plan::SITES;
use counterpart_hardware::PrintSpeed;

/// The usual data folder.
pub const DATA_FOLDER: &str = ".counterpart";
/// The first of the usual ports.
pub const BASE_PORT: u16 = 8400;

/// The ports of a demo; 0 is any free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ports {
    /// The hub's console, for a browser on this machine.
    pub console: u16,
    /// The hub's listener for stores.
    pub sync: u16,
    /// The hub's console, API and enrolment with TLS, as other machines would use them.
    pub public: u16,
    /// The street: the map of the stores and the web shop.
    pub street: u16,
    /// Each store's.
    pub stores: [StorePorts; SITES.len()],
}

/// The ports of one store; 0 is any free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StorePorts {
    /// The store's end of the line to the hub.
    pub line: u16,
    /// The store's pages.
    pub edge: u16,
    /// The pages of its training store.
    pub training: u16,
    /// The page of its virtual devices.
    pub devices: u16,
}

/// How a demo is started.
#[derive(Clone)]
pub struct DemoOptions {
    /// Where its data lie.
    pub data: PathBuf,
    /// Which ports it takes.
    pub ports: Ports,
    /// How fast the printer prints.
    pub print_speed: PrintSpeed,
    /// How many stores there are at the first start, from 1 to 3.
    pub stores: usize,
    /// How many products they sell at the first start.
    pub products: usize,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids and secrets come from.
    pub entropy: SharedEntropy,
    /// Is told what a long start is doing.
    pub progress: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Why ports cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PortsRefused {
    /// Another program has one of them.
    #[error(
        "port {0} is taken by another program: stop it, or choose other ports with --base-port \
         (it and the 30 after it)"
    )]
    Taken(u16),
    /// One may not be used.
    #[error("port {port} cannot be used: choose other ports with --base-port")]
    Unusable {
        /// The port.
        port: u16,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// There are not enough ports above the base.
    #[error("--base-port {0} is too high or too low: choose 1024 to 65505")]
    OutOfRange(u16),
}

impl DemoOptions {
    /// Returns a demo on the usual ports, with everything in `data`.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            ports: Ports::from_base(BASE_PORT).expect("the usual ports are in range"),
            print_speed: PrintSpeed::Real,
            stores: SITES.len(),
            products: catalog::PRODUCTS,
            clock: SystemClock::shared(),
            entropy: OsEntropy::shared(),
            progress: Arc::new(|_| {}),
        }
    }

    /// Returns a demo of one store on any free ports, with a fast printer: for tests.
    pub fn for_tests(data: impl Into<PathBuf>) -> Self {
        Self {
            ports: Ports::default(),
            print_speed: PrintSpeed::AtOnce,
            stores: 1,
            products: 200,
            ..Self::new(data)
        }
    }
}

impl Ports {
    /// Returns the ports from `base` on, at the same distances as the usual ones: the console at
    /// `base`, the stores from `base + 10`, their training from `base + 13`, their devices from
    /// `base + 20`, the street at `base + 30`.
    ///
    /// # Errors
    ///
    /// [`PortsRefused::OutOfRange`].
    pub fn from_base(base: u16) -> Result<Self, PortsRefused> {
        if base < 1_024 || base.checked_add(30).is_none() {
            return Err(PortsRefused::OutOfRange(base));
        }
        let mut stores = [StorePorts::default(); SITES.len()];
        for (ports, at) in stores.iter_mut().zip(0..) {
            *ports = StorePorts {
                line: base + 4 + at,
                edge: base + 10 + at,
                training: base + 13 + at,
                devices: base + 20 + at,
            };
        }
        Ok(Self {
            console: base,
            sync: base + 1,
            public: base + 3,
            street: base + 30,
            stores,
        })
    }

    /// Looks whether every port of a demo with so many stores is free, so that one sentence names
    /// the first that is not.
    ///
    /// # Errors
    ///
    /// [`PortsRefused::Taken`], [`PortsRefused::Unusable`].
    pub fn check_free(&self, stores: usize) -> Result<(), PortsRefused> {
        let mut all = vec![self.console, self.sync, self.public, self.street];
        for store in self.stores.iter().take(stores) {
            all.extend([store.line, store.edge, store.training, store.devices]);
        }
        let mut held = Vec::new();
        for port in all.into_iter().filter(|port| *port != 0) {
            match TcpListener::bind(here(port)) {
                // Held until all are checked, so that none is counted as free twice.
                Ok(listener) => held.push(listener),
                Err(cause) if cause.kind() == std::io::ErrorKind::AddrInUse => {
                    return Err(PortsRefused::Taken(port));
                }
                Err(cause) => return Err(PortsRefused::Unusable { port, cause }),
            }
        }
        Ok(())
    }
}

/// The demo is seen from this machine only.
pub(crate) fn here(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ports_are_the_documented_ones() {
        let ports = Ports::from_base(BASE_PORT).unwrap();
        assert_eq!((ports.console, ports.sync), (8400, 8401));
        let (first, last) = (ports.stores[0], ports.stores[2]);
        assert_eq!((first.edge, first.training), (8410, 8413));
        assert_eq!((first.devices, last.training), (8420, 8415));
        assert_eq!((last.edge, last.devices, ports.street), (8412, 8422, 8430));
        for bad in [0, 80, 65_506, u16::MAX] {
            assert!(Ports::from_base(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = TcpListener::bind(here(0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let mut ports = Ports::default();
        ports.stores[1].edge = port;
        ports.check_free(1).unwrap();
        let refused = ports.check_free(2).unwrap_err().to_string();
        assert!(
            refused.starts_with(&format!("port {port} is taken")),
            "{refused}"
        );
        drop(taken);
        ports.check_free(2).unwrap();
    }
}
