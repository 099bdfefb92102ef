//! Element strings and links: public examples, every line of the dictionary, and arbitrary bytes.

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Elements, ElementsRefused, Identifier, LinkRefused, dictionary};

fn id(text: &str) -> Identifier {
    text.parse().unwrap()
}

#[track_caller]
fn check(symbol: &str, expected: &str) {
    let read = Elements::read(symbol).unwrap();
    assert_eq!(read.to_string(), expected);
    assert_eq!(Elements::read(&read.to_symbol()), Ok(read));
}

#[test]
fn published_symbols_read() {
    // GS1 General Specifications, sections 2 and 3, and the data sheets of DataBar and DataMatrix.
    check("0109501101530003", "(01)09501101530003");
    check(
        "010950110153000317260331\u{1d}10ABC123",
        "(01)09501101530003(17)260331(10)ABC123",
    );
    check(
        "0109501101530003310300125039223499",
        "(01)09501101530003(3103)001250(3922)3499",
    );
    check(
        "01095011015300031714070410AB-123\u{1d}211234",
        "(01)09501101530003(17)140704(10)AB-123(21)1234",
    );
    check("00395011015300023454", "(00)395011015300023454");
    check(
        "80131987654Ad4X4bL5ttr2310c2K",
        "(8013)1987654Ad4X4bL5ttr2310c2K",
    );
}

#[test]
fn separators_in_front_and_behind_are_taken_away() {
    check("\u{1d}0109501101530003\u{1d}", "(01)09501101530003");
    check("\u{1d}10A\u{1d}\u{1d}21B\u{1d}", "(10)A(21)B");
}

#[track_caller]
fn refused(symbol: &str, sentence: &str) {
    let why = Elements::read(symbol).unwrap_err();
    assert_eq!(why.to_string(), sentence, "{why:?}");
}

#[test]
fn what_is_wrong_is_named_in_a_sentence() {
    refused("", "the code holds nothing");
    refused("\u{1d}", "the code holds nothing");
    refused(
        "0109501101530004",
        "(01) GTIN is refused: 09501101530004 has a wrong check digit",
    );
    refused("010950110153000", "(01) GTIN is cut short");
    refused(
        "17261331",
        "(17) USE BY or EXPIRY is refused: 261331 is no date",
    );
    refused(
        "05123",
        "the code holds a value behind 0512, which the standard does not know",
    );
    refused("10ABCDEFGHIJKLMNOPQRSTU", "(10) BATCH/LOT is too long");
    refused("10", "(10) BATCH/LOT is cut short");
    refused("10A#B", "(10) BATCH/LOT has characters it cannot have");
    refused("10Aé", "(10) BATCH/LOT has characters it cannot have");
    refused("01é501101530003", "(01) GTIN has characters it cannot have");
    refused("10A\u{1d}10B", "(10) stands twice with different values");
    refused("422999", "(422) ORIGIN is refused: 999 names no country");
    // The same twice says nothing new: composite symbols do that.
    assert_eq!(Elements::read("10A\u{1d}10A").unwrap().to_string(), "(10)A");
}

#[test]
fn what_stands_together_is_checked_when_asked() {
    let together = |text: &str| Elements::read(text).unwrap().check_together();
    assert_eq!(together("0109501101530003\u{1d}10A"), Ok(()));
    assert_eq!(together("10A"), Err(ElementsRefused::Alone(id("10"))));
    let apart = ElementsRefused::Apart {
        one: id("01"),
        other: id("37"),
    };
    assert_eq!(together("01095011015300033712"), Err(apart));
    assert_eq!(
        together("02095011015300033712\u{1d}00395011015300023454"),
        Ok(())
    );
    // 392n needs an amount beside the number.
    assert_eq!(
        together("0109501101530003392299"),
        Err(ElementsRefused::Alone(id("3922")))
    );
    assert_eq!(together("01095011015300033103001250\u{1d}392299"), Ok(()));
    // One unit of weight excludes the same with other decimals.
    let apart = ElementsRefused::Apart {
        one: id("3103"),
        other: id("3102"),
    };
    assert_eq!(together("010950110153000331030012503102000125"), Err(apart));
}

#[test]
fn a_link_says_the_same_as_a_symbol() {
    #[track_caller]
    fn check(address: &str, expected: &str) {
        assert_eq!(Elements::from_link(address).unwrap().to_string(), expected);
    }
    // The standard's own examples.
    check("https://id.gs1.org/01/09520123456788", "(01)09520123456788");
    check("https://example.com/01/9520123456788", "(01)09520123456788");
    check(
        "HTTP://example.com/some/path/01/9520123456788/",
        "(01)09520123456788",
    );
    check(
        "https://id.gs1.org/01/09520123456788/22/2A/10/ABC/21/12345?17=261231&utm=x#frag",
        "(01)09520123456788(22)2A(10)ABC(21)12345(17)261231",
    );
    check(
        "https://id.gs1.org/01/09520123456788/235/3T",
        "(01)09520123456788(235)3T",
    );
    check(
        "https://id.gs1.org/414/9520123456788/254/32a%2Fb",
        "(414)9520123456788(254)32a/b",
    );
    check(
        "https://id.gs1.org/00/395011015300023454",
        "(00)395011015300023454",
    );
    check(
        "https://id.gs1.org/01/09520123456788/10/01",
        "(01)09520123456788(10)01",
    );
    check(
        "https://id.gs1.org/01/09520123456788?3103=000195;3922=0299",
        "(01)09520123456788(3103)000195(3922)0299",
    );
}

