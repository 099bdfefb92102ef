//! The page of one business day: what arrived, what is missing, what differs.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Column, Empty, Icon, Row, Stat, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use maud::{Markup, Render, html};

use super::state_badge;
use crate::context::Context;
use crate::days::http::{Proven, proven};
use crate::days::rules::{DayState, EdgeDay, SeriesProof, Takings};
use crate::days::service::DAYS;
use crate::sync::FACTS;
use crate::users::{OnPage, SalesRead, Watching};
use crate::web::{Page, Screen, console_page, live};

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Path((store_id, day)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let proven = proven(&context, &store_id, &day).await?;
    let title = format!("{}, {}", proven.store.name, proven.business_date);
    let here = format!("/days/{}/{}", proven.store.store_id, proven.business_date);
    let stream = format!("{here}/stream");
    let shown = Page {
        title: &title,
        screen: Screen::Days,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let back = format!("/days?store={}", proven.store.store_id);
    let receipts = format!(
        "/sales?store={}&date={}",
        proven.store.store_id, proven.business_date
    );
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link("All days", &back).icon(Icon::Back))
                    (Button::link("Receipts of the day", &receipts))
                }
            }
            (region(lang, &proven, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

pub(super) async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<SalesRead>,
    Path((store_id, day)): Path<(String, String)>,
) -> Response {
    live(&context, viewer, [DAYS, FACTS], move |context, version| {
        let (store_id, day) = (store_id.clone(), day.clone());
        async move {
            let proven = proven(&context, &store_id, &day)
                .await
                .map_err(|problem| problem.sentence().to_owned())?;
            Ok::<_, String>(vec![region(context.lang(), &proven, version)])
        }
    })
}

fn region(lang: &Lang, proven: &Proven, version: Version) -> Region {
    let markup = html! {
        div.stack {
            @if proven.days.is_empty() {
                (Empty::new("Nothing of this day has arrived")
                    .todo("A store that was closed states nothing: the next day's seal says so."))
            }
            @for day in &proven.days { (server(lang, proven, day)) }
        }
    };
    Region::new("day", version, markup)
}

fn server(lang: &Lang, proven: &Proven, day: &EdgeDay) -> Markup {
    html! {
        section.stack aria-label={ "Store server " (day.edge) } {
            section.panel {
                header { h2 { "Store server " (day.edge) } (state_badge(day.state)) }
                p { (verdict(day)) }
                (details(lang, proven, day))
            }
            (differences(day))
            div.panel { (series("Receipts", &day.receipts)) }
            @if !day.papers.is_empty() { div.panel { (series("Invoices", &day.papers)) } }
            (takings(lang, &day.takings))
            (aside(day))
        }
    }
}

fn verdict(day: &EdgeDay) -> &'static str {
    match (day.state, day.is_whole()) {
        (DayState::Open, true) => {
            "The day is not sealed yet: what arrived has no gaps, and more may come."
        }
        (DayState::Open, false) => "The day is not sealed yet, and something is not here.",
        (DayState::Sealed, _) => "The store has sealed the day; the hub is about to compare it.",
        (DayState::Countersigned, true) => {
            "Complete: the hub holds everything the store sealed, once."
        }
        (DayState::Countersigned, false) | (DayState::Differs, _) => {
            "The hub does not hold what the store sealed. What is missing or set aside is named \
             below; it is compared again by itself when that changes."
        }
    }
}

fn details(lang: &Lang, proven: &Proven, day: &EdgeDay) -> Markup {
    let when = |at_ms: i64| lang.date_time(at_ms, &proven.store.zone);
    let records = i64::try_from(day.records).unwrap_or(i64::MAX);
    html! {
        dl.details {
            dt { "Records" } dd { (lang.count(records)) }
            dt { "Sealed" }
            dd { @match day.sealed_at_ms { Some(at_ms) => (when(at_ms)), None => "not yet" } }
            dt { "Countersigned" }
            dd { @match day.countersigned_at_ms { Some(at_ms) => (when(at_ms)), None => "no" } }
            @if !day.open_tills.is_empty() {
                dt { "Tills open at the end" }
                dd {
                    @for (place, register) in day.open_tills.iter().enumerate() {
                        @if place > 0 { ", " } (register)
                    }
                }
            }
            @for late in &day.late {
                dt { "Came late" }
                dd { (lang.count(late.facts)) " facts, which count for " (late.counted_on) }
            }
            dt { "Digest" } dd { code { (day.digest) } }
        }
    }
}

