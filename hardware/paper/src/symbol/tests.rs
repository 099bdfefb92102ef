//! What may stand in a symbol, and how wide it is.

use super::*;

#[track_caller]
fn check(made: Result<Barcode, SymbolRefused>, expected: &str) {
    assert_eq!(
        made.expect_err("the code must be refused").to_string(),
        expected
    );
}

#[test]
fn a_wrong_code_is_refused_with_what_is_wrong() {
    check(Barcode::ean13(""), "the code is empty");
    check(
        Barcode::ean13("400638133393"),
        "the code has 12 digits where 13 are needed",
    );
    check(
        Barcode::ean13("4006381333932"),
        "the check digit is 2 where 1 is right",
    );
    check(
        Barcode::ean8("9638507X"),
        "the code has the character 'X' at place 8, \
        which cannot be encoded",
    );
    check(
        Barcode::code128("A\u{1B}p"),
        "the code has the character '\\u{1b}' at place 2, \
        which cannot be encoded",
    );
    check(
        Barcode::code128(&"9".repeat(43)),
        "the code is 43 bytes long, the most is 42",
    );
}

#[test]
fn a_qr_payload_cannot_carry_printer_commands() {
    assert!(Qr::new("https://example.org/r/1\u{10}\u{4}\u{1}").is_err());
    assert!(Qr::new(&"x".repeat(513)).is_err());
    assert!(Qr::new("https://example.org/r/Ü").is_ok());
}

#[test]
fn symbols_have_the_widths_of_their_standards() {
    assert_eq!(Barcode::ean13("4006381333931").unwrap().modules().width, 95);
    assert_eq!(Barcode::ean8("96385074").unwrap().modules().width, 67);
    // Start, 12 characters, check and 13 modules of stop.
    let receipt = Barcode::code128("S01-1-000042").unwrap();
    assert_eq!(receipt.modules().width, 11 * 14 + 13);
    let digits = Barcode::code128("00420001").unwrap();
    assert_eq!(digits.modules().width, 11 * 6 + 13);
    let url = Qr::new("https://example.org/r/01K8").unwrap().modules();
    assert_eq!(url.dark.len(), url.width * url.width);
}

#[test]
fn a_symbol_is_as_wide_as_the_paper_allows() {
    let ean = Barcode::ean13("4006381333931").unwrap();
    assert_eq!(ean.module_dots(576), Some(3));
    assert_eq!(ean.module_dots(300), Some(2));
    assert_eq!(
        Barcode::code128(&"A".repeat(42)).unwrap().module_dots(384),
        None
    );
}

#[test]
fn the_longest_payload_still_fits_the_narrow_roll() {
    let qr = Qr::new(&"x".repeat(512)).unwrap();
    assert!((qr.modules().width + 8) * usize::from(qr.module_dots(384)) <= 384);
}

#[test]
fn a_gs1_symbol_begins_with_fnc1_and_keeps_its_separators() {
    let box_of = Barcode::gs1_128("00376104250021234569", "(00)376104250021234569").unwrap();
    // Start, FNC1, ten pairs, check and 13 modules of stop.
    assert_eq!(box_of.modules().width, 11 * 13 + 13);
    assert_eq!(box_of.caption(), "(00)376104250021234569");
    let lot = Barcode::gs1_128("10AB\u{1d}21C", "(10)AB(21)C").unwrap();
    assert_eq!(lot.modules().width, 11 * 11 + 13);
    assert!(Barcode::gs1_128("10A\u{1b}p", "").is_err());
    assert!(Barcode::gs1_128("", "").is_err());
}

#[test]
fn every_printable_character_has_bars() {
    for character in ' '..='~' {
        let code = character.to_string();
        assert!(
            Barcode::code128(&code).unwrap().modules().width > 0,
            "{character:?}"
        );
    }
}