#[test]
fn an_address_that_is_no_link_says_why() {
    let misplaced = |what: &str| LinkRefused::Misplaced(what.to_owned());
    #[track_caller]
    fn check(address: &str, expected: LinkRefused) {
        assert_eq!(Elements::from_link(address), Err(expected), "{address}");
    }
    for other in [
        "https://example.com",
        "https://example.com/shop",
        "ftp://a/01/9520123456788",
        "mailto:a@example.com",
        "",
        "https://example.com/10/ABC",
        "://",
        "https:///",
    ] {
        check(other, LinkRefused::NotOne);
    }
    check("https://a/01/09520123456788/10/ABC/22/2A", misplaced("22"));
    check(
        "https://a/01/09520123456788/10/ABC/235/2A",
        misplaced("235"),
    );
    check("https://a/01/09520123456788/99/ABC", misplaced("99"));
    check("https://a/01/09520123456788?21=5", misplaced("21"));
    check("https://a/01/09520123456788?05=5", misplaced("05"));
    check("https://a/01/09520123456788/10/A%2", LinkRefused::Spelling);
    check("https://a/01/09520123456788/10/A%FF", LinkRefused::Spelling);
    assert!(matches!(
        Elements::from_link("https://a/01/09520123456789"),
        Err(LinkRefused::Value(ElementsRefused::Content { .. }))
    ));
}

#[test]
fn the_dictionary_is_found_by_its_identifiers_and_none_begins_another() {
    assert!(dictionary().len() > 180);
    for entry in dictionary() {
        let (least, most) = entry.lengths();
        assert!(0 < least && least <= most && most <= 90, "{entry}");
        assert!(!entry.has_fixed_length() || least == most, "{entry}");
        let first = entry.to_string();
        let first = first.split([' ', '-']).next().unwrap();
        assert_eq!(id(first).entry().to_string(), entry.to_string());
        for length in 2..first.len() {
            assert!(first[..length].parse::<Identifier>().is_err(), "{first}");
        }
    }
    for unknown in ["", "0", "05", "29", "999", "31", "3106", "0a", "é1"] {
        assert!(unknown.parse::<Identifier>().is_err(), "{unknown}");
    }
}

/// Goods with some of what is printed beside their number.
fn goods() -> impl Strategy<Value = Elements> {
    let number = "[0-9]{13}".prop_map(|body| {
        let gtin = crate::barcode::Gtin::with_check_digit(&body).unwrap();
        ("01", gtin.to_14())
    });
    let value = |name: &'static str, shape: &'static str| {
        prop::option::of(shape.prop_map(move |value: String| (name, value)))
    };
    let beside = (
        value("10", "[!-\"%-?A-Z_a-z]{1,20}"),
        value("21", "[0-9A-Za-z/]{1,20}"),
        value("17", "[0-9]{2}(0[1-9]|1[0-2])(0[0-9]|1[0-9]|2[0-8])"),
        value("3103", "[0-9]{6}"),
        value("240", "[A-Z]{1,30}"),
    );
    (number, beside).prop_map(|(number, (lot, serial, date, weight, extra))| {
        let mut made = Elements::default();
        for (name, value) in [Some(number), lot, serial, date, weight, extra]
            .into_iter()
            .flatten()
        {
            made.push(id(name), &value).unwrap();
        }
        made
    })
}

proptest! {
    #[test]
    fn what_was_built_reads_back(made in goods()) {
        prop_assert_eq!(Elements::read(&made.to_symbol()), Ok(made.clone()));
        let link = made.to_link("https://example.com/").unwrap();
        let read = Elements::from_link(&link).unwrap();
        // A link has its own order.
        for element in made.iter() {
            prop_assert_eq!(read.value(element.identifier.as_str()), Some(element.value.as_str()));
        }
        prop_assert_eq!(read.iter().count(), made.iter().count());
    }

    #[test]
    fn one_wrong_digit_of_a_number_in_a_symbol_is_found(
        made in goods(), at in 2_usize..16, by in 1_u8..10,
    ) {
        let mut symbol = made.to_symbol().into_bytes();
        symbol[at] = b'0' + (symbol[at] - b'0' + by) % 10;
        let read = Elements::read(std::str::from_utf8(&symbol).unwrap());
        let is_named = matches!(read, Err(ElementsRefused::Content { .. }));
        prop_assert!(is_named, "{:?}", read);
    }

    #[test]
    fn no_text_breaks_the_reader(
        text in prop::string::string_regex("([0-9]{2,4}[ -~\u{1d}é]{0,30}){0,6}").unwrap(),
        any_text in any::<String>(),
        stem in Just("https://a/"),
    ) {
        for text in [&text, &any_text] {
            if let Ok(read) = Elements::read(text) {
                prop_assert_eq!(Elements::read(&read.to_symbol()), Ok(read));
            }
            let _either = Elements::from_link(&format!("{stem}{text}"));
            let _either = Elements::from_link(text);
        }
    }
}
