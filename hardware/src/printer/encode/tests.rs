//! Whole receipts as bytes, and what no text can smuggle into them.

use std::fmt::Write;

use counterpart_paper::{Barcode, Qr, Style};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::super::{Cut, Profile};
use super::*;

fn receipt() -> Document {
    let mut receipt = Document::new();
    receipt
        .styled("CORNER SHOP", Style::title())
        .rule()
        .columns("Crème brûlée", "3.20 €")
        .columns_styled("TOTAL", "3.20 €", Style::bold().and_tall())
        .feed(1)
        .barcode(Barcode::code128("S01-1-000042").unwrap())
        .qr(Qr::new("R42").unwrap())
        .centred("Thank you")
        .cut();
    receipt
}

/// Shows bytes as text where they are ASCII, a line of the picture per line of the receipt.
fn shown(bytes: &[u8]) -> String {
    let mut picture = String::new();
    for byte in bytes {
        match byte {
            b'\n' => picture.push_str("LF\n"),
            0x20..0x7F => picture.push(char::from(*byte)),
            other => write!(picture, "<{other:02X}>").unwrap(),
        }
    }
    picture
}

#[test]
fn a_receipt_for_the_80_mm_printer() {
    assert_snapshot!(shown(&encode(&receipt(), &Profile::epson_80mm()).bytes));
}

#[test]
fn a_receipt_for_the_58_mm_printer() {
    assert_snapshot!(shown(&encode(&receipt(), &Profile::epson_58mm()).bytes));
}

fn encode_line(text: &str, profile: &Profile) -> Encoded {
    let mut document = Document::new();
    document.text(text);
    encode(&document, profile)
}

#[track_caller]
fn check(text: &str, expected: &[u8], substituted: &[char]) {
    let encoded = encode_line(text, &Profile::epson_80mm());
    assert_eq!(shown(&encoded.bytes[encoded.first_ink..]), shown(expected));
    let found: Vec<char> = encoded
        .substitutions
        .iter()
        .map(|found| found.character)
        .collect();
    assert_eq!(found, substituted);
}

#[test]
fn ascii_and_the_first_page_need_no_switch() {
    check("Milk 1.99 -", b"Milk 1.99 -\n", &[]);
    check("Käse 2,50 €", b"K\x84se 2,50 \xD5\n", &[]);
}

#[test]
fn a_character_of_another_page_switches_once() {
    // Page 18 is PC852, and it also has what follows.
    check("Łódź café", b"\x1Bt\x12\x9D\xA2d\xAB caf\x82\n", &[]);
    // Page 17 is PC866; the euro sign is back on page 19.
    check("Чай 5 €", b"\x1Bt\x11\x97\xA0\xA9 5 \x1Bt\x13\xD5\n", &[]);
}

#[test]
fn what_no_page_has_is_drawn_with_its_whole_line() {
    let encoded = encode_line("5 ₹", &Profile::epson_80mm());
    assert_snapshot!(shown(&encoded.bytes));
    assert_eq!(encoded.substitutions, []);
    for (text, bytes_across) in [("Tea 茶 ok", 14), ("q\u{301}", 2), ("Łódź", 6)] {
        let encoded = encode_line(text, &Profile::clone_80mm());
        let dots = &encoded.bytes[encoded.first_ink..];
        assert_eq!(dots[..4], *b"\x1Dv0\x00", "{text}");
        assert_eq!(dots[4..8], [bytes_across, 0, 30, 0], "{text}");
        assert_eq!(dots.len(), 8 + usize::from(bytes_across) * 30, "{text}");
        assert_eq!(encoded.substitutions, [], "{text}");
    }
}

#[test]
fn what_cannot_be_drawn_either_is_a_question_mark_and_is_counted() {
    check("Tea 😀 ok", b"Tea ?? ok\n", &['😀']);
    check("5 ש", b"5 ?\n", &['ש']);
    // In a line that is drawn, the question mark is drawn too.
    let encoded = encode_line("茶 ש", &Profile::epson_80mm());
    let lost = Substitution {
        line: 1,
        character: 'ש',
    };
    assert_eq!(encoded.substitutions, [lost]);
}

