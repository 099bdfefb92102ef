//! What scanners deliver, by kind of symbol: public numbers, misreads, and arbitrary bytes.

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Aim, Amount, ScanRefused, Scanned, Template, read, read_with, split_aim};

fn aim(aim: Option<&str>) -> Option<Aim> {
    aim.map(|aim| aim.parse().unwrap())
}

#[track_caller]
fn check(bytes: &[u8], said: Option<&str>, expected: Result<Scanned, ScanRefused>) {
    assert_eq!(read(bytes, aim(said)), expected, "{bytes:?} {said:?}");
}

#[track_caller]
fn check_gtin(bytes: &[u8], said: Option<&str>, to_14: &str) {
    let read = read(bytes, aim(said)).unwrap();
    assert_eq!(read.gtin().unwrap().to_14(), to_14, "{bytes:?} {said:?}");
}

fn text(text: &str) -> Result<Scanned, ScanRefused> {
    Ok(Scanned::Text(text.to_owned()))
}

#[test]
fn digits_are_a_trade_item_number_unless_the_symbol_says_otherwise() {
    check_gtin(b"4006381333931", None, "04006381333931");
    check_gtin(b"4006381333931", Some("E0"), "04006381333931");
    check_gtin(b"4006381333931\r", Some("E0"), "04006381333931");
    check(b"4006381333930", Some("C0"), text("4006381333930"));
    check(b"TEE-M", None, text("TEE-M"));
    check(b"12345", None, text("12345"));
}

#[test]
fn the_number_is_found_where_the_symbol_keeps_it() {
    // With the bracket or without.
    check_gtin(b"4006381333931", Some("]E0"), "04006381333931");
    check_gtin(b"036000291452", Some("]E0"), "00036000291452");
    check_gtin(b"0036000291452", Some("]E0"), "00036000291452");
    check_gtin(b"96385074", Some("]E4"), "00000096385074");
    // A magazine's issue stands behind its number.
    check_gtin(b"400638133393112", Some("]E3"), "04006381333931");
    check_gtin(b"978316148410054995", Some("]E3"), "09783161484100");
    check_gtin(b"0104006381333931", Some("]C1"), "04006381333931");
    check_gtin(b"010400638133393110A\x1d21B", Some("]d2"), "04006381333931");
    check_gtin(b"0104006381333931", Some("]Q3"), "04006381333931");
    check_gtin(b"0104006381333931", Some("]e0"), "04006381333931");
    check_gtin(b"04006381333931", Some("]I1"), "04006381333931");
    check(b"0104006381333931", Some("]d1"), text("0104006381333931"));
    check(b"4006381333931", Some("]X0"), text("4006381333931"));
    check(b"12", Some("]E1"), text("12"));
}

#[test]
fn a_upc_e_is_one_where_the_scanner_says_so() {
    // The same eight digits are a number of their own as EAN-8.
    check_gtin(b"04252614", Some("]E0"), "00042100005264");
    check_gtin(b"425261", Some("]E0"), "00042100005264");
    check_gtin(b"04252614", None, "00042100005264");
    let code = "04252614".to_owned();
    check(
        b"04252614",
        Some("]E4"),
        Err(ScanRefused::CheckDigit { code }),
    );
}

#[test]
fn a_symbol_says_more_than_a_number() {
    let read = read(
        b"0109501101530003310300125017261231\x1d10L7",
        aim(Some("]d2")),
    )
    .unwrap();
    assert_eq!(read.gtin().unwrap().to_14(), "09501101530003");
    assert_eq!(read.amount(2), Some(Amount::Grams(1_250)));
    let Scanned::Elements(elements) = read else {
        panic!("it is element strings");
    };
    assert_eq!(elements.lot(), Some("L7"));
}

#[test]
fn a_box_and_a_serial_number_are_no_goods() {
    for (bytes, said) in [
        (&b"00376104250021234569"[..], Some("]C1")),
        (b"00376104250021234569", None),
        (b"21B", Some("]d2")),
    ] {
        let read = read(bytes, aim(said)).unwrap();
        assert_eq!(read.gtin(), None);
        assert!(matches!(read, Scanned::Elements(_)), "{read:?}");
    }
}

