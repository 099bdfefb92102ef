//! The pages of stock: what is on hand where, and why a number is what it is.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::{Path, Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, FilterTab, Icon, Pager, Row, Stat, Table, Tone, badge,
    filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::http::{Asked, PAGE, mark_of};
use super::rules::{Freshness, freshness, moved_words};
use super::service::{self, Question, Shelf, ShelfRow, Why};
use super::store::Movement;
use crate::context::Context;
use crate::stores::StoreName;
use crate::sync::{CONTACT, FACTS};
use crate::users::{OnPage, StockRead, Watching};
use crate::web::{Page, Screen, console_page, escaped, live, moment, stat_age, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/stock", get(page))
        .route("/stock/stream", get(stream))
        .route("/stock/{sku}", get(one))
        .route("/stock/{sku}/stream", get(one_stream))
}

fn query(asked: &Asked) -> [(&str, &str); 4] {
    fn text(part: &Option<String>) -> &str {
        part.as_deref().unwrap_or("")
    }
    [
        ("query", text(&asked.query)),
        ("store", text(&asked.store)),
        ("view", text(&asked.view)),
        ("after", text(&asked.after)),
    ]
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<StockRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let (within, question) = (context.clone(), asked.question());
    let shelf = context
        .db()
        .read(move |tx| service::shelf(&within, tx, &question, PAGE))
        .await?;
    let stream = with_query("/stock/stream", &query(&asked));
    let shown = Page {
        title: "Stock",
        screen: Screen::Stock,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let body = html! {
        div.console {
            header.page-head { h1 { "Stock" } }
            (filters(&asked, &shelf.stores))
            (region(&context, &asked, &shelf, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
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
                let (within, question) = (context.clone(), asked.question());
                let shelf = context
                    .db()
                    .read(move |tx| service::shelf(&within, tx, &question, PAGE))
                    .await
                    .map_err(|problem: Problem| problem.sentence().to_owned())?;
                Ok::<_, String>(vec![region(&context, &asked, &shelf, version)])
            }
        },
    )
}

fn filters(asked: &Asked, stores: &[StoreName]) -> Markup {
    let all = Choice {
        value: "",
        label: "Every store",
    };
    let named = stores.iter().map(|store| Choice {
        value: store.store_id.as_str(),
        label: &store.name,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(all).chain(named).collect();
    let [(_, text), (_, store), ..] = query(asked);
    html! {
        form.filters method="get" action="/stock" {
            (Field::search("query", "Product, SKU or number").value(text).key("/"))
            (Field::choice("store", "Store", &choices).value(store))
            (Button::submit("Find").icon(Icon::Search))
        }
    }
}

fn region(context: &Context, asked: &Asked, shelf: &Shelf, version: Version) -> Region {
    let lang = context.lang();
    let [text, store, ..] = query(asked);
    let all = with_query("/stock", &[text, store]);
    let below = with_query("/stock", &[text, store, ("view", "below_zero")]);
    let question = asked.question();
    let tabs = [
        FilterTab {
            label: "All",
            href: &all,
            count: None,
        },
        FilterTab {
            label: "Below zero",
            href: &below,
            count: Some(shelf.below_zero),
        },
    ];
    let current = if question.below_zero { &below } else { &all };
    let markup = html! {
        section.stack {
            (filter_tabs(lang, "Stock", &tabs, current))
            div.panel { (table(lang, shelf, &question, context.now_ms())) }
            (pager(lang, asked, shelf))
        }
    };
    Region::new("stock", version, markup)
}

fn table(lang: &Lang, shelf: &Shelf, question: &Question, now_ms: i64) -> Markup {
    let columns = [
        Column::words("Product"),
        Column::words("SKU"),
        Column::words("Store"),
        Column::numbers("On hand"),
        Column::numbers("Let to the hub"),
        Column::numbers("Reserved"),
        Column::numbers("To promise"),
        Column::words("How old"),
        Column::numbers("Last moved"),
    ];
    let rows = shelf
        .rows
        .iter()
        .map(|row| shelf_row(lang, row, now_ms))
        .collect();
    let empty = match (question.text.trim().is_empty(), question.below_zero) {
        (_, true) => Empty::new("Nothing is below zero").icon(Icon::Check),
        (true, false) => Empty::new("Nothing has moved yet")
            .icon(Icon::Box)
            .todo("Stock appears here when a store receives goods or sells them."),
        (false, false) => Empty::new("Nothing on any shelf is called that")
            .icon(Icon::Search)
            .todo("Try part of the name, the SKU or the number below the bars."),
    };
    Table::new("Stock", &columns, rows).empty(empty).render()
}

fn shelf_row(lang: &Lang, row: &ShelfRow, now_ms: i64) -> Row {
    let store = row.store.as_ref();
    let slug = store.map_or("", |store| store.store_id.as_str());
    let href = with_query(&format!("/stock/{}", escaped(&row.sku)), &[("store", slug)]);
    let several = store.is_some_and(|store| store.edges.len() > 1);
    let cells = vec![
        html! { (name(row)) },
        html! { span.code { (row.sku) } },
        html! {
            (store.map_or("–", |store| store.name.as_str()))
            @if several { span.quiet-text { ", edge " (row.edge) } }
        },
        html! { (on_hand(lang, row)) },
        html! { (lang.quantity(row.rights.encumbered().0)) },
        html! { (lang.quantity(row.rights.open_reservations().0)) },
        html! { (lang.quantity(row.rights.hub_may_promise().0)) },
        age_badge(lang, store, now_ms),
        html! { (lang.age(now_ms - row.moved_at_ms)) },
    ];
    let shown = Row::new(format!("stock-{}-{}", row.edge, row.sku), cells).href(href);
    match row.on_hand_milli < 0 {
        true => shown.tone(Tone::Bad),
        false => shown,
    }
}

fn name(row: &ShelfRow) -> &str {
    row.product
        .as_ref()
        .map_or("not in the catalogue any more", |product| {
            product.name.as_str()
        })
}

fn on_hand(lang: &Lang, row: &ShelfRow) -> String {
    let quantity = lang.quantity(row.on_hand_milli);
    match row.product.as_ref().map(|product| product.unit.as_str()) {
        Some("kilogram") => format!("{quantity} kg"),
        _ => quantity,
    }
}

/// Shows how old a number is: as old as the last word from its store.
fn age_badge(lang: &Lang, store: Option<&StoreName>, now_ms: i64) -> Markup {
    let age_ms = store.and_then(|store| store.seen.age_ms(now_ms));
    let word = match age_ms {
        Some(0) => "now".to_owned(),
        other => stat_age(lang, other),
    };
    let tone = match freshness(age_ms) {
        Freshness::Fresh => Tone::Good,
        Freshness::Ageing => Tone::Waiting,
        Freshness::Old => Tone::Bad,
    };
    badge(tone, &word)
}

fn pager(lang: &Lang, asked: &Asked, shelf: &Shelf) -> Markup {
    let [text, store, view, (_, after)] = query(asked);
    let older = shelf.next.as_ref().map(|next| {
        let mark = mark_of(next);
        with_query("/stock", &[text, store, view, ("after", &mark)])
    });
    let first = (!after.is_empty()).then(|| with_query("/stock", &[text, store, view]));
    let shown = match shelf.rows.len() {
        0 => String::new(),
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    };
    Pager::new(lang, &shown)
        .newer(first.as_deref())
        .older(older.as_deref())
        .render()
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<StockRead>,
    Path(sku): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let why = why_of(&context, sku, asked.question().store).await?;
    let title = why
        .product
        .as_ref()
        .map_or(why.sku.as_str(), |product| product.name.as_str());
    let stream = with_query(
        &format!("/stock/{}/stream", escaped(&why.sku)),
        &[("store", asked.store.as_deref().unwrap_or(""))],
    );
    let shown = Page {
        title,
        screen: Screen::Stock,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let everywhere = format!("/stock/{}", escaped(&why.sku));
    let body = html! {
        div.console {
            header.page-head {
                div.row { h1 { (title) } span.code.quiet-text { (why.sku) } }
                div.actions {
                    @if asked.store.is_some() { (Button::link("In every store", &everywhere)) }
                    (Button::link("All stock", "/stock").icon(Icon::Back))
                }
            }
            (why_region(&context, &why, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn one_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StockRead>,
    Path(sku): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let store = asked.question().store;
    live(
        &context,
        viewer,
        [FACTS, CONTACT],
        move |context, version| {
            let (sku, store) = (sku.clone(), store.clone());
            async move {
                let why = why_of(&context, sku, store).await;
                let why = why.map_err(|problem| problem.sentence().to_owned())?;
                Ok::<_, String>(vec![why_region(&context, &why, version)])
            }
        },
    )
}

async fn why_of(context: &Context, sku: String, store: Option<String>) -> Result<Why, Problem> {
    let within = context.clone();
    context
        .db()
        .read(move |tx| service::why(&within, tx, &sku, store.as_deref()))
        .await
}

fn why_region(context: &Context, why: &Why, version: Version) -> Region {
    let (lang, now_ms) = (context.lang(), context.now_ms());
    let markup = html! {
        div.stack {
            div.stats {
                @for row in &why.rows {
                    @let shown = on_hand(lang, row);
                    @let store = row.store.as_ref().map_or("–", |store| store.name.as_str());
                    @let age_ms = row.store.as_ref().and_then(|store| store.seen.age_ms(now_ms));
                    @let note = format!(
                        "on hand, as of {}; the hub may promise {} more",
                        stat_age(lang, age_ms),
                        lang.quantity(row.rights.hub_may_promise().0)
                    );
                    (Stat::new(store, &shown).note(&note))
                }
            }
            section.panel {
                header { h2 { "Why the number is what it is" } }
                (movements(lang, why, now_ms))
            }
        }
    };
    Region::new("stock-why", version, markup)
}

fn movements(lang: &Lang, why: &Why, now_ms: i64) -> Markup {
    if why.movements.is_empty() {
        let empty = Empty::new("Nothing has moved here yet").icon(Icon::Box);
        return empty
            .todo("Every sale and every delivery will stand here.")
            .render();
    }
    html! {
        ol.timeline {
            @for movement in &why.movements { (movement_item(lang, why, movement, now_ms)) }
        }
    }
}

fn movement_item(lang: &Lang, why: &Why, movement: &Movement, now_ms: i64) -> Markup {
    let store = why
        .stores
        .iter()
        .find(|store| store.edges.contains(&movement.edge));
    let zone = store.map_or(TimeZone::UTC, |store| store.zone.clone());
    let sign = if movement.delta_milli > 0 { "+" } else { "" };
    let what = moved_words(&movement.kind);
    let id = format!("moved-{}-{}", movement.fact_id, movement.place);
    let who = movement.staff_id.and_then(|id| why.members.get(&id));
    html! {
        li id=(id) {
            time { (moment(lang, movement.at_ms, now_ms, &zone)) }
            div {
                p.strong-text {
                    span.number { (sign) (lang.quantity(movement.delta_milli)) } " " (what)
                }
                p.quiet-text {
                    (store.map_or("–", |store| store.name.as_str()))
                    @if let Some(register) = movement.register { ", register " (register) }
                    @if let Some(who) = who { ", by " (who) }
                    @match (&movement.reference, movement.sale_id) {
                        (Some(reference), Some(sale_id)) => {
                            ", receipt "
                            a href={ "/sales/" (Ulid::from_bytes(sale_id)) } { (reference) }
                        },
                        (Some(reference), None) => { ", " (reference) },
                        (None, _) => {},
                    }
                }
            }
        }
    }
}
