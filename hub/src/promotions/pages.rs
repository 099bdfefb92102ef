//! The page of promotions: which there are and how each stands, switching them, and putting one.

mod form;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version, leave_for};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Icon, Row, Table, Tone, badge, command_id,
};
use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::GroupId;
use counterpart_protocol::money::Currency;
use counterpart_protocol::pricing::{Coupon, Cut, Deal, Goods, Off, Percent, Promotion};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;
use ulid::Ulid;

use super::http::{TOLD_MAX, switch_once};
use super::service::{PROMOTIONS, Switch};
use super::store::{self, Kept};
use crate::context::Context;
use crate::users::{CatalogRead, CatalogWrite, OnPage, Permission, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live};
use crate::{catalog, customers, stores};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/promotions", get(all).post(form::put))
        .route("/promotions/stream", get(all_stream))
        .route("/promotions/{promotion}/on", post(on))
        .route("/promotions/{promotion}/off", post(off))
}

/// Everything the page shows.
pub(super) struct View {
    kept: Vec<Kept>,
    departments: Vec<String>,
    groups: Vec<CustomerGroup>,
    currency: Currency,
}

async fn load(context: &Context) -> Result<View, DbError> {
    let read = context.db().read(|tx| {
        let currency = match catalog::currency(tx)? {
            Some(currency) => Some(currency),
            None => stores::currency(tx)?,
        };
        Ok(View {
            kept: store::all(tx, TOLD_MAX)?,
            departments: catalog::departments(tx)?,
            groups: customers::known_groups(tx)?,
            currency: currency.unwrap_or(Currency::EUR),
        })
    });
    read.await
}

async fn all(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = load(&context).await?;
    let may = operator.may(Permission::CatalogWrite);
    let shown = Page {
        title: "Promotions",
        screen: Screen::Prices,
        operator: &operator.name,
        stream: Some("/promotions/stream"),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Promotions" }
                div.actions { (Button::link("Price lists", "/prices")) }
            }
            (region(&context, &view, version))
            @if may { (form::panel(&context, &view)) }
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn all_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<CatalogRead>,
) -> Response {
    live(
        &context,
        viewer,
        [PROMOTIONS],
        |context, version| async move {
            let view = load(&context).await?;
            Ok::<_, DbError>(vec![region(&context, &view, version)])
        },
    )
}

fn region(context: &Context, view: &View, version: Version) -> Region {
    let lang = context.lang();
    let columns = [
        Column::words("Promotion"),
        Column::words("State"),
        Column::words("What"),
        Column::words("On what"),
        Column::words("Stores"),
        Column::words("Customers"),
        Column::words("From – until"),
        Column::words("Changed"),
        Column::words(""),
    ];
    let now = wall_now(context);
    let rows = view.kept.iter().map(|kept| {
        let (terms, promotion) = (&kept.terms, &kept.terms.promotion);
        let stands = if promotion.exclusive {
            "alone"
        } else {
            "stacks"
        };
        let cells = vec![
            html! { (promotion.name) br; span.code { (promotion.id) } },
            state(kept, now),
            html! {
                (deal(context, view.currency, &promotion.deal)) br;
                (coupon(promotion))
                span.quiet-text { "priority " (promotion.priority) ", " (stands) }
            },
            html! { (goods(&promotion.goods)) },
            html! { @if terms.stores.is_empty() { "all" } @else { (terms.stores.len()) } },
            html! { (whom(&promotion.groups)) },
            html! { (wall(terms.from, "always")) " – " (wall(terms.until, "open")) },
            html! {
                (lang.age(context.now_ms() - kept.changed_at_ms)) ", by " (kept.changed_by)
            },
            switch_form(context, kept),
        ];
        Row::new(format!("promotion-{}", promotion.id), cells)
    });
    let empty = Empty::new("No promotion yet")
        .icon(Icon::Box)
        .todo("Put one below: tills take it off by themselves and say so on the receipt.");
    let table = Table::new("Promotions", &columns, rows.collect()).empty(empty);
    Region::new("promotions", version, html! { div.panel { (table) } })
}

