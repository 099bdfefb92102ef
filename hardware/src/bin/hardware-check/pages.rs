//! What is printed to look at: a page with every look and character table, and two labels.

use counterpart_hardware::Profile;
use counterpart_paper::{
    Align, Barcode, CartonCode, CartonLabel, Document, Label, LabelMedia, Qr, ShelfLabel, Style,
};

/// A page on which a person sees what is wrong: the euro sign tells the tables apart.
pub(super) fn test_page(profile: &Profile) -> anyhow::Result<Document> {
    let mut page = Document::new();
    page.styled("TEST PAGE", Style::title())
        .centred(&profile.name)
        .rule()
        .text("plain")
        .styled("bold", Style::bold())
        .styled("tall", Style::plain().and_tall())
        .styled("wide", Style::plain().and_wide())
        .styled("right", Style::plain().align(Align::Right))
        .columns("left and", "right")
        .rule()
        .text("West    € £ ß é ñ ø")
        .text("Central Ł ź č ř ő")
        .text("Turkish ğ ş İ ı")
        .text("Baltic  ā ė ų ž")
        .text("Greek   Ω ά π")
        .text("Cyrill. Ж я ё")
        .double_rule()
        .barcode(Barcode::ean13("4006381333931")?)
        .barcode(Barcode::code128("TEST-42")?)
        .qr(Qr::new("https://example.org/test")?)
        .feed(1)
        .cut();
    Ok(page)
}

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
