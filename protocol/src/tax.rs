//! Tax as computed at the till and stored as computed: within the price or added to it, rounded for
//! each line or for all of a rate, as the [`Jurisdiction`] of a store says.
//!
//! A line has one rate, which may be the sum of several taxes ([`TaxPart`] says of which). What a
//! line costs always has its tax in it, also where the tax was added: what comes back bears exactly
//! what was paid.

mod jurisdiction;
mod levied;

pub use jurisdiction::{Jurisdiction, JurisdictionRefused, TaxPart};
pub use levied::{Tax, TaxRefused};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Minor;

/// A tax rate in thousandths of a percent: 21 % is 21 000.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[schema(value_type = u32, example = 21000)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Rate(#[n(0)] pub u32);

/// The tax of everything sold at one rate, with the amount it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct TaxSum {
    /// The rate.
    #[n(0)]
    pub rate: Rate,
    /// What was paid, tax included.
    #[n(1)]
    pub gross_minor: Minor,
    /// The tax in it.
    #[n(2)]
    pub tax_minor: Minor,
}

impl TaxSum {
    /// Returns what was paid without the tax in it; beyond an `i64` it saturates.
    #[must_use]
    pub fn net_minor(&self) -> Minor {
        Minor(self.gross_minor.0.saturating_sub(self.tax_minor.0))
    }
}

/// Returns the tax contained in a gross amount: `gross × rate ÷ (100 % + rate)`, halves away from
/// zero; nothing on overflow.
#[must_use]
pub fn contained(gross: Minor, rate: Rate) -> Option<Minor> {
    let rate = i64::from(rate.0);
    gross.scaled(rate, 100_000 + rate)
}

/// Sums amounts that bear their tax by rate, ascending, and computes the tax once per rate so that
/// the receipt's table adds up; nothing on overflow.
#[must_use]
pub fn summarise(lines: impl IntoIterator<Item = (Rate, Minor)>) -> Option<Vec<TaxSum>> {
    let lines: Vec<(Rate, Minor)> = lines.into_iter().collect();
    Some(Taxation::default().tax(&lines)?.sums)
}

/// How a jurisdiction taxes prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
pub struct Taxation {
    /// Whether the tax is in a price.
    #[serde(default)]
    pub prices: PricesAre,
    /// What is rounded.
    #[serde(default)]
    pub rounding: TaxRounding,
}

/// Whether prices, in catalogues, lists and on shelves, bear the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PricesAre {
    /// They do: what the label says is what is paid.
    #[default]
    WithTax,
    /// The tax is added when the sale is paid.
    BeforeTax,
}

impl PricesAre {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WithTax, Self::BeforeTax];

    /// Returns its word in files and forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WithTax => "with_tax",
            Self::BeforeTax => "before_tax",
        }
    }
}

/// What is rounded to the smallest coin, halves away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    /// The tax of all lines of a rate together.
    #[default]
    Total,
    /// The tax of each line.
    Line,
}

impl TaxRounding {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Total, Self::Line];

    /// Returns its word in files and forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Line => "line",
        }
    }
}

/// What lines come to with their taxes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taxed {
    /// The tax that is added to each line, in their order; nothing on any where prices bear it.
    pub added_minor: Vec<Minor>,
    /// The tax by rate, ascending.
    pub sums: Vec<TaxSum>,
}

impl Taxation {
    /// Taxes lines by their rates and prices.
    ///
    /// Tax that is added and rounded in total is split over the lines of its rate by what they
    /// cost, the largest remainder first, so that the lines add up to what is paid. Returns nothing
    /// on overflow of an `i64`.
    #[must_use]
    pub fn tax(self, lines: &[(Rate, Minor)]) -> Option<Taxed> {
        let mut added_minor = vec![Minor::ZERO; lines.len()];
        let mut by_rate = std::collections::BTreeMap::<Rate, Vec<usize>>::new();
        for (at, (rate, _)) in lines.iter().enumerate() {
            by_rate.entry(*rate).or_default().push(at);
        }
        let mut sums = Vec::with_capacity(by_rate.len());
        for (rate, places) in by_rate {
            let prices: Vec<Minor> = places.iter().map(|at| lines[*at].1).collect();
            let price_minor = Minor::sum(prices.iter().copied())?;
            let taxes = self.taxes_of(rate, &prices, price_minor)?;
            let tax_minor = Minor::sum(taxes.iter().copied())?;
            let gross_minor = match self.prices {
                PricesAre::WithTax => price_minor,
                PricesAre::BeforeTax => {
                    for (at, tax) in places.into_iter().zip(taxes) {
                        added_minor[at] = tax;
                    }
                    price_minor.plus(tax_minor)?
                }
            };
            sums.push(TaxSum {
                rate,
                gross_minor,
                tax_minor,
            });
        }
        Some(Taxed { added_minor, sums })
    }

