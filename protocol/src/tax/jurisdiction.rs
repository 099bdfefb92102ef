//! Where taxes are levied: which taxes, on which classes of goods, from when to when.
//!
//! The hub authors jurisdictions and a store is told its own. A tax that begins is published before
//! it does: the till looks which ones hold on its business date, with or without a hub.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::levied::{TAX_NAME_CHARS_MAX, Tax};
use super::{Rate, TaxSum, Taxation};
use crate::ids::JurisdictionId;
use crate::money::Minor;
use crate::time::BusinessDate;

/// Where a store is taxed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jurisdiction {
    /// Its short name.
    pub jurisdiction_id: JurisdictionId,
    /// Its name.
    pub name: String,
    /// How prices are taxed.
    #[serde(flatten)]
    pub taxation: Taxation,
    /// Its taxes, in the order receipts name them.
    pub taxes: Vec<Tax>,
}

/// One of several taxes that make up a rate, as computed and printed. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct TaxPart {
    /// The rate it is a part of.
    #[n(0)]
    pub of: Rate,
    /// Its name.
    #[n(1)]
    pub name: String,
    /// Its own rate.
    #[n(2)]
    pub rate: Rate,
    /// What it is of the tax at that rate.
    #[n(3)]
    pub tax_minor: Minor,
}

/// Why taxes cannot be a jurisdiction's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JurisdictionRefused {
    /// A tax has no name, or one no receipt has room for.
    #[error("a tax has a name of one line of at most {TAX_NAME_CHARS_MAX} characters")]
    Name,
    /// A rate no tax has.
    #[error("{name} is more than 100 %")]
    Rate {
        /// The tax.
        name: String,
    },
    /// A tax is levied on nothing.
    #[error("{name} names no tax class: say what it is levied on")]
    NoClass {
        /// The tax.
        name: String,
    },
    /// A tax ends before it begins.
    #[error("{name} would end before it begins")]
    Backwards {
        /// The tax.
        name: String,
    },
    /// Two classes come to one rate by different taxes: a receipt could not tell them apart.
    #[error(
        "the tax classes {one} and {other} come to the same rate by different taxes: name the same \
         taxes for both"
    )]
    Ambiguous {
        /// A class.
        one: String,
        /// The other.
        other: String,
    },
}

impl Jurisdiction {
    /// Returns the taxes that are levied on a class of goods on a business date.
    pub fn taxes_on(&self, class: &str, date: BusinessDate) -> impl Iterator<Item = &Tax> {
        let holding = self.taxes.iter().filter(move |tax| tax.holds_on(date));
        holding.filter(move |tax| tax.classes.iter().any(|it| it == class))
    }

    /// Returns what a class of goods is taxed at on a business date: the sum of its taxes. A class
    /// none of them names has none here, and keeps the catalogue's rate.
    #[must_use]
    pub fn rate_of(&self, class: &str, date: BusinessDate) -> Option<Rate> {
        let rates = self.taxes_on(class, date).map(|tax| tax.rate.0);
        rates.reduce(u32::saturating_add).map(Rate)
    }

    /// Returns the taxes that make up a rate on a business date, none if no class comes to it.
    fn made_of(&self, rate: Rate, date: BusinessDate) -> Vec<&Tax> {
        let class = self.classes().into_iter();
        let mut found = class.filter(|class| self.rate_of(class, date) == Some(rate));
        let class = found.next();
        class.map_or_else(Vec::new, |class| self.taxes_on(class, date).collect())
    }

    /// Splits the tax of each rate between the taxes that make it up, by their rates and the
    /// largest remainder, so that the parts add up to it.
    #[must_use]
    pub fn parts(&self, sums: &[TaxSum], date: BusinessDate) -> Vec<TaxPart> {
        let mut parts = Vec::new();
        for sum in sums {
            let taxes = self.made_of(sum.rate, date);
            let weights: Vec<i64> = taxes.iter().map(|tax| i64::from(tax.rate.0)).collect();
            // Taxes of nothing percent are named, and split nothing.
            let none = || vec![Minor::ZERO; taxes.len()];
            let amounts = sum.tax_minor.split(&weights).unwrap_or_else(none);
            parts.extend(taxes.iter().zip(amounts).map(|(tax, tax_minor)| TaxPart {
                of: sum.rate,
                name: tax.name.clone(),
                rate: tax.rate,
                tax_minor,
            }));
        }
        parts
    }

    /// Returns every class its taxes name.
    #[must_use]
    pub fn classes(&self) -> BTreeSet<&str> {
        let all = self.taxes.iter().flat_map(|tax| &tax.classes);
        all.map(String::as_str).collect()
    }

