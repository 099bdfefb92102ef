//! Virtual twins: a scanner on a real pseudo terminal, a printer and a fiscal
//! signer on real TCP ports.
//!
//! They behave like the devices, faults included, and share no code with the drivers they are
//! used against: the printer decodes ESC/POS from the byte up. The demo, training and tests use
//! the same twins.

mod answers;
mod decoder;
mod machine;
mod platen;
mod printer;
mod realtime;
mod receipt;
mod scanner;
mod signer;
mod snapshot;

pub use decoder::{Command, Decoder, SymbolKind};

pub use platen::PaperEnd;
pub use printer::{VirtualPrinter, VirtualPrinterOptions};
pub use receipt::{PrintedLine, PrintedReceipt};
pub use scanner::{VirtualScanner, VirtualScannerError};
pub use signer::{SignedTransaction, SignerFault, TimeOfDay, VirtualSigner, VirtualSignerOptions};
pub use snapshot::{Answers, DrawerPulse, PaperState, PrinterSnapshot};

#[cfg(test)]
mod tests;
