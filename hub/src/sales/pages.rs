//! The pages of received sales: the list of receipts, and one receipt with its lines.

mod back;
mod lines;
mod one;
mod sold_to;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Pager, Row, Table, Tone, badge, new_rows,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::http::{Asked, PAGE, mark_of};
use super::store::{self, Receipt};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::sync::FACTS;
use crate::users::{OnPage, SalesRead, Watching};
use crate::web::{Page, Screen, console_page, live, moment, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/sales", get(page))
        .route("/sales/stream", get(stream))
        .route("/sales/{sale_id}", get(one::page))
}

/// Everything the list shows.
struct View {
    asked: Asked,
    stores: Vec<StoreName>,
    receipts: Vec<Receipt>,
    more: bool,
    /// Receipts that came after the page was made.
    newer: i64,
}

fn load(context: &Context, tx: &mut Tx, asked: Asked) -> Result<View, Problem> {
    let stores = stores::names(context, tx)?;
    let filter = asked.filter(&stores)?;
    let mut receipts = store::receipts(tx, &filter, PAGE + 1)?;
    let more = receipts.len() > PAGE as usize;
    receipts.truncate(PAGE as usize);
    Ok(View {
        asked,
        stores,
        receipts,
        more,
        newer: 0,
    })
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let (within, wanted) = (context.clone(), asked.clone());
    let view = context
        .db()
        .read(move |tx| load(&within, tx, wanted))
        .await?;
    // The stream knows what this page began with, so that rows do not move under the pointer.
    let first = view
        .receipts
        .first()
        .map(mark_of)
        .unwrap_or_else(|| "0.".to_owned());
    let stream = with_query(
        "/sales/stream",
        &[&query(&asked)[..], &[("first", &first)]].concat(),
    );
    let shown = Page {
        title: "Receipts",
        screen: Screen::Sales,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let rows = receipt_rows(
        lang,
        &view.receipts,
        &view.stores,
        ReceiptsOf::EveryStore,
        context.now_ms(),
    );
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Receipts" }
                div.actions { (Button::link("Gift cards and credit", "/stored")) }
            }
            (filters(&view))
            (news(lang, &view, version))
            div.panel { (rows) }
            (pager(lang, &view))
        }
    };
    Ok(console_page(lang, shown, body))
}

/// What the stream of a list is asked for: the list, and its first receipt.
#[derive(Debug, Clone, serde::Deserialize)]
struct Watched {
    store: Option<String>,
    date: Option<String>,
    receipt: Option<String>,
    customer: Option<String>,
    first: String,
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<SalesRead>,
    Query(watched): Query<Watched>,
) -> Response {
    live(&context, viewer, [FACTS], move |context, version| {
        let asked = Asked {
            store: watched.store.clone(),
            date: watched.date.clone(),
            receipt: watched.receipt.clone(),
            customer: watched.customer.clone(),
            ..Asked::default()
        };
        let first: i64 = watched
            .first
            .split_once('.')
            .and_then(|(hlc, _)| hlc.parse().ok())
            .unwrap_or(0);
        async move {
            let within = context.clone();
            let view = context.db().read(move |tx| {
                let mut view = load(&within, tx, asked)?;
                let newer = view
                    .receipts
                    .iter()
                    .filter(|receipt| receipt.hlc > first)
                    .count();
                view.newer = i64::try_from(newer).unwrap_or(i64::MAX);
                Ok::<_, Problem>(view)
            });
            let view = view
                .await
                .map_err(|problem| problem.sentence().to_owned())?;
            Ok::<_, String>(vec![news(context.lang(), &view, version)])
        }
    })
}

fn news(lang: &Lang, view: &View, version: Version) -> Region {
    let here = with_query("/sales", &query(&view.asked));
    Region::new("sales-news", version, new_rows(lang, view.newer, &here))
}

fn query(asked: &Asked) -> [(&str, &str); 4] {
    fn text(part: &Option<String>) -> &str {
        part.as_deref().unwrap_or("")
    }
    [
        ("store", text(&asked.store)),
        ("date", text(&asked.date)),
        ("receipt", text(&asked.receipt)),
        ("customer", text(&asked.customer)),
    ]
}

