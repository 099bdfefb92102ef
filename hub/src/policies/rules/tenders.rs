//! Which rules of tenders can be published.

use std::collections::BTreeSet;

use counterpart_protocol::money::Currency;
use counterpart_protocol::policies::{BusinessAccount, CashRounding, ForeignRate, TenderPolicy};

use super::{PolicyRefused, refused};

/// Currencies and countries: more than there are is a slip of a copy.
const ROWS_MAX: usize = 500;
/// Accounts: what a till's list still shows.
const ACCOUNTS_MAX: usize = 500;
/// A step of more whole units than this is no coin.
const STEP_UNITS_MAX: i64 = 100;
/// A unit of any currency is worth less than a million of any other (2026: at most 100 000).
const RATE_MICRO_MAX: i64 = 1_000_000_000_000;
/// An amount beyond any limit, in minor units.
const AMOUNT_MINOR_MAX: i64 = 100_000_000_000;
const NUMBER_CHARS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 60;

pub(super) fn check(policy: &TenderPolicy) -> Result<(), PolicyRefused> {
    check_rounding(&policy.cash_rounding)?;
    if !(0..=AMOUNT_MINOR_MAX).contains(&policy.voucher_change_max_minor.0) {
        return Err(refused(
            "voucher_change_max",
            "an amount of nothing or more",
        ));
    }
    check_rates(&policy.foreign)?;
    check_accounts(&policy.accounts)
}

fn unit(currency: Currency) -> i64 {
    10_i64.pow(u32::from(currency.decimals()))
}

fn check_rounding(all: &[CashRounding]) -> Result<(), PolicyRefused> {
    let mut seen = BTreeSet::new();
    for one in all {
        let country = one.country.as_deref();
        let is_country =
            |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        if let Some(wrong) = country.filter(|text| !is_country(text)) {
            let sentence = format!("'{wrong}' is no country: two capital letters, such as BE");
            return Err(refused("cash_rounding", sentence));
        }
        let code = one.currency.code();
        if !(2..=STEP_UNITS_MAX * unit(one.currency)).contains(&one.step_minor.0) {
            let most = format!("at most {STEP_UNITS_MAX} {code}");
            let sentence = format!("a step in {code} is more than its smallest coin and {most}");
            return Err(refused("cash_rounding", sentence));
        }
        if !seen.insert((code.to_owned(), country)) {
            let place = country.unwrap_or("every country");
            let sentence = format!("there are two steps of {code} in {place}");
            return Err(refused("cash_rounding", sentence));
        }
    }
    few(all.len(), ROWS_MAX, "cash_rounding")
}

fn check_rates(all: &[ForeignRate]) -> Result<(), PolicyRefused> {
    let mut seen = BTreeSet::new();
    for one in all {
        let (from, into) = (one.currency.code(), one.into.code());
        if from == into {
            let sentence = format!("{from} is no other currency than {into}");
            return Err(refused("foreign", sentence));
        }
        if !(1..=RATE_MICRO_MAX).contains(&one.rate_micro) {
            let sentence = format!("a {from} is worth more than nothing and less than a million");
            return Err(refused("foreign", sentence));
        }
        if !seen.insert((from.to_owned(), into.to_owned())) {
            let sentence = format!("there are two rates of {from} in {into}");
            return Err(refused("foreign", sentence));
        }
    }
    few(all.len(), ROWS_MAX, "foreign")
}

fn check_accounts(all: &[BusinessAccount]) -> Result<(), PolicyRefused> {
    let mut seen = BTreeSet::new();
    for one in all {
        let number = &one.number;
        let plain = |text: &str| !text.chars().any(|c| c.is_control() || c == ';');
        let fits = |text: &str, max| (1..=max).contains(&text.trim().chars().count());
        if !fits(number, NUMBER_CHARS_MAX) || !plain(number) || number.trim() != number {
            let sentence = format!("'{number}' is no number of an account: 1 to 20 characters");
            return Err(refused("accounts", sentence));
        }
        if !fits(&one.name, NAME_CHARS_MAX) || !plain(&one.name) {
            let sentence = format!("the name of account {number} has 1 to 60 characters");
            return Err(refused("accounts", sentence));
        }
        if !(0..=AMOUNT_MINOR_MAX).contains(&one.limit_minor.0) {
            let sentence = format!("the limit of account {number} is nothing or more");
            return Err(refused("accounts", sentence));
        }
        if !seen.insert(number) {
            return Err(refused(
                "accounts",
                format!("there are two accounts {number}"),
            ));
        }
    }
    few(all.len(), ACCOUNTS_MAX, "accounts")
}

fn few(count: usize, max: usize, field: &'static str) -> Result<(), PolicyRefused> {
    match count > max {
        true => Err(refused(field, format!("at most {max} lines"))),
        false => Ok(()),
    }
}
