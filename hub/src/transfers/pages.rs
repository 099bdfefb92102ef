//! The page of what is between stores, and the page of one transfer with both ends side by side.

mod one;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Column, Empty, FilterTab, Icon, Pager, Row, Table, Tone, badge, filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::TransferId;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, Render, html};
use serde::Deserialize;

use super::service::{self, View};
use super::store::Which;
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::sync::{CONTACT, FACTS};
use crate::users::{OnPage, StockRead, Watching};
use crate::web::{Page, Screen, console_page, live, with_query};

/// Transfers of one page.
const PAGE: u32 = 50;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/transfers", get(page))
        .route("/transfers/stream", get(stream))
        .route("/transfers/{transfer_id}", get(one::page))
        .route("/transfers/{transfer_id}/stream", get(one::stream))
}

/// What is asked of the page, as in its address.
#[derive(Debug, Clone, Default, Deserialize)]
struct Asked {
    /// `under_way`, `differing`, or nothing for all.
    #[serde(default)]
    which: String,
    /// After this one: `<ms>.<id>`.
    #[serde(default)]
    after: String,
}

impl Asked {
    fn which(&self) -> Which {
        match self.which.as_str() {
            "under_way" => Which::UnderWay,
            "differing" => Which::Differing,
            _ => Which::All,
        }
    }

    fn mark(&self) -> Option<(i64, TransferId)> {
        let (at_ms, id) = self.after.split_once('.')?;
        Some((at_ms.parse().ok()?, id.parse().ok()?))
    }
}

/// What a page shows.
struct Shown {
    views: Vec<View>,
    more: bool,
    stores: Vec<StoreName>,
    now_ms: i64,
}

async fn read(context: &Context, asked: &Asked) -> Result<Shown, Problem> {
    let within = context.clone();
    let (which, after) = (asked.which(), asked.mark());
    let read = context.db().read(move |tx| {
        let mut views = service::views(tx, which, after, PAGE + 1)?;
        let more = views.len() > PAGE as usize;
        views.truncate(PAGE as usize);
        Ok::<_, Problem>(Shown {
            views,
            more,
            stores: stores::names(&within, tx)?,
            now_ms: within.now_ms(),
        })
    });
    read.await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<StockRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let read = read(&context, &asked).await?;
    let query = [
        ("which", asked.which.as_str()),
        ("after", asked.after.as_str()),
    ];
    let stream = with_query("/transfers/stream", &query);
    let shown = Page {
        title: "Transfers",
        screen: Screen::Transfers,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head { h1 { "Transfers" } }
            (region(lang, &asked, &read, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StockRead>,
    Query(asked): Query<Asked>,
) -> Response {
    live(
        &context,
        viewer,
        [FACTS, CONTACT],
        move |context, version| {
            let asked = asked.clone();
            async move {
                let read = read(&context, &asked)
                    .await
                    .map_err(|problem| problem.sentence().to_owned())?;
                Ok::<_, String>(vec![region(context.lang(), &asked, &read, version)])
            }
        },
    )
}

fn region(lang: &Lang, asked: &Asked, read: &Shown, version: Version) -> Region {
    let href = |which: &str| with_query("/transfers", &[("which", which)]);
    let all = "/transfers".to_owned();
    let (under_way, differing) = (href("under_way"), href("differing"));
    let tabs = [
        ("All", &all),
        ("Under way", &under_way),
        ("Differing", &differing),
    ]
    .map(|(label, href)| FilterTab {
        label,
        href,
        count: None,
    });
    let current = match asked.which() {
        Which::All => &all,
        Which::UnderWay => &under_way,
        Which::Differing => &differing,
    };
    let older = read.views.last().filter(|_| read.more).and_then(|last| {
        let sent = last.transfer.sent.as_ref()?;
        let mark = format!("{}.{}", sent.at_ms, last.transfer.id);
        let query = [("which", asked.which.as_str()), ("after", mark.as_str())];
        Some(with_query("/transfers", &query))
    });
    let first = (!asked.after.is_empty()).then_some(current.as_str());
    let markup = html! {
        section.stack {
            (filter_tabs(lang, "Transfers", &tabs, current))
            div.panel { (table(lang, asked, read)) }
            (Pager::new(lang, "").newer(first).older(older.as_deref()))
        }
    };
    Region::new("transfers", version, markup)
}

fn table(lang: &Lang, asked: &Asked, read: &Shown) -> Markup {
    let columns = [
        Column::words("From"),
        Column::words("To"),
        Column::words("What"),
        Column::words("State"),
        Column::numbers("Sent"),
    ];
    let rows = read.views.iter().map(|view| {
        let sent_at_ms = view.transfer.sent.as_ref().map(|sent| sent.at_ms);
        let age = sent_at_ms.map(|at_ms| lang.age(read.now_ms - at_ms));
        let cells = vec![
            html! { (from_words(view, &read.stores)) },
            html! { (to_words(view, &read.stores)) },
            html! { (what_words(view)) },
            state_badge(view),
            html! { (age.unwrap_or_default()) },
        ];
        let id = view.transfer.id;
        Row::new(format!("transfer-{id}"), cells).href(format!("/transfers/{id}"))
    });
    let (nothing, todo) = match asked.which() {
        Which::All => (
            "Nothing was sent from store to store yet",
            "What a store sends to another appears here by itself.",
        ),
        Which::UnderWay => (
            "Nothing is under way",
            "Everything that left a store was counted in at another.",
        ),
        Which::Differing => ("Nothing differs", "Everything arrived as it was sent."),
    };
    let empty = Empty::new(nothing).icon(Icon::Box).todo(todo);
    Table::new("Transfers", &columns, rows.collect())
        .empty(empty)
        .render()
}

/// Returns what people call the store goods came from.
fn from_words(view: &View, stores: &[StoreName]) -> String {
    let Some(sent) = &view.transfer.sent else {
        return "not known yet".to_owned();
    };
    let found = stores.iter().find(|store| store.edges.contains(&sent.by));
    found.map_or_else(|| format!("edge {}", sent.by), |store| store.name.clone())
}

/// Returns what people call the store goods go to.
fn to_words(view: &View, stores: &[StoreName]) -> String {
    let Some(sent) = &view.transfer.sent else {
        return "not known yet".to_owned();
    };
    let mut all = stores.iter();
    let found = all.find(|store| store.store_id.as_str() == sent.to_store);
    found.map_or_else(|| sent.to_store.clone(), |store| store.name.clone())
}

/// Says what was sent: the product, or how many.
fn what_words(view: &View) -> String {
    let mut sent = view.lines.iter().filter(|line| line.sent != Milli::ZERO);
    match (sent.next(), sent.count()) {
        (None, _) => String::new(),
        (Some(line), 0) => format!("{} {}", line.sent, line.sku),
        (Some(_), more) => format!("{} products", more + 1),
    }
}

fn differs(view: &View) -> bool {
    view.lines.iter().any(|line| line.sent != line.counted)
}

fn state_badge(view: &View) -> Markup {
    match (&view.transfer.received, view.transfer.told_edge) {
        (Some(_), _) if differs(view) => badge(Tone::Bad, "differs"),
        (Some(_), _) => badge(Tone::Good, "arrived"),
        (None, Some(_)) => badge(Tone::Waiting, "under way"),
        (None, None) => badge(Tone::Waiting, "under way, the store is not told yet"),
    }
}
