//! In-store numbers: what templates are, and that a printed number says what was printed.

use proptest::prelude::{prop_assert_eq, proptest};

use super::{Amount, Template, TemplateRefused, ValueMisread};
use crate::barcode::Gtin;

fn template(text: &str) -> Template {
    text.parse().unwrap()
}

#[track_caller]
fn check(pattern: &str, code: &str, item_number: u32, amount: Amount) {
    let code: Gtin = code.parse().unwrap();
    let found = template(pattern).split(code).unwrap().unwrap();
    assert_eq!(
        (found.item_number, found.amount, found.code),
        (item_number, amount, code)
    );
}

#[test]
fn a_weight_and_a_price_stand_in_the_number() {
    check(
        "21IIIIIWWWWWC",
        "2112345012353",
        12_345,
        Amount::Grams(1_235),
    );
    check(
        "22IIIIIPPPPPC",
        "2200042003498",
        42,
        Amount::PriceMinor(349),
    );
    check("2IIIIIWWWWWC", "200123012342", 123, Amount::Grams(1_234));
    check("29IIIIIIIQQQC", "2900000070127", 7, Amount::Pieces(12));
    check(
        "21IIIIIWWWWWC x10",
        "2112345000121",
        12_345,
        Amount::Grams(120),
    );
}

#[test]
fn the_item_is_the_number_without_its_value() {
    let code: Gtin = "2112345012353".parse().unwrap();
    let found = template("21IIIIIWWWWWC").split(code).unwrap().unwrap();
    assert_eq!(found.item.to_string(), "2112345000008");
}

#[test]
fn numbers_of_others_are_not_ours() {
    let code: Gtin = "4006381333931".parse().unwrap();
    assert_eq!(template("21IIIIIWWWWWC").split(code), Ok(None));
}

#[test]
fn a_price_with_a_wrong_digit_of_its_own_is_refused() {
    // GS1 General Specifications, section 7.9.3: 28.75 has the check digit 9.
    let right = template("20IIIIIVPPPPC").print(12_345, 2_875).unwrap();
    assert!(right.to_string().starts_with("20123459287"), "{right}");
    let wrong = Gtin::with_check_digit("201234582875").unwrap();
    assert_eq!(template("20IIIIIVPPPPC").split(wrong), Err(ValueMisread));
}

#[test]
fn what_is_no_template_is_refused_in_words() {
    #[track_caller]
    fn check(text: &str, expected: fn(String) -> TemplateRefused) {
        assert_eq!(text.parse::<Template>(), Err(expected(text.to_owned())));
    }
    check("21IIIII", TemplateRefused::Length);
    check("21IIIIIXXXXXC", TemplateRefused::Place);
    check("21IIIIIWWPPPC", TemplateRefused::Parts);
    check("21IIIIIWWWWWW", TemplateRefused::Parts);
    check("21WWIIIIIWWWC", TemplateRefused::Parts);
    check("I1IIIIIWWWWWC", TemplateRefused::Parts);
    check("2100000WWWWWC", TemplateRefused::Parts);
    check("21IIIIIIWWWVC", TemplateRefused::ValueDigit);
    check("21IIIIIWWWWWC x0", TemplateRefused::Step);
    for text in ["21IIIIIWWWWWC", "2IIIIIVWWWWC", "21IIIIIWWWWWC x10"] {
        assert_eq!(template(text).to_string(), text);
    }
}

#[test]
fn what_does_not_fit_is_not_printed() {
    assert_eq!(template("21IIIIIWWWWWC").print(100_000, 1), None);
    assert_eq!(template("21IIIIIWWWWWC").print(1, 100_000), None);
}

proptest! {
    #[test]
    fn a_printed_number_says_what_was_printed(
        at in 0_usize..4,
        item in 0_u32..10_000,
        value in 0_u32..1_000,
    ) {
        let pattern = ["21IIIIIWWWWWC", "2IIIIIVPPPPC", "20IIIIVWWWWWC", "28IIIIIIPPPPC"][at];
        let template = template(pattern);
        let code = template.print(item, value).unwrap();
        let found = template.split(code).unwrap().unwrap();
        prop_assert_eq!(found.item_number, item);
        let said = match found.amount {
            Amount::Grams(said) | Amount::PriceMinor(said) | Amount::Pieces(said) => said,
        };
        prop_assert_eq!(said, value);
        let empty = template.split(found.item).unwrap().unwrap();
        prop_assert_eq!((empty.item, empty.item_number), (found.item, item));
    }
}
