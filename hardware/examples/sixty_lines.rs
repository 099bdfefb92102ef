//! Prints a receipt of sixty lines on a virtual printer and shows what came off it.
//!
//! `cargo run -p counterpart-hardware --example sixty_lines [receipt.svg]` also keeps the picture;
//! as `receipt.png` it is drawn dot by dot.

use std::io::{self, Write};

use anyhow::Context;
use counterpart_hardware::{
    PrintJob, PrinterConfig, PrinterLink, Profile, VirtualPrinter, VirtualPrinterOptions, encode,
};
use counterpart_paper::{Barcode, Document, Qr, Style};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let profile = Profile::epson_80mm();
    let receipt = receipt()?;
    let encoded = encode(&receipt, &profile);
    let (bytes, ink) = (encoded.bytes.len(), encoded.first_ink);

    let printer = VirtualPrinter::spawn(VirtualPrinterOptions::default()).await?;
    let mut link = PrinterLink::new(PrinterConfig::new(printer.port_address(), profile));
    let outcome = link.print(&PrintJob::from(encoded)).await;

    let seen = printer.snapshot();
    let came_off = seen
        .receipts
        .last()
        .context("nothing came off the printer")?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", came_off.text)?;
    writeln!(out, "{bytes} bytes, ink from byte {ink}: {outcome:?}")?;
    if let Some(file) = std::env::args().nth(1) {
        let picture = match file.ends_with(".png") {
            true => came_off.png(),
            false => came_off.svg.clone().into_bytes(),
        };
        std::fs::write(&file, picture).with_context(|| format!("could not write {file}"))?;
    }
    printer.shutdown().await;
    Ok(())
}

fn receipt() -> anyhow::Result<Document> {
    let mut receipt = Document::new();
    receipt
        .styled("CORNER SHOP", Style::title())
        .centred("1 Market Square, Springfield")
        .double_rule();
    for piece in 1..=44 {
        let price = format!("{}.{:02}", piece % 7 + 1, piece * 37 % 100);
        receipt.columns(&format!("Oat milk 1 l, crate {piece}"), &price);
    }
    receipt
        .rule()
        .columns(
            "Crème brûlée with caramelised sugar from Łódź, family size",
            "12.80",
        )
        .columns("Чай чёрный", "4.10")
        .columns_styled("TOTAL €", "193.42", Style::bold().and_tall())
        .columns("Cash", "200.00")
        .columns("Change", "6.58")
        .feed(1)
        .barcode(Barcode::code128("S01-1-000042")?)
        .qr(Qr::new("https://example.org/r/01K8ZQ3V9P7")?)
        .centred("Thank you")
        .cut();
    Ok(receipt)
}
