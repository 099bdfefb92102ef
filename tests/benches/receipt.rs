//! How long a receipt of sixty lines with a logo and a QR code takes from its document to the bytes
//! of a printer, beside its plain part (text, looks, cut; no logo, QR or bars) made by the `escpos`
//! crate alone; and what a line costs that has to be drawn.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use counterpart_daemon::clock::Stopwatch;
use counterpart_hardware::{Profile, encode};
use counterpart_paper::{Barcode, Document, GridLine, Picture, Qr, Style};
use counterpart_tests::measure::{Table, Times, machine, ratio, rounds, shown};
use escpos::driver::Driver;
use escpos::errors::Result as EscposResult;
use escpos::printer::Printer;
use escpos::utils::Protocol;

/// Receipts of each kind, unless another number is asked for behind `--`.
const RECEIPTS: usize = 2_000;
const LOGO_DOTS: (usize, usize) = (384, 120);

/// A driver that keeps what is written, as fast as one can be.
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, bytes: &[u8]) -> EscposResult<()> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> EscposResult<usize> {
        Ok(0)
    }

    fn flush(&self) -> EscposResult<()> {
        Ok(())
    }
}

/// The text of a receipt: sixty lines of goods, a total, a word of thanks.
fn plain() -> Document {
    let mut receipt = Document::new();
    receipt.styled("CORNER SHOP", Style::title()).rule();
    for piece in 1..=60 {
        let price = format!("{}.{:02}", piece % 7 + 1, piece * 37 % 100);
        receipt.columns(&format!("Oat milk 1 l, crate {piece}"), &price);
    }
    receipt
        .columns_styled("TOTAL", "193.42", Style::bold().and_tall())
        .centred("Thank you");
    receipt
}

fn whole(body: &Document) -> Document {
    let (width, height) = LOGO_DOTS;
    let grey: Vec<u8> = (0..width * height)
        .map(|place| u8::try_from(place * 7 % 256).expect("below 256"))
        .collect();
    let mut receipt = Document::new();
    receipt
        .picture(Picture::dithered(width, &grey))
        .append(body);
    receipt
        .barcode(Barcode::code128("S01-1-000042").expect("it can be encoded"))
        .qr(Qr::new("https://example.org/r/01K8ZQ3V9P7").expect("it can be encoded"))
        .cut();
    receipt
}

/// The plain part by the crate: the lines are laid out already, as it lays out none.
fn by_the_crate(lines: &[GridLine]) -> Vec<u8> {
    let written = Rc::new(RefCell::new(Vec::new()));
    let driver = Memory(Rc::clone(&written));
    let mut printer = Printer::new(driver, Protocol::default(), None);
    let done = (|| {
        printer.init()?;
        for line in lines {
            if let GridLine::Text { text, face } = line {
                printer.bold(face.bold)?;
                printer.size(1 + u8::from(face.wide), 1 + u8::from(face.tall))?;
                printer.writeln(text)?;
            }
        }
        printer.print_cut().map(drop)
    })();
    done.expect("memory takes everything");
    written.take()
}

fn timed(count: usize, mut work: impl FnMut() -> usize) -> (Times, usize) {
    let (mut times, mut bytes) = (Times::new(), 0);
    for _ in 0..count {
        let watch = Stopwatch::start();
        bytes = black_box(work());
        times.took(watch.elapsed());
    }
    (times, bytes)
}

fn main() {
    println!("\nreceipt: {}", machine());
    let count = rounds(RECEIPTS);
    let profile = Profile::epson_80mm();
    let mut cut = plain();
    cut.cut();
    let lines = cut.grid(profile.paper.columns);
    let full = whole(&plain());
    let mut drawn = Document::new();
    drawn.columns("おにぎり（鮭）", "₹ 150.00");
    let (baseline, baseline_bytes) = timed(count, || by_the_crate(&lines).len());
    let rows = [
        (
            "plain part, `escpos` crate",
            baseline.clone(),
            baseline_bytes,
        ),
        kept(
            "plain part, ours",
            timed(count, || encode(&cut, &profile).bytes.len()),
        ),
        kept(
            "whole, logo and QR",
            timed(count, || encode(&full, &profile).bytes.len()),
        ),
        kept(
            "one drawn line",
            timed(count, || encode(&drawn, &profile).bytes.len()),
        ),
    ];
    let mut table = Table::of(&["receipt", "bytes", "p50", "p99", "of the crate's p50"]);
    for (what, times, bytes) in rows {
        let p50 = times.percentile(50);
        table.row([
            what.to_owned(),
            bytes.to_string(),
            shown(p50),
            shown(times.percentile(99)),
            ratio(p50, baseline.percentile(50)),
        ]);
    }
    println!("\n{}", table.markdown());
}

fn kept(what: &'static str, (times, bytes): (Times, usize)) -> (&'static str, Times, usize) {
    (what, times, bytes)
}
