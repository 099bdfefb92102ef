//! What came back of a sale, on the page of its receipt.

use counterpart_daemon::web::parts::{Column, Row, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::money;
use crate::sales::service::SaleView;

/// Says who may refund the sale, and who asks for the right to.
pub(super) fn right(lang: &Lang, view: &SaleView) -> Markup {
    let zone = view.store.as_ref();
    let zone = zone.map_or(TimeZone::UTC, |store| store.zone.clone());
    let right = &view.right;
    html! {
        section.panel {
            header { h2 { "Right to refund" } }
            p {
                (right.holder) " may refund this sale"
                @if let Some(since) = right.since_ms {
                    ", since it was passed on " time { (lang.date_time(since, &zone)) }
                }
                "."
            }
            @for (store, waiting) in &right.waiting {
                p {
                    (store) " asked for it " time { (lang.date_time(waiting.asked_at_ms, &zone)) }
                    @if waiting.is_passed {
                        ": it was passed on, and that store has not heard of it yet."
                    } @else {
                        ": " (right.holder) " has not answered yet."
                    }
                }
            }
        }
    }
}

/// Lists the returns of a sale, the oldest first; nothing where nothing came back.
pub(super) fn panel(lang: &Lang, view: &SaleView) -> Markup {
    if view.returns.is_empty() {
        return html! {};
    }
    let zone = view.store.as_ref();
    let zone = zone.map_or(TimeZone::UTC, |store| store.zone.clone());
    let columns = [
        Column::words("Return"),
        Column::words("When"),
        Column::numbers("Given back"),
    ];
    let rows = view.returns.iter().map(|back| {
        let cells = vec![
            html! {
                span.number { (back.printed_number) }
                @if back.is_provisional { br; (badge(Tone::Waiting, "provisional")) }
            },
            html! { time { (lang.date_time(back.at_ms, &zone)) } },
            html! { (money(lang, back.total_minor, &view.receipt.currency)) },
        ];
        Row::new(format!("return-{}", back.printed_number), cells)
    });
    html! {
        section.panel {
            header { h2 { "What came back" } }
            (Table::new("What came back", &columns, rows.collect()))
        }
    }
}
