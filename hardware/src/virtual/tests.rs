//! The encoder against the decoder, which share no code; and the faults of the machine.

use counterpart_paper::{
    Align, Barcode, Document, Face, GridLine, Paper, Qr, Style, Symbology, Words,
};
use proptest::prelude::*;

use super::machine::{Machine, Step};
use super::*;
use crate::printer::{Profile, encode};

fn printed(bytes: &[u8], paper: Paper) -> PrinterSnapshot {
    let options = VirtualPrinterOptions {
        paper,
        ..VirtualPrinterOptions::default()
    };
    let mut machine = Machine::new(options);
    machine.receive(bytes);
    while machine.step() == Step::Line {}
    machine.snapshot()
}

/// Says of a laid-out line how a printer must have printed it.
fn expected_line(line: &GridLine) -> Option<PrintedLine> {
    match line {
        GridLine::Text { text, face } => {
            let face = if text.is_empty() {
                Face::default()
            } else {
                *face
            };
            Some(PrintedLine::Text {
                text: text.clone(),
                face,
                align: Align::Left,
            })
        }
        GridLine::Barcode {
            barcode,
            module_dots,
        } => Some(PrintedLine::Barcode {
            kind: match barcode.symbology() {
                Symbology::Ean13 => SymbolKind::Ean13,
                Symbology::Ean8 => SymbolKind::Ean8,
                Symbology::Code128 | Symbology::Gs1128 => SymbolKind::Code128,
            },
            code: barcode.code().to_owned(),
            module_dots: *module_dots,
        }),
        GridLine::Qr { qr, module_dots } => {
            let payload = qr.payload().to_owned();
            Some(PrintedLine::Qr {
                payload,
                module_dots: *module_dots,
            })
        }
        GridLine::Picture {
            picture,
            before_dots,
        } => Some(PrintedLine::Picture {
            picture: picture.moved_right(*before_dots),
            align: Align::Left,
            words: None,
        }),
        GridLine::Cut => None,
    }
}

#[track_caller]
fn check_round_trip(document: &Document, profile: &Profile) -> PrintedReceipt {
    let encoded = encode(document, profile);
    assert_eq!(encoded.substitutions, vec![]);
    let seen = printed(&encoded.bytes, profile.paper);
    assert_eq!(seen.not_understood, Vec::<Vec<u8>>::new());
    assert_eq!(seen.receipts.len(), 1);
    let receipt = seen.receipts[0].as_ref().clone();
    let grid = document.grid(profile.paper.columns);
    let expected: Vec<PrintedLine> = grid.iter().filter_map(expected_line).collect();
    assert_eq!(receipt.lines, expected);
    assert!(receipt.complete);
    receipt
}

fn receipt() -> Document {
    let mut receipt = Document::new();
    receipt
        .styled("CORNER SHOP", Style::title())
        .centred("1 Market Square")
        .double_rule()
        .columns("Crème brûlée", "3.20")
        .columns(
            "Łódź beer, a long name that goes over one line and more",
            "12.80",
        )
        .columns("Чай чёрный", "4.10")
        .rule()
        .columns_styled("TOTAL €", "20.10", Style::bold().and_tall())
        .feed(2)
        .barcode(Barcode::ean13("4006381333931").unwrap())
        .barcode(Barcode::ean8("96385074").unwrap())
        .barcode(Barcode::code128("S01-{1}-42").unwrap())
        .barcode(Barcode::code128("004200010099").unwrap())
        .qr(Qr::new("https://example.org/r/01K8?sig=Ü").unwrap())
        .styled("Thank you", Style::plain().align(Align::Right))
        .cut();
    receipt
}

#[test]
fn what_is_encoded_is_what_comes_out() {
    let wide = check_round_trip(&receipt(), &Profile::epson_80mm());
    assert!(wide.text.contains("Łódź beer"), "{}", wide.text);
    assert!(wide.svg.contains("Чай чёрный"), "{}", wide.svg);
    let narrow = Profile {
        cut: crate::Cut::Full,
        ..Profile::epson_58mm()
    };
    check_round_trip(&receipt(), &narrow);
}

#[test]
fn the_preview_is_the_print() {
    let profile = Profile::epson_80mm();
    let printed = check_round_trip(&receipt(), &profile);
    assert_eq!(
        printed.text,
        counterpart_paper::text(&receipt(), profile.paper.columns)
    );
}

#[test]
fn a_printer_breaks_a_line_nobody_broke_for_it() {
    let mut bytes = vec![b'a'; 50];
    bytes.extend(b"\n\x1DVA\x00");
    let seen = printed(&bytes, Paper::MM80);
    assert_eq!(
        seen.receipts[0].text,
        format!("{}\n{}\n", "a".repeat(48), "aa")
    );
}

#[test]
fn a_receipt_is_torn_off_where_nothing_cuts_it() {
    let options = VirtualPrinterOptions {
        paper: Paper::MM58,
        end: PaperEnd::TearBar,
        ..VirtualPrinterOptions::default()
    };
    let mut machine = Machine::new(options);
    machine.receive(&encode(&receipt(), &Profile::epson_58mm()).bytes);
    while machine.step() == Step::Line {}
    assert_eq!(machine.snapshot().receipts.len(), 1);
}

