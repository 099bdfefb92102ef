//! What tills may take beside exact cash, and how cash is rounded. Since version 0.1.0; policies
//! published before it say nothing of it, and the defaults hold.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::{Currency, Minor};

/// The tenders a policy may name, by the words of facts.
pub const TENDERS: [&str; 7] = [
    "cash",
    "card",
    "gift_card",
    "store_credit",
    "voucher",
    "foreign_cash",
    "on_account",
];

/// What tills take, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TenderPolicy {
    /// How what is paid in cash is rounded, by currency and country.
    #[serde(default)]
    pub cash_rounding: Vec<CashRounding>,
    /// The most that is given back in cash when a voucher is worth more than is due; of a larger
    /// difference nothing is.
    #[serde(default)]
    pub voucher_change_max_minor: Minor,
    /// Notes and coins of other currencies that are taken, and at what rate.
    #[serde(default)]
    pub foreign: Vec<ForeignRate>,
    /// Business customers that may buy on account.
    #[serde(default)]
    pub accounts: Vec<BusinessAccount>,
}

/// At what rate cash of another currency is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForeignRate {
    /// The currency that is taken.
    pub currency: Currency,
    /// The currency of the stores that take it.
    pub into: Currency,
    /// What one whole unit of it is worth, in millionths of a whole unit of the stores' currency:
    /// 920 000 when a dollar is 0.92 EUR.
    pub rate_micro: i64,
}

/// A business customer that may buy on account: an invoice of the company's asks for the money
/// later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BusinessAccount {
    /// Its number with the company, which receipts and facts name it by.
    pub number: String,
    /// Its name, for whoever asks at the till.
    pub name: String,
    /// The currency of its limit; stores with another one do not sell to it on account.
    pub currency: Currency,
    /// The most that one store sells to it on account in one calendar month, returns taken off.
    pub limit_minor: Minor,
}

/// The smallest amount that changes hands in cash, in one currency.
///
/// One currency may have several: of the countries with the euro, some round to 0.05 in cash and
/// some do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CashRounding {
    /// The currency.
    pub currency: Currency,
    /// The country, by its two letters (ISO 3166-1 alpha-2); nothing for every other country.
    #[serde(default)]
    pub country: Option<String>,
    /// The step, in minor units: 5 for 0.05 EUR.
    pub step_minor: Minor,
}

/// The step what is paid in cash is rounded to: one minor unit where nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashStep(i64);

impl TenderPolicy {
    /// Returns the step of a currency in a country: the country's own, else the currency's, else
    /// none.
    #[must_use]
    pub fn cash_step(&self, currency: Currency, country: Option<&str>) -> CashStep {
        let of = |wanted: Option<&str>| {
            self.cash_rounding
                .iter()
                .find(|it| it.currency == currency && it.country.as_deref() == wanted)
        };
        let own = country.and_then(|country| of(Some(country)));
        let found = own.or_else(|| of(None));
        found.map_or(CashStep::EXACT, |it| CashStep::of(it.step_minor))
    }

    /// Returns the rate at which a store takes cash of another currency, if it does.
    #[must_use]
    pub fn rate(&self, currency: Currency, into: Currency) -> Option<ForeignRate> {
        let mut all = self.foreign.iter();
        let found = all.find(|it| it.currency == currency && it.into == into);
        found.copied()
    }

    /// Returns the account with this number, if it may be sold to in this currency.
    #[must_use]
    pub fn account(&self, number: &str, currency: Currency) -> Option<&BusinessAccount> {
        let mut all = self.accounts.iter();
        all.find(|it| it.number == number && it.currency == currency)
    }
}

impl ForeignRate {
    /// Returns what an amount of the other currency counts for in the stores', halves away from
    /// zero and then down to what can be paid out in cash; nothing beyond an `i64`.
    #[must_use]
    pub fn worth(&self, foreign: Minor, step: CashStep) -> Option<Minor> {
        let unit = |currency: Currency| 10_i64.pow(u32::from(currency.decimals()));
        let numerator = self.rate_micro.checked_mul(unit(self.into))?;
        let denominator = unit(self.currency).checked_mul(1_000_000)?;
        let worth = foreign.scaled(numerator, denominator)?;
        Some(Minor(worth.0 - worth.0 % step.0))
    }
}

