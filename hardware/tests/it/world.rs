//! What every test here needs: a twin, a driver on it, a receipt, a deadline.

use std::future::Future;
use std::time::Duration;

use counterpart_hardware::{
    Barrier, PrintJob, PrinterConfig, PrinterLink, Profile, Timeouts, VirtualPrinter,
    VirtualPrinterOptions, encode,
};
use counterpart_paper::{Barcode, Document, Qr, Style};

/// Fails a test that waits longer than anything here takes on a busy machine.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, future)
        .await
        .expect("it took longer than 20 s")
}

/// As in a shop, but looking twice as often: a busy machine may be slow, never in doubt.
pub(crate) fn patient() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(10),
        answer: Duration::from_secs(10),
        progress: Duration::from_secs(15),
        poll: Duration::from_millis(20),
        idle_probe: Duration::from_millis(20),
    }
}

/// For a printer that is expected to stand still: half a second is enough.
pub(crate) fn impatient(mut config: PrinterConfig) -> PrinterConfig {
    config.timeouts.progress = Duration::from_millis(500);
    config
}

pub(crate) async fn printer() -> VirtualPrinter {
    VirtualPrinter::spawn(VirtualPrinterOptions::default())
        .await
        .unwrap()
}

pub(crate) fn config(printer: &VirtualPrinter) -> PrinterConfig {
    let mut config = PrinterConfig::new(printer.port_address(), Profile::epson_80mm());
    config.timeouts = patient();
    config
}

pub(crate) fn link(printer: &VirtualPrinter) -> PrinterLink {
    PrinterLink::new(config(printer))
}

pub(crate) fn config_with(printer: &VirtualPrinter, barrier: Barrier) -> PrinterConfig {
    let mut config = config(printer);
    config.profile.barrier = barrier;
    config
}

/// A receipt with everything that can be interrupted: looks, tables, bars, squares, a cut.
pub(crate) fn receipt(title: &str) -> Document {
    let mut receipt = Document::new();
    receipt
        .styled(title, Style::title())
        .rule()
        .columns("Crème brûlée", "3.20")
        .columns("Чай", "4.10")
        .columns_styled("TOTAL €", "7.30", Style::bold())
        .barcode(Barcode::code128("S01-1-000042").unwrap())
        .qr(Qr::new("https://example.org/r/42").unwrap())
        .centred("Thank you")
        .cut();
    receipt
}

pub(crate) fn job(document: &Document) -> PrintJob {
    PrintJob::from(encode(document, &Profile::epson_80mm()))
}

pub(crate) fn text(document: &Document) -> String {
    counterpart_paper::text(document, Profile::epson_80mm().paper.columns)
}

/// What came off the printer: each piece's text and whether it is whole.
pub(crate) fn pieces(printer: &VirtualPrinter) -> Vec<(String, bool)> {
    let receipts = printer.snapshot().receipts;
    receipts
        .iter()
        .map(|piece| (piece.text.clone(), piece.complete))
        .collect()
}
