//! Times of day, dates and ages as text.
//!
//! Every instant is milliseconds UTC and every zone is an argument: a store's clock on the wall is
//! a fact about the store, never about the machine the daemon runs on.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Lang, Locale};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Shown for an instant no calendar has (outside the years -9999 to 9999).
const NO_TIME: &str = "–";

/// Returns the time of day, 24 hours, without seconds: `14:05`.
pub fn time(at_ms: i64, zone: &TimeZone, _locale: Locale) -> String {
    written(at_ms, zone, "%H:%M")
}

/// Returns the date: `23 Nov 2026`, `23.11.2026`, `23/11/2026`.
pub fn date(at_ms: i64, zone: &TimeZone, locale: Locale) -> String {
    written(at_ms, zone, date_pattern(locale))
}

/// Returns date and time: `23 Nov 2026, 14:05`.
pub fn date_time(at_ms: i64, zone: &TimeZone, locale: Locale) -> String {
    let separator = match locale {
        Locale::En | Locale::De => ",",
        Locale::Fr => "",
    };
    written(
        at_ms,
        zone,
        &format!("{}{separator} %H:%M", date_pattern(locale)),
    )
}

/// Returns how long ago something was: `just now`, `12 s ago`, `3 min ago`, `2 h ago`,
/// `5 days ago`.
///
/// A negative age (the other machine's clock is ahead) reads `just now`.
pub fn age(lang: &Lang, elapsed_ms: i64) -> String {
    if elapsed_ms < 5 * SECOND_MS {
        return lang.word("kit-age-now");
    }
    let (key, number) = in_words("kit-age", elapsed_ms);
    lang.t(&key, &[("count", number.into())])
}

/// Returns a length of time in its largest unit: `12 s`, `3 min`, `2 h`, `5 days`.
pub fn duration(lang: &Lang, elapsed_ms: i64) -> String {
    let (key, number) = in_words("kit-duration", elapsed_ms.max(0));
    lang.t(&key, &[("count", number.into())])
}

fn in_words(prefix: &str, elapsed_ms: i64) -> (String, i64) {
    let (unit, number) = match elapsed_ms {
        ..MINUTE_MS => ("seconds", elapsed_ms / SECOND_MS),
        MINUTE_MS..HOUR_MS => ("minutes", elapsed_ms / MINUTE_MS),
        HOUR_MS..DAY_MS => ("hours", elapsed_ms / HOUR_MS),
        DAY_MS.. => ("days", elapsed_ms / DAY_MS),
    };
    (format!("{prefix}-{unit}"), number)
}

fn date_pattern(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "%-d %b %Y",
        Locale::De => "%d.%m.%Y",
        Locale::Fr => "%d/%m/%Y",
    }
}

fn written(at_ms: i64, zone: &TimeZone, pattern: &str) -> String {
    match zoned(at_ms, zone) {
        Some(zoned) => zoned.strftime(pattern).to_string(),
        None => NO_TIME.to_owned(),
    }
}

fn zoned(at_ms: i64, zone: &TimeZone) -> Option<Zoned> {
    let instant = Timestamp::from_millisecond(at_ms).ok()?;
    Some(instant.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Texts;
    use super::*;

    /// 23 November 2026, 13:05:42 UTC.
    const AT_MS: i64 = 1_795_439_142_000;

    fn lang(locale: Locale) -> Lang {
        let texts = Texts::new(&[]).expect("the kit's own texts are well-formed");
        Lang::new(Arc::new(texts), locale)
    }

    #[test]
    fn a_time_is_told_on_the_wall_of_the_store() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(time(AT_MS, &berlin, Locale::De), "14:05");
        assert_eq!(time(AT_MS, &TimeZone::UTC, Locale::De), "13:05");
        assert_eq!(date_time(AT_MS, &berlin, Locale::En), "23 Nov 2026, 14:05");
        assert_eq!(date(AT_MS, &berlin, Locale::De), "23.11.2026");
        assert_eq!(date_time(AT_MS, &berlin, Locale::Fr), "23/11/2026 14:05");
    }

    #[test]
    fn an_instant_outside_every_calendar_is_a_dash() {
        assert_eq!(date(i64::MAX, &TimeZone::UTC, Locale::En), "–");
    }

    #[track_caller]
    fn check_age(elapsed_ms: i64, expected: [&str; 3]) {
        for (locale, expected) in Locale::ALL.into_iter().zip(expected) {
            assert_eq!(age(&lang(locale), elapsed_ms), expected);
        }
    }

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        check_age(-90_000, ["just now", "gerade eben", "à l’instant"]);
        check_age(12_000, ["12 s ago", "vor 12 s", "il y a 12 s"]);
        check_age(
            59 * MINUTE_MS,
            ["59 min ago", "vor 59 min", "il y a 59 min"],
        );
        check_age(2 * HOUR_MS, ["2 h ago", "vor 2 h", "il y a 2 h"]);
        check_age(DAY_MS, ["1 day ago", "vor 1 Tag", "il y a 1 jour"]);
        check_age(5 * DAY_MS, ["5 days ago", "vor 5 Tagen", "il y a 5 jours"]);
    }

    #[test]
    fn a_length_of_time_never_reads_negative() {
        assert_eq!(duration(&lang(Locale::En), -5), "0 s");
        assert_eq!(duration(&lang(Locale::De), 3 * MINUTE_MS), "3 min");
    }
}
