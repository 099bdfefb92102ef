//! A tax, and how a person writes one: rate, name, classes of goods, first and last day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Rate;
use super::jurisdiction::JurisdictionRefused;
use crate::time::BusinessDate;

/// A tax of 100 %: no sales tax is higher, and a rate typed as one was meant otherwise.
const RATE_MAX: u32 = 100_000;
/// Letters of a tax's name: what a receipt prints of it.
pub(super) const TAX_NAME_CHARS_MAX: usize = 24;

/// A tax on some classes of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tax {
    /// Its name on receipts, such as `State sales tax`: at most 24 characters.
    pub name: String,
    /// Its rate, at most 100 000.
    pub rate: Rate,
    /// The tax classes of the catalogue it is levied on.
    pub classes: Vec<String>,
    /// The first business date it is levied on; nothing means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<BusinessDate>,
    /// The first business date it is not levied on any more; nothing means for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<BusinessDate>,
}

/// A text that is no tax.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no tax: write its rate in percent, its name, a colon and the tax classes it is \
     levied on, such as 4.5 City tax: standard, food; from 2027-01-01; until 2028-01-01"
)]
pub struct TaxRefused(pub String);

impl Tax {
    /// Tells whether it is levied on a business date.
    #[must_use]
    pub fn holds_on(&self, date: BusinessDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }

    /// Checks it by itself.
    pub(super) fn check(&self) -> Result<(), JurisdictionRefused> {
        let name = || self.name.clone();
        let letters = self.name.chars().count();
        if letters == 0 || letters > TAX_NAME_CHARS_MAX || self.name.chars().any(char::is_control) {
            return Err(JurisdictionRefused::Name);
        }
        if self.rate.0 > RATE_MAX {
            return Err(JurisdictionRefused::Rate { name: name() });
        }
        if self.classes.is_empty() {
            return Err(JurisdictionRefused::NoClass { name: name() });
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if from >= until => {
                Err(JurisdictionRefused::Backwards { name: name() })
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Tax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.rate.0 / 1_000, self.rate.0 % 1_000);
        let decimals = format!("{thousandths:03}");
        let rate = match decimals.trim_end_matches('0') {
            "" => whole.to_string(),
            decimals => format!("{whole}.{decimals}"),
        };
        write!(f, "{rate} {}: {}", self.name, self.classes.join(", "))?;
        if let Some(from) = self.from {
            write!(f, "; from {from}")?;
        }
        if let Some(until) = self.until {
            write!(f, "; until {until}")?;
        }
        Ok(())
    }
}

impl FromStr for Tax {
    type Err = TaxRefused;

    fn from_str(text: &str) -> Result<Self, TaxRefused> {
        read(text.trim()).ok_or_else(|| TaxRefused(text.trim().chars().take(80).collect()))
    }
}

fn read(text: &str) -> Option<Tax> {
    let mut parts = text.split(';').map(str::trim);
    let (named, classes) = parts.next()?.split_once(':')?;
    let (rate, name) = named.trim().split_once(' ')?;
    let mut tax = Tax {
        name: name.trim().trim_start_matches('%').trim_start().to_owned(),
        rate: Rate(thousandths(rate.trim_end_matches('%'))?),
        classes: classes
            .split(',')
            .map(|class| class.trim().to_owned())
            .filter(|class| !class.is_empty())
            .collect(),
        from: None,
        until: None,
    };
    for part in parts {
        let (word, date) = part.split_once(' ')?;
        let date = date.trim().parse::<BusinessDate>().ok();
        match word {
            "from" => tax.from = Some(date?),
            "until" => tax.until = Some(date?),
            _ => return None,
        }
    }
    Some(tax)
}

/// Reads percent with up to three decimals, after a point or a comma.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let thousandths: u32 = format!("{decimals:0<3}").parse().ok()?;
    let whole: u32 = whole.parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(thousandths)
}

#[cfg(test)]
mod tests {
    use super::Tax;

    #[test]
    fn a_tax_reads_back_as_it_is_written() {
        for text in [
            "4 State: standard, clothing",
            "4.5 City tax: standard; from 2027-01-01",
            "0.375 Transit: standard; from 2027-01-01; until 2028-01-01",
        ] {
            assert_eq!(text.parse::<Tax>().unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "State: standard",
            "4 State",
            "4.1234 State: standard",
            "-4 State: standard",
            "4 State: standard; since 2027-01-01",
            "4 State: standard; from tomorrow",
        ] {
            assert!(wrong.parse::<Tax>().is_err(), "{wrong}");
        }
    }
}