fn filters(view: &View) -> Markup {
    let all = Choice {
        value: "",
        label: "Every store",
    };
    let stores = view.stores.iter().map(|store| Choice {
        value: store.store_id.as_str(),
        label: &store.name,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(all).chain(stores).collect();
    let [(_, store), (_, date), (_, receipt), (_, customer)] = query(&view.asked);
    html! {
        form.filters method="get" action="/sales" {
            (Field::choice("store", "Store", &choices).value(store))
            (Field::date("date", "Business day").value(date))
            (Field::text("receipt", "Receipt number").value(receipt).placeholder("1-1-000042"))
            @if !customer.is_empty() {
                input type="hidden" name="customer" value=(customer);
            }
            (Button::submit("Find").icon(Icon::Search))
        }
    }
}

fn pager(lang: &Lang, view: &View) -> Markup {
    let shown = match view.receipts.len() {
        1 => "1 receipt".to_owned(),
        count => format!("{count} receipts"),
    };
    let base = query(&view.asked);
    let older = view.receipts.last().filter(|_| view.more).map(|last| {
        let mark = mark_of(last);
        with_query(
            "/sales",
            &[&base[..], &[("before", mark.as_str())]].concat(),
        )
    });
    let newest = view
        .asked
        .before
        .as_ref()
        .map(|_| with_query("/sales", &base));
    Pager::new(lang, &shown)
        .newer(newest.as_deref())
        .older(older.as_deref())
        .render()
}

/// Where receipts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptsOf {
    /// On the page of one store, which need not be named again.
    OneStore,
    /// On a page of all stores.
    EveryStore,
}

/// Shows receipts as a table, for this and other pages; those of the last hours by their time.
pub fn receipt_rows(
    lang: &Lang,
    receipts: &[Receipt],
    stores: &[StoreName],
    of: ReceiptsOf,
    now_ms: i64,
) -> Markup {
    let every_store = of == ReceiptsOf::EveryStore;
    let mut columns = vec![Column::words("Receipt")];
    if every_store {
        columns.push(Column::words("Store"));
    }
    columns.extend([
        Column::words("When"),
        Column::numbers("Lines"),
        Column::numbers("Total"),
    ]);
    let rows = receipts
        .iter()
        .map(|receipt| {
            let store = store_of(stores, receipt);
            let id = Ulid::from_bytes(receipt.sale_id).to_string();
            let zone = store.map_or(TimeZone::UTC, |store| store.zone.clone());
            let mut cells = vec![html! {
                span.number { (receipt.number) }
                @if receipt.copies > 0 { " " (badge(Tone::Quiet, &copies(receipt.copies))) }
            }];
            if every_store {
                cells.push(html! { (store.map_or("–", |store| store.name.as_str())) });
            }
            cells.extend([
                html! { time { (moment(lang, receipt.at_ms, now_ms, &zone)) } },
                html! { (lang.count(receipt.lines)) },
                html! { (money(lang, receipt.total_minor, &receipt.currency)) },
            ]);
            Row::new(format!("sale-{id}"), cells).href(format!("/sales/{id}"))
        })
        .collect();
    let empty = Empty::new("No receipt here yet")
        .icon(Icon::Receipt)
        .todo("A receipt appears within a second of its sale, once its store is connected.");
    Table::new("Receipts", &columns, rows).empty(empty).render()
}

fn copies(count: i64) -> String {
    match count {
        1 => "1 copy".to_owned(),
        count => format!("{count} copies"),
    }
}

fn store_of<'a>(stores: &'a [StoreName], receipt: &Receipt) -> Option<&'a StoreName> {
    stores
        .iter()
        .find(|store| store.edges.contains(&receipt.edge))
}

fn money(lang: &Lang, minor: i64, currency: &str) -> String {
    let decimals = currency
        .parse()
        .map_or(2, |currency: Currency| currency.decimals());
    lang.money(minor, currency, decimals)
}