#[test]
fn typography_becomes_what_people_type_where_no_page_has_it() {
    let encoded = encode_line("Ben’s “best” – 2", &Profile::clone_80mm());
    assert_eq!(
        shown(&encoded.bytes),
        "<1B>@<1B>t<00>Ben's \"best\" - 2LF\n"
    );
    assert_eq!(encoded.substitutions, vec![]);
}

#[test]
fn a_substitution_says_its_line() {
    let mut document = Document::new();
    document.text("one").text("two 😀");
    let encoded = encode(&document, &Profile::epson_80mm());
    assert_eq!(
        encoded.substitutions,
        vec![Substitution {
            line: 2,
            character: '😀'
        }]
    );
}

#[test]
fn a_clone_has_its_own_pages_and_no_reports() {
    let encoded = encode_line("Käse", &Profile::clone_80mm());
    assert_eq!(shown(&encoded.bytes), "<1B>@<1B>t<00>K<84>seLF\n");
    let no_pages = Profile {
        pages: Vec::new(),
        ..Profile::clone_80mm()
    };
    assert_eq!(
        shown(&encode_line("é", &no_pages).bytes),
        "<1B>@<1B>t<00><82>LF\n"
    );
}

#[test]
fn a_product_name_cannot_open_the_drawer_or_cut() {
    let encoded = encode_line(
        "Milk\u{1B}p\u{0}\u{19}\u{FA}\u{1D}VA",
        &Profile::epson_80mm(),
    );
    assert_eq!(
        shown(&encoded.bytes[encoded.first_ink..]),
        "MilkpúVALF\n".replace('ú', "<A3>")
    );
}

#[test]
fn nothing_before_the_first_ink_moves_paper() {
    let encoded = encode(&receipt(), &Profile::epson_80mm());
    assert_eq!(
        shown(&encoded.bytes[..encoded.first_ink]),
        "<1B>@<1D>a<0F><1B>t<13>"
    );
    let empty = encode(&Document::new(), &Profile::epson_80mm());
    assert_eq!(empty.first_ink, empty.bytes.len());
}

proptest! {
    #[test]
    fn no_text_ever_becomes_a_command(text in "\\PC{0,80}|[\\x00-\\x1F\\x7F-\\x9F a-z]{0,80}") {
        let profile = Profile { cut: Cut::None, ..Profile::epson_80mm() };
        let encoded = encode_line(&text, &profile);
        let mut body = encoded.bytes[encoded.first_ink..].iter();
        while let Some(byte) = body.next() {
            match byte {
                b'\n' => {}
                0x1D => {
                    // A line that is drawn: its payload is dots, whatever they look like.
                    let head: Vec<u8> = body.by_ref().take(7).copied().collect();
                    prop_assert_eq!(&head[..3], b"v0\x00");
                    let across = usize::from(u16::from_le_bytes([head[3], head[4]]));
                    let down = usize::from(u16::from_le_bytes([head[5], head[6]]));
                    let dots: Vec<u8> = body.by_ref().take(across * down).copied().collect();
                    prop_assert_eq!(dots.len(), across * down);
                    let urgent = dots.windows(2).any(|two| {
                        two[0] == 0x10 && matches!(two[1], 0x04 | 0x05 | 0x14)
                    });
                    prop_assert!(!urgent, "a printer obeys DLE inside a picture too");
                }
                0x1B => {
                    // The only command text leads to is the choice of a character table.
                    prop_assert_eq!(body.next(), Some(&b't'));
                    let number = *body.next().expect("ESC t has a number");
                    prop_assert!(profile.pages.iter().any(|(_, known)| *known == number));
                }
                printable => prop_assert!(*printable >= 0x20 && *printable != 0x7F),
            }
        }
    }
}
