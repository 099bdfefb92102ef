//! Virtual twins: a scanner, a scale and a customer display on real pseudo terminals, a scanner
//! that presses keys into a pipe, printers, a payment terminal and a fiscal signer on real TCP
//! ports.
//!
//! They behave like the devices, faults included, and share no code with the drivers they are
//! used against: the printer decodes ESC/POS from the byte up. The demo, training and tests use
//! the same twins.

mod answers;
mod cable;
mod counter;
mod decoder;
mod display;
mod drawing;
mod keycaps;
mod keys;
mod label;
mod machine;
mod payment;
mod platen;
mod plug;
mod printer;
mod reading;
mod realtime;
mod receipt;
mod scale;
mod scanner;
mod signer;
mod snapshot;
mod socket;
mod tables;
mod terminal;

pub use cable::VirtualUsbCable;
pub use counter::{CounterFailed, PrintSpeed, VirtualCounter};
pub use decoder::{Command, Decoder, SymbolKind};
pub use display::VirtualDisplay;
pub use keys::{KeyFault, VirtualKeyScanner};
pub use label::{LabelFault, PrintedLabel, VirtualLabelPrinter};
pub use payment::{TerminalAct, TerminalEntry, TerminalEntryKind, TerminalFault, VirtualTerminal};
pub use platen::PaperEnd;
pub use printer::{VirtualPrinter, VirtualPrinterOptions};
pub use receipt::{PrintedLine, PrintedReceipt};
pub use scale::{ScaleFault, VirtualScale};
pub use scanner::VirtualScanner;
pub use signer::{SignedTransaction, SignerFault, TimeOfDay, VirtualSigner, VirtualSignerOptions};
pub use snapshot::{Answers, DrawerPulse, PaperState, PrinterSnapshot};
pub use terminal::VirtualLineError;

#[cfg(test)]
mod tests;
