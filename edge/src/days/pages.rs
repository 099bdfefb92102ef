//! The list of business days as the status page shows it.

use counterpart_daemon::web::parts::{Column, Empty, Row, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::rules::{DayRow, PackedDays};
use crate::context::StoreProfile;

/// Draws the days, newest first, and says how many older ones are packed.
#[must_use]
pub fn table(lang: &Lang, store: &StoreProfile, days: &[DayRow], packed: PackedDays) -> Markup {
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
    let count = |number: u64| lang.count(i64::try_from(number).unwrap_or(i64::MAX));
    html! {
        section.panel {
            header { h2 { "Business days" } }
            (table)
            @if packed.days > 0 {
                p.quiet-text {
                    (count(packed.days)) " older days are packed: all of their "
                    (count(packed.records)) " records are here and take "
                    (count(packed.saved_bytes / 1_000)) " kB less."
                }
            }
        }
    }
}
