//! The pages of orders: the list with its saved views, one order, and why it went where it went.

mod deeds;
mod one;
mod parts;
mod routing;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, FilterTab, Icon, Pager, Row, Table, badge, filter_tabs,
    new_rows,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::OrderId;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use std::collections::BTreeMap;

use super::http::{Asked, OPEN, PAGE, STATUSES, mark_of};
use super::service::ORDERS;
use super::store::{self, Listed, ListedPart};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::sync::FACTS;
use crate::users::{OnPage, OrdersRead, Watching};
use crate::web::{Page, Screen, console_page, live, moment, with_query};
use parts::{late, money, stage_badge, status_badge, status_words};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/orders", get(page))
        .route("/orders/stream", get(stream))
        .route("/orders/{order_id}", get(one::page))
        .route("/orders/{order_id}/stream", get(one::stream))
        .route("/orders/{order_id}/cancel", post(deeds::cancel))
        .route("/orders/{order_id}/reroute", post(deeds::reroute))
        .route("/orders/{order_id}/routing", get(routing::page))
}

/// Everything the list shows.
struct View {
    asked: Asked,
    stores: Vec<StoreName>,
    orders: Vec<Listed>,
    parts: BTreeMap<OrderId, Vec<ListedPart>>,
    counts: BTreeMap<String, i64>,
    more: bool,
    /// Orders that came after the page was made.
    newer: i64,
    now_ms: i64,
}

fn load(context: &Context, tx: &mut Tx, asked: Asked) -> Result<View, Problem> {
    let filter = asked.filter(context.now_ms())?;
    let mut orders = store::listed(tx, &filter, PAGE + 1)?;
    let more = orders.len() > PAGE as usize;
    orders.truncate(PAGE as usize);
    let ids: Vec<OrderId> = orders.iter().map(|order| order.order_id).collect();
    Ok(View {
        stores: stores::names(context, tx)?,
        parts: store::listed_parts(tx, &ids)?,
        counts: store::status_counts(tx, &filter)?,
        asked,
        orders,
        more,
        newer: 0,
        now_ms: context.now_ms(),
    })
}

fn query(asked: &Asked) -> [(&str, &str); 4] {
    fn text(part: &Option<String>) -> &str {
        part.as_deref().unwrap_or("")
    }
    [
        ("query", text(&asked.query)),
        ("status", text(&asked.status)),
        ("store", text(&asked.store)),
        ("channel", text(&asked.channel)),
    ]
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<OrdersRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let (within, wanted) = (context.clone(), asked.clone());
    let view = context
        .db()
        .read(move |tx| load(&within, tx, wanted))
        .await?;
    // The stream knows what this page began with, so that rows do not move under the pointer.
    let first = view.orders.first().map(mark_of);
    let first = first.unwrap_or_else(|| "0.".to_owned());
    let stream = with_query(
        "/orders/stream",
        &[&query(&asked)[..], &[("first", &first)]].concat(),
    );
    let shown = Page {
        title: "Orders",
        screen: Screen::Orders,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head { h1 { "Orders" } }
            (filters(&view))
            (tabs(lang, &view))
            (news(lang, &view, version))
            (rows(lang, &view, version))
            (pager(lang, &view))
        }
    };
    Ok(console_page(lang, shown, body))
}

/// What the stream of a list is asked for: the list, and its first order.
#[derive(Debug, Clone, serde::Deserialize)]
struct Watched {
    query: Option<String>,
    status: Option<String>,
    store: Option<String>,
    channel: Option<String>,
    after: Option<String>,
    first: String,
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<OrdersRead>,
    Query(watched): Query<Watched>,
) -> Response {
    live(
        &context,
        viewer,
        [ORDERS, FACTS],
        move |context, version| {
            let asked = Asked {
                query: watched.query.clone(),
                status: watched.status.clone(),
                store: watched.store.clone(),
                channel: watched.channel.clone(),
                after: watched.after.clone(),
                ..Asked::default()
            };
            let first = watched.first.split_once('.');
            let first: i64 = first.and_then(|(at_ms, _)| at_ms.parse().ok()).unwrap_or(0);
            async move {
                let within = context.clone();
                let read = context.db().read(move |tx| {
                    let mut view = load(&within, tx, asked)?;
                    let newer = view
                        .orders
                        .iter()
                        .filter(|order| order.placed_at_ms > first)
                        .count();
                    view.newer = i64::try_from(newer).unwrap_or(i64::MAX);
                    Ok::<_, Problem>(view)
                });
                let view = read
                    .await
                    .map_err(|problem| problem.sentence().to_owned())?;
                Ok::<_, String>(vec![news(context.lang(), &view, version)])
            }
        },
    )
}

fn news(lang: &Lang, view: &View, version: Version) -> Region {
    let here = with_query("/orders", &query(&view.asked));
    Region::new("orders-news", version, new_rows(lang, view.newer, &here))
}

