//! What is known of a store beyond its name: who runs it, where it is and is taxed, when it is
//! open, when its business day ends.
//!
//! All of it can change at the hub and reaches the store as reference data; new parts have
//! defaults, so that an older hub's or store's words are read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entities::{LegalEntity, NumberPrefix};
use crate::tax::{Jurisdiction, Taxation};
use crate::time::BusinessDate;

/// The details of a store, since 0.1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct StoreDetails {
    /// Who runs it: what receipts must name. Several stores may have the same.
    #[serde(default)]
    pub entity: Option<LegalEntity>,
    /// Its address in parts, for carriers and routing; receipts print the lines beside it.
    #[serde(default)]
    pub address: Option<Address>,
    /// Where it is.
    #[serde(default)]
    pub point: Option<GeoPoint>,
    /// Its telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// When it is open.
    #[serde(default)]
    pub hours: OpeningHours,
    /// Its own pickup promise in minutes of opening time; the policy's if nothing.
    #[serde(default)]
    pub pickup_promise_minutes: Option<u32>,
    /// When its business day ends.
    #[serde(default)]
    pub day_end: DayEnd,
    /// The stores it sends customers to and gets goods from share this name.
    #[serde(default)]
    pub neighbour_group: Option<String>,
    /// What the numbers of its papers begin with; as its company's do if nothing.
    #[serde(default)]
    pub number_prefix: Option<NumberPrefix>,
    /// Where it is taxed; by the catalogue's rates, within its prices, if nothing.
    #[serde(default)]
    pub jurisdiction: Option<Jurisdiction>,
}

impl StoreDetails {
    /// Returns how its prices are taxed.
    #[must_use]
    pub fn taxation(&self) -> Taxation {
        let jurisdiction = self.jurisdiction.as_ref();
        jurisdiction.map_or_else(Taxation::default, |it| it.taxation)
    }
}

/// An address in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub town: String,
    /// Country, by its two letters (ISO 3166-1 alpha-2).
    pub country: String,
}

/// A place on the earth in millionths of a degree (WGS 84): some ten centimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeoPoint {
    /// North of the equator.
    pub latitude_micro: i32,
    /// East of Greenwich.
    pub longitude_micro: i32,
}

/// When a store is open, Monday first; no span means closed that day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct OpeningHours {
    /// The spans of the seven days; empty means nobody said.
    #[serde(default)]
    pub days: Vec<Option<Span>>,
}

/// From when to when, in minutes after midnight on the store's wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// It opens.
    pub from_minute: u16,
    /// It closes, at most 1440.
    pub until_minute: u16,
}

/// When a store's business day ends, in minutes after midnight: before it, a sale counts for the
/// day before. 0 is midnight.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[schema(value_type = u16, maximum = 1439, example = 240)]
#[serde(try_from = "u16", into = "u16")]
pub struct DayEnd(u16);

/// A text or number that is no such detail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetailRefused {
    /// No degrees.
    #[error("'{0}' is no place: write degrees such as 51.054342, 3.717424")]
    Point(String),
    /// No opening hours.
    #[error("'{0}' is no opening time: write 09:00-18:30, or closed")]
    Span(String),
    /// No end of a day.
    #[error("'{0}' is no end of a business day: write 00:00 to 12:00, such as 03:00")]
    DayEnd(String),
}

impl DayEnd {
    /// The latest: a business day that ends after noon would be the next one.
    const MAX: u16 = 12 * 60;

    /// Returns the minutes after midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Returns the business date of a moment on the store's wall; nothing before 1970 or after
    /// 9999. What changes a clock in the night changes no date by more than the wall says.
    #[must_use]
    pub fn business_date(self, wall: jiff::civil::DateTime) -> Option<BusinessDate> {
        let minute =
            u16::from(wall.hour().cast_unsigned()) * 60 + u16::from(wall.minute().cast_unsigned());
        let date = match minute < self.0 {
            true => wall.date().yesterday().ok()?,
            false => wall.date(),
        };
        BusinessDate::from_civil(date).ok()
    }
}

impl TryFrom<u16> for DayEnd {
    type Error = DetailRefused;

    fn try_from(minutes: u16) -> Result<Self, DetailRefused> {
        match minutes <= Self::MAX {
            true => Ok(Self(minutes)),
            false => Err(DetailRefused::DayEnd(minutes.to_string())),
        }
    }
}

impl From<DayEnd> for u16 {
    fn from(end: DayEnd) -> Self {
        end.0
    }
}

impl fmt::Display for DayEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clock(self.0))
    }
}

impl FromStr for DayEnd {
    type Err = DetailRefused;

