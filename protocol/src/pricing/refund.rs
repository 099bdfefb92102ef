//! What goes back for a part of what was sold: exactly what was paid for it, and never more.
//!
//! What has gone back after a quantity is one function of that quantity, rounded once. A return
//! pays the difference between two of its values, so whatever the parts, they add up to what was
//! paid.

use std::collections::BTreeMap;

use crate::money::Minor;
use crate::quantity::Milli;
use crate::tax::{Rate, TaxSum};

/// What of a line has come back so far, and what comes back now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Back {
    /// How much was sold; more than nothing.
    pub sold_milli: Milli,
    /// How much came back before.
    pub before_milli: Milli,
    /// How much comes back now.
    pub now_milli: Milli,
}

/// Returns what goes back now of what was `paid` for the line.
///
/// Returns nothing when a quantity is negative, nothing comes back now, or more would come back
/// than was sold.
#[must_use]
pub fn refunded(paid: Minor, back: Back) -> Option<Minor> {
    let Back {
        sold_milli: Milli(sold),
        before_milli: Milli(before),
        now_milli: Milli(now),
    } = back;
    let after = before.checked_add(now)?;
    if before < 0 || now <= 0 || after > sold {
        return None;
    }
    paid.scaled(after, sold)?.minus(paid.scaled(before, sold)?)
}

/// Returns the tax that goes back, by ascending rate: each rate's part of the tax the sale stored.
///
/// `before` and `now` are what went back and goes back of what was paid at each rate. As with
/// amounts, the taxes of all returns of a sale add up to the stored one and never exceed it.
///
/// Returns nothing when more would go back at a rate than was paid at it.
#[must_use]
pub fn taxes_back(
    stored: &[TaxSum],
    before: &BTreeMap<Rate, Minor>,
    now: &BTreeMap<Rate, Minor>,
) -> Option<Vec<TaxSum>> {
    let mut back = Vec::new();
    for (rate, gross) in now {
        let sold = stored.iter().find(|tax| tax.rate == *rate)?;
        let earlier = before.get(rate).copied().unwrap_or_default();
        let after = earlier.plus(*gross)?;
        if *gross < Minor::ZERO || earlier < Minor::ZERO || after > sold.gross_minor {
            return None;
        }
        let part = |gross: Minor| match sold.gross_minor {
            Minor(0) => Some(Minor::ZERO),
            Minor(whole) => sold.tax_minor.scaled(gross.0, whole),
        };
        back.push(TaxSum {
            rate: *rate,
            gross_minor: *gross,
            tax_minor: part(after)?.minus(part(earlier)?)?,
        });
    }
    Some(back)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{Back, refunded, taxes_back};
    use crate::money::Minor;
    use crate::quantity::Milli;
    use crate::tax::{Rate, summarise};

    fn back(sold: i64, before: i64, now: i64) -> Back {
        Back {
            sold_milli: Milli(sold),
            before_milli: Milli(before),
            now_milli: Milli(now),
        }
    }

    #[test]
    fn three_for_ten_come_back_one_by_one_for_exactly_ten() {
        let parts: Vec<i64> = [0, 1_000, 2_000]
            .map(|before| {
                refunded(Minor(1_000), back(3_000, before, 1_000))
                    .unwrap()
                    .0
            })
            .to_vec();
        assert_eq!(parts, [333, 334, 333]);
    }

    #[test]
    fn no_more_comes_back_than_was_sold() {
        assert_eq!(refunded(Minor(1_000), back(3_000, 3_000, 1)), None);
        assert_eq!(refunded(Minor(1_000), back(3_000, 0, 3_001)), None);
        assert_eq!(refunded(Minor(1_000), back(3_000, -1_000, 1_000)), None);
        assert_eq!(refunded(Minor(1_000), back(3_000, 0, 0)), None);
        assert_eq!(refunded(Minor(1_000), back(3_000, i64::MAX, 1)), None);
    }

    proptest! {
        #[test]
        fn any_parts_add_up_to_what_was_paid_and_never_exceed_it(
            paid in 0_i64..10_000_000,
            parts in prop::collection::vec(1_i64..5_000, 1..20),
        ) {
            let sold: i64 = parts.iter().sum();
            let (mut before, mut sum) = (0, 0);
            for now in parts {
                let part = refunded(Minor(paid), back(sold, before, now)).unwrap();
                prop_assert!(part >= Minor::ZERO);
                before += now;
                sum += part.0;
                prop_assert!(sum <= paid);
            }
            prop_assert_eq!(sum, paid);
        }

        #[test]
        fn the_taxes_of_all_returns_are_the_stored_one(
            lines in prop::collection::vec((0_u32..3, 1_i64..100_000), 1..12),
        ) {
            let rates = [Rate(21_000), Rate(6_000), Rate(0)];
            let paid: Vec<(Rate, Minor)> = lines
                .iter()
                .map(|(rate, amount)| (rates[*rate as usize], Minor(*amount)))
                .collect();
            let stored = summarise(paid.iter().copied()).unwrap();
            let (mut before, mut taxes) = (BTreeMap::new(), BTreeMap::new());
            for (rate, amount) in paid {
                let now = BTreeMap::from([(rate, amount)]);
                for tax in taxes_back(&stored, &before, &now).unwrap() {
                    *taxes.entry(tax.rate).or_insert(0) += tax.tax_minor.0;
                    prop_assert!(tax.tax_minor >= Minor::ZERO);
                }
                let sum = before.entry(rate).or_insert(Minor::ZERO);
                *sum = sum.plus(amount).unwrap();
            }
            for tax in &stored {
                prop_assert_eq!(taxes[&tax.rate], tax.tax_minor.0);
            }
            let more = BTreeMap::from([(stored[0].rate, Minor(1))]);
            prop_assert_eq!(taxes_back(&stored, &before, &more), None);
        }
    }
}
