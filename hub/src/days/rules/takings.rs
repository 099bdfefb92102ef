//! What a day took in one currency, as the hub's views or a seal say it.

use std::collections::BTreeMap;

use counterpart_protocol::days;
use serde::Serialize;
use utoipa::ToSchema;

/// What came in on a day in one currency. Amounts beyond an `i64` saturate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Takings {
    /// The currency of every amount.
    #[schema(example = "EUR")]
    pub currency: String,
    /// How many sales.
    pub sales: u64,
    /// What they came to in minor units, tax included.
    pub total_minor: i64,
    /// What cash was rounded by in minor units, sales less returns.
    pub rounding_minor: i64,
    /// What stayed, by the word for the kind of tender: given less change and less what went back.
    pub tenders: BTreeMap<String, i64>,
    /// Tax in minor units, by rate in thousandths of a percent; less what went back.
    pub taxes: BTreeMap<u32, i64>,
    /// How many returns.
    pub returns: u64,
    /// What went back for them in minor units; tenders and taxes are less by it already.
    pub returned_minor: i64,
}

impl Takings {
    pub(in crate::days) fn of_nothing(currency: &str) -> Self {
        Self {
            currency: currency.to_owned(),
            sales: 0,
            total_minor: 0,
            rounding_minor: 0,
            tenders: BTreeMap::new(),
            taxes: BTreeMap::new(),
            returns: 0,
            returned_minor: 0,
        }
    }
}

impl From<&days::Takings> for Takings {
    fn from(sealed: &days::Takings) -> Self {
        let tenders = sealed.tenders.iter();
        let taxes = sealed.taxes.iter();
        Self {
            currency: sealed.currency.code().to_owned(),
            sales: sealed.sales,
            total_minor: sealed.total_minor.0,
            rounding_minor: sealed.rounding_minor.map_or(0, |by| by.0),
            tenders: tenders
                .map(|tender| (tender.kind.word().to_owned(), tender.amount_minor.0))
                .collect(),
            taxes: taxes.map(|tax| (tax.rate.0, tax.tax_minor.0)).collect(),
            returns: sealed.returned.map_or(0, |back| back.returns),
            returned_minor: sealed.returned.map_or(0, |back| back.total_minor.0),
        }
    }
}
