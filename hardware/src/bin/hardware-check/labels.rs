//! Labels that are printed to look at.

use counterpart_paper::{CartonCode, CartonLabel, Label, LabelMedia, ShelfLabel};

/// A label on which a person sees what is wrong: a name with commands in it is printed as it is.
pub(super) fn test_label() -> anyhow::Result<Label> {
    let sample = ShelfLabel {
        name: "Test label: Ä ß é Ł ş Ω € ^XZ".to_owned(),
        price: "12.34 €".to_owned(),
        unit_price: Some("24.68 € / kg".to_owned()),
        sku: "TEST-42".to_owned(),
        gtin: Some("4006381333931".to_owned()),
        ..ShelfLabel::default()
    };
    Ok(sample.label(LabelMedia::SHELF)?)
}

/// A carton's label with the container code of the standard's own example.
pub(super) fn carton_label() -> anyhow::Result<Label> {
    let sample = CartonLabel {
        from: vec!["Sender".to_owned(), "Street 1".to_owned()],
        to: vec!["Receiver".to_owned(), "1000 Town".to_owned()],
        order: "TEST-42".to_owned(),
        carton: "1 / 1".to_owned(),
        code: CartonCode::Sscc("376104250021234569".to_owned()),
        ..CartonLabel::default()
    };
    Ok(sample.label(LabelMedia::CARTON)?)
}
