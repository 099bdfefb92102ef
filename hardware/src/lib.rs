//! The devices of a shop's counter as bytes and states: scanners, receipt printers, drawers.
//!
//! It knows no sale, no product, no SQL and no HTTP: a scanner yields a [`Scan`], not a product,
//! and a printer takes the bytes of a [`counterpart_paper::Document`], not a receipt. Every
//! device has a virtual twin that speaks the same bytes over a real terminal or socket.
//!
//! ```no_run
//! use counterpart_hardware::{PortAddress, PrintJob, Printer, PrinterConfig, Profile, encode};
//! use counterpart_paper::Document;
//!
//! # async fn print() -> Result<(), Box<dyn std::error::Error>> {
//! let address: PortAddress = "tcp:10.0.0.21:9100".parse()?;
//! let printer = Printer::spawn(PrinterConfig::new(address, Profile::epson_80mm()));
//! let mut receipt = Document::new();
//! receipt.text("Oat milk").cut();
//! let encoded = encode(&receipt, printer.profile());
//! println!("{:?}", printer.print(PrintJob::from(encoded)).await);
//! # Ok(())
//! # }
//! ```

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
