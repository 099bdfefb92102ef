//! What the two daemons of a world are started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use counterpart_edge::EdgeConfig;
use counterpart_edge::context::{CounterSetup, RegisterSetup, SignerSetup};
use counterpart_hardware::VirtualCounter;
use counterpart_hardware::{
    LineSigner, NexoTerminalConfig, PrinterConfig, Profile, ScannerConfig, SensorLevel,
    VirtualSigner,
};
use counterpart_hub::HubConfig;
use counterpart_protocol::ids::RegisterId;

use super::{Training, World};
use crate::console::PASSWORD;
use crate::engine::address;

/// How long a receipt waits for its signature: longer than any machine is busy.
const SIGNATURE_LIMIT: Duration = Duration::from_secs(10);

impl World {
    /// Returns what the edge is started with.
    #[must_use]
    pub fn edge_config(&self) -> EdgeConfig {
        let registers = (1..).zip(&self.counters);
        EdgeConfig {
            listen: anywhere(),
            registers: registers
                .map(|(id, counter)| register(id, counter, self.scanner_gap))
                .collect(),
            clock: self.clock.clone(),
            signer: self.signer.as_ref().map(signer),
            training: (self.training == Training::Beside).then(anywhere),
            ..EdgeConfig::new(self.edge_folder())
        }
    }

    /// Returns what the hub is started with.
    #[must_use]
    pub fn hub_config(&self) -> HubConfig {
        HubConfig {
            data: self.hub_folder(),
            database: self.database.as_ref().map(address),
            public_listen: anywhere(),
            sync_listen: anywhere(),
            loopback_listen: Some(anywhere()),
            sync_address: Some(format!("https://{}", self.line.address())),
            first_admin_password: Some(PASSWORD.to_owned()),
            ..HubConfig::default()
        }
    }
}

fn signer(signer: &VirtualSigner) -> SignerSetup {
    SignerSetup {
        signer: Arc::new(LineSigner::new(signer.port_address())),
        limit: SIGNATURE_LIMIT,
    }
}

fn register(id: u16, counter: &VirtualCounter, scanner_gap: Duration) -> RegisterSetup {
    let mut scanner = ScannerConfig::new(counter.scanner_address());
    scanner.framing.gap = scanner_gap;
    let mut printer = PrinterConfig::new(counter.printer_address(), Profile::epson_80mm());
    printer.drawer.open_level = Some(SensorLevel::High);
    RegisterSetup {
        id: RegisterId(id),
        name: format!("Register {id}"),
        scanner: Some(scanner),
        printer: Some(printer),
        counter: CounterSetup {
            terminal: Some(NexoTerminalConfig::new(
                counter.terminal().port_address(),
                &format!("TILL-{id}"),
                &format!("POI-{id}"),
            )),
            ..CounterSetup::default()
        },
    }
}

/// Any free port of this machine.
pub(super) fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
