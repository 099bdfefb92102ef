//! Which catalogues can be sold from, and what is taken for the same word.

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{Catalog, GENERAL_CLASS, Product, TaxClass, Unit};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::tax::Rate;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::rules::{Sought, check_catalog, fold, words_of};

fn product(sku: &str) -> Product {
    Product {
        sku: sku.parse().unwrap(),
        gtins: vec![Gtin::read("4006381333931").unwrap()],
        name: "Crème brûlée".to_owned(),
        department: "Desserts".to_owned(),
        class: GENERAL_CLASS.to_owned(),
        variant: None,
        picture: None,
        age_min: None,
        goes_with: None,
        traced: None,
        unit: Unit::Piece,
        price_minor: Some(Minor(349)),
        tax_class: "reduced".to_owned(),
    }
}

fn catalog(products: Vec<Product>) -> Catalog {
    Catalog {
        currency: Currency::EUR,
        tax_classes: vec![TaxClass {
            id: "reduced".to_owned(),
            name: "VAT 9 %".to_owned(),
            rate: Rate(9_000),
        }],
        groups: Vec::new(),
        products,
    }
}

#[track_caller]
fn check_refused(catalog: &Catalog, sentence: &str) {
    let refused = check_catalog(catalog, Currency::EUR).unwrap_err();
    assert_eq!(refused.to_string(), sentence);
}

#[test]
fn a_catalogue_that_contradicts_itself_is_refused_whole() {
    let good = catalog(vec![product("A"), product("B")]);
    check_catalog(&good, Currency::EUR).unwrap();
    check_refused(
        &catalog(vec![product("A"), product("A")]),
        "it lists A twice",
    );
    let mut unknown = catalog(vec![product("A")]);
    unknown.products[0].tax_class = "luxury".to_owned();
    let sentence = "its product A names the tax class 'luxury', which it does not have";
    check_refused(&unknown, sentence);
    let mut foreign = catalog(vec![product("A")]);
    foreign.currency = "CHF".parse().unwrap();
    check_refused(
        &foreign,
        "its prices are in CHF, but this store sells in EUR",
    );
}

#[test]
fn letters_are_compared_without_case_and_accents() {
    for (text, folded) in [
        ("Crème  Brûlée", "creme brulee"),
        ("Straße", "strasse"),
        ("ŁÓDŹ", "lodz"),
        ("e\u{301}te\u{301}", "ete"),
        ("a\u{a0}b\tc", "a b c"),
        ("  ", ""),
    ] {
        assert_eq!(fold(text), folded, "{text:?}");
    }
    assert_eq!(
        words_of(&product("CB-1")),
        "creme brulee cb-1 04006381333931"
    );
}

#[test]
fn what_holds_no_letter_or_digit_is_not_looked_up() {
    for text in ["", "   ", "\"", "* - (", "\u{1d}"] {
        assert_eq!(Sought::read(text), None, "{text:?}");
    }
}

#[test]
fn itself_comes_before_what_begins_like_it() {
    let sought = Sought::read("oat milk").unwrap();
    let distance = |sku, name: &str| sought.distance(sku, name, name);
    let ordered = [
        distance("X-1", "oat milk"),
        distance("X-2", "oat milk 1 l"),
        distance("X-3", "organic oat and milk"),
        distance("X-4", "boat milkshake"),
    ];
    assert!(
        ordered.is_sorted_by(|nearer, further| nearer < further),
        "{ordered:?}"
    );
    let number = Sought::read("4006381333931").unwrap();
    assert_eq!(number.distance("X", "creme", &words_of(&product("X"))), 0);
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn nothing_typed_becomes_an_operator_of_the_index(text in any::<String>()) {
        let Some(sought) = Sought::read(&text) else { return Ok(()) };
        for query in [sought.all_words(), sought.any_letters()].into_iter().flatten() {
            // Outside quotes there is nothing but our own words.
            let outside: String = query.split('"').step_by(2).collect();
            let ours = outside.split_whitespace().all(|word| word == "AND" || word == "OR");
            prop_assert!(ours, "{}", query);
        }
    }
}
