//! How a store's business days stand, as a list for people and programs.

use std::fmt;

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::time::BusinessDate;
use serde::Serialize;

use crate::written;

/// A sealed business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    /// The day.
    pub business_date: BusinessDate,
    /// When its seal was written, in milliseconds UTC.
    pub sealed_at_ms: i64,
    /// How many facts count for it.
    pub facts: i64,
    /// How many receipts it has.
    pub receipts: i64,
    /// What they came to, if it sold anything.
    pub total: Option<(Currency, Minor)>,
    /// Tills that were open when it ended.
    pub open_tills: i64,
    /// When the hub said that it holds the same, in milliseconds UTC.
    pub countersigned_at_ms: Option<i64>,
}

/// The business days of a store, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DaysListed {
    /// The days on which something was stated.
    pub days: Vec<DayListed>,
    /// How many of them are not sealed.
    pub open: usize,
    /// How many are sealed and the hub has not said yet that it holds the same.
    pub waiting: usize,
    /// What lies in packs of them all.
    pub packed: PackedDays,
}

/// The days of which records lie in packs: they take less room so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PackedDays {
    /// How many days.
    pub days: u64,
    /// How many records, of the store's journal and of the hub's.
    pub records: u64,
    /// How many bytes less they take.
    pub saved_bytes: u64,
}

impl fmt::Display for PackedDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            days,
            records,
            saved_bytes,
        } = self;
        let saved_kb = saved_bytes / 1_000;
        write!(
            f,
            "packed: {days} days, {records} records, {saved_kb} kB saved"
        )
    }
}

/// One business day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayListed {
    /// The day.
    pub business_date: BusinessDate,
    /// How it stands.
    pub state: DayStands,
    /// How many records count for it, the seal excepted.
    pub records: i64,
    /// How many receipts it has, once it is sealed.
    pub receipts: Option<i64>,
    /// The currency of the total.
    pub currency: Option<String>,
    /// What its receipts came to, in minor units.
    pub total_minor: Option<i64>,
    /// How many tills were open when it ended.
    pub open_tills: Option<i64>,
    /// When it was sealed, RFC 3339 UTC.
    pub sealed_at: Option<String>,
    /// When the hub countersigned it, RFC 3339 UTC.
    pub countersigned_at: Option<String>,
}

/// How a business day stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayStands {
    /// It is not over, or its seal waits.
    Open,
    /// It is sealed.
    Sealed,
    /// The hub holds it as it was sealed.
    Countersigned,
}

impl DayStands {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed => "sealed, not countersigned yet",
            Self::Countersigned => "countersigned",
        }
    }
}

/// Lists the days that are `open`, each with its records, and then those that are `sealed`: both
/// the newest first.
pub(super) fn listed(
    open: Vec<(BusinessDate, u64)>,
    sealed: &[DayRow],
    packed: PackedDays,
) -> DaysListed {
    let opened = open.into_iter().map(|(business_date, records)| DayListed {
        business_date,
        state: DayStands::Open,
        records: i64::try_from(records).unwrap_or(i64::MAX),
        receipts: None,
        currency: None,
        total_minor: None,
        open_tills: None,
        sealed_at: None,
        countersigned_at: None,
    });
    let over = sealed.iter().map(|row| DayListed {
        business_date: row.business_date,
        state: match row.countersigned_at_ms {
            Some(_) => DayStands::Countersigned,
            None => DayStands::Sealed,
        },
        records: row.facts,
        receipts: Some(row.receipts),
        currency: row.total.map(|(currency, _)| currency.code().to_owned()),
        total_minor: row.total.map(|(_, total)| total.0),
        open_tills: Some(row.open_tills),
        sealed_at: Some(written::moment(row.sealed_at_ms)),
        countersigned_at: row.countersigned_at_ms.map(written::moment),
    });
    let days: Vec<DayListed> = opened.chain(over).collect();
    let count = |state| days.iter().filter(|day| day.state == state).count();
    DaysListed {
        open: count(DayStands::Open),
        waiting: count(DayStands::Sealed),
        packed,
        days,
    }
}

impl fmt::Display for DaysListed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for day in &self.days {
            write!(f, "{}  {}", day.business_date, day.state.word())?;
            write!(f, "  {} records", day.records)?;
            if let Some(receipts) = day.receipts {
                write!(f, ", {receipts} receipts")?;
            }
            if let (Some(currency), Some(minor)) = (&day.currency, day.total_minor) {
                let total = currency
                    .parse()
                    .map(|currency| written::spelled(Minor(minor), currency));
                write!(f, ", {}", total.unwrap_or_else(|_| minor.to_string()))?;
            }
            if let Some(tills) = day.open_tills.filter(|tills| *tills > 0) {
                write!(f, ", tills that were open: {tills}")?;
            }
            if let Some(at) = &day.sealed_at {
                write!(f, "; sealed {at}")?;
            }
            if let Some(at) = &day.countersigned_at {
                write!(f, ", countersigned {at}")?;
            }
            writeln!(f)?;
        }
        let Self {
            open,
            waiting,
            packed,
            ..
        } = self;
        write!(
            f,
            "open: {open}; sealed and not countersigned yet: {waiting}; {packed}"
        )
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::time::BusinessDate;

    use super::{DayRow, DayStands, PackedDays, listed};

    fn day(number: i32) -> BusinessDate {
        BusinessDate::from_days(number).unwrap()
    }

    #[test]
    fn each_day_says_how_it_stands_and_the_end_says_what_is_open() {
        let row = |number, countersigned_at_ms: Option<i64>| DayRow {
            business_date: day(number),
            sealed_at_ms: 1_763_890_000_000,
            facts: 12,
            receipts: 3,
            total: Some((Currency::EUR, Minor(4_250))),
            open_tills: i64::from(countersigned_at_ms.is_none()),
            countersigned_at_ms,
        };
        let sealed = [row(20_415, None), row(20_414, Some(1_763_890_060_000))];
        let packed = PackedDays {
            days: 3,
            records: 812,
            saved_bytes: 251_900,
        };
        let list = listed(vec![(day(20_416), 7)], &sealed, packed);
        assert_eq!((list.open, list.waiting), (1, 1));
        let states = list.days.iter().map(|day| day.state);
        let expected = [DayStands::Open, DayStands::Sealed, DayStands::Countersigned];
        assert_eq!(states.collect::<Vec<_>>(), expected);
        let told = list.to_string();
        for line in [
            "2025-11-24  open  7 records\n",
            "2025-11-23  sealed, not countersigned yet  12 records, 3 receipts, 42.50 EUR, tills \
             that were open: 1; sealed 2025-11-23T09:26:40Z\n",
            "open: 1; sealed and not countersigned yet: 1; packed: 3 days, 812 records, 251 kB \
             saved",
        ] {
            assert!(told.contains(line), "{told}");
        }
    }
}