    /// Checks each tax, and that a rate says which taxes it is made of, on every business date.
    ///
    /// # Errors
    /// [`JurisdictionRefused`], the first.
    pub fn check(&self) -> Result<(), JurisdictionRefused> {
        self.taxes.iter().try_for_each(Tax::check)?;
        let begin = BusinessDate::from_days(0).expect("the first date is one");
        let changes = self.taxes.iter().flat_map(|tax| [tax.from, tax.until]);
        let dates: BTreeSet<BusinessDate> = changes.flatten().chain([begin]).collect();
        for date in dates {
            let mut known = std::collections::BTreeMap::<Rate, (&str, Vec<&Tax>)>::new();
            for class in self.classes() {
                let taxes: Vec<&Tax> = self.taxes_on(class, date).collect();
                let Some(rate) = self.rate_of(class, date) else {
                    continue;
                };
                let (one, first) = known.entry(rate).or_insert_with(|| (class, taxes.clone()));
                if *first != taxes {
                    return Err(JurisdictionRefused::Ambiguous {
                        one: (*one).to_owned(),
                        other: class.to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Jurisdiction, JurisdictionRefused, TaxPart};
    use crate::money::Minor;
    use crate::tax::{PricesAre, Rate, TaxRounding, TaxSum, Taxation};
    use crate::time::BusinessDate;

    fn city(taxes: &[&str]) -> Jurisdiction {
        Jurisdiction {
            jurisdiction_id: "new-york".parse().unwrap(),
            name: "New York City".to_owned(),
            taxation: Taxation {
                prices: PricesAre::BeforeTax,
                rounding: TaxRounding::Total,
            },
            taxes: taxes.iter().map(|text| text.parse().unwrap()).collect(),
        }
    }

    fn on(date: &str) -> BusinessDate {
        date.parse().unwrap()
    }

    #[test]
    fn a_class_is_taxed_by_what_is_levied_on_it_that_day() {
        let city = city(&[
            "4 State: standard, clothing",
            "4.5% City: standard; until 2027-01-01",
            "4.75 City: standard; from 2027-01-01",
            "0 Untaxed: food",
        ]);
        assert_eq!(city.check(), Ok(()));
        let rate = |class, date| city.rate_of(class, on(date)).map(|rate| rate.0);
        assert_eq!(rate("standard", "2026-12-31"), Some(8_500));
        assert_eq!(rate("standard", "2027-01-01"), Some(8_750));
        assert_eq!(rate("clothing", "2027-01-01"), Some(4_000));
        assert_eq!(rate("food", "2027-01-01"), Some(0));
        assert_eq!(rate("books", "2027-01-01"), None);
    }

    #[test]
    fn the_parts_of_a_tax_add_up_to_it() {
        let city = city(&[
            "4 State: standard",
            "4.5 City: standard",
            "0.375 Transit: standard",
        ]);
        let sum = TaxSum {
            rate: Rate(8_875),
            gross_minor: Minor(1_087),
            tax_minor: Minor(89),
        };
        let unknown = TaxSum {
            rate: Rate(21_000),
            ..sum
        };
        let parts = city.parts(&[sum, unknown], on("2026-12-01"));
        let plain = |it: &TaxPart| (it.name.clone(), it.of.0, it.rate.0, it.tax_minor.0);
        let plain: Vec<_> = parts.iter().map(plain).collect();
        let expected = [
            ("State".to_owned(), 8_875, 4_000, 40),
            ("City".to_owned(), 8_875, 4_500, 45),
            ("Transit".to_owned(), 8_875, 375, 4),
        ];
        assert_eq!(plain, expected);
    }

    #[test]
    fn taxes_no_till_could_levy_are_refused() {
        #[track_caller]
        fn check(taxes: &[&str], part: &str) {
            let refused: JurisdictionRefused = city(taxes).check().unwrap_err();
            assert!(refused.to_string().contains(part), "{refused}");
        }
        check(&["101 State: standard"], "more than 100 %");
        check(&["4 State:"], "no tax class");
        check(&["4 A tax with a name beyond all receipts: food"], "24");
        let backwards = "4 State: food; from 2027-01-01; until 2027-01-01";
        check(&[backwards], "before it begins");
        let ambiguous = [
            "4 State: food, books",
            "2 City: food",
            "2 Isle: books; from 2027-01-01",
        ];
        check(&ambiguous, "books and food");
        let later = ["4 State: food, books", "2 City: food; until 2026-01-01"];
        assert_eq!(city(&later).check(), Ok(()));
    }
}
