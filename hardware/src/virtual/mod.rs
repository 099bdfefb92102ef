//! Virtual twins: a scanner on a real pseudo terminal, a printer on a real TCP port.
//!
//! They behave like the devices, faults included, and share no code with the drivers they are
//! used against: the printer decodes ESC/POS from the byte up. The demo, training and tests use
//! the same twins.

mod decoder;
mod machine;
mod platen;
mod printer;
mod realtime;
mod scanner;

pub use decoder::{Command, Decoder, SymbolKind};
pub use machine::{Answers, DrawerPulse, PaperState, PrinterSnapshot};
pub use platen::{PaperEnd, PrintedLine, PrintedReceipt};
pub use printer::{VirtualPrinter, VirtualPrinterOptions};
pub use scanner::{VirtualScanner, VirtualScannerError};
