//! What programs that are not ours say of what we print and of our printer's twin: `zxing-cpp`
//! reads every code, bars and squares, on paper and on labels, and receipts as `python-escpos` and
//! `receiptline` make them come out of the twin as they were meant.
//!
//! `tests/run` installs them (`target/tools/strangers`, `tests/node_modules`); nothing here is
//! skipped without them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use counterpart_hardware::{
    LabelConfig, LabelJob, LabelLink, Outcome, PrintedReceipt, PrinterConfig, PrinterLink,
    PrinterSnapshot, Profile, VirtualLabelPrinter, VirtualPrinter, VirtualPrinterOptions, encode,
};
use counterpart_paper::{
    Barcode, CartonCode, CartonLabel, Document, Label, LabelMedia, PickLabel, Qr, ShelfLabel,
    label_svg, svg,
};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::world::{patient, printer, within};

/// A code as a stranger read it: how it is drawn, and what it says.
type Read = (String, String);

fn script(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("tests/it/strangers").join(name)
}

/// Returns what is installed below the project's folder, or says how it comes there.
fn installed(place: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(place);
    assert!(
        place.exists(),
        "{} is not there: bash tests/run installs it",
        place.display()
    );
    place
}

fn python(name: &str) -> Command {
    let mut python = Command::new(installed("target/tools/strangers/bin/python"));
    python.arg(script(name));
    python
}

fn node(name: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(script(name));
    // Asked for by name: an installation without it is to fail here, not in the script.
    let modules = installed("tests/node_modules/receiptline").join("..");
    node.env("NODE_PATH", modules);
    node
}

/// Returns what a program writes to its standard output.
fn said(mut program: Command) -> Vec<u8> {
    let ended = program.stdin(Stdio::null()).output().unwrap();
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{complained}");
    ended.stdout
}

/// Pictures that a stranger reads together, because it takes a second to begin.
struct Album {
    folder: TempDir,
    files: Vec<PathBuf>,
}

impl Album {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            files: Vec::new(),
        }
    }

    fn put(&mut self, kind: &str, picture: &[u8]) {
        let name = format!("{}.{kind}", self.files.len());
        let file = self.folder.path().join(name);
        fs::write(&file, picture).unwrap();
        self.files.push(file);
    }

    /// Returns the codes of each picture, from top to bottom.
    fn read(&self) -> Vec<Vec<Read>> {
        let mut reading = python("read_codes.py");
        reading.args(&self.files);
        serde_json::from_slice(&said(reading)).unwrap()
    }
}

fn read(format: &str, text: &str) -> Read {
    (format.to_owned(), text.to_owned())
}

/// Prints a document by our own driver and returns what came off the twin.
async fn printed(document: &Document, profile: &Profile) -> PrintedReceipt {
    let options = VirtualPrinterOptions {
        paper: profile.paper,
        ..VirtualPrinterOptions::default()
    };
    let twin = VirtualPrinter::spawn(options).await.unwrap();
    let mut config = PrinterConfig::new(twin.port_address(), profile.clone());
    config.timeouts = patient();
    let job = encode(document, profile).into();
    let outcome = within(PrinterLink::new(config).print(&job)).await;
    assert_eq!(outcome, Outcome::Confirmed);
    let seen = twin.snapshot();
    within(twin.shutdown()).await;
    // A printer without a cutter leaves its paper hanging.
    let cut = seen.receipts.last().map(|receipt| receipt.as_ref().clone());
    cut.or(seen.printing).expect("it said that it printed")
}

#[tokio::test]
async fn every_code_of_a_receipt_is_read_from_its_dots_and_from_its_drawing() {
    let signed = "CR1:GHE-R-7.1-000003:MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI";
    let squares = ["1-1-000042", "https://example.org/r/42?a=%C3%A4", signed];
    let (mut album, mut wanted) = (Album::new(), Vec::new());
    for profile in [Profile::epson_80mm(), Profile::epson_58mm()] {
        for payload in squares {
            let mut document = Document::new();
            document
                .text("Oat milk 1 l")
                .barcode(Barcode::ean13("4006381333931").unwrap())
                .text("Lighter")
                .barcode(Barcode::ean8("96385074").unwrap())
                .rule()
                .barcode(Barcode::code128("1-1-000042").unwrap())
                .qr(Qr::new(payload).unwrap())
                .text("Thank you")
                .cut();
            let receipt = printed(&document, &profile).await;
            album.put("png", &receipt.png());
            // What a customer is sent and an operator sees.
            album.put("svg", svg(&document, profile.paper.columns).as_bytes());
            let codes = [
                read("EAN-13", "4006381333931"),
                read("EAN-8", "96385074"),
                read("Code 128", "1-1-000042"),
                read("QR Code", payload),
            ];
            wanted.extend([codes.to_vec(), codes.to_vec()]);
        }
    }
    assert_eq!(album.read(), wanted);
}

