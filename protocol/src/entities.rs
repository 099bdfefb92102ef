//! The companies that run stores: what invoices and receipts must say of them.
//!
//! One company may run many stores. Its record is the hub's; every store is told its own company
//! with what else it is told of itself.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{EntityId, StoreId};

/// A country nobody named: of the codes ISO 3166-1 leaves to its users, the one Unicode's CLDR
/// takes for "unknown region". A tax number under it counts everywhere.
pub const COUNTRY_UNKNOWN: &str = "ZZ";

/// Who runs a store, since 0.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LegalEntity {
    /// Its short name at the hub; nothing from a hub that kept no record of its own for it.
    #[serde(default)]
    pub entity_id: Option<EntityId>,
    /// Its registered name.
    pub name: String,
    /// Its registered address, a line each.
    #[serde(default)]
    pub address_lines: Vec<String>,
    /// Its number in the register of companies.
    #[serde(default)]
    pub registration_number: Option<String>,
    /// The tax number receipts of this store name, if the store has none of its own.
    #[serde(default)]
    pub tax_number: Option<String>,
    /// Its tax numbers that count where the store is, for invoices.
    #[serde(default)]
    pub tax_numbers: Vec<TaxNumber>,
    /// What the numbers of its papers begin with, where a store has no beginning of its own.
    #[serde(default)]
    pub number_prefix: Option<NumberPrefix>,
}

/// A number a tax office gave a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxNumber {
    /// Where it counts: two letters (ISO 3166-1 alpha-2), or `ZZ` for everywhere.
    #[schema(example = "BE")]
    pub country: String,
    /// What it is for.
    pub kind: TaxNumberKind,
    /// The number as it is printed.
    #[schema(example = "BE 0123.456.789")]
    pub number: String,
}

/// What a tax number is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TaxNumberKind {
    /// Value added tax, as other companies check it.
    Vat,
    /// Any other that the country's papers must show.
    Local,
}

/// A text that is no tax number or no prefix of numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntityRefused {
    /// No tax number.
    #[error(
        "'{0}' is no tax number: write country, kind (vat or local) and number, such as \
         BE vat BE 0123.456.789"
    )]
    TaxNumber(String),
    /// No prefix.
    #[error("'{0}' is no beginning of numbers: 1 to 8 capital letters and digits, such as GHE")]
    Prefix(String),
}

impl TaxNumberKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Vat, Self::Local];

    /// Returns its word in forms and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vat => "vat",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for TaxNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.country, self.kind.word(), self.number)
    }
}

impl FromStr for TaxNumber {
    type Err = EntityRefused;

    fn from_str(text: &str) -> Result<Self, EntityRefused> {
        let read = || {
            let (country, rest) = text.trim().split_once(' ')?;
            let (kind, number) = rest.trim_start().split_once(' ')?;
            let kinds = TaxNumberKind::ALL.into_iter();
            let kind = kinds.into_iter().find(|known| known.word() == kind)?;
            let number = number.trim();
            (is_country(country) && !number.is_empty()).then(|| Self {
                country: country.to_owned(),
                kind,
                number: number.to_owned(),
            })
        };
        read().ok_or_else(|| EntityRefused::TaxNumber(text.trim().to_owned()))
    }
}

/// Tells whether a text is written like a country: two capital letters.
#[must_use]
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Returns those of a company's tax numbers that count in `country`: those given there, those that
/// count everywhere; all of them where none was given or nobody said where the store is.
#[must_use]
pub fn counting_in(numbers: &[TaxNumber], country: Option<&str>) -> Vec<TaxNumber> {
    let here: Vec<TaxNumber> = numbers
        .iter()
        .filter(|number| number.country == COUNTRY_UNKNOWN || Some(&*number.country) == country)
        .cloned()
        .collect();
    match here.is_empty() {
        true => numbers.to_vec(),
        false => here,
    }
}

/// What the numbers of a company's or a store's papers begin with: 1 to 8 of `A` to `Z` and
/// `0` to `9`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 8,
    pattern = "^[A-Z0-9]{1,8}$",
    example = "GHE"
)]
#[serde(try_from = "String", into = "String")]
pub struct NumberPrefix(String);

impl NumberPrefix {
    /// The longest, in characters: with it a number still fits half a line of paper.
    const MAX: usize = 8;

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what numbers begin with where nobody chose it: the letters and digits of the store's
    /// short name, as many as fit.
    ///
    /// # Panics
    ///
    /// Never: a short name begins with a letter or a digit.
    #[must_use]
    pub fn of_store(store_id: &StoreId) -> Self {
        let plain = store_id
            .as_str()
            .chars()
            .filter(char::is_ascii_alphanumeric);
        let prefix: String = plain.take(Self::MAX).collect();
        let prefix = prefix.to_ascii_uppercase().parse();
        prefix.expect("a short name begins with a letter or a digit")
    }
}

impl<C> Encode<C> for NumberPrefix {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for NumberPrefix {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let refused = |_| minicbor::decode::Error::message("not the beginning of a number");
        d.str()?.parse().map_err(refused)
    }
}

impl FromStr for NumberPrefix {
    type Err = EntityRefused;

    fn from_str(text: &str) -> Result<Self, EntityRefused> {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let fits = (1..=Self::MAX).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned()))
            .ok_or_else(|| EntityRefused::Prefix(text.to_owned()))
    }
}

impl TryFrom<String> for NumberPrefix {
    type Error = EntityRefused;

    fn try_from(text: String) -> Result<Self, EntityRefused> {
        text.parse()
    }
}

impl From<NumberPrefix> for String {
    fn from(prefix: NumberPrefix) -> Self {
        prefix.0
    }
}

impl fmt::Display for NumberPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{LegalEntity, NumberPrefix, TaxNumber, counting_in};

    #[test]
    fn a_tax_number_reads_back_as_it_is_written() {
        for text in ["BE vat BE 0123.456.789", "DE local 12/345/67890"] {
            assert_eq!(text.parse::<TaxNumber>().unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "BE",
            "BE vat",
            "BE vat ",
            "be vat 1",
            "BE tva 1",
            "BEL vat 1",
        ] {
            assert!(wrong.parse::<TaxNumber>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_store_names_the_numbers_of_its_own_country() {
        #[track_caller]
        fn check(country: Option<&str>, expected: &[&str]) {
            let all = ["BE vat BE1", "DE vat DE1", "DE local 12/3"];
            let all: Vec<TaxNumber> = all.iter().map(|text| text.parse().unwrap()).collect();
            let found: Vec<String> = counting_in(&all, country)
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(found, expected);
        }
        check(Some("BE"), &["BE vat BE1"]);
        check(Some("DE"), &["DE vat DE1", "DE local 12/3"]);
        check(Some("FR"), &["BE vat BE1", "DE vat DE1", "DE local 12/3"]);
        check(None, &["BE vat BE1", "DE vat DE1", "DE local 12/3"]);
    }

    #[test]
    fn a_prefix_is_short_and_plain() {
        assert_eq!("GHE1".parse::<NumberPrefix>().unwrap().as_str(), "GHE1");
        for wrong in ["", "ghe", "GHE-1", "GHENT1234"] {
            assert!(wrong.parse::<NumberPrefix>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_an_older_hub_said_of_a_company_is_read() {
        let said = r#"{"name":"Corner","registration_number":null,"tax_number":"BE 1"}"#;
        let entity: LegalEntity = serde_json::from_str(said).unwrap();
        assert_eq!(entity.tax_number.as_deref(), Some("BE 1"));
        assert!(entity.tax_numbers.is_empty() && entity.entity_id.is_none());
    }
}