fn differences(day: &EdgeDay) -> Markup {
    if day.differences.is_empty() {
        return html! {};
    }
    html! {
        section.panel {
            header { h2 { "What differs" } (badge(Tone::Bad, "not as sealed")) }
            ul { @for difference in &day.differences { li { (difference.sentence()) } } }
        }
    }
}

fn series(caption: &str, proofs: &[SeriesProof]) -> Markup {
    let columns = [
        Column::words("Series"),
        Column::numbers("First"),
        Column::numbers("Last"),
        Column::numbers("Arrived"),
        Column::numbers("Missing"),
        Column::numbers("Doubled"),
        Column::words("Which are missing"),
    ];
    let rows = proofs.iter().map(|proof| {
        let gaps = match proof.missing {
            0 => badge(Tone::Good, "none"),
            _ => html! { (badge(Tone::Bad, "missing")) " " (proof.gaps_text()) },
        };
        let cells = vec![
            html! { code { (proof.series) } },
            html! { (format!("{:06}", proof.first)) },
            html! { (format!("{:06}", proof.last)) },
            html! { (proof.arrived) },
            html! { (proof.missing) },
            html! { (proof.doubled) },
            gaps,
        ];
        Row::new(format!("{caption}-{}", proof.series).to_lowercase(), cells)
    });
    Table::new(caption, &columns, rows.collect())
        .empty(Empty::new("None on this day"))
        .render()
}

fn takings(lang: &Lang, takings: &[Takings]) -> Markup {
    html! {
        @for sums in takings {
            @let currency: Option<Currency> = sums.currency.parse().ok();
            @let decimals = currency.map_or(2, |currency| currency.decimals());
            @let money = |minor: i64| lang.money(minor, &sums.currency, decimals);
            div.stats {
                (Stat::new("Sales", &lang.count(i64::try_from(sums.sales).unwrap_or(i64::MAX))))
                (Stat::new("Came to", &money(sums.total_minor)))
                @if sums.returns > 0 {
                    (Stat::new("Given back", &money(sums.returned_minor)))
                }
                @if sums.rounding_minor != 0 {
                    (Stat::new("Cash rounding", &money(sums.rounding_minor)))
                }
                @for (kind, kept) in &sums.tenders {
                    (Stat::new(&taken(kind), &money(*kept)))
                }
                @for (rate, tax) in &sums.taxes {
                    @let label = format!("Tax at {}.{:03} %", rate / 1_000, rate % 1_000);
                    (Stat::new(&label, &money(*tax)))
                }
            }
        }
    }
}

/// Says how money was taken: `Taken in cash`.
fn taken(kind: &str) -> String {
    match kind {
        "cash" => "Taken in cash".to_owned(),
        "foreign_cash" => "Taken in foreign cash".to_owned(),
        "on_account" => "Sold on account".to_owned(),
        other => format!("Taken by {other}"),
    }
}

fn aside(day: &EdgeDay) -> Markup {
    if day.aside.is_empty() {
        return html! {};
    }
    let columns = [
        Column::numbers("Record"),
        Column::words("Kind"),
        Column::words("Why it was set aside"),
    ];
    let rows = day.aside.iter().map(|aside| {
        let cells = vec![
            html! { (aside.seq) },
            html! { (aside.kind) },
            html! { (aside.reason) },
        ];
        let place = format!("{}/{}/{}", day.edge, aside.run, aside.seq);
        Row::new(format!("aside-{}-{}", aside.run, aside.seq), cells)
            .href(format!("/quarantine/{place}"))
    });
    let table = Table::new("Records set aside", &columns, rows.collect());
    html! { div.panel { (table) } }
}