#[test]
fn without_paper_only_real_time_commands_are_executed() {
    let mut machine = Machine::new(VirtualPrinterOptions::default());
    machine.set_paper(PaperState::Out);
    machine
        .receive(b"held\n\x1Bp\x00\x19\xFA\x1Dr\x01\x10\x04\x04\x10\x04\x01\x10\x14\x01\x00\x02");
    assert_eq!(machine.step(), Step::Idle);
    assert_eq!(machine.take_replies(), [0x7E, 0x1A]);
    let pulse = DrawerPulse {
        pin: 2,
        on_ms: 200,
        off_ms: 200,
    };
    assert_eq!(machine.snapshot().pulses, [pulse]);
    machine.set_paper(PaperState::Present);
    while machine.step() == Step::Line {}
    assert_eq!(machine.take_replies(), [0x00]);
    assert_eq!(machine.snapshot().pulses.len(), 2);
}

#[test]
fn a_report_follows_every_change_once_asked_for() {
    let mut machine = Machine::new(VirtualPrinterOptions::default());
    machine.set_cover_open(true);
    machine.set_cover_open(false);
    assert_eq!(machine.take_replies(), b"");
    machine.receive(b"\x1Da\x0F");
    machine.step();
    assert_eq!(machine.take_replies(), [0x10, 0, 0, 0x0F]);
    machine.set_cover_open(true);
    assert_eq!(machine.take_replies(), [0x38, 0, 0, 0x0F]);
    machine.set_cover_open(false);
    machine.set_paper(PaperState::NearEnd);
    assert_eq!(machine.take_replies(), [0x10, 0, 0, 0x0F, 0x10, 0, 3, 0x0F]);
    // `ESC @` ends the reports.
    machine.receive(b"\x1B@");
    machine.step();
    machine.set_paper(PaperState::Out);
    assert_eq!(machine.take_replies(), b"");
}

#[test]
fn a_virtual_printer_says_what_it_is() {
    let mut machine = Machine::new(VirtualPrinterOptions::default());
    machine.receive(b"\x1DI\x42\x1DI\x43\x1D(H\x06\x0000abcd");
    machine.step();
    assert_eq!(
        machine.take_replies(),
        b"_COUNTERPART\0_VIRTUAL-80\0\x37\x22abcd\0"
    );
}

#[test]
fn power_loss_tears_the_receipt_and_forgets_the_rest() {
    let mut machine = Machine::new(VirtualPrinterOptions::default());
    machine.lose_power_after(8);
    machine.receive(b"one\ntwo half\n\x1DVA\x00");
    assert!(!machine.is_powered());
    machine.power_on();
    machine.receive(b"next\n\x1DVA\x00");
    while machine.step() == Step::Line {}
    let receipts = machine.snapshot().receipts;
    let pieces: Vec<(&str, bool)> = receipts
        .iter()
        .map(|piece| (piece.text.as_str(), piece.complete))
        .collect();
    assert_eq!(pieces, [("one\nnext\n", false)]);
}

fn any_document() -> impl Strategy<Value = Document> {
    let face = (any::<[bool; 3]>(), 0..3_u8).prop_map(|([bold, wide, tall], align)| Style {
        face: Face { bold, wide, tall },
        align: [Align::Left, Align::Centre, Align::Right][usize::from(align)],
    });
    let words = "[ -~äöüßéŁżЖя€]{0,70}";
    let block = (words, words, face, 0..6_u8, "[0-9A-Z{}-]{1,12}");
    proptest::collection::vec(block, 1..12).prop_map(|blocks| {
        let mut document = Document::new();
        document.text("not blank");
        for (left, right, style, kind, code) in blocks {
            match kind {
                0 => document.styled(&left, style),
                1 => document.columns_styled(&left, &right, style),
                2 => document.barcode(Barcode::code128(&code).expect("printable ASCII")),
                3 => document.qr(Qr::new(&code).expect("no controls")),
                4 => document.rule(),
                _ => document.feed(1),
            };
        }
        document.cut();
        document
    })
}

proptest! {
    #[test]
    fn every_document_comes_out_as_it_was_laid_out(document in any_document()) {
        check_round_trip(&document, &Profile::epson_80mm());
        let narrow = Profile { cut: crate::Cut::Full, ..Profile::epson_58mm() };
        check_round_trip(&document, &narrow);
    }

    #[test]
    fn no_printed_line_is_wider_than_the_paper(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let mut bytes = bytes;
        bytes.extend([0; 300]);
        bytes.extend(b"\x1B@\x1DVA\x00");
        for receipt in printed(&bytes, Paper::MM58).receipts {
            for line in receipt.text.lines() {
                prop_assert!(Words::new(line).cells() <= 32, "{:?}", line);
            }
        }
    }
}