#[test]
fn what_nobody_announced_is_recognised_when_it_cannot_be_chance() {
    check_gtin(b"0109501101530003", None, "09501101530003");
    check_gtin(b"010950110153000310AB\x1d21C", None, "09501101530003");
    check_gtin(
        b"https://id.gs1.org/01/09520123456788/10/AB",
        Some("]Q1"),
        "09520123456788",
    );
    check_gtin(
        b"https://id.gs1.org/01/09520123456788/10/AB",
        None,
        "09520123456788",
    );
    check_gtin(b"ISBN 3-16-148410-X", None, "09783161484100");
    check_gtin(b"issn: 0378-5955", None, "09770378595002");
    check(
        b"https://example.com/offers",
        Some("]Q1"),
        text("https://example.com/offers"),
    );
    // Ten digits are a shop's own, whether or not they check as a book.
    check(b"3161484100", None, text("3161484100"));
    check(b"10ABC", None, text("10ABC"));
}

#[test]
fn a_number_from_the_shop_s_own_scale_is_taken_apart() {
    let ours: Vec<Template> = vec![
        "21IIIIIWWWWWC".parse().unwrap(),
        "20IIIIIVPPPPC".parse().unwrap(),
    ];
    let of = |bytes: &[u8]| read_with(bytes, aim(Some("]E0")), &ours);
    let weighed = of(b"2112345012353").unwrap();
    assert_eq!(weighed.amount(2), Some(Amount::Grams(1_235)));
    assert_eq!(weighed.gtin().unwrap().to_string(), "2112345000008");
    let code = "2012345828759".to_owned();
    assert_eq!(of(code.as_bytes()), Err(ScanRefused::Amount { code }));
    assert!(matches!(of(b"4006381333931"), Ok(Scanned::Gtin(_))));
}

#[test]
fn what_may_be_an_identifier_is_told_apart_from_the_code() {
    #[track_caller]
    fn check(code: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(aim, rest)| (aim.parse().unwrap(), rest.as_bytes()));
        assert_eq!(split_aim(code.as_bytes()), expected, "{code:?}");
    }
    check("]E04006381333931", Some(("]E0", "4006381333931")));
    check("]j04711", Some(("]j0", "4711")));
    check("]C0]E0-SCREW", Some(("]C0", "]E0-SCREW")));
    for whole in ["", "]", "]E", "]E0", "]-0A", "E04711", "ä]E0"] {
        check(whole, None);
    }
}

#[track_caller]
fn refused(bytes: &[u8], said: Option<&str>, sentence: &str) {
    assert_eq!(read(bytes, aim(said)).unwrap_err().to_string(), sentence);
}

#[test]
fn a_misread_is_refused_in_words() {
    let wrong =
        "4006381333930 has a wrong check digit: scan again, or type the number below the bars";
    refused(b"4006381333930", None, wrong);
    refused(b"4006381333930", Some("]E0"), wrong);
    refused(b"", None, "nothing was read: scan again");
    refused(
        b"\xff\xfe",
        None,
        "the code holds 2 bytes that are not text: scan again",
    );
    refused(
        b"\x1bp0",
        None,
        "the code holds 3 bytes that are not text: scan again",
    );
    refused(
        b"40063813",
        Some("]E3"),
        "40063813 is a part of a number: scan again, or type the number below the bars",
    );
    refused(
        b"0104006381333930",
        Some("]C1"),
        "(01) GTIN is refused: 04006381333930 has a wrong check digit: scan again, or scan another \
         code on the item",
    );
    refused(
        b"05123",
        Some("]d2"),
        "the code holds a value behind 0512, which the standard does not know: scan again, or scan \
         another code on the item",
    );
    refused(
        b"https://a/01/09520123456788/10/A/22/B",
        Some("]Q1"),
        "(22) does not belong where it stands in the address: scan another code on the item",
    );
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(
        noise in prop::collection::vec(any::<u8>(), 0..80),
        digits in "[0-9\u{1d}]{0,40}",
        said in "[A-Za-z][0-9A-Za-z]",
    ) {
        let ours = ["2IIIIIVPPPPC", "21IIIIIWWWWWC"].map(|one| one.parse::<Template>().unwrap());
        for bytes in [noise.as_slice(), digits.as_bytes()] {
            let kinds = [said.as_str(), "E0", "E3", "E4", "C1", "Q1"].map(Some);
            for said in kinds.into_iter().chain([None]) {
                match read_with(bytes, aim(said), &ours) {
                    Ok(read) => {
                        prop_assert!(read.text() != Some(""));
                        let _amount = read.amount(2);
                    }
                    Err(refused) => prop_assert!(refused.to_string().len() < 300),
                }
            }
        }
    }

    #[test]
    fn a_scanned_number_is_the_printed_one(body in "[0-9]{12}") {
        let made = super::Gtin::with_check_digit(&body).unwrap();
        let printed = format!("{:0>13}", made.to_string());
        prop_assert_eq!(read(printed.as_bytes(), aim(Some("]E0"))).unwrap().gtin(), Some(made));
    }
}
