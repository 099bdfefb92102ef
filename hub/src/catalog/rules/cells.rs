//! Reads one cell of a product file each: the value, or a sentence on what is wrong.

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{TaxClass, Unit};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::{Currency, Minor};

/// The longest name: two lines of a receipt.
pub(super) const NAME_CHARS_MAX: usize = 80;
/// The longest name of a department: a tab on a screen.
pub(super) const DEPARTMENT_CHARS_MAX: usize = 40;
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

    use super::{gtins, line, price, unit};

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
}
