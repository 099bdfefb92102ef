//! The inbox page, and the page of one exception with its facts side by side.

mod one;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, FilterTab, Icon, Pager, Row, Table, Tone, badge,
    filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::exceptions::Rule;
use maud::{Markup, Render, html};

use super::http::{Asked, PAGE, by_words, mark_of};
use super::rules::title;
use super::service::{self, EXCEPTIONS, Inbox};
use super::store::Stored;
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::sync::FACTS;
use crate::users::{ExceptionsRead, OnPage, Watching};
use crate::web::{Page, Screen, console_page, live, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/exceptions", get(page))
        .route("/exceptions/stream", get(stream))
        .route("/exceptions/{exception_id}", get(one::page))
        .route("/exceptions/{exception_id}/resolve", post(one::resolve))
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
        Column::words("What"),
        Column::words("Urgent"),
        Column::words("Where"),
        Column::words("How much"),
        Column::numbers("Since"),
    ];
    let rows = inbox
        .rows
        .iter()
        .map(|stored| {
            let cells = vec![
                html! { (title(stored.rule)) },
                severity_badge(stored.severity),
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
