//! Labels: everything stands on the paper, and nothing on top of anything else.

use proptest::prelude::{prop_assert, proptest};

use super::{
    CartonCode, CartonLabel, Label, LabelMedia, LabelPart, PickLabel, ShelfLabel, label_svg,
};

pub(crate) fn shelf() -> ShelfLabel {
    ShelfLabel {
        name: "Mountain cheese, aged twelve months".to_owned(),
        price: "12.99 €".to_owned(),
        unit_price: Some("25.98 € / kg".to_owned()),
        note: Some("from 30 Nov".to_owned()),
        sku: "CHE-0042".to_owned(),
        gtin: Some("4006381333931".to_owned()),
    }
}

fn carton() -> CartonLabel {
    CartonLabel {
        from: vec![
            "Corner shop".to_owned(),
            "Main street 1, 1000 Brussels".to_owned(),
        ],
        to: vec![
            "A. Customer".to_owned(),
            "Rue de la Loi 16".to_owned(),
            "1040 Brussels".to_owned(),
        ],
        order: "S01-1-000042".to_owned(),
        carton: "1 / 3".to_owned(),
        code: CartonCode::Sscc("376104250021234569".to_owned()),
        ..CartonLabel::default()
    }
}

fn pick() -> PickLabel {
    PickLabel {
        order: "P-0042".to_owned(),
        customer: "Customer, A.".to_owned(),
        slot: Some("B 12".to_owned()),
        note: "1 / 2, until Sat 5 Dec".to_owned(),
        code: "CP1:01JD0000000000000000000001".to_owned(),
    }
}

/// Everything is on the paper and nothing covers anything.
#[track_caller]
fn is_readable(label: &Label) {
    let (width, height) = (label.media.width_dots(), label.media.height_dots());
    for (at, part) in label.parts.iter().enumerate() {
        let (left, top, right, bottom) = part.place();
        assert!(
            right <= width && bottom <= height,
            "{part:?} is beside the paper"
        );
        for other in &label.parts[at + 1..] {
            let (l, t, r, b) = other.place();
            let apart = right <= l || r <= left || bottom <= t || b <= top;
            assert!(apart, "{part:?}\nand\n{other:?}");
        }
    }
}

#[test]
fn our_labels_are_readable_on_both_kinds_of_printers() {
    for dots_per_mm in [8, 12] {
        let on = |media: LabelMedia| LabelMedia {
            dots_per_mm,
            ..media
        };
        is_readable(&shelf().label(on(LabelMedia::SHELF)).unwrap());
        is_readable(&carton().label(on(LabelMedia::CARTON)).unwrap());
        let own = CartonLabel {
            code: CartonCode::Own("01JD0000000000000000000001".to_owned()),
            note: Some("COPY".to_owned()),
            ..carton()
        };
        is_readable(&own.label(on(LabelMedia::CARTON)).unwrap());
        is_readable(&pick().label(on(LabelMedia::PICK)).unwrap());
    }
}

#[test]
fn a_place_of_twenty_characters_is_written_smaller_and_not_cut() {
    let label = PickLabel {
        order: "WEB-1000042".to_owned(),
        slot: Some("COLD ROOM 2, RACK B".to_owned()),
        ..pick()
    };
    let label = label.label(LabelMedia::PICK).unwrap();
    let texts: Vec<&str> = label.parts.iter().filter_map(text).collect();
    assert!(texts.contains(&"COLD ROOM 2, RACK B"), "{texts:?}");
    assert!(texts.contains(&"WEB-1000042"), "{texts:?}");
}

fn text(part: &LabelPart) -> Option<&str> {
    match part {
        LabelPart::Text { words, .. } => Some(words.as_str()),
        LabelPart::Barcode { .. } | LabelPart::Qr { .. } | LabelPart::Rule { .. } => None,
    }
}

#[test]
fn a_wrong_number_is_refused_rather_than_printed() {
    let mut label = shelf();
    label.gtin = Some("4006381333930".to_owned());
    assert!(label.label(LabelMedia::SHELF).is_err());
    let mut label = carton();
    label.code = CartonCode::Sscc("37610425\u{1b}".to_owned());
    assert!(label.label(LabelMedia::CARTON).is_err());
}

#[test]
fn a_name_cannot_become_a_script_in_the_picture() {
    let mut label = shelf();
    label.name = "<script>alert(1)</script>".to_owned();
    let picture = label_svg(&label.label(LabelMedia::SHELF).unwrap());
    assert!(!picture.contains("<script"), "{picture}");
    assert_eq!(picture.matches("<path").count(), 1, "the bars");
}

proptest! {
    #[test]
    fn any_text_fits(
        name in "\\PC{0,80}",
        price in "[0-9]{1,6}[.,][0-9]{2} ?[€A-Z]{0,3}",
        note in "\\PC{0,40}",
    ) {
        let label = ShelfLabel { name: name.clone(), price, note: Some(note.clone()), ..shelf() };
        let label = label.label(LabelMedia::SHELF).unwrap();
        let pick = PickLabel { order: name.clone(), customer: note.clone(), note, ..pick() };
        for label in [label, pick.label(LabelMedia::PICK).unwrap()] {
            for part in &label.parts {
                let (_, _, right, bottom) = part.place();
                prop_assert!(right <= label.media.width_dots(), "{part:?}");
                prop_assert!(bottom <= label.media.height_dots(), "{part:?}");
                if let LabelPart::Text { words, .. } = part {
                    prop_assert!(!words.as_str().chars().any(char::is_control));
                }
            }
        }
    }
}
