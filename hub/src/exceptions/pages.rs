//! The inbox page, and the page of one exception with its facts side by side.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::http::{Path, Problem, Query};
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, FilterTab, Icon, Pager, Row, Table, Tone, badge,
    command_id, filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::exceptions::{Resolution, Rule};
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use serde::Deserialize;
use ulid::Ulid;

use super::http::{Asked, PAGE, ResolveDraft, by_words, mark_of, resolve_once, view_of};
use super::rules::{meaning, title, way_label, way_word, ways};
use super::service::{self, EXCEPTIONS, Inbox, View};
use super::store::{Stored, Subject};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::sync::FACTS;
use crate::users::{ExceptionsRead, ExceptionsWrite, OnPage, Permission, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live, moment, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/exceptions", get(page))
        .route("/exceptions/stream", get(stream))
        .route("/exceptions/{exception_id}", get(one))
        .route("/exceptions/{exception_id}/resolve", post(resolve))
}

fn query(asked: &Asked) -> [(&str, &str); 3] {
    fn text(part: &Option<String>) -> &str {
        part.as_deref().unwrap_or("")
    }
    [
        ("standing", text(&asked.standing)),
        ("rule", text(&asked.rule)),
        ("store", text(&asked.store)),
    ]
}

async fn inbox_of(context: &Context, asked: Asked) -> Result<Inbox, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| {
        let stores = stores::names(&within, tx)?;
        let filter = asked.filter(&stores)?;
        Ok::<_, Problem>(service::inbox(&within, tx, &filter, PAGE)?)
    });
    read.await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<ExceptionsRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let inbox = inbox_of(&context, asked.clone()).await?;
    let stream = with_query("/exceptions/stream", &query(&asked));
    let shown = Page {
        title: "Exceptions",
        screen: Screen::Exceptions,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head { h1 { "Exceptions" } }
            (filters(&asked, &inbox.stores))
            (region(lang, &asked, &inbox, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<ExceptionsRead>,
    Query(asked): Query<Asked>,
) -> Response {
    live(
        &context,
        viewer,
        [EXCEPTIONS, FACTS],
        move |context, version| {
            let asked = asked.clone();
            async move {
                let inbox = inbox_of(&context, asked.clone())
                    .await
                    .map_err(|problem| problem.sentence().to_owned())?;
                Ok::<_, String>(vec![region(context.lang(), &asked, &inbox, version)])
            }
        },
    )
}

fn filters(asked: &Asked, stores: &[StoreName]) -> Markup {
    let every_store = Choice {
        value: "",
        label: "Every store",
    };
    let named = stores.iter().map(|store| Choice {
        value: store.store_id.as_str(),
        label: &store.name,
    });
    let stores: Vec<Choice<'_>> = std::iter::once(every_store).chain(named).collect();
    let every_rule = Choice {
        value: "",
        label: "Every kind",
    };
    let rules = Rule::ALL.iter().map(|rule| Choice {
        value: rule.word(),
        label: title(*rule),
    });
    let rules: Vec<Choice<'_>> = std::iter::once(every_rule).chain(rules).collect();
    let [(_, standing), (_, rule), (_, store)] = query(asked);
    html! {
        form.filters method="get" action="/exceptions" {
            (Field::choice("store", "Store", &stores).value(store))
            (Field::choice("rule", "Kind", &rules).value(rule))
            @if !standing.is_empty() { input type="hidden" name="standing" value=(standing); }
            (Button::submit("Find").icon(Icon::Search))
        }
    }
}

fn region(lang: &Lang, asked: &Asked, inbox: &Inbox, version: Version) -> Region {
    let [(_, standing), rule, store] = query(asked);
    let href = |standing: &str| with_query("/exceptions", &[("standing", standing), rule, store]);
    let (open, settled, resolved, all) =
        (href("open"), href("settled"), href("resolved"), href("all"));
    let tabs = [
        ("Needs a person", &open, Some(inbox.open)),
        ("Settled by facts", &settled, Some(inbox.settled)),
        ("Settled by people", &resolved, Some(inbox.resolved)),
        ("All", &all, None),
    ]
    .map(|(label, href, count)| FilterTab { label, href, count });
    let current = match standing {
        "settled" => &settled,
        "resolved" => &resolved,
        "all" => &all,
        _ => &open,
    };
    let markup = html! {
        section.stack {
            (filter_tabs(lang, "Exceptions", &tabs, current))
            div.panel { (table(lang, inbox)) }
            (pager(lang, asked, inbox))
        }
    };
    Region::new("exceptions", version, markup)
}

fn severity_badge(severity: u8) -> Markup {
    match severity {
        1 => badge(Tone::Bad, "now"),
        2 => badge(Tone::Bad, "today"),
        _ => badge(Tone::Waiting, "soon"),
    }
}

fn table(lang: &Lang, inbox: &Inbox) -> Markup {
    let columns = [
        Column::words("Urgent"),
        Column::words("What"),
        Column::words("Where"),
        Column::words("How much"),
        Column::numbers("Since"),
    ];
    let rows = inbox
        .rows
        .iter()
        .map(|stored| {
            let cells = vec![
                severity_badge(stored.severity),
                html! { (title(stored.rule)) },
                html! { (where_words(stored, &inbox.stores)) },
                html! { (units_words(stored)) },
                html! { (lang.age(inbox.now_ms - stored.raised_at_ms)) },
            ];
            Row::new(format!("exception-{}", stored.id), cells)
                .href(format!("/exceptions/{}", stored.id))
        })
        .collect();
    let empty = Empty::new("Nothing needs a person")
        .icon(Icon::Check)
        .todo("What facts say together that cannot be right appears here by itself.");
    Table::new("Exceptions", &columns, rows)
        .empty(empty)
        .render()
}

fn where_words(stored: &Stored, stores: &[StoreName]) -> String {
    stored.edge.map_or_else(
        || "several places".to_owned(),
        |edge| by_words(stores, edge),
    )
}

fn units_words(stored: &Stored) -> String {
    let each: Vec<String> = stored
        .units
        .iter()
        .map(|(sku, milli)| format!("{} {sku}", counterpart_protocol::quantity::Milli(*milli)))
        .collect();
    each.join(", ")
}

fn pager(lang: &Lang, asked: &Asked, inbox: &Inbox) -> Markup {
    let base = query(asked);
    let older = inbox.rows.last().filter(|_| inbox.more).map(|last| {
        let mark = mark_of(last);
        with_query(
            "/exceptions",
            &[&base[..], &[("after", mark.as_str())]].concat(),
        )
    });
    let first = asked
        .after
        .as_ref()
        .map(|_| with_query("/exceptions", &base));
    Pager::new(lang, "")
        .newer(first.as_deref())
        .older(older.as_deref())
        .render()
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<ExceptionsRead>,
    Path(exception_id): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view_of(&context, &exception_id).await?;
    let shown = Page {
        title: title(view.stored.rule),
        screen: Screen::Exceptions,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let may = operator.may(Permission::ExceptionsWrite);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title(view.stored.rule)) }
                div.actions { (Button::link("All exceptions", "/exceptions").icon(Icon::Back)) }
            }
            (one_region(&context, lang, &view, version, may.then_some(())))
        }
    };
    Ok(console_page(lang, shown, body))
}

