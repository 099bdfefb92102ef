//! The pages of price lists: which there are, how each stands, and what it says.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Path, Problem, Query};
use counterpart_daemon::web::live::{Region, Version, leave_for};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Icon, Pager, Row, Stat, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{GroupId, Sku, StoreId};
use counterpart_protocol::money::{Currency, Minor};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use serde::Deserialize;
use ulid::Ulid;

use super::http::{Asked, LISTS_MAX, PAGE, end_once};
use super::rules::{Phase, Terms, phase};
use super::service::{PRICES, PricesFailed};
use super::store::{self, List};
use crate::catalog;
use crate::context::Context;
use crate::users::{CatalogRead, CatalogWrite, OnPage, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/prices", get(all))
        .route("/prices/stream", get(all_stream))
        .route("/prices/{list}", get(one))
        .route("/prices/{list}/end", post(end))
}

async fn all(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let lists = load(&context).await?;
    let shown = Page {
        title: "Prices",
        screen: Screen::Prices,
        operator: &operator.name,
        stream: Some("/prices/stream"),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Price lists" }
                div.actions {
                    (Button::link("Promotions", "/promotions"))
                    (Button::link("Import a list", "/imports?subject=prices").primary()
                        .icon(Icon::Plus))
                }
            }
            (region(&context, &lists, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn all_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<CatalogRead>,
) -> Response {
    live(&context, viewer, [PRICES], |context, version| async move {
        let lists = load(&context).await?;
        Ok::<_, DbError>(vec![region(&context, &lists, version)])
    })
}

async fn load(context: &Context) -> Result<Vec<List>, DbError> {
    context.db().read(|tx| store::lists(tx, LISTS_MAX)).await
}

/// Returns the wall time in UTC, by which a page tells how a list stands: stores' own clocks are a
/// few hours from it, and decide.
fn wall_now(context: &Context) -> DateTime {
    let now = jiff::Timestamp::from_millisecond(context.now_ms());
    TimeZone::UTC.to_datetime(now.unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

fn region(context: &Context, lists: &[List], version: Version) -> Region {
    let lang = context.lang();
    let columns = [
        Column::words("List"),
        Column::words("State"),
        Column::words("Stores"),
        Column::words("Customers"),
        Column::words("From"),
        Column::words("Until"),
        Column::numbers("Prices"),
        Column::words("Put"),
    ];
    let now = wall_now(context);
    let rows = lists.iter().map(|list| {
        let cells = vec![
            html! { (list.terms.name) },
            state(list, now),
            html! { (stores(&list.terms)) },
            html! { (customers(&list.terms)) },
            html! { (wall(list.terms.from, "always")) },
            html! { (wall(list.terms.until, "open")) },
            html! { (lang.count(list.prices)) },
            html! { (lang.age(context.now_ms() - list.put_at_ms)) ", by " (list.put_by) },
        ];
        Row::new(format!("list-{}", list.terms.list_id), cells)
            .href(format!("/prices/{}", list.terms.list_id))
    });
    let empty = Empty::new("No price list yet").icon(Icon::Box).todo(
        "Stores sell at the catalogue's prices. Import a list to price some products otherwise \
         for a time.",
    );
    let table = Table::new("Price lists", &columns, rows.collect()).empty(empty);
    Region::new("prices", version, html! { div.panel { (table) } })
}

fn state(list: &List, now: DateTime) -> Markup {
    match phase(list.ended_at_ms, (list.terms.from, list.terms.until), now) {
        Phase::Ended => badge(Tone::Bad, "ended"),
        Phase::ToCome => badge(Tone::Waiting, "to come"),
        Phase::InForce => badge(Tone::Good, "in force"),
        Phase::Over => badge(Tone::Waiting, "over"),
    }
}

fn stores(terms: &Terms) -> String {
    match terms.stores.as_slice() {
        [] => "all".to_owned(),
        [one] => one.to_string(),
        several => format!("{} stores", several.len()),
    }
}

/// Says whom a list is for: a group by its short name, as people type it.
fn customers(terms: &Terms) -> &str {
    terms.group.as_ref().map_or("all", GroupId::as_str)
}

fn wall(at: Option<DateTime>, open: &str) -> String {
    at.map_or_else(
        || open.to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Path(list_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let after = asked.after.clone();
    let found = context.db().read(move |tx| {
        let list = store::list_by_id(tx, &list_id)?;
        let list = list.ok_or_else(|| PricesFailed::Unknown(list_id.clone()))?;
        let prices = store::prices(tx, &list, &asked.after, PAGE + 1)?;
        let skus: Vec<String> = prices.iter().map(|(sku, _)| sku.to_string()).collect();
        let names = catalog::product_names(tx, &skus)?;
        let currency = catalog::currency(tx)?.unwrap_or(Currency::EUR);
        Ok::<_, PricesFailed>((list, prices, names, currency))
    });
    let (list, prices, names, currency) = found.await?;
    let shown = Page {
        title: &list.terms.name,
        screen: Screen::Prices,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let name = |sku: &Sku| names.get(sku.as_str()).map(|named| named.name.clone());
    let may = operator.may(crate::users::Permission::CatalogWrite);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (list.terms.name) }
                div.actions { (Button::link("All lists", "/prices").icon(Icon::Back)) }
            }
            (stats(&context, &list))
            div.panel { (price_table(lang, &prices, currency, name)) }
            (pager(lang, &list, &prices, &after))
            @if list.ended_at_ms.is_none() && may {
                (end_form(&context, &list))
            }
        }
    };
    Ok(console_page(lang, shown, body))
}

fn stats(context: &Context, list: &List) -> Markup {
    let lang = context.lang();
    let now = wall_now(context);
    let prices = lang.count(list.prices);
    let put = lang.age(context.now_ms() - list.put_at_ms);
    let by = format!("by {}", list.put_by);
    let span = format!(
        "{} – {}",
        wall(list.terms.from, "always"),
        wall(list.terms.until, "open")
    );
    let named: Vec<&str> = list.terms.stores.iter().map(StoreId::as_str).collect();
    let named = match named.is_empty() {
        true => "every store".to_owned(),
        false => named.join(", "),
    };
    html! {
        div.stats {
            (Stat::new("Prices", &prices).note(&named))
            (Stat::new("Put", &put).note(&by))
        }
        p {
            (state(list, now)) " " (span) ", by each store's own clock"
            @if let Some(group) = &list.terms.group {
                ", for customers of the group " strong { (group) } " alone"
            }
            "."
        }
    }
}

fn price_table(
    lang: &Lang,
    prices: &[(Sku, Minor)],
    currency: Currency,
    name: impl Fn(&Sku) -> Option<String>,
) -> Markup {
    let columns = [
        Column::words("Product"),
        Column::words("SKU"),
        Column::numbers("Price"),
    ];
    let shown = prices.iter().take(PAGE as usize);
    let rows = shown.map(|(sku, price)| {
        let cells = vec![
            html! { (name(sku).unwrap_or_else(|| "Not in the catalogue any more".to_owned())) },
            html! { span.code { (sku) } },
            html! { (lang.money(price.0, currency.code(), currency.decimals())) },
        ];
        Row::new(format!("price-{sku}"), cells)
    });
    Table::new("Prices", &columns, rows.collect())
        .empty(Empty::new("No price here").icon(Icon::Search))
        .render()
}

fn pager(lang: &Lang, list: &List, prices: &[(Sku, Minor)], after: &str) -> Markup {
    let path = format!("/prices/{}", list.terms.list_id);
    let more = prices.len() > PAGE as usize;
    let last = prices
        .iter()
        .take(PAGE as usize)
        .next_back()
        .filter(|_| more);
    let next = last.map(|(sku, _)| with_query(&path, &[("after", sku.as_str())]));
    let shown = format!("{} prices", prices.len().min(PAGE as usize));
    Pager::new(lang, &shown)
        .newer((!after.is_empty()).then_some(path.as_str()))
        .older(next.as_deref())
        .render()
}

fn end_form(context: &Context, list: &List) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/prices/{}/end", list.terms.list_id);
    html! {
        section.panel {
            header { h2 { "End it now" } }
            p {
                "Stores price by the other lists, or by the catalogue, from their next contact \
                 on. A list is changed by importing it again."
            }
            form method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Button::submit("End this list").emphasis(Emphasis::Danger))
            }
        }
    }
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Path(list_id): Path<String>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    end_once(&context, &operator, form.key, list_id.clone()).await?;
    Ok(leave_for(&headers, &format!("/prices/{list_id}")))
}