/// Returns the wall time in UTC, by which a page tells how a promotion stands: stores' own clocks
/// are a few hours from it, and decide.
fn wall_now(context: &Context) -> DateTime {
    let now = jiff::Timestamp::from_millisecond(context.now_ms());
    TimeZone::UTC.to_datetime(now.unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

fn state(kept: &Kept, now: DateTime) -> Markup {
    let terms = &kept.terms;
    if !kept.is_on {
        badge(Tone::Bad, "off")
    } else if terms.from.is_some_and(|from| now < from) {
        badge(Tone::Waiting, "to come")
    } else if terms.until.is_some_and(|until| now >= until) {
        badge(Tone::Waiting, "over")
    } else {
        badge(Tone::Good, "on")
    }
}

fn switch_form(context: &Context, kept: &Kept) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let id = &kept.terms.promotion.id;
    let (word, label) = match kept.is_on {
        true => ("off", "Switch off"),
        false => ("on", "Switch on"),
    };
    html! {
        form method="post" action={ "/promotions/" (id) "/" (word) } data-live {
            (command_id(&fresh_id))
            (Button::submit(label).emphasis(Emphasis::Quiet)
                .read_as(&format!("{label} {}", kept.terms.promotion.name)))
        }
    }
}

/// Says which coupon a promotion asks for, with the way to its page.
fn coupon(promotion: &Promotion) -> Markup {
    let address = format!("/promotions/{}/coupons", promotion.id);
    html! {
        @match &promotion.coupon {
            None => {}
            Some(Coupon::Open { code }) => { a href=(address) { "with the code " (code) } br; }
            Some(Coupon::Single) => { a href=(address) { "with a single-use coupon" } br; }
        }
    }
}

fn wall(at: Option<DateTime>, open: &str) -> String {
    at.map_or_else(
        || open.to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// Says whom a promotion is for: groups by their short names, as people type them.
fn whom(groups: &BTreeSet<GroupId>) -> String {
    if groups.is_empty() {
        return "all".to_owned();
    }
    let groups: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
    groups.join(", ")
}

fn goods(goods: &Goods) -> String {
    if goods.are_all() {
        return "everything".to_owned();
    }
    let departments = goods.departments.iter().cloned();
    let skus = match goods.skus.len() {
        0 => None,
        1..=3 => Some(
            goods
                .skus
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        ),
        count => Some(format!("{count} products")),
    };
    let all: Vec<String> = departments.chain(skus).collect();
    all.join(", ")
}

/// Says in words what a deal takes off.
fn deal(context: &Context, currency: Currency, deal: &Deal) -> String {
    let lang = context.lang();
    let money = |minor: i64| lang.money(minor, currency.code(), currency.decimals());
    let share = |share: Percent| format!("{} %", lang.quantity(i64::from(share.0)));
    let cut = |cut: Cut| match cut {
        Cut::Percent(percent) => format!("{} off", share(percent)),
        Cut::Amount(amount) => format!("{} off each", money(amount.0)),
        Cut::Price(price) => format!("{} each", money(price.0)),
    };
    match deal {
        Deal::Each { cut: of } => cut(*of),
        Deal::Get {
            buy, get, cut: of, ..
        } => format!("buy {buy}, {get} more at {}", cut(*of)),
        Deal::Mix { count, price_minor } => format!("any {count} for {}", money(price_minor.0)),
        Deal::Tiers { tiers } => {
            let tiers = tiers.iter().map(|tier| {
                format!(
                    "from {}: {}",
                    lang.quantity(tier.from_milli.0),
                    cut(tier.cut)
                )
            });
            tiers.collect::<Vec<_>>().join("; ")
        }
        Deal::Threshold { from_minor, off } => {
            let off = match off {
                Off::Percent(percent) => share(*percent),
                Off::Amount(amount) => money(amount.0),
            };
            format!("{off} off from {}", money(from_minor.0))
        }
    }
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn on(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Path(promotion): Path<String>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    switch_once(&context, &operator, form.key, promotion, Switch::On).await?;
    Ok(leave_for(&headers, "/promotions"))
}

async fn off(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Path(promotion): Path<String>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    switch_once(&context, &operator, form.key, promotion, Switch::Off).await?;
    Ok(leave_for(&headers, "/promotions"))
}
