//! QR codes read back with a stranger's eyes: what the virtual printer drew, by a reader that is
//! not ours (`rqrr`, after `quirc`), says what was asked for, on wide and narrow paper and on
//! labels. Bars are only read by our own decoders: no reader of bars comes without a calendar of
//! its own.

use counterpart_hardware::{
    LabelConfig, LabelJob, LabelLink, Outcome, PrintedReceipt, PrinterConfig, PrinterLink, Profile,
    VirtualLabelPrinter, VirtualPrinter, VirtualPrinterOptions, encode,
};
use counterpart_paper::{Barcode, Document, Label, LabelMedia, LabelPart, Modules, PickLabel, Qr};
use rqrr::PreparedImage;

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
                LabelPart::Qr {
                    x,
                    y,
                    module_dots,
                    qr,
                } => seen.put(&qr.modules(), (*x, *y), *module_dots),
                LabelPart::Text { .. } | LabelPart::Barcode { .. } | LabelPart::Rule { .. } => {}
            }
        }
        seen
    }

    /// Puts squares of so many dots.
    fn put(&mut self, modules: &Modules, (x, y): (u16, u16), dots: u16) {
        let (across, down) = (usize::from(dots), usize::from(dots));
        for (place, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let left = usize::from(x) + place % modules.width * across;
            let top = usize::from(y) + place / modules.width * down;
            for row in top..top + down {
                let begin = row * self.width + left;
                self.luma[begin..begin + across].fill(0);
            }
        }
    }

    fn read(&self) -> Vec<String> {
        let luma = |x: usize, y: usize| self.luma[y * self.width + x];
        let mut picture = PreparedImage::prepare_from_greyscale(self.width, self.height, luma);
        let found = picture.detect_grids();
        let read = found.iter().map(|grid| grid.decode().map(|(_, text)| text));
        read.collect::<Result<_, _>>()
            .expect("what looks like a code is one")
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
async fn every_qr_code_of_a_receipt_is_read_back_as_it_was_asked_for() {
    let signed = "CR1:GHE-R-7.1-000003:MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI";
    for profile in [Profile::epson_80mm(), Profile::epson_58mm()] {
        for payload in ["1-1-000042", "https://example.org/r/42?a=%C3%A4", signed] {
            let mut document = Document::new();
            document
                .text("Oat milk 1 l")
                .barcode(Barcode::code128("1-1-000042").unwrap())
                .qr(Qr::new(payload).unwrap())
                .rule()
                .text("Thank you")
                .cut();
            let receipt = printed(&document, &profile).await;
            assert_eq!(
                Seen::of_receipt(&receipt).read(),
                [payload],
                "{}",
                profile.name
            );
        }
    }
}

#[tokio::test]
async fn the_code_of_a_bag_is_read_back_as_the_printer_understood_it() {
    let pick = PickLabel {
        order: "WEB-1000042".to_owned(),
        slot: Some("A-3".to_owned()),
        code: "WEB-1000042".to_owned(),
        ..PickLabel::default()
    };
    let here = "127.0.0.1:0".parse().unwrap();
    let twin = VirtualLabelPrinter::spawn(here).await.unwrap();
    let mut config = LabelConfig::new(twin.port_address());
    config.timeouts = patient();
    let label = pick.label(LabelMedia::PICK).unwrap();
    let mut link = LabelLink::new(config);
    let outcome = within(link.print(&LabelJob::of_ours(&label, 1))).await;
    assert_eq!(outcome, Outcome::Confirmed);
    // What the printer understood of the bytes it was sent, not what we laid out.
    let understood = twin.printed().last().unwrap().label.clone();
    assert_eq!(Seen::of_label(&understood).read(), ["WEB-1000042"]);
    twin.shutdown().await;
}
