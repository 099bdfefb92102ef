//! What came back of a sale, on the page of its receipt.

use counterpart_daemon::web::parts::{Column, Row, Table};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::money;
use crate::sales::service::SaleView;

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
            html! { span.number { (back.printed_number) } },
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
