//! The virtual counter of one register: a scanner on a pseudo terminal, a receipt printer on a TCP
//! port, and the drawer that hangs on it.
//!
//! The edge is given their addresses as an installer would write them, and cannot tell them from
//! real ones.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use counterpart_hardware::r#virtual::VirtualLineError;
use counterpart_hardware::{PortAddress, VirtualPrinter, VirtualPrinterOptions, VirtualScanner};

/// How long one line takes to print: about 170 mm/s, an ordinary counter printer (a TM-T20III
/// prints 250 mm/s); slow enough to be watched.
pub const LINE_TIME: Duration = Duration::from_millis(25);

/// The devices of one register; cheap to clone.
#[derive(Debug, Clone)]
pub struct Counter {
    scanner: VirtualScanner,
    printer: VirtualPrinter,
}

/// How fast the counter's printer prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrintSpeed {
    /// As a printer does, [`LINE_TIME`] a line.
    #[default]
    Real,
    /// At once, for tests.
    AtOnce,
}

/// Why a counter could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum CounterFailed {
    /// The folder of the device files.
    #[error("could not make the folder of the virtual devices")]
    Folder(#[source] io::Error),
    /// The scanner.
    #[error("could not plug the virtual scanner in")]
    Scanner(#[source] VirtualLineError),
    /// The printer.
    #[error("could not switch the virtual printer on")]
    Printer(#[source] io::Error),
}

impl Counter {
    /// Sets a counter up; `folder` gets the scanner's device file, named after `register`.
    ///
    /// # Errors
    ///
    /// [`CounterFailed`], by the device.
    pub async fn set_up(
        folder: &Path,
        register: u16,
        speed: PrintSpeed,
    ) -> Result<Self, CounterFailed> {
        std::fs::create_dir_all(folder).map_err(CounterFailed::Folder)?;
        let tty = folder.join(format!("scanner-{register}"));
        let scanner = VirtualScanner::plug_in(tty)
            .await
            .map_err(CounterFailed::Scanner)?;
        let options = VirtualPrinterOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            line_time: match speed {
                PrintSpeed::Real => LINE_TIME,
                PrintSpeed::AtOnce => Duration::ZERO,
            },
            ..VirtualPrinterOptions::default()
        };
        let printer = VirtualPrinter::spawn(options)
            .await
            .map_err(CounterFailed::Printer)?;
        Ok(Self { scanner, printer })
    }

    /// Returns the scanner.
    pub fn scanner(&self) -> &VirtualScanner {
        &self.scanner
    }

    /// Returns the printer; the drawer is on it.
    pub fn printer(&self) -> &VirtualPrinter {
        &self.printer
    }

    /// Returns where the scanner is, as an installer writes it.
    pub fn scanner_address(&self) -> PortAddress {
        self.scanner.port_address()
    }

    /// Returns where the printer is, as an installer writes it.
    pub fn printer_address(&self) -> PortAddress {
        self.printer.port_address()
    }

    /// Switches the printer off and unplugs the scanner.
    pub async fn take_down(&self) {
        if let Err(error) = self.scanner.unplug().await {
            tracing::debug!(%error, "the virtual scanner was gone already");
        }
        self.printer.shutdown().await;
    }
}
