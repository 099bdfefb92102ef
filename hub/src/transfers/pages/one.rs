//! The page of one transfer: what was sent, what was counted, and the facts that say so.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Column, Icon, Row, Table};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{EdgeNumber, TransferId};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{differs, from_words, state_badge, to_words};
use crate::context::Context;
use crate::orders::ToldFact;
use crate::stores::{self, StoreName};
use crate::sync::{CONTACT, FACTS};
use crate::transfers::rules;
use crate::transfers::service::{self, View};
use crate::users::{OnPage, StockRead, Watching};
use crate::web::{Page, Screen, console_page, escaped, live, moment};

/// What the page shows.
struct Shown {
    view: View,
    facts: Vec<ToldFact>,
    stores: Vec<StoreName>,
    now_ms: i64,
}

async fn read(context: &Context, id: TransferId) -> Result<Shown, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| {
        let unknown = || Problem::not_found(format!("the hub knows no transfer {id}"));
        Ok::<_, Problem>(Shown {
            view: service::view(tx, id)?.ok_or_else(unknown)?,
            facts: service::told(tx, id)?,
            stores: stores::names(&within, tx)?,
            now_ms: within.now_ms(),
        })
    });
    read.await
}

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StockRead>,
    Path(id): Path<TransferId>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let read = read(&context, id).await?;
    let stream = format!("/transfers/{id}/stream");
    let shown = Page {
        title: "Transfer",
        screen: Screen::Transfers,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let (from, to) = (
        from_words(&read.view, &read.stores),
        to_words(&read.view, &read.stores),
    );
    let body = html! {
        div.console {
            header.page-head {
                h1 { (from) " to " (to) }
                div.actions { (Button::link("All transfers", "/transfers").icon(Icon::Back)) }
            }
            (region(lang, &read, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

pub(super) async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StockRead>,
    Path(id): Path<TransferId>,
) -> Response {
    live(
        &context,
        viewer,
        [FACTS, CONTACT],
        move |context, version| async move {
            let read = read(&context, id)
                .await
                .map_err(|problem| problem.sentence().to_owned())?;
            Ok::<_, String>(vec![region(context.lang(), &read, version)])
        },
    )
}

fn region(lang: &Lang, read: &Shown, version: Version) -> Region {
    let view = &read.view;
    let markup = html! {
        section.stack {
            section.panel {
                header { h2 { "How it stands" } (state_badge(view)) }
                (details(lang, read))
            }
            div.panel { (table(view)) }
            h2 { "The facts" }
            div.cards {
                @for told in &read.facts {
                    article.card id={ "fact-" (told.fact_id) } {
                        div.card-head {
                            h3 { (told.title) }
                            span.quiet-text { (named(&read.stores, told.edge)) }
                        }
                        p { (told.detail) }
                        time.quiet-text {
                            (moment(lang, told.at_ms, read.now_ms, &zone(read, told.edge)))
                        }
                    }
                }
            }
        }
    };
    Region::new("transfer", version, markup)
}

fn details(lang: &Lang, read: &Shown) -> Markup {
    let view = &read.view;
    let transfer = &view.transfer;
    let both = transfer.sent.as_ref().zip(transfer.received.as_ref());
    let raised =
        both.and_then(|(sent, received)| rules::discrepancy(sent.fact, received.fact, &view.lines));
    html! {
        dl.details {
            @if let Some(sent) = &transfer.sent {
                dt { "Sent" }
                dd {
                    (moment(lang, sent.at_ms, read.now_ms, &zone(read, sent.by)))
                    " (" (lang.age(read.now_ms - sent.at_ms)) ")"
                }
            }
            dt { "Counted in" }
            dd {
                @match &transfer.received {
                    Some(received) => {
                        (moment(lang, received.at_ms, read.now_ms, &zone(read, received.by)))
                    }
                    None => "not yet",
                }
            }
            dt { "Number" } dd.code { (transfer.id) }
            @if let Some(raised) = raised {
                dt { "Exception" }
                dd { a.code href={ "/exceptions/" (raised.exception_id) } {
                    (raised.exception_id)
                } }
            }
        }
    }
}

fn table(view: &View) -> Markup {
    let columns = [
        Column::words("SKU"),
        Column::numbers("Sent"),
        Column::numbers("Counted in"),
    ];
    let counted = view.transfer.received.is_some();
    let differing = counted && differs(view);
    let rows = view.lines.iter().map(|line| {
        let here = match counted {
            true => line.counted.to_string(),
            false => "–".to_owned(),
        };
        let other = differing && line.sent != line.counted;
        let cells = vec![
            html! { a.code href={ "/stock/" (escaped(line.sku.as_str())) } { (line.sku) } },
            html! { (line.sent) },
            html! { @if other { strong { (here) } } @else { (here) } },
        ];
        Row::new(format!("line-{}", line.sku), cells)
    });
    html! { (Table::new("Products", &columns, rows.collect())) }
}

fn named(stores: &[StoreName], edge: EdgeNumber) -> String {
    let found = stores.iter().find(|store| store.edges.contains(&edge));
    found.map_or_else(|| format!("edge {edge}"), |store| store.name.clone())
}

/// Returns the time zone of whoever said something.
fn zone(read: &Shown, edge: EdgeNumber) -> TimeZone {
    let mut all = read.stores.iter();
    let found = all.find(|store| store.edges.contains(&edge));
    found.map_or(TimeZone::UTC, |store| store.zone.clone())
}
