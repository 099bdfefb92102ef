//! What is known of a store beyond its name, as its page lists it.

use counterpart_protocol::stores::{OpeningHours, StoreDetails};
use maud::{Markup, html};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Lists what is known; what nobody said is left out.
pub(super) fn list(details: &StoreDetails) -> Markup {
    html! {
        @if let Some(entity) = &details.entity {
            dt { "Run by" }
            dd {
                (entity.name)
                @for line in &entity.address_lines { br; (line) }
                @if let Some(number) = &entity.registration_number { br; (number) }
                @for number in &entity.tax_numbers { br; (number.number) }
            }
        }
        @if let Some(jurisdiction) = &details.jurisdiction {
            @let href = format!("/jurisdictions/{}", jurisdiction.jurisdiction_id);
            dt { "Taxed in" } dd { a href=(href) { (jurisdiction.name) } }
        }
        @if let Some(phone) = &details.phone { dt { "Telephone" } dd { (phone) } }
        @if let Some(point) = &details.point { dt { "Place" } dd { (point) } }
        @if !details.hours.days.is_empty() {
            dt { "Open" }
            dd {
                @for (at, words) in open_words(&details.hours).iter().enumerate() {
                    @if at > 0 { br; }
                    (words)
                }
            }
        }
        @if let Some(minutes) = details.pickup_promise_minutes {
            dt { "Pickup ready within" } dd { (minutes) " minutes" }
        }
        dt { "Business day ends" } dd { (details.day_end) }
        @if let Some(group) = &details.neighbour_group { dt { "Neighbours" } dd { (group) } }
    }
}

/// Writes opening hours, days that are alike in a row together: `Mon–Fri 09:00-18:00`.
fn open_words(hours: &OpeningHours) -> Vec<String> {
    let words = |span: &Option<_>| {
        span.as_ref()
            .map_or("closed".to_owned(), ToString::to_string)
    };
    let mut runs: Vec<(&str, &str, String)> = Vec::new();
    for (day, span) in DAYS.into_iter().zip(&hours.days) {
        let span: &Option<counterpart_protocol::stores::Span> = span;
        match runs.last_mut() {
            Some((_, last, open)) if *open == words(span) => *last = day,
            _ => runs.push((day, day, words(span))),
        }
    }
    let run = |(first, last, open): (&str, &str, String)| match first == last {
        true => format!("{first} {open}"),
        false => format!("{first}–{last} {open}"),
    };
    runs.into_iter().map(run).collect()
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::stores::OpeningHours;

    use super::open_words;

    #[test]
    fn days_that_are_alike_stand_together() {
        let span = |text: &str| Some(text.parse().unwrap());
        let week = span("09:00-18:00");
        let hours = OpeningHours {
            days: vec![week, week, week, week, span("09:00-20:00"), week, None],
        };
        assert_eq!(
            open_words(&hours),
            [
                "Mon–Thu 09:00-18:00",
                "Fri 09:00-20:00",
                "Sat 09:00-18:00",
                "Sun closed"
            ]
        );
    }
}
