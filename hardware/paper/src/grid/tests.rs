//! What a laid-out document must always be.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::{Document, text};

fn receipt() -> Document {
    let mut receipt = Document::new();
    receipt
        .styled("CORNER SHOP", Style::title())
        .centred("1 Market Square, Springfield")
        .double_rule()
        .columns("Oat milk 1 l", "2.49")
        .columns(
            "Dark chocolate with whole hazelnuts and sea salt, 100 g",
            "3.29",
        )
        .columns("  2 x 1.645", "")
        .rule()
        .columns_styled("TOTAL EUR", "5.78", Style::bold().and_tall())
        .columns("Cash", "10.00")
        .columns("Change", "4.22")
        .feed(1)
        .barcode(Barcode::code128("S01-1-000042").unwrap())
        .qr(Qr::new("https://example.org/r/42").unwrap())
        .styled("Thank you", Style::centred())
        .cut();
    receipt
}

#[test]
fn a_receipt_reads_well_on_wide_paper() {
    assert_snapshot!(text(&receipt(), 42));
}

#[test]
fn a_receipt_reads_well_on_narrow_paper() {
    assert_snapshot!(text(&receipt(), 32));
}

#[track_caller]
fn check(left: &str, right: &str, columns: usize, expected: &[&str]) {
    let mut document = Document::new();
    document.columns(left, right);
    let lines: Vec<String> = document.grid(columns).iter().map(shown).collect();
    assert_eq!(lines, expected);
}

fn shown(line: &GridLine) -> String {
    match line {
        GridLine::Text { text, .. } => text.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_value_stands_at_the_right_edge_of_the_last_line() {
    check("Milk", "2.49", 16, &["Milk        2.49"]);
    check(
        "Milk from happy cows",
        "2.49",
        16,
        &["Milk from", "happy cows  2.49"],
    );
    check("", "2.49", 16, &["            2.49"]);
    check("Milk", "", 16, &["Milk"]);
}

#[test]
fn an_indent_is_kept_on_every_line() {
    check(
        "  2 x organic oat milk",
        "2.49",
        18,
        &["  2 x organic", "  oat milk    2.49"],
    );
}

#[test]
fn a_value_wider_than_its_share_gets_its_own_line() {
    check(
        "Reference",
        "01K8ZQ3V9P7",
        16,
        &["Reference", "     01K8ZQ3V9P7"],
    );
}

#[test]
fn a_word_longer_than_the_line_is_broken() {
    check(
        "Donaudampfschifffahrtskapitän",
        "1.00",
        20,
        &["Donaudampfschif", "ffahrtskapitän  1.00"],
    );
}

#[test]
fn wide_characters_count_twice_when_a_line_is_broken() {
    check(
        "日本茶日本茶日本茶",
        "9",
        16,
        &["日本茶日本茶日", "本茶           9"],
    );
}

#[test]
fn a_barcode_that_cannot_be_scanned_from_this_paper_is_text() {
    let mut document = Document::new();
    document.barcode(Barcode::code128("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH").unwrap());
    assert!(matches!(document.grid(32)[0], GridLine::Text { .. }));
    let mut document = Document::new();
    document.barcode(Barcode::code128("S01-1-000042").unwrap());
    assert!(matches!(
        document.grid(32)[0],
        GridLine::Barcode { module_dots: 2, .. }
    ));
}

#[test]
fn every_piece_stands_in_its_column() {
    assert_eq!(
        runs("  2 x 1.25   2.50"),
        vec![(2, "2 x 1.25"), (13, "2.50")]
    );
    assert_eq!(runs(""), vec![]);
    assert_eq!(runs("日本  9"), vec![(0, "日本"), (6, "9")]);
}

fn any_style() -> impl Strategy<Value = Style> {
    (any::<[bool; 3]>(), 0..3_u8).prop_map(|([bold, wide, tall], align)| Style {
        face: Face { bold, wide, tall },
        align: [Align::Left, Align::Centre, Align::Right][usize::from(align)],
    })
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_paper(
        left in ".{0,120}",
        right in ".{0,60}",
        style in any_style(),
        columns in 16..64_usize,
    ) {
        let mut document = Document::new();
        document.styled(&left, style).columns_styled(&left, &right, style);
        for line in document.grid(columns) {
            prop_assert!(line.cells() <= columns, "{line:?}");
            prop_assert!(!shown(&line).chars().any(char::is_control), "{line:?}");
        }
        for line in text(&document, columns).lines() {
            prop_assert!(Words::new(line).cells() <= columns, "{line:?}");
        }
    }

    #[test]
    fn an_amount_that_fits_is_never_broken(
        label in ".{0,120}",
        amount in "[0-9]{1,3}\\.[0-9]{2}",
        columns in 16..64_usize,
    ) {
        let mut document = Document::new();
        document.columns(&label, &amount);
        let lines = document.grid(columns);
        let last = lines.last().map(shown).unwrap_or_default();
        prop_assert!(last.ends_with(&amount), "{last:?}");
        prop_assert_eq!(Words::new(&last).cells(), columns);
    }
}
