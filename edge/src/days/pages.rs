//! The list of business days as the status page shows it.

use counterpart_daemon::web::parts::{Column, Empty, Row, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::rules::DayRow;
use crate::context::StoreProfile;

/// Draws the days, newest first.
#[must_use]
pub fn table(lang: &Lang, store: &StoreProfile, days: &[DayRow]) -> Markup {
    let columns = [
        Column::words("Day"),
        Column::numbers("Receipts"),
        Column::numbers("Came to"),
        Column::words("Sealed"),
        Column::words("Hub"),
    ];
    let zone = &store.time_zone;
    let rows = days.iter().map(|day| {
        let total = day.total.map_or_else(
            || "–".to_owned(),
            |(currency, total)| lang.money(total.0, currency.code(), currency.decimals()),
        );
        let hub = match day.countersigned_at_ms {
            Some(at_ms) => html! {
                (badge(Tone::Good, "countersigned")) " " (lang.date_time(at_ms, zone))
            },
            None => badge(Tone::Waiting, "not countersigned yet"),
        };
        let sealed = html! {
            (lang.date_time(day.sealed_at_ms, zone))
            @if day.open_tills > 0 {
                p.quiet-text { (lang.count(day.open_tills)) " tills were open" }
            }
        };
        Row::new(
            format!("day-{}-{}", day.business_date, day.sealed_at_ms),
            vec![
                html! { (day.business_date) },
                html! { (lang.count(day.receipts)) },
                html! { (total) },
                sealed,
                hub,
            ],
        )
    });
    let table = Table::new("Business days", &columns, rows.collect()).empty(Empty::new(
        "No day is over yet: it is sealed by itself when it is.",
    ));
    html! { section.panel { header { h2 { "Business days" } } (table) } }
}
