//! The devices of a shop's counter as bytes and states: scanners, receipt printers, drawers.
//!
//! It knows no sale, no product, no SQL and no HTTP: a scanner yields a [`Scan`], not a product,
//! and a printer takes the bytes of a [`counterpart_paper::Document`], not a receipt. Every
//! device has a virtual twin that speaks the same bytes over a real terminal or socket.
//!
//! # A printer, and its twin
//!
//! A driver is given an address and a profile; the twin has an address like any printer. What the
//! driver says is what it knows: confirmed, sent, uncertain, failed.
//!
//! ```
//! use counterpart_hardware::{
//!     Outcome, PrintJob, PrinterConfig, PrinterLink, Profile, VirtualPrinter,
//!     VirtualPrinterOptions, encode,
//! };
//! use counterpart_paper::{Document, Style};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let twin = VirtualPrinter::spawn(VirtualPrinterOptions::default()).await?;
//! let profile = Profile::epson_80mm();
//!
//! let mut receipt = Document::new();
//! receipt
//!     .styled("CORNER SHOP", Style::title())
//!     .columns("Oat milk 1 l", "1.99")
//!     .cut();
//! let job = PrintJob::from(encode(&receipt, &profile));
//!
//! let mut link = PrinterLink::new(PrinterConfig::new(twin.port_address(), profile));
//! let outcome = link.print(&job).await;
//! assert!(matches!(outcome, Outcome::Confirmed), "{outcome:?}");
//! let paper = twin.snapshot();
//! let printed = paper.receipts.last().ok_or("nothing came off the printer")?;
//! assert!(printed.text.contains("Oat milk 1 l"), "{}", printed.text);
//! assert!(printed.complete, "it was cut");
//! twin.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # A scanner, and its twin
//!
//! The twin is a pseudo terminal, so the driver reads it as it reads a device file; control
//! characters inside a code (GS1's separators) stay in it.
//!
//! ```
//! use counterpart_hardware::{
//!     DeviceState, Scanner, ScannerConfig, ScannerEvent, VirtualScanner,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let twin = VirtualScanner::plug_in(folder.path().join("scanner-1")).await?;
//! let (scanner, mut events) = Scanner::spawn(ScannerConfig::new(twin.port_address()));
//!
//! // The driver opens the port by itself, and again whenever the cable was out.
//! let mut state = scanner.state();
//! state.wait_for(|state| *state == DeviceState::Ready).await?;
//! twin.scan(b"5412345678908").await?;
//! let scan = loop {
//!     match events.recv().await.ok_or("the driver is gone")? {
//!         ScannerEvent::Scan(scan) => break scan,
//!         ScannerEvent::State(_) | ScannerEvent::ScanLost { .. } => {}
//!     }
//! };
//! assert_eq!(scan.code, "5412345678908");
//! scanner.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # A driver of your own
//!
//! A printer that speaks another dialect is a [`Profile`] first: columns, code pages, what it
//! answers. A device of another kind follows the files here: `commands` (bytes, pure), a `link`
//! that talks over [`port`], an actor that keeps it open and tells its state, and a twin that
//! decodes the same bytes, against which all of it is tested.

mod clock;
pub mod drawer;
pub mod port;
pub mod printer;
pub mod scanner;
mod state;
pub mod r#virtual;

pub use drawer::{DrawerPin, DrawerWiring, Kick, KickOutcome, SensorLevel};
pub use port::{ParityBit, PortAddress, PortAddressRefused, SerialLine, serial_ports};
pub use printer::{
    Barrier, CodePage, Cut, Doubt, Encoded, Obstacle, Outcome, PaperLevel, Phase, PrintJob,
    Printer, PrinterConfig, PrinterLink, PrinterProgress, PrinterStatus, Profile, StatusReplies,
    Substitution, Timeouts, encode,
};
pub use scanner::{
    AimId, AimIds, FrameEnd, Framing, LostReason, Scan, Scanner, ScannerConfig, ScannerEvent,
    Symbology,
};
pub use state::{DeviceState, Trouble};
pub use r#virtual::{
    Answers, PrintedReceipt, PrinterSnapshot, VirtualPrinter, VirtualPrinterOptions, VirtualScanner,
};