    /// Returns the tax of each of the prices of one rate.
    fn taxes_of(self, rate: Rate, prices: &[Minor], price_minor: Minor) -> Option<Vec<Minor>> {
        let of = |price: Minor| match self.prices {
            PricesAre::WithTax => contained(price, rate),
            PricesAre::BeforeTax => added(price, rate),
        };
        match self.rounding {
            TaxRounding::Line => prices.iter().map(|price| of(*price)).collect(),
            TaxRounding::Total => {
                let tax = of(price_minor)?;
                let weights: Vec<i64> = prices.iter().map(|price| price.0.max(0)).collect();
                // Lines that all cost nothing bear no tax to split.
                let none = || vec![Minor::ZERO; prices.len()];
                Some(tax.split(&weights).unwrap_or_else(none))
            }
        }
    }
}

/// Returns the tax that is added to a price: `price × rate`, halves away from zero; nothing on
/// overflow.
#[must_use]
pub fn added(price: Minor, rate: Rate) -> Option<Minor> {
    price.scaled(i64::from(rate.0), 100_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{PricesAre, Rate, TaxRounding, Taxation, contained, summarise};
    use crate::money::Minor;

    #[test]
    fn tax_is_taken_out_of_the_price_once_per_rate() {
        assert_eq!(contained(Minor(12_100), Rate(21_000)), Some(Minor(2_100)));
        assert_eq!(contained(Minor(999), Rate(0)), Some(Minor(0)));
        let sums = summarise([
            (Rate(21_000), Minor(99)),
            (Rate(6_000), Minor(350)),
            (Rate(21_000), Minor(99)),
        ])
        .unwrap();
        let plain: Vec<_> = sums
            .iter()
            .map(|s| (s.rate.0, s.gross_minor.0, s.tax_minor.0))
            .collect();
        assert_eq!(plain, [(6_000, 350, 20), (21_000, 198, 34)]);
        assert_eq!(sums[1].net_minor(), Minor(164));
    }

    #[track_caller]
    fn check(taxation: Taxation, lines: &[(u32, i64)], added: &[i64], taxes: &[i64]) {
        let lines: Vec<(Rate, Minor)> = lines.iter().map(|it| (Rate(it.0), Minor(it.1))).collect();
        let taxed = taxation.tax(&lines).unwrap();
        let plain: Vec<i64> = taxed.added_minor.iter().map(|it| it.0).collect();
        let sums: Vec<i64> = taxed.sums.iter().map(|it| it.tax_minor.0).collect();
        assert_eq!((plain.as_slice(), sums.as_slice()), (added, taxes));
    }

    #[test]
    fn a_jurisdiction_says_whether_tax_is_added_and_what_is_rounded() {
        let lines = [(8_875, 499), (0, 250), (8_875, 499)];
        let of = |prices, rounding| Taxation { prices, rounding };
        let (before, with) = (PricesAre::BeforeTax, PricesAre::WithTax);
        // 8.875 % of 9.98 is 0.8857; of 4.99 it is 0.4429.
        check(
            of(before, TaxRounding::Total),
            &lines,
            &[45, 0, 44],
            &[0, 89],
        );
        check(
            of(before, TaxRounding::Line),
            &lines,
            &[44, 0, 44],
            &[0, 88],
        );
        check(of(with, TaxRounding::Total), &lines, &[0, 0, 0], &[0, 81]);
        check(of(with, TaxRounding::Line), &lines, &[0, 0, 0], &[0, 82]);
        check(of(before, TaxRounding::Total), &[(8_875, 0)], &[0], &[0]);
    }

    proptest! {
        #[test]
        fn lines_with_their_taxes_add_up_to_the_table(
            lines in prop::collection::vec((0_u32..3, 0_i64..1_000_000), 1..20),
            prices in prop::sample::select(&PricesAre::ALL[..]),
            rounding in prop::sample::select(&TaxRounding::ALL[..]),
        ) {
            let rates = [Rate(0), Rate(8_875), Rate(21_000)];
            let lines: Vec<(Rate, Minor)> = lines
                .iter()
                .map(|(rate, price)| (rates[*rate as usize], Minor(*price)))
                .collect();
            let taxed = Taxation { prices, rounding }.tax(&lines).unwrap();
            let added: i64 = taxed.added_minor.iter().map(|it| it.0).sum();
            let paid: i64 = lines.iter().map(|it| it.1.0).sum::<i64>() + added;
            prop_assert_eq!(taxed.sums.iter().map(|it| it.gross_minor.0).sum::<i64>(), paid);
            for ((rate, price), tax) in lines.iter().zip(&taxed.added_minor) {
                let exact = i128::from(price.0) * i128::from(rate.0);
                let off = (i128::from(tax.0) * 100_000 - exact).abs();
                prop_assert!(prices == PricesAre::WithTax || off < 100_000);
            }
        }
    }
}
