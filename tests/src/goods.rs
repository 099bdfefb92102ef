//! What the journeys' shops sell: plain goods with prices a reader can add up, and their catalogue
//! as the hub imports it.
//!
//! Nothing is random here: good number 7 is the same in every test.

use std::fmt::Write;

use counterpart_protocol::barcode::Gtin;

/// One thing on the shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    /// What it is counted under.
    pub sku: String,
    /// The code on its package.
    pub gtin: String,
    /// What the receipt calls it.
    pub name: String,
    /// Its price with tax, in minor units; nothing for the one nobody has priced yet.
    pub price_minor: Option<i64>,
    tax_class: &'static str,
    department: &'static str,
}

/// The departments, each with the tax class of its goods (the hub's built-in set).
const DEPARTMENTS: [(&str, &str, &str); 4] = [
    ("Grocery", "Oat biscuits", "reduced"),
    ("Kitchen", "Enamel mug", "standard"),
    ("Books", "Pocket atlas", "reduced"),
    ("Clothing", "Wool socks", "standard"),
];

/// Returns the first `count` goods; each has a price from 0.25 to 20.00, never twice in a row.
///
/// # Panics
///
/// When `count` has more than nine digits, which a code of ours cannot hold.
#[must_use]
pub fn shelf(count: u32) -> Vec<Good> {
    (1..=count).map(good).collect()
}

/// Returns the good nobody has given a price: scanning it must be refused with what to do.
#[must_use]
pub fn unpriced() -> Good {
    Good {
        price_minor: None,
        ..good(999_999_999)
    }
}

/// Returns a code with a right check digit that no shelf carries.
#[must_use]
pub fn unknown_code() -> String {
    code(999_999_998)
}

/// Returns the code with its last digit misread.
#[must_use]
pub fn misread(code: &str) -> String {
    let (body, last) = code.split_at(code.len() - 1);
    let last: u8 = last.parse().expect("a code ends with a digit");
    format!("{body}{}", (last + 1) % 10)
}

/// Returns the catalogue as the hub's import takes it.
#[must_use]
pub fn csv(goods: &[Good]) -> String {
    let mut text = "sku,gtins,name,department,unit,price,tax_class\n".to_owned();
    for good in goods {
        let price = good.price_minor.map_or_else(String::new, decimal);
        let Good {
            sku,
            gtin,
            name,
            department,
            tax_class,
            ..
        } = good;
        writeln!(
            text,
            "{sku},{gtin},{name},{department},piece,{price},{tax_class}"
        )
        .expect("a string takes every line");
    }
    text
}

/// Returns minor units of a currency with two decimals as a shop writes them: `12.50`.
#[must_use]
pub fn decimal(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn good(number: u32) -> Good {
    let kinds = u32::try_from(DEPARTMENTS.len()).expect("there are four");
    let kind = usize::try_from(number % kinds).expect("there are four");
    let (department, name, tax_class) = DEPARTMENTS[kind];
    Good {
        sku: format!("G-{number:05}"),
        gtin: code(number),
        name: format!("{name} {number}"),
        price_minor: Some(25 * (1 + i64::from(number) * 7 % 80)),
        tax_class,
        department,
    }
}

/// Returns the GTIN-13 of a good, in the range GS1 leaves to a shop's own use (prefix 29: GS1
/// General Specifications, section 2.1.11).
fn code(number: u32) -> String {
    let body = format!("290{number:09}");
    let gtin = Gtin::with_check_digit(&body).expect("twelve digits have a check digit");
    gtin.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use counterpart_protocol::barcode::Gtin;

    use super::{csv, misread, shelf, unknown_code, unpriced};

    #[test]
    fn goods_differ_and_carry_codes_a_scanner_accepts() {
        let goods = shelf(1_000);
        let codes: BTreeSet<&str> = goods.iter().map(|good| good.gtin.as_str()).collect();
        assert_eq!(codes.len(), goods.len());
        assert!(codes.iter().all(|code| Gtin::read(code).is_ok()));
        assert!(!codes.contains(unknown_code().as_str()));
        assert!(Gtin::read(&misread(&goods[0].gtin)).is_err());
    }

    #[test]
    fn a_catalogue_is_one_line_a_good() {
        let lines = csv(&[shelf(1).remove(0), unpriced()]);
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(
            lines[1],
            "G-00001,2900000000018,Enamel mug 1,Kitchen,piece,2.00,standard"
        );
        assert!(lines[2].contains(",piece,,"), "{}", lines[2]);
    }
}
