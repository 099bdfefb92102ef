//! The virtual counter of one register: a scanner, a scale and a customer display on pseudo
//! terminals, a hand scanner that presses keys into a pipe, a receipt printer with its drawer, a
//! label printer and a payment terminal on TCP ports.
//!
//! Whoever drives them is given their addresses as an installer would write them, and cannot tell
//! them from real ones.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::{
    VirtualDisplay, VirtualKeyScanner, VirtualLabelPrinter, VirtualLineError, VirtualPrinter,
    VirtualPrinterOptions, VirtualScale, VirtualScanner, VirtualTerminal,
};
use crate::display::{DisplayConfig, DisplayDialect};
use crate::label::LabelConfig;
use crate::port::PortAddress;
use crate::scale::{ScaleConfig, ScaleProtocol};
use crate::scanner::KeyLayout;
use crate::terminal::NexoTerminalConfig;

/// How long one line takes to print: about 170 mm/s, an ordinary counter printer (a TM-T20III
/// prints 250 mm/s); slow enough to be watched.
const LINE_TIME: Duration = Duration::from_millis(25);

/// What the scale speaks.
const SCALE: ScaleProtocol = ScaleProtocol::Toledo8217;
/// What the customer display speaks.
const DISPLAY: DisplayDialect = DisplayDialect::Epson;

/// The devices of one register; cheap to clone.
#[derive(Debug, Clone)]
pub struct VirtualCounter {
    scanner: VirtualScanner,
    hand: VirtualKeyScanner,
    printer: VirtualPrinter,
    scale: VirtualScale,
    display: VirtualDisplay,
    labels: VirtualLabelPrinter,
    terminal: VirtualTerminal,
}

/// How fast the counter's printer prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrintSpeed {
    /// As a printer does, 25 ms a line.
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
    /// The scale or the display.
    #[error("could not plug a virtual device in")]
    Plug(#[source] VirtualLineError),
    /// The label printer or the terminal.
    #[error("could not switch a virtual device on")]
    Switch(#[source] io::Error),
}

impl VirtualCounter {
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
        let keys = folder.join(format!("hand-scanner-{register}-event-kbd"));
        let hand = VirtualKeyScanner::plug_in(keys, KeyLayout::Us)
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
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let scale = VirtualScale::plug_in(folder.join(format!("scale-{register}")), SCALE);
        let display = VirtualDisplay::plug_in(folder.join(format!("display-{register}")), DISPLAY);
        let labels = VirtualLabelPrinter::spawn(anywhere);
        let terminal = VirtualTerminal::spawn(anywhere, None);
        Ok(Self {
            scanner,
            hand,
            printer,
            scale: scale.await.map_err(CounterFailed::Plug)?,
            display: display.await.map_err(CounterFailed::Plug)?,
            labels: labels.await.map_err(CounterFailed::Switch)?,
            terminal: terminal.await.map_err(CounterFailed::Switch)?,
        })
    }

    /// Returns the scanner.
    #[must_use]
    pub fn scanner(&self) -> &VirtualScanner {
        &self.scanner
    }

    /// Returns the hand scanner, which acts as a keyboard.
    #[must_use]
    pub fn hand(&self) -> &VirtualKeyScanner {
        &self.hand
    }

    /// Returns the printer; the drawer is on it.
    #[must_use]
    pub fn printer(&self) -> &VirtualPrinter {
        &self.printer
    }

    /// Returns the scale.
    #[must_use]
    pub fn scale(&self) -> &VirtualScale {
        &self.scale
    }

    /// Returns the customer display.
    #[must_use]
    pub fn display(&self) -> &VirtualDisplay {
        &self.display
    }

    /// Returns the label printer.
    #[must_use]
    pub fn labels(&self) -> &VirtualLabelPrinter {
        &self.labels
    }

    /// Returns the payment terminal.
    #[must_use]
    pub fn terminal(&self) -> &VirtualTerminal {
        &self.terminal
    }

    /// Returns the scale as an installer would set it up.
    #[must_use]
    pub fn scale_config(&self) -> ScaleConfig {
        ScaleConfig::new(self.scale.port_address(), SCALE)
    }

    /// Returns the customer display as an installer would set it up.
    #[must_use]
    pub fn display_config(&self) -> DisplayConfig {
        DisplayConfig::new(self.display.port_address(), DISPLAY)
    }

    /// Returns the label printer as an installer would set it up.
    #[must_use]
    pub fn label_config(&self) -> LabelConfig {
        LabelConfig::new(self.labels.port_address())
    }

    /// Returns the terminal as an installer would set it up for the register.
    #[must_use]
    pub fn terminal_config(&self, register: u16) -> NexoTerminalConfig {
        let (terminal, till) = (format!("TILL-{register}"), format!("DEMO-{register}"));
        NexoTerminalConfig::new(self.terminal.port_address(), &terminal, &till)
    }

    /// Returns where the scanner is, as an installer writes it.
    #[must_use]
    pub fn scanner_address(&self) -> PortAddress {
        self.scanner.port_address()
    }

    /// Returns where the printer is, as an installer writes it.
    #[must_use]
    pub fn printer_address(&self) -> PortAddress {
        self.printer.port_address()
    }

    /// Switches everything off that has a port of its own and unplugs the scanners.
    pub async fn take_down(&self) {
        if let Err(error) = self.scanner.unplug().await {
            tracing::debug!(%error, "the virtual scanner was gone already");
        }
        if let Err(error) = self.hand.unplug().await {
            tracing::debug!(%error, "the virtual hand scanner was gone already");
        }
        self.printer.shutdown().await;
        self.labels.shutdown().await;
        self.terminal.shutdown().await;
    }
}
