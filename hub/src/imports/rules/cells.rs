//! Reads one cell of a file each: the value, or a sentence on what is wrong.

use std::collections::HashSet;

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{TaxClass, Traced, Unit};
use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::DEPARTMENT_PREFIX;
use counterpart_protocol::stored::STORED_SKU;

/// The longest name: two lines of a receipt.
pub(super) const NAME_CHARS_MAX: usize = 80;
/// The longest name of a department: a tab on a screen.
pub(super) const DEPARTMENT_CHARS_MAX: usize = 40;
/// The longest name of a class or a group: a word in policies.
pub(super) const CLASS_CHARS_MAX: usize = 40;
/// What one variant may differ in.
const OPTIONS_MAX: usize = 5;
/// The longest address of a picture.
const PICTURE_CHARS_MAX: usize = 500;
/// More of one thing than any store has, in thousandths: a number typed into the wrong column.
const QUANTITY_MILLI_MAX: i64 = 999_999_999;
/// Numbers one product may have.
const GTINS_MAX: usize = 20;
/// The dearest thing a till may sell, in minor units: an eight-figure price is a typing mistake.
const PRICE_MINOR_MAX: i64 = 999_999_999;

/// Reads a line of text of at most `chars_max` characters.
pub(super) fn line(text: &str, chars_max: usize) -> Result<String, String> {
    if text.is_empty() {
        return Err("the cell is empty".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("the text has a line break or another control character".to_owned());
    }
    match text.chars().count() {
        count if count > chars_max => Err(format!(
            "the text has {count} characters, at most {chars_max} fit"
        )),
        _ => Ok(text.to_owned()),
    }
}

pub(super) fn sku(text: &str) -> Result<Sku, String> {
    text.parse().map_err(|refused| format!("{refused}"))
}

/// Reads the SKU of a product, which is none that stands for a department or for money.
pub(super) fn product_sku(text: &str) -> Result<Sku, String> {
    let sku = sku(text)?;
    if sku.is_stored_value() {
        return Err(format!(
            "{STORED_SKU} stands for money on gift cards: choose another SKU"
        ));
    }
    match sku.is_department() {
        true => Err(format!(
            "{DEPARTMENT_PREFIX} begins what tills sell by department: choose another SKU"
        )),
        false => Ok(sku),
    }
}

/// Reads the slug of a store there is.
pub(super) fn store(text: &str, stores: &HashSet<StoreId>) -> Result<StoreId, String> {
    let store_id: StoreId = text.parse().map_err(|refused| format!("{refused}"))?;
    match stores.contains(&store_id) {
        true => Ok(store_id),
        false => Err(format!("there is no store called {store_id}")),
    }
}

pub(super) fn unit(text: &str) -> Result<Unit, String> {
    [Unit::Piece, Unit::Kilogram]
        .into_iter()
        .find(|unit| unit.word() == text.to_lowercase())
        .ok_or_else(|| format!("'{text}' is no unit: write piece or kilogram"))
}

pub(super) fn tax_class(text: &str, classes: &[TaxClass]) -> Result<String, String> {
    if classes.iter().any(|class| class.id == text) {
        return Ok(text.to_owned());
    }
    let known: Vec<&str> = classes.iter().map(|class| class.id.as_str()).collect();
    Err(format!(
        "'{text}' is no tax class of this hub: there are {}",
        known.join(", ")
    ))
}

pub(super) fn gtins(text: &str) -> Result<Vec<Gtin>, String> {
    let mut gtins = Vec::new();
    for word in text.split_whitespace() {
        let gtin = Gtin::read(word).map_err(|refused| {
            let hint = match word.contains(['E', '+']) {
                true => ": the spreadsheet has rounded it, format the column as text",
                false => "",
            };
            format!("{word}: {refused}{hint}")
        })?;
        if !gtins.contains(&gtin) {
            gtins.push(gtin);
        }
    }
    match gtins.len() {
        count if count > GTINS_MAX => Err(format!(
            "{count} numbers are too many, at most {GTINS_MAX} fit"
        )),
        _ => Ok(gtins),
    }
}

/// Reads what sets a variant apart: `Size=M|Colour=Red`.
pub(super) fn options(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut options: Vec<(String, String)> = Vec::new();
    for pair in text.split('|').filter(|pair| !pair.trim().is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("'{pair}' is no option: write it as Size=M"))?;
        let name = line(name.trim(), CLASS_CHARS_MAX)?;
        let value = line(value.trim(), CLASS_CHARS_MAX)?;
        if options.iter().any(|(known, _)| *known == name) {
            return Err(format!("{name} is there twice"));
        }
        options.push((name, value));
    }
    match options.len() {
        count if count > OPTIONS_MAX => Err(format!(
            "{count} options are too many, at most {OPTIONS_MAX} fit a screen"
        )),
        _ => Ok(options),
    }
}

/// Reads the address of a picture; pages are served by TLS and show no other.
pub(super) fn picture(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let plain = text.chars().all(|c| c.is_ascii_graphic());
    match text.starts_with("https://") && plain && text.len() <= PICTURE_CHARS_MAX {
        true => Ok(Some(text.to_owned())),
        false => Err("a picture is an https address without spaces".to_owned()),
    }
}

/// Reads from which age a product is sold; empty is for everybody.
pub(super) fn age_min(text: &str) -> Result<Option<u8>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let years = text.parse().ok().filter(|years| (1..=99).contains(years));
    years
        .map(Some)
        .ok_or_else(|| format!("'{text}' is no age: write 1 to 99 years, or leave it empty"))
}

