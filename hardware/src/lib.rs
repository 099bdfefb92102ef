//! The devices of a shop's counter as bytes and states: scanners, receipt printers, drawers,
//! scales, customer displays, label printers, payment terminals, fiscal signers.
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
//! # A signer, and its twin
//!
//! Where a law wants sales signed, a signer is asked between paying and printing; [`signer`] has
//! what a country's module must keep. The twin signs for real and remembers.
//!
//! ```
//! use std::sync::Arc;
//!
//! use counterpart_hardware::{
//!     LineSigner, PaidAmount, SignFailed, SignRequest, Signer as _, SignerFault, TaxedAmount,
//!     VirtualSigner, VirtualSignerOptions,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let twin = VirtualSigner::spawn(VirtualSignerOptions {
//!     listen: "127.0.0.1:0".parse()?,
//!     folder: folder.path().to_owned(),
//!     secret: [7; 32],
//!     time: Arc::new(|| 1_795_431_600_250),
//! })
//! .await?;
//! let signer = LineSigner::new(twin.port_address());
//! let request = SignRequest {
//!     key: "01JD0000000000000000000001".to_owned(),
//!     register: 1,
//!     receipt: "1-1-000042".to_owned(),
//!     paid_at_ms: 1_795_431_600_000,
//!     currency: "EUR".to_owned(),
//!     total_minor: 3_998,
//!     taxed: vec![TaxedAmount { rate_milli: 21_000, gross_minor: 3_998 }],
//!     paid: vec![PaidAmount { with: "cash".to_owned(), amount_minor: 3_998 }],
//! };
//!
//! // It signs, and the answer is lost: asking again does not sign again.
//! twin.set_fault(SignerFault::DropsAfterSigning);
//! let lost = signer.sign(&request).await;
//! assert!(matches!(lost, Err(SignFailed::Lost(_))), "{lost:?}");
//! twin.set_fault(SignerFault::None);
//! let found = signer.find(&request).await?.ok_or("it was signed")?;
//! assert_eq!(signer.sign(&request).await?, found);
//! assert_eq!((found.counter, twin.signed().len()), (1, 1));
//! twin.shutdown().await;
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
pub mod display;
pub mod drawer;
mod keeper;
pub mod label;
mod plugged;
pub mod port;
pub mod printer;
mod sample;
pub mod scale;
pub mod scanner;
pub mod signer;
mod state;
pub mod terminal;
pub mod r#virtual;

pub use display::{DISPLAY_COLUMNS, Display, DisplayConfig, DisplayDialect, DisplayText};
pub use drawer::{DrawerPin, DrawerWiring, Kick, KickOutcome, SensorLevel};
pub use label::{
    HostStatus, LabelConfig, LabelFormat, LabelJob, LabelLink, LabelRefused, LabelReplies,
    PdfPrinting, zpl,
};
pub use plugged::{PluggedIn, plugged_in};
pub use port::{ParityBit, PortAddress, PortAddressRefused, SerialLine};
pub use printer::{
    Barrier, CodePage, Cut, Doubt, Encoded, LogoRefused, Obstacle, Outcome, PaperLevel, Phase,
    PrintJob, Printer, PrinterConfig, PrinterLink, PrinterProgress, PrinterStatus, Profile,
    Profiles, ProfilesRefused, StatusReplies, Substitution, Timeouts, encode, logo,
};
pub use sample::{SampleReceipt, test_page};
pub use scale::{NoWeight, Scale, ScaleConfig, ScaleProtocol, WeighFailed, Weight, WeightKind};
pub use scanner::{
    AimId, AimIds, FrameEnd, Framing, KeyLayout, LostReason, Scan, Scanner, ScannerAddress,
    ScannerAddressRefused, ScannerConfig, ScannerEvent, Symbology,
};
pub use signer::{
    LineSigner, PaidAmount, SignFailed, SignRefusal, SignRequest, Signature, Signer, SignerAnswer,
    SignerStatus, TaxedAmount,
};
pub use state::{DeviceState, Trouble};
pub use terminal::{
    Approval, IntentId, IntentIdRefused, NexoTerminal, NexoTerminalConfig, PayRefused, PayRequest,
    PayState, PaymentTerminal, PersonDecision, ReverseRequest, TerminalAnswer, TerminalDesk,
    TerminalFailed, TerminalHealth, TerminalTotals, TlsRefused, TlsTrust,
};
pub use r#virtual::{
    Answers, CounterFailed, KeyFault, LabelFault, PrintSpeed, PrintedLabel, PrintedReceipt,
    PrinterSnapshot, ScaleFault, SignedTransaction, SignerFault, TerminalAct, TerminalEntry,
    TerminalEntryKind, TerminalFault, TimeOfDay, VirtualCounter, VirtualDisplay, VirtualKeyScanner,
    VirtualLabelPrinter, VirtualPrinter, VirtualPrinterOptions, VirtualScale, VirtualScanner,
    VirtualSigner, VirtualSignerOptions, VirtualTerminal, VirtualUsbCable,
};
