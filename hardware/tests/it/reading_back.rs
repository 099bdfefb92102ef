//! Symbols read back with a stranger's eyes: what the virtual printer drew, by a reader that is not
//! ours (`rxing`, a port of ZXing), says what was asked for, on wide and narrow paper and on labels.

use counterpart_hardware::{
    LabelConfig, LabelJob, LabelLink, Outcome, PrintedReceipt, PrinterConfig, PrinterLink, Profile,
    VirtualLabelPrinter, VirtualPrinter, VirtualPrinterOptions, encode,
};
use counterpart_paper::{
    Barcode, CartonCode, CartonLabel, Document, Label, LabelMedia, LabelPart, Modules, PickLabel,
    Qr, ShelfLabel,
};
use rxing::BarcodeFormat;
use rxing::helpers::detect_in_luma;

use crate::world::{patient, within};

/// A picture as a camera sees it: white is 255.
struct Seen {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Seen {
    fn white(width: usize, height: usize) -> Self {
        Self {
            luma: vec![255; width * height],
            width,
            height,
        }
    }

    fn of_receipt(receipt: &PrintedReceipt) -> Self {
        let file = receipt.png();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut luma = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut luma).unwrap();
        Self {
            luma,
            width: frame.width as usize,
            height: frame.height as usize,
        }
    }

    fn of_label(label: &Label) -> Self {
        let media = label.media;
        let (width, height) = (media.width_dots(), media.height_dots());
        let mut seen = Self::white(usize::from(width), usize::from(height));
        for part in &label.parts {
            match part {
                LabelPart::Barcode {
                    x,
                    y,
                    height,
                    module_dots,
                    barcode,
                } => seen.put(&barcode.modules(), (*x, *y), (*module_dots, *height)),
                LabelPart::Qr {
                    x,
                    y,
                    module_dots,
                    qr,
                } => seen.put(&qr.modules(), (*x, *y), (*module_dots, *module_dots)),
                LabelPart::Text { .. } | LabelPart::Rule { .. } => {}
            }
        }
        seen
    }

    /// Puts squares or bars so many dots wide and high.
    fn put(&mut self, modules: &Modules, (x, y): (u16, u16), (across, down): (u16, u16)) {
        let (across, down) = (usize::from(across), usize::from(down));
        for (place, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let left = usize::from(x) + place % modules.width * across;
            let top = usize::from(y) + place / modules.width * down;
            for row in top..top + down {
                let begin = row * self.width + left;
                self.luma[begin..begin + across].fill(0);
            }
        }
    }

    #[track_caller]
    fn reads(&self, format: BarcodeFormat, expected: &str) {
        let (width, height) = (self.width as u32, self.height as u32);
        let read = detect_in_luma(self.luma.clone(), width, height, Some(format));
        let read = read.unwrap_or_else(|error| panic!("{format} {expected:?}: {error}"));
        assert_eq!(read.getText(), expected, "{format}");
    }
}

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
async fn every_symbol_of_a_receipt_is_read_back_as_it_was_asked_for() {
    let ean = || Barcode::ean13("4006381333931").unwrap();
    let short = || Barcode::ean8("96385074").unwrap();
    let number = || Barcode::code128("1-1-000042").unwrap();
    let signed = "CR1:GHE-R-7.1-000003:MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI";
    let cases: [(&str, Document, BarcodeFormat, &str); 5] = [
        (
            "a number of a product",
            Document::new().barcode(ean()).clone(),
            BarcodeFormat::EAN_13,
            "4006381333931",
        ),
        (
            "a short one",
            Document::new().barcode(short()).clone(),
            BarcodeFormat::EAN_8,
            "96385074",
        ),
        (
            "a receipt's number",
            Document::new().barcode(number()).clone(),
            BarcodeFormat::CODE_128,
            "1-1-000042",
        ),
        (
            "an address",
            Document::new()
                .qr(Qr::new("https://example.org/r/42").unwrap())
                .clone(),
            BarcodeFormat::QR_CODE,
            "https://example.org/r/42",
        ),
        (
            "a signed code",
            Document::new().qr(Qr::new(signed).unwrap()).clone(),
            BarcodeFormat::QR_CODE,
            signed,
        ),
    ];
    for profile in [Profile::epson_80mm(), Profile::epson_58mm()] {
        for (what, symbol, format, expected) in &cases {
            let mut document = Document::new();
            document.text(what).rule();
            document.append(symbol);
            document.rule().text("Thank you").cut();
            let receipt = printed(&document, &profile).await;
            Seen::of_receipt(&receipt).reads(*format, expected);
        }
    }
}

#[tokio::test]
async fn every_symbol_of_a_label_is_read_back_as_the_printer_understood_it() {
    let shelf = ShelfLabel {
        name: "Mountain cheese".to_owned(),
        price: "12.99".to_owned(),
        sku: "CHE-0042".to_owned(),
        gtin: Some("4006381333931".to_owned()),
        ..ShelfLabel::default()
    };
    let carton = |code| CartonLabel {
        from: vec!["Ghent Korenmarkt".to_owned()],
        to: vec!["Utrecht".to_owned()],
        order: "Sent 30 Nov".to_owned(),
        carton: "1 / 3".to_owned(),
        note: Some("COPY".to_owned()),
        code,
    };
    let own = "01JD0000000000000000000001";
    let pick = PickLabel {
        order: "WEB-1000042".to_owned(),
        slot: Some("A-3".to_owned()),
        code: "WEB-1000042".to_owned(),
        ..PickLabel::default()
    };
    let sscc = CartonCode::Sscc("376104250021234569".to_owned());
    let cases = [
        (
            shelf.label(LabelMedia::SHELF).unwrap(),
            BarcodeFormat::EAN_13,
            "4006381333931",
        ),
        (
            carton(sscc).label(LabelMedia::CARTON).unwrap(),
            BarcodeFormat::CODE_128,
            "00376104250021234569",
        ),
        (
            carton(CartonCode::Own(own.to_owned()))
                .label(LabelMedia::CARTON)
                .unwrap(),
            BarcodeFormat::CODE_128,
            own,
        ),
        (
            pick.label(LabelMedia::PICK).unwrap(),
            BarcodeFormat::QR_CODE,
            "WEB-1000042",
        ),
    ];
    let here = "127.0.0.1:0".parse().unwrap();
    let twin = VirtualLabelPrinter::spawn(here).await.unwrap();
    let mut config = LabelConfig::new(twin.port_address());
    config.timeouts = patient();
    let mut link = LabelLink::new(config);
    for (label, format, expected) in &cases {
        let outcome = within(link.print(&LabelJob::of_ours(label, 1))).await;
        assert_eq!(outcome, Outcome::Confirmed);
        // What the printer understood of the bytes it was sent, not what we laid out.
        let understood = twin.printed().last().unwrap().label.clone();
        Seen::of_label(&understood).reads(*format, expected);
    }
    twin.shutdown().await;
}

#[test]
fn the_reader_sees_a_symbol_that_is_not_what_was_asked_for() {
    let mut seen = Seen::white(400, 400);
    seen.put(&Qr::new("one").unwrap().modules(), (80, 80), (8, 8));
    let (width, height) = (seen.width as u32, seen.height as u32);
    let read = detect_in_luma(seen.luma, width, height, Some(BarcodeFormat::QR_CODE));
    assert_ne!(read.unwrap().getText(), "two");
}