impl CashStep {
    /// Nothing is rounded.
    pub const EXACT: Self = Self(1);

    /// Returns a step of so many minor units; of less than one it is one.
    #[must_use]
    pub const fn of(step: Minor) -> Self {
        match step.0 > 1 {
            true => Self(step.0),
            false => Self::EXACT,
        }
    }

    /// Rounds to the nearest step, halves away from zero (commercial rounding). The nearest step an
    /// `i64` holds is taken at its ends.
    #[must_use]
    pub fn rounded(self, amount: Minor) -> Minor {
        let steps = amount.scaled(1, self.0);
        let rounded = steps.and_then(|steps| steps.0.checked_mul(self.0));
        Minor(rounded.unwrap_or(amount.0 - amount.0 % self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{CashRounding, CashStep, ForeignRate, TenderPolicy};
    use crate::money::Minor;

    fn rounding(currency: &str, country: Option<&str>, step: i64) -> CashRounding {
        CashRounding {
            currency: currency.parse().unwrap(),
            country: country.map(str::to_owned),
            step_minor: Minor(step),
        }
    }

    #[test]
    fn a_countrys_own_step_counts_before_its_currencys() {
        let policy = TenderPolicy {
            cash_rounding: vec![
                rounding("EUR", Some("BE"), 5),
                rounding("CHF", None, 5),
                rounding("EUR", Some("XX"), 0),
            ],
            ..TenderPolicy::default()
        };
        let step = |code: &str, country| {
            let step = policy.cash_step(code.parse().unwrap(), country);
            step.rounded(Minor(1_002)).0
        };
        assert_eq!(step("EUR", Some("BE")), 1_000);
        assert_eq!(step("EUR", Some("FR")), 1_002);
        assert_eq!(step("EUR", Some("XX")), 1_002);
        assert_eq!(step("EUR", None), 1_002);
        assert_eq!(step("CHF", Some("CH")), 1_000);
        assert_eq!(step("JPY", Some("JP")), 1_002);
    }

    #[test]
    fn cash_is_rounded_to_the_nearest_step() {
        #[track_caller]
        fn check(step: i64, amount: i64, rounded: i64) {
            assert_eq!(CashStep::of(Minor(step)).rounded(Minor(amount)).0, rounded);
        }
        check(5, 1_002, 1_000);
        check(5, 1_003, 1_005);
        check(5, 2, 0);
        check(5, -3, -5);
        check(10, 1_005, 1_010);
        check(100, 1_249, 1_200);
        check(100, 1_250, 1_300);
        check(1, 1_249, 1_249);
        check(-7, 3, 3);
        check(10, i64::MAX, i64::MAX - 7);
    }

    #[test]
    fn foreign_cash_counts_at_its_rate_down_to_what_can_be_paid_out() {
        #[track_caller]
        fn check(from: &str, into: &str, rate_micro: i64, step: i64, foreign: i64, worth: i64) {
            let rate = ForeignRate {
                currency: from.parse().unwrap(),
                into: into.parse().unwrap(),
                rate_micro,
            };
            let found = rate.worth(Minor(foreign), CashStep::of(Minor(step)));
            assert_eq!(found, Some(Minor(worth)));
        }
        check("USD", "EUR", 920_000, 1, 2_000, 1_840);
        check("USD", "EUR", 923_456, 1, 2_000, 1_847);
        check("EUR", "CHF", 936_000, 5, 2_000, 1_870);
        check("JPY", "EUR", 6_150, 1, 1_000, 615);
        check("EUR", "JPY", 162_500_000, 1, 2_000, 3_250);
        check("EUR", "KWD", 334_500, 1, 1_000, 3_345);
        let rate = ForeignRate {
            currency: "USD".parse().unwrap(),
            into: "KWD".parse().unwrap(),
            rate_micro: i64::MAX,
        };
        assert_eq!(rate.worth(Minor(1), CashStep::EXACT), None);
    }

    proptest! {
        #[test]
        fn nothing_is_rounded_by_more_than_half_a_step(
            amount in any::<i32>(),
            step in 1_i64..5_000,
        ) {
            let rounded = CashStep::of(Minor(step)).rounded(Minor(i64::from(amount))).0;
            prop_assert_eq!(rounded % step, 0);
            prop_assert!((rounded - i64::from(amount)).abs() * 2 <= step);
        }
    }
}
