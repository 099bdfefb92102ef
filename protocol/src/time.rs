//! Points in time and business dates. No clock and no time zone table: both belong to the daemons.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The day a fact counts for, in the store's own calendar: days since 1970-01-01.
///
/// Stamped when the fact is written and never changed, whatever the clock does afterwards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = "date", example = "2026-11-23")]
#[serde(try_from = "String", into = "String")]
pub struct BusinessDate(i32);

/// A text or number that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a date such as 2026-11-23")]
pub struct DateRefused(pub String);

impl BusinessDate {
    /// Makes a date from days since 1970-01-01.
    ///
    /// # Errors
    /// [`DateRefused`] outside the years 1970 to 9999.
    pub fn from_days(days: i32) -> Result<Self, DateRefused> {
        // 2932896 is 9999-12-31, the last day jiff can spell.
        if (0..=2_932_896).contains(&days) {
            Ok(Self(days))
        } else {
            Err(DateRefused(days.to_string()))
        }
    }

    /// Makes a date from a civil date.
    ///
    /// # Errors
    /// [`DateRefused`] before 1970.
    pub fn from_civil(date: jiff::civil::Date) -> Result<Self, DateRefused> {
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = epoch
            .until(date)
            .map_err(|_| DateRefused(date.to_string()))?
            .get_days();
        Self::from_days(days)
    }

    /// Returns days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Returns the civil date.
    #[must_use]
    pub fn civil(self) -> jiff::civil::Date {
        use jiff::ToSpan as _;
        jiff::civil::date(1970, 1, 1)
            .checked_add(self.0.days())
            .expect("a business date is within the years jiff can spell")
    }
}

impl<C> Encode<C> for BusinessDate {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.i32(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for BusinessDate {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::from_days(d.i32()?).map_err(minicbor::decode::Error::custom)
    }
}

impl fmt::Display for BusinessDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}

impl fmt::Debug for BusinessDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BusinessDate {
    type Err = DateRefused;

    fn from_str(text: &str) -> Result<Self, DateRefused> {
        let date: jiff::civil::Date = text.parse().map_err(|_| DateRefused(text.to_owned()))?;
        Self::from_civil(date)
    }
}

impl TryFrom<String> for BusinessDate {
    type Error = DateRefused;

    fn try_from(text: String) -> Result<Self, DateRefused> {
        text.parse()
    }
}

impl From<BusinessDate> for String {
    fn from(date: BusinessDate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::BusinessDate;

    #[test]
    fn a_date_reads_back_as_it_is_written() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("2026-11-23", 20_780),
            ("9999-12-31", 2_932_896),
        ] {
            let date: BusinessDate = text.parse().unwrap();
            assert_eq!((date.days(), date.to_string().as_str()), (days, text));
        }
        assert!("1969-12-31".parse::<BusinessDate>().is_err());
        assert!("2026-02-30".parse::<BusinessDate>().is_err());
        assert!(BusinessDate::from_days(2_932_897).is_err());
    }
}
