//! Decides by when a store says an order is ready: some minutes of its opening time.

use counterpart_protocol::stores::OpeningHours;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Days looked ahead: a store that is closed longer promises as if nobody knew its hours.
const DAYS_MAX: u32 = 21;
const MINUTE_MS: i64 = 60_000;

/// Returns by when an order that came at `now_ms` is ready, `minutes` of opening time later, in
/// milliseconds UTC. Where nobody said when a store is open, it always is.
#[must_use]
pub(in crate::orders) fn promise_at_ms(
    now_ms: i64,
    zone: &TimeZone,
    hours: &OpeningHours,
    minutes: u32,
) -> i64 {
    let plain = now_ms.saturating_add(i64::from(minutes) * MINUTE_MS);
    let Ok(now) = Timestamp::from_millisecond(now_ms) else {
        return plain;
    };
    if hours.days.iter().all(Option::is_none) {
        return plain;
    }
    within_hours(now.to_zoned(zone.clone()).datetime(), zone, hours, minutes).unwrap_or(plain)
}

fn within_hours(now: DateTime, zone: &TimeZone, hours: &OpeningHours, minutes: u32) -> Option<i64> {
    let mut left = i64::from(minutes);
    let mut day = now.date();
    for _ in 0..DAYS_MAX {
        let weekday = usize::from(day.weekday().to_monday_zero_offset().cast_unsigned());
        if let Some(span) = hours.days.get(weekday).copied().flatten() {
            let minute_now = i64::from(now.hour()) * 60 + i64::from(now.minute());
            let from = match day == now.date() {
                true => minute_now.max(i64::from(span.from_minute)),
                false => i64::from(span.from_minute),
            };
            let open = i64::from(span.until_minute) - from;
            if open >= left && open > 0 {
                let ready = day
                    .at(0, 0, 0, 0)
                    .checked_add(jiff::Span::new().minutes(from + left));
                let ready = ready.ok()?.to_zoned(zone.clone()).ok()?;
                return Some(ready.timestamp().as_millisecond());
            }
            left -= open.max(0);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::stores::OpeningHours;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::promise_at_ms;

    fn hours() -> OpeningHours {
        let open = Some("09:00-18:00".parse().unwrap());
        OpeningHours {
            days: vec![open, open, open, open, open, open, None],
        }
    }

    #[track_caller]
    fn check(now: &str, hours: &OpeningHours, minutes: u32, ready: &str) {
        let zone = TimeZone::get("Europe/Brussels").unwrap();
        let now: Timestamp = now.parse().unwrap();
        let at = promise_at_ms(now.as_millisecond(), &zone, hours, minutes);
        let at = Timestamp::from_millisecond(at).unwrap();
        assert_eq!(at.to_string(), ready, "ordered at {now}");
    }

    #[test]
    fn a_promise_is_minutes_of_opening_time() {
        // Monday 23 November 2026; in Ghent it is an hour later than UTC.
        check(
            "2026-11-23T09:00:00Z",
            &hours(),
            120,
            "2026-11-23T11:00:00Z",
        );
        check(
            "2026-11-23T05:00:00Z",
            &hours(),
            120,
            "2026-11-23T10:00:00Z",
        );
        check(
            "2026-11-23T16:00:00Z",
            &hours(),
            120,
            "2026-11-24T09:00:00Z",
        );
        check(
            "2026-11-23T20:00:00Z",
            &hours(),
            120,
            "2026-11-24T10:00:00Z",
        );
        // Saturday evening: Sunday is closed.
        check("2026-11-28T17:30:00Z", &hours(), 30, "2026-11-30T08:30:00Z");
    }

    #[test]
    fn where_nobody_said_the_store_is_always_open() {
        check(
            "2026-11-23T22:00:00Z",
            &OpeningHours::default(),
            120,
            "2026-11-24T00:00:00Z",
        );
        let closed = OpeningHours {
            days: vec![None; 7],
        };
        check("2026-11-23T22:00:00Z", &closed, 60, "2026-11-23T23:00:00Z");
    }
}
