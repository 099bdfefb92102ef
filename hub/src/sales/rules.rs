//! Decides what the received receipts prove, and how sums of days are added.

use serde::Serialize;
use utoipa::ToSchema;

/// How many sales, and what they came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct DaySum {
    /// How many.
    pub sales: i64,
    /// What they came to, in minor units.
    pub total_minor: i64,
}

impl DaySum {
    /// Returns the sum of two; amounts beyond an `i64` saturate.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            sales: self.sales.saturating_add(other.sales),
            total_minor: self.total_minor.saturating_add(other.total_minor),
        }
    }
}

/// What is known about the completeness of receipts, or of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Proof {
    /// Papers that should be there: the highest number of every series, added up.
    pub issued: i64,
    /// Of these, how many have not arrived.
    pub missing: i64,
    /// Numbers that arrived more than once, which only a copied edge can cause.
    pub doubled: i64,
}

impl Proof {
    /// Tells whether everything issued has arrived, once.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing == 0 && self.doubled == 0
    }
}

/// Adds up what series prove: `(highest, arrived, doubled)` of each. Numbers of a series run from 1
/// without a gap, so as many receipts as the highest number must have arrived.
#[must_use]
pub fn prove(series: impl IntoIterator<Item = (i64, i64, i64)>) -> Proof {
    series
        .into_iter()
        .fold(Proof::default(), |sum, (highest, arrived, doubled)| Proof {
            issued: sum.issued + highest,
            missing: sum.missing + (highest - arrived).max(0),
            doubled: sum.doubled + doubled,
        })
}

#[cfg(test)]
mod tests {
    use super::{DaySum, Proof, prove};

    #[test]
    fn a_gap_in_the_numbers_is_a_missing_receipt() {
        let proof = prove([(40, 40, 0), (7, 5, 0)]);
        let expected = Proof {
            issued: 47,
            missing: 2,
            doubled: 0,
        };
        assert_eq!(proof, expected);
        assert!(!proof.is_complete());
        assert!(prove([]).is_complete());
        assert!(!prove([(1, 1, 1)]).is_complete());
    }

    #[test]
    fn a_sum_beyond_all_money_stays_there() {
        let most = DaySum {
            sales: 1,
            total_minor: i64::MAX,
        };
        assert_eq!(most.with(most).total_minor, i64::MAX);
    }
}