fn filters(view: &View) -> Markup {
    let all = Choice {
        value: "",
        label: "Every store",
    };
    let named = view.stores.iter().map(|store| Choice {
        value: store.store_id.as_str(),
        label: &store.name,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(all).chain(named).collect();
    let [(_, text), (_, status), (_, store), (_, channel)] = query(&view.asked);
    html! {
        form.filters method="get" action="/orders" {
            (Field::search("query", "Reference, product or order").value(text).key("/"))
            (Field::choice("store", "Store", &choices).value(store))
            (Field::text("channel", "Channel").value(channel).placeholder("web"))
            @if !status.is_empty() { input type="hidden" name="status" value=(status); }
            (Button::submit("Find").icon(Icon::Search))
        }
    }
}

/// The saved views: everything, what is not over, what is late, and each status.
fn tabs(lang: &Lang, view: &View) -> Markup {
    let [text, _, store, channel] = query(&view.asked);
    let href = |status: &str| with_query("/orders", &[text, ("status", status), store, channel]);
    let count = |word: &str| view.counts.get(word).copied().unwrap_or(0);
    let open = OPEN.iter().map(|status| count(status.word())).sum();
    let all = view.counts.values().sum();
    let mut listed: Vec<(String, String, Option<i64>)> = vec![
        ("All".to_owned(), href(""), Some(all)),
        ("Open".to_owned(), href("open"), Some(open)),
        ("Late".to_owned(), href("late"), None),
    ];
    for status in STATUSES {
        let (_, words) = status_words(status.word());
        listed.push((
            words.to_owned(),
            href(status.word()),
            Some(count(status.word())),
        ));
    }
    let tabs: Vec<FilterTab<'_>> = listed
        .iter()
        .map(|(label, href, count)| FilterTab {
            label,
            href,
            count: *count,
        })
        .collect();
    let current = href(view.asked.status.as_deref().unwrap_or(""));
    filter_tabs(lang, "Orders", &tabs, &current)
}

fn rows(lang: &Lang, view: &View, version: Version) -> Region {
    let columns = [
        Column::words("Order"),
        Column::words("Placed"),
        Column::words("Status"),
        Column::words("Where"),
        Column::words("Promised"),
        Column::numbers("Total"),
    ];
    let rows = view
        .orders
        .iter()
        .map(|order| row(lang, view, order))
        .collect();
    let filtered = query(&view.asked)
        .iter()
        .any(|(_, value)| !value.is_empty());
    let empty = match filtered {
        false => Empty::new("No order yet").icon(Icon::Box).todo(
            "An order appears here as soon as a channel captures it: POST /v1/orders with an API \
             key.",
        ),
        true => Empty::new("No order is like that")
            .icon(Icon::Search)
            .todo("Try fewer words, or another view."),
    };
    let markup = html! {
        div.panel { (Table::new("Orders", &columns, rows).empty(empty)) }
    };
    Region::new("orders-rows", version, markup)
}

fn row(lang: &Lang, view: &View, order: &Listed) -> Row {
    let parts = view
        .parts
        .get(&order.order_id)
        .map_or(&[][..], Vec::as_slice);
    let is_late = late(&order.status, order.promise_at_ms, view.now_ms);
    let first = parts.iter().find_map(|part| part.store_id.as_deref());
    let zone = zone_of(&view.stores, first);
    let cells = vec![
        html! { (order.channel) " " span.code { (order.channel_reference) } },
        html! { time { (moment(lang, order.placed_at_ms, view.now_ms, &zone)) } },
        status_badge(&order.status),
        html! {
            @if parts.is_empty() { "–" }
            @for part in parts {
                (name_of(&view.stores, part.store_id.as_deref())) " "
                (stage_badge(&part.stage)) " "
            }
            @if order.delivery == "ship" { span.quiet-text { "to be sent" } }
        },
        html! {
            @match order.promise_at_ms {
                Some(at_ms) => {
                    time { (moment(lang, at_ms, view.now_ms, &zone)) }
                    @if is_late { " " (badge(counterpart_daemon::web::parts::Tone::Bad, "late")) }
                }
                None => "–",
            }
        },
        html! { (money(lang, order.total_minor, &order.currency)) },
    ];
    Row::new(format!("order-{}", order.order_id), cells).href(format!("/orders/{}", order.order_id))
}

fn zone_of(stores: &[StoreName], slug: Option<&str>) -> TimeZone {
    let found = slug.and_then(|slug| stores.iter().find(|store| store.store_id.as_str() == slug));
    let zone = found.or_else(|| stores.first());
    zone.map_or(TimeZone::UTC, |store| store.zone.clone())
}

fn name_of<'a>(stores: &'a [StoreName], slug: Option<&'a str>) -> &'a str {
    let slug = slug.unwrap_or("–");
    let found = stores.iter().find(|store| store.store_id.as_str() == slug);
    found.map_or(slug, |store| store.name.as_str())
}

fn pager(lang: &Lang, view: &View) -> Markup {
    let shown = match view.orders.len() {
        0 => String::new(),
        1 => "1 order".to_owned(),
        count => format!("{count} orders"),
    };
    let base = query(&view.asked);
    let older = view.orders.last().filter(|_| view.more).map(|last| {
        let mark = mark_of(last);
        with_query(
            "/orders",
            &[&base[..], &[("after", mark.as_str())]].concat(),
        )
    });
    let newest = view
        .asked
        .after
        .as_ref()
        .map(|_| with_query("/orders", &base));
    Pager::new(lang, &shown)
        .newer(newest.as_deref())
        .older(older.as_deref())
        .render()
}