/// Reads what is read off goods when they are sold; empty is nothing.
pub(super) fn traced(text: &str) -> Result<Option<Traced>, String> {
    match text {
        "" => Ok(None),
        _ => Traced::from_word(text).map(Some).ok_or_else(|| {
            format!("'{text}' is not traced: write serial or lot, or leave it empty")
        }),
    }
}

/// Reads how much there is of something counted in `unit`.
pub(super) fn quantity(text: &str, unit: Unit) -> Result<Milli, String> {
    let refused = || format!("'{text}' is no quantity: write digits with at most 3 decimals");
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 3 || !digits(whole) || !digits(decimals) {
        return Err(refused());
    }
    let milli: i64 = format!("{whole}{decimals:0<3}")
        .parse()
        .map_err(|_| refused())?;
    if milli > QUANTITY_MILLI_MAX {
        return Err(format!(
            "{text} is more than a store holds: check the column"
        ));
    }
    match unit {
        Unit::Piece if milli % 1_000 != 0 => Err(format!(
            "{text}: it is counted by the piece, so in whole numbers"
        )),
        Unit::Piece | Unit::Kilogram => Ok(Milli(milli)),
    }
}

/// Reads a price; both the point and the comma separate decimals, and nothing separates thousands.
pub(super) fn price(text: &str, currency: Currency) -> Result<Option<Minor>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = || {
        format!(
            "'{text}' is no price in {currency}: write digits with at most {} decimals and no \
             marks between thousands",
            currency.decimals()
        )
    };
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let places = usize::from(currency.decimals());
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > places || !digits(whole) || !digits(decimals) {
        return Err(refused());
    }
    let minor: i64 = format!("{whole}{decimals:0<places$}")
        .parse()
        .map_err(|_| refused())?;
    match minor > PRICE_MINOR_MAX {
        true => Err(format!(
            "{text} is more than anything costs: check the decimals"
        )),
        false => Ok(Some(Minor(minor))),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::{Currency, Minor};

    use counterpart_protocol::catalog::Unit;
    use counterpart_protocol::quantity::Milli;

    use super::{gtins, line, options, picture, price, quantity, unit};

    #[track_caller]
    fn check_price(text: &str, currency: &str, expected: Option<Option<i64>>) {
        let currency: Currency = currency.parse().unwrap();
        let read = price(text, currency).ok();
        assert_eq!(read, expected.map(|price| price.map(Minor)), "{text}");
    }

    #[test]
    fn a_price_is_read_as_shops_write_it() {
        check_price("", "EUR", Some(None));
        check_price("12", "EUR", Some(Some(1_200)));
        check_price("12.5", "EUR", Some(Some(1_250)));
        check_price("0,05", "EUR", Some(Some(5)));
        check_price("0", "EUR", Some(Some(0)));
        check_price("12", "JPY", Some(Some(12)));
        check_price("1.250", "KWD", Some(Some(1_250)));
        for bad in [
            "12.345",
            "-1",
            "1.2.3",
            "1,250.00",
            "€ 5",
            ".5",
            "5 ",
            "10000000.00",
            "١",
        ] {
            check_price(bad, "EUR", None);
        }
        check_price("1.5", "JPY", None);
    }

    #[test]
    fn what_a_spreadsheet_did_to_a_number_is_said() {
        let refused = gtins("4.00638E+12").unwrap_err();
        assert!(refused.contains("format the column as text"), "{refused}");
        let refused = gtins("4006381333930").unwrap_err();
        assert!(refused.contains("it should be 1"), "{refused}");
        assert_eq!(gtins("4006381333931 4006381333931").unwrap().len(), 1);
        assert_eq!(gtins(" ").unwrap().len(), 0);
    }

    #[test]
    fn a_cell_is_one_line_that_fits() {
        assert!(line("Milk 1 l", 80).is_ok());
        for bad in ["", "a\nb", "a\u{1d}b", &"x".repeat(81)] {
            assert!(line(bad, 80).is_err(), "{bad:?} must be refused");
        }
        assert!(unit("Piece").is_ok());
        assert!(unit("litre").is_err());
    }

    #[test]
    fn what_sets_a_variant_apart_is_read_in_its_order() {
        let read = options("Size = M | Colour=Deep red").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read, [pair("Size", "M"), pair("Colour", "Deep red")]);
        assert_eq!(options("").unwrap(), []);
        for bad in [
            "M",
            "Size=M|Size=L",
            "=M",
            "Size=",
            "a=1|b=2|c=3|d=4|e=5|f=6",
        ] {
            assert!(options(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_quantity_is_whole_where_pieces_are_counted() {
        assert_eq!(quantity("12", Unit::Piece), Ok(Milli(12_000)));
        assert_eq!(quantity("1,25", Unit::Kilogram), Ok(Milli(1_250)));
        assert_eq!(quantity("2.000", Unit::Piece), Ok(Milli(2_000)));
        for bad in ["", "-1", "1.5", "1.2345", "1e3", "9999999"] {
            assert!(
                quantity(bad, Unit::Piece).is_err(),
                "{bad:?} must be refused"
            );
        }
    }

    #[test]
    fn a_picture_is_an_address_a_page_may_show() {
        assert!(picture("").unwrap().is_none());
        assert!(picture("https://img.example/a.jpg").unwrap().is_some());
        for bad in ["http://img.example/a.jpg", "a.jpg", "https://a b"] {
            assert!(picture(bad).is_err(), "{bad:?} must be refused");
        }
    }
}
