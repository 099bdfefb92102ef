//! The page of the audit log.

use axum::response::Response;
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Pager, Row, Table, Tone, badge,
};
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::users_page;
use crate::context::Context;
use crate::users::service::Caller;
use crate::users::store::AuditRow;
use crate::web::with_query;

/// What the page shows.
pub(in crate::users) struct AuditView<'a> {
    pub(in crate::users) caller: &'a Caller,
    pub(in crate::users) rows: &'a [AuditRow],
    pub(in crate::users) areas: &'a [String],
    pub(in crate::users) who: &'a str,
    pub(in crate::users) area: &'a str,
    pub(in crate::users) is_first: bool,
    pub(in crate::users) older: Option<&'a str>,
}

pub(in crate::users) fn audit(context: &Context, view: &AuditView<'_>) -> Response {
    let shown = match view.rows.len() {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    };
    let base = with_query("/audit", &[("who", view.who), ("area", view.area)]);
    let newest = (!view.is_first).then_some(base.as_str());
    let pager = Pager::new(context.lang(), &shown)
        .newer(newest)
        .older(view.older);
    let body = html! {
        (filters(view))
        div.panel { (lines(context, "Audit log", view.rows)) }
        (pager.render())
    };
    users_page(context, view.caller, "Audit log", "/audit", &body)
}

fn filters(view: &AuditView<'_>) -> Markup {
    let all = Choice {
        value: "",
        label: "Everything",
    };
    let areas = view.areas.iter().map(|area| Choice {
        value: area,
        label: area,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(all).chain(areas).collect();
    html! {
        form.filters method="get" action="/audit" {
            (Field::text("who", "Who").value(view.who).placeholder("operator:mo, key:webshop"))
            (Field::choice("area", "About", &choices).value(view.area))
            (Button::submit("Find").icon(Icon::Search))
        }
    }
}

/// Shows lines of the audit log as a table. Times are UTC: the hub is in no store's zone.
pub(in crate::users) fn lines(context: &Context, caption: &str, rows: &[AuditRow]) -> Markup {
    let lang = context.lang();
    let columns = [
        Column::words("When (UTC)"),
        Column::words("Who"),
        Column::words("What"),
        Column::words("Outcome"),
        Column::words("From"),
    ];
    let shown = rows.iter().map(|row| {
        let (tone, word) = match row.outcome.as_str() {
            "done" => (Tone::Good, "done".to_owned()),
            refused => (Tone::Bad, refused.replace('_', " ")),
        };
        let cells = vec![
            html! { (lang.date_time(row.at_ms, &TimeZone::UTC)) },
            html! {
                a href=(with_query("/audit", &[("who", &row.who)])) { (who_words(&row.who)) }
            },
            html! {
                span.code { (row.command) }
                @if !row.about.is_empty() { br; span.quiet-text { (row.about) } }
            },
            html! { (badge(tone, &word)) },
            html! { (row.came_from) },
        ];
        Row::new(format!("line-{}", Ulid::from_bytes(row.audit_id)), cells)
    });
    let empty = Empty::new("Nothing was changed yet")
        .todo("Every change of an operator or an API key appears here, and who was refused.");
    Table::new(caption, &columns, shown.collect())
        .empty(empty)
        .render()
}

/// Names a principal for people: `mo`, `webshop (API key)`.
fn who_words(who: &str) -> String {
    match who.split_once(':') {
        Some(("operator", name)) => name.to_owned(),
        Some(("key", name)) => format!("{name} (API key)"),
        _ => who.to_owned(),
    }
}
