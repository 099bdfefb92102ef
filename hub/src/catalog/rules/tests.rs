//! Whole files: what is taken, and that everything wrong with the rest is said.

use counterpart_protocol::catalog::{TaxClass, Unit};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::tax::Rate;
use proptest::prelude::{any, prop, proptest};

use super::{Checked, Terms, check};

const HEAD: &str = "sku,gtins,name,department,unit,price,tax_class\n";

fn classes() -> Vec<TaxClass> {
    vec![TaxClass {
        id: "standard".to_owned(),
        name: "VAT 21 %".to_owned(),
        rate: Rate(21_000),
    }]
}

fn read(bytes: &[u8]) -> Checked {
    let terms = Terms {
        currency: Currency::EUR,
        tax_classes: &classes(),
    };
    check(bytes, &terms, |_| ())
}

#[track_caller]
fn check_problems(text: &str, expected: &[(u64, &str, &str)]) {
    let checked = read(text.as_bytes());
    let found: Vec<(u64, &str)> = checked
        .problems
        .iter()
        .map(|problem| (problem.row, problem.column.as_str()))
        .collect();
    let wanted: Vec<(u64, &str)> = expected
        .iter()
        .map(|(row, column, _)| (*row, *column))
        .collect();
    assert_eq!(found, wanted, "{:#?}", checked.problems);
    for (problem, (_, _, part)) in checked.problems.iter().zip(expected) {
        assert!(
            problem.sentence.contains(part),
            "{problem:?} must say {part:?}"
        );
    }
}

#[test]
fn a_good_file_is_taken_whole_and_by_sku() {
    let text = format!(
        "{HEAD}B-2,,\"Cheese, old\",Dairy,kilogram,18.90,standard\n\
         A-1,4006381333931 96385074,Pencil,Office,piece,,standard\n"
    );
    let checked = read(text.as_bytes());
    assert_eq!(checked.problems, []);
    let skus: Vec<&str> = checked
        .products
        .iter()
        .map(|product| product.sku.as_str())
        .collect();
    assert_eq!(skus, ["A-1", "B-2"]);
    assert_eq!(checked.products[0].gtins.len(), 2);
    assert_eq!(checked.products[0].price_minor, None);
    assert_eq!(checked.products[1].price_minor, Some(Minor(1_890)));
    assert_eq!(checked.products[1].unit, Unit::Kilogram);
    assert_eq!(checked.products[1].name, "Cheese, old");
}

#[test]
fn a_european_spreadsheet_is_read_as_well() {
    let text = "\u{feff}Name;SKU;Price;Unit;Tax_class;GTINs;Department\r\n\
                Milk 1 l;M-1;1,29;piece;standard;;Dairy\r\n";
    let checked = read(text.as_bytes());
    assert_eq!(checked.problems, []);
    assert_eq!(checked.products[0].price_minor, Some(Minor(129)));
}

#[test]
fn every_bad_cell_is_named_with_its_row_and_column() {
    let text = format!(
        "{HEAD}A 1,,Pencil,Office,piece,1,standard\n\
         A-2,123,,Office,box,1.999,luxury\n\
         A-3,,Ink,Office,piece,1,standard\n\
         A-3,,Ink,Office,piece,1,standard\n\
         A-4,4006381333931,Pen,Office,piece,1,standard\n\
         A-5,4006381333931,Pen,Office,piece,1,standard\n\
         A-6,Pen\n"
    );
    check_problems(
        &text,
        &[
            (2, "sku", "without spaces"),
            (3, "gtins", "8, 12, 13 or 14 digits"),
            (3, "name", "empty"),
            (3, "unit", "piece or kilogram"),
            (3, "price", "at most 2 decimals"),
            (3, "tax_class", "there are standard"),
            (5, "sku", "row 4 already"),
            (7, "gtins", "A-4's (row 6)"),
            (8, "", "2 cells"),
        ],
    );
    assert_eq!(read(text.as_bytes()).rows_bad, 5);
}

#[test]
fn a_first_row_that_is_not_ours_is_said_once() {
    check_problems(
        "",
        &[
            (1, "sku", "lacks"),
            (1, "gtins", ""),
            (1, "name", ""),
            (1, "department", ""),
            (1, "unit", ""),
            (1, "price", ""),
            (1, "tax_class", ""),
        ],
    );
    let twice = "sku,sku,gtins,name,department,unit,price,tax_class,colour\n";
    check_problems(twice, &[(1, "sku", "twice"), (1, "colour", "no column")]);
    check_problems(HEAD, &[(2, "", "no products")]);
}

#[test]
fn a_file_that_is_not_utf_8_says_how_to_save_it() {
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend_from_slice(b"A-1,,Caf\xe9,Food,piece,1,standard\n");
    let checked = read(&bytes);
    assert!(
        checked.problems[0].sentence.contains("CSV UTF-8"),
        "{:?}",
        checked.problems
    );
}

#[test]
fn of_a_thousand_rows_exactly_the_bad_ones_are_told() {
    let mut text = HEAD.to_owned();
    for row in 2..1_002_u64 {
        let price = if row % 27 == 0 { "1.2.3" } else { "1.20" };
        text += &format!("P-{row},,Product {row},Things,piece,{price},standard\n");
    }
    let checked = read(text.as_bytes());
    let rows: Vec<u64> = checked.problems.iter().map(|problem| problem.row).collect();
    assert_eq!(
        rows,
        (2..1_002).filter(|row| row % 27 == 0).collect::<Vec<_>>()
    );
    assert_eq!(
        (rows.len(), checked.rows_bad, checked.rows_good()),
        (37, 37, 963)
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let with_head = [HEAD.as_bytes(), &bytes].concat();
        for file in [bytes, with_head] {
            let checked = read(&file);
            assert!(checked.rows_bad as usize <= checked.problems.len());
        }
    }
}
