//! Tax as computed at the till: inclusive of the price, one rate per class, stored as computed.
//!
//! Exclusive taxes, several rates per line and jurisdictions come with the till's own issue.

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

/// Sums amounts by rate, ascending, and computes the tax once per rate so that the receipt's table
/// adds up; nothing on overflow.
#[must_use]
pub fn summarise(lines: impl IntoIterator<Item = (Rate, Minor)>) -> Option<Vec<TaxSum>> {
    let mut by_rate = std::collections::BTreeMap::<Rate, Minor>::new();
    for (rate, amount) in lines {
        let sum = by_rate.entry(rate).or_default();
        *sum = sum.plus(amount)?;
    }
    by_rate
        .into_iter()
        .map(|(rate, gross_minor)| {
            Some(TaxSum {
                rate,
                gross_minor,
                tax_minor: contained(gross_minor, rate)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Rate, contained, summarise};
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
}