    fn from_str(text: &str) -> Result<Self, DetailRefused> {
        let minutes = minute_of(text).ok_or_else(|| DetailRefused::DayEnd(text.to_owned()))?;
        Self::try_from(minutes).map_err(|_| DetailRefused::DayEnd(text.to_owned()))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}",
            clock(self.from_minute),
            clock(self.until_minute)
        )
    }
}

impl FromStr for Span {
    type Err = DetailRefused;

    fn from_str(text: &str) -> Result<Self, DetailRefused> {
        let span = text
            .trim()
            .split_once(['-', '–'])
            .and_then(|(from, until)| {
                let (from_minute, until_minute) = (minute_of(from)?, minute_of(until)?);
                (from_minute < until_minute).then_some(Self {
                    from_minute,
                    until_minute,
                })
            });
        span.ok_or_else(|| DetailRefused::Span(text.to_owned()))
    }
}

impl fmt::Display for GeoPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let degrees = |micro: i32| {
            let sign = if micro < 0 { "-" } else { "" };
            let size = micro.unsigned_abs();
            format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
        };
        let (north, east) = (degrees(self.latitude_micro), degrees(self.longitude_micro));
        write!(f, "{north}, {east}")
    }
}

impl FromStr for GeoPoint {
    type Err = DetailRefused;

    fn from_str(text: &str) -> Result<Self, DetailRefused> {
        let point = text.split_once(',').and_then(|(north, east)| {
            Some(Self {
                latitude_micro: micro(north, 90)?,
                longitude_micro: micro(east, 180)?,
            })
        });
        point.ok_or_else(|| DetailRefused::Point(text.to_owned()))
    }
}

/// Reads degrees as millionths; more decimals than six are cut off.
fn micro(text: &str, degrees_max: i32) -> Option<i32> {
    let text = text.trim();
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, text),
    };
    let (whole, decimals) = size.split_once('.').unwrap_or((size, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || whole.len() > 3 {
        return None;
    }
    let six: String = decimals.chars().chain("000000".chars()).take(6).collect();
    let size = whole.parse::<i32>().ok()? * 1_000_000 + six.parse::<i32>().ok()?;
    (size <= degrees_max * 1_000_000).then_some(sign * size)
}

/// Reads `09:30` as minutes after midnight, up to 24:00.
fn minute_of(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two = |text: &str| {
        let fits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::{DayEnd, GeoPoint, Span, StoreDetails};

    #[test]
    fn a_sale_after_midnight_counts_for_the_evening_it_belongs_to() {
        #[track_caller]
        fn check(end: &str, wall: &str, date: &str) {
            let end: DayEnd = end.parse().unwrap();
            let found = end.business_date(wall.parse().unwrap()).unwrap();
            assert_eq!(found.to_string(), date, "{wall} when the day ends at {end}");
        }
        check("00:00", "2026-11-23T00:00:00", "2026-11-23");
        check("03:00", "2026-11-23T02:59:59", "2026-11-22");
        check("03:00", "2026-11-23T03:00:00", "2026-11-23");
        check("03:00", "2026-03-01T01:00:00", "2026-02-28");
        assert_eq!(
            DayEnd(180).business_date("1970-01-01T01:00:00".parse().unwrap()),
            None
        );
        assert!("12:01".parse::<DayEnd>().is_err());
        assert!("3".parse::<DayEnd>().is_err());
    }

    #[test]
    fn a_place_reads_back_as_it_is_written() {
        #[track_caller]
        fn check(text: &str, latitude_micro: i32, longitude_micro: i32) {
            let point: GeoPoint = text.parse().unwrap();
            let expected = GeoPoint {
                latitude_micro,
                longitude_micro,
            };
            assert_eq!(point, expected);
            assert_eq!(point.to_string().parse::<GeoPoint>().unwrap(), point);
        }
        check("51.054342, 3.717424", 51_054_342, 3_717_424);
        check("-0.5,-180", -500_000, -180_000_000);
        check("90,0.1234567", 90_000_000, 123_456);
        for wrong in [
            "", "51", "91, 0", "1, 181", "1, x", "1., 2", "1e3, 2", "9999, 2",
        ] {
            assert!(wrong.parse::<GeoPoint>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn opening_times_end_after_they_begin() {
        assert_eq!(
            "9:00 - 18:30".parse::<Span>().unwrap().to_string(),
            "09:00-18:30"
        );
        assert_eq!("00:00-24:00".parse::<Span>().unwrap().until_minute, 1_440);
        for wrong in [
            "18:00-09:00",
            "9-18",
            "09:60-10:00",
            "09:00-24:01",
            "closed",
        ] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn details_nobody_wrote_are_read_as_none() {
        assert_eq!(
            serde_json::from_str::<StoreDetails>("{}").unwrap(),
            StoreDetails::default()
        );
    }
}
