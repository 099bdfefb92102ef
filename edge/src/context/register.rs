//! What stands at a till position, and what signs its sales: as the installer wrote it down, or as
//! its twins are.

use std::sync::Arc;
use std::time::Duration;

use counterpart_hardware::{
    PrinterConfig, Profile, ScannerConfig, SensorLevel, Signer, VirtualCounter,
};
use counterpart_protocol::ids::RegisterId;

use crate::devices::CounterSetup;

/// A till position and its devices, as the installer wrote them down.
#[derive(Debug, Clone)]
pub struct RegisterSetup {
    /// Its number within the store, from 1.
    pub id: RegisterId,
    /// What people call it.
    pub name: String,
    /// Its scanner, if the edge reads one for it.
    pub scanner: Option<ScannerConfig>,
    /// Its receipt printer, if it has one; the drawer hangs on it.
    pub printer: Option<PrinterConfig>,
    /// What else stands at its counter.
    pub counter: CounterSetup,
}

/// A fiscal signer, and how long a receipt waits for it. Clones share it.
#[derive(Debug, Clone)]
pub struct SignerSetup {
    /// The device.
    pub signer: Arc<dyn Signer>,
    /// How long a receipt waits for its signature.
    pub limit: Duration,
}

impl RegisterSetup {
    /// Returns a till position at which every device is the twin of one: for the demo and for
    /// training.
    #[must_use]
    pub fn with_twins(id: RegisterId, name: String, counter: &VirtualCounter) -> Self {
        let mut printer = PrinterConfig::new(counter.printer_address(), Profile::epson_80mm());
        printer.drawer.open_level = Some(SensorLevel::High);
        Self {
            id,
            name,
            scanner: Some(ScannerConfig::new(counter.scanner_address())),
            printer: Some(printer),
            counter: CounterSetup {
                hand_scanner: Some(ScannerConfig::new(counter.hand().address())),
                scale: Some(counter.scale_config()),
                display: Some(counter.display_config()),
                label_printer: Some(counter.label_config()),
                terminal: Some(counter.terminal_config(id.0)),
                ..CounterSetup::default()
            },
        }
    }
}