fn one_region(
    context: &Context,
    lang: &Lang,
    view: &View,
    version: Version,
    may_settle: Option<()>,
) -> Region {
    let stored = &view.stored;
    let open = stored.standing == "open";
    let markup = html! {
        section.stack {
            section.panel {
                header { h2 { "What it is" } (severity_badge(stored.severity)) }
                p { (meaning(stored.rule)) }
                (details(lang, view))
            }
            h2 { "The facts side by side" }
            div.cards {
                @for told in &view.facts {
                    article.card id={ "fact-" (told.fact_id) } {
                        div.card-head {
                            h3 { (told.title) }
                            span.quiet-text { (by_words(&view.stores, told.edge)) }
                        }
                        p { (told.detail) }
                        time.quiet-text {
                            (moment(lang, told.at_ms, view.now_ms, &zone_of(view)))
                        }
                    }
                }
            }
            @if open && may_settle.is_some() { (settle_form(context, lang, stored)) }
        }
    };
    Region::new("exception", version, markup)
}

fn zone_of(view: &View) -> TimeZone {
    let edge = view.stored.edge;
    let found = view
        .stores
        .iter()
        .find(|store| edge.is_some_and(|edge| store.edges.contains(&edge)));
    found
        .or_else(|| view.stores.first())
        .map_or(TimeZone::UTC, |store| store.zone.clone())
}

fn details(lang: &Lang, view: &View) -> Markup {
    let stored = &view.stored;
    html! {
        dl.details {
            dt { "Where" } dd { (where_words(stored, &view.stores)) }
            dt { "How much" } dd { (units_words(stored)) }
            dt { "Since" } dd { (moment(lang, stored.raised_at_ms, view.now_ms, &zone_of(view))) }
            @match stored.about {
                Subject::Order(id) => {
                    dt { "Order" } dd { a.code href={ "/orders/" (id) } { (id) } }
                }
                Subject::Transfer(id) => { dt { "Transfer" } dd.code { (id) } }
            }
            dt { "Standing" }
            dd {
                @match stored.standing.as_str() {
                    "open" => (badge(Tone::Bad, "needs a person")),
                    "settled" => (badge(Tone::Good, "later facts took care of it")),
                    _ => (badge(Tone::Good, "settled")),
                }
                @if let Some((how, at_ms)) = &stored.resolution {
                    " " (resolution_words(how)) ", "
                    (moment(lang, *at_ms, view.now_ms, &zone_of(view)))
                }
            }
        }
    }
}

fn resolution_words(word: &str) -> String {
    const ALL: [Resolution; 5] = [
        Resolution::Accepted,
        Resolution::CustomerTold,
        Resolution::Refunded,
        Resolution::Recounted,
        Resolution::Rerouted,
    ];
    let found = ALL.into_iter().find(|how| way_word(*how) == word);
    found.map_or_else(|| word.to_owned(), |how| way_label(how).to_owned())
}

fn settle_form(context: &Context, lang: &Lang, stored: &Stored) -> Markup {
    let choices: Vec<Choice<'_>> = ways(stored.rule)
        .iter()
        .map(|how| Choice {
            value: way_word(*how),
            label: way_label(*how),
        })
        .collect();
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/exceptions/{}/resolve", stored.id);
    html! {
        section.panel {
            header { h2 { "Settle it" } }
            form.stack method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Field::choice("how", "How", &choices).required(lang))
                (Button::submit("Settle").primary())
                @if let Subject::Order(id) = stored.about {
                    p { (Button::link("Open the order", &format!("/orders/{id}"))) }
                }
            }
        }
    }
}

#[derive(Debug, Deserialize)]
struct Fields {
    how: Resolution,
}

async fn resolve(
    State(context): State<Context>,
    operator: OnPage<ExceptionsWrite>,
    Path(exception_id): Path<String>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let draft = ResolveDraft {
        how: form.fields.how,
    };
    resolve_once(&context, &operator, form.key, &exception_id, draft).await?;
    let view = view_of(&context, &exception_id).await?;
    let there = format!("/exceptions/{}", view.stored.id);
    let region = one_region(&context, context.lang(), &view, version, Some(()));
    Ok(respond(&headers, &there, vec![region]))
}