/// Returns labels of each kind, and what a scanner is to read on them.
fn labels() -> Vec<(Label, Vec<Read>)> {
    let shelf = |gtin: &str| ShelfLabel {
        name: "Oat milk 1 l".to_owned(),
        price: "2.49 €".to_owned(),
        sku: "OAT-1".to_owned(),
        gtin: Some(gtin.to_owned()),
        ..ShelfLabel::default()
    };
    let carton = |code: CartonCode| CartonLabel {
        from: vec!["Ghent".to_owned()],
        to: vec!["Bruges".to_owned(), "Market 1".to_owned()],
        order: "T-000017".to_owned(),
        carton: "1 / 3".to_owned(),
        code,
        ..CartonLabel::default()
    };
    let pick = PickLabel {
        order: "WEB-1000042".to_owned(),
        slot: Some("A-3".to_owned()),
        code: "WEB-1000042".to_owned(),
        ..PickLabel::default()
    };
    let sscc = carton(CartonCode::Sscc("340123450000000018".to_owned()));
    let own = carton(CartonCode::Own("T-000017-1".to_owned()));
    let label = |one: &ShelfLabel| one.label(LabelMedia::SHELF).unwrap();
    vec![
        (
            label(&shelf("4006381333931")),
            vec![read("EAN-13", "4006381333931")],
        ),
        (label(&shelf("96385074")), vec![read("EAN-8", "96385074")]),
        (
            // It says by the brackets that it found the sign of GS1 in front.
            sscc.label(LabelMedia::CARTON).unwrap(),
            vec![read("Code 128", "(00)340123450000000018")],
        ),
        (
            own.label(LabelMedia::CARTON).unwrap(),
            vec![read("Code 128", "T-000017-1")],
        ),
        (
            pick.label(LabelMedia::PICK).unwrap(),
            vec![read("QR Code", "WEB-1000042")],
        ),
    ]
}

#[tokio::test]
async fn every_code_of_a_label_is_read_as_the_printer_understood_it() {
    let here = "127.0.0.1:0".parse().unwrap();
    let twin = VirtualLabelPrinter::spawn(here).await.unwrap();
    let mut config = LabelConfig::new(twin.port_address());
    config.timeouts = patient();
    let mut link = LabelLink::new(config);
    let (mut album, mut wanted) = (Album::new(), Vec::new());
    for (label, codes) in labels() {
        let outcome = within(link.print(&LabelJob::of_ours(&label, 1))).await;
        assert_eq!(outcome, Outcome::Confirmed);
        // What the printer understood of the bytes it was sent, not what we laid out.
        let understood = twin.printed().last().unwrap().label.clone();
        album.put("svg", label_svg(&understood).as_bytes());
        wanted.push(codes);
    }
    assert_eq!(album.read(), wanted);
    twin.shutdown().await;
}

/// Sends bytes to a printer that is switched on, as their program would, and waits for the cut.
async fn sent(bytes: &[u8]) -> PrinterSnapshot {
    let twin = printer().await;
    let mut line = TcpStream::connect(twin.address()).await.unwrap();
    within(line.write_all(bytes)).await.unwrap();
    within(line.shutdown()).await.unwrap();
    let done = |seen: &PrinterSnapshot| !seen.receipts.is_empty() && seen.buffered == 0;
    let seen = within(twin.until(done)).await;
    twin.shutdown().await;
    assert_eq!(seen.not_understood, Vec::<Vec<u8>>::new());
    seen
}

#[tokio::test]
async fn a_receipt_of_python_escpos_comes_out_as_it_was_meant() {
    let seen = sent(&said(python("write_receipt.py"))).await;
    insta::assert_snapshot!(seen.receipts[0].text.trim_end());
    let mut album = Album::new();
    album.put("png", &seen.receipts[0].png());
    let codes = [
        read("EAN-13", "4006381333931"),
        read("Code 128", "1-1-000042"),
        read("QR Code", "https://example.org/r/42"),
    ];
    assert_eq!(album.read(), [codes.to_vec()]);
    let pulses: Vec<u8> = seen.pulses.iter().map(|pulse| pulse.pin).collect();
    assert_eq!(pulses, [2], "and the drawer opens once");
}

#[tokio::test]
async fn a_receipt_of_receiptline_comes_out_as_it_was_meant() {
    let seen = sent(&said(node("write_receipt.cjs"))).await;
    insta::assert_snapshot!(seen.receipts[0].text.trim_end());
    let mut album = Album::new();
    album.put("png", &seen.receipts[0].png());
    // Its QR code is a picture, so the reader sees their squares, not ours.
    let codes = [
        read("EAN-13", "4006381333931"),
        read("Code 128", "1-1-000042"),
        read("QR Code", "https://example.org/r/42"),
    ];
    assert_eq!(album.read(), [codes.to_vec()]);
}
