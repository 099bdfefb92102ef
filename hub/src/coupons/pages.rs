//! The page of a promotion's coupons: how many were issued and used, and issuing more.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{
    Button, Column, Empty, Field, Icon, Row, Stat, Table, command_id,
};
use counterpart_protocol::pricing::Coupon;
use jiff::tz::TimeZone;
use maud::{Markup, Render as _, html};
use serde::Deserialize;
use ulid::Ulid;

use super::http::{IssueRequest, codes_of, issue_once, view_of};
use super::rules::ISSUED_MAX;
use super::service::View;
use crate::context::Context;
use crate::users::{CatalogRead, CatalogWrite, OnPage, Permission};
use crate::web::{CommandForm, Page, Screen, console_page, moment};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/promotions/{promotion}/coupons", get(page).post(issue))
        .route("/promotions/{promotion}/coupons/{batch}", get(codes))
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Path(promotion): Path<String>,
) -> Result<Response, Problem> {
    let view = view_of(&context, promotion).await?;
    let may = operator.may(Permission::CatalogWrite);
    let title = format!("Coupons of {}", view.promotion.name);
    let lang = context.lang();
    let (issued, used) = view.counts();
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions { (Button::link("Promotions", "/promotions").icon(Icon::Back)) }
            }
            @match &view.promotion.coupon {
                None => { p { "This promotion counts without a coupon." } }
                Some(Coupon::Open { code }) => {
                    p { "Whoever says " span.code { (code) } " gets it, once a sale." }
                    div.stats { (Stat::new("Sales with the code", &lang.count(view.uses))) }
                }
                Some(Coupon::Single) => {
                    div.stats {
                        (Stat::new("Issued", &lang.count(issued)))
                        (Stat::new("Used", &lang.count(used)))
                    }
                    @if may { (issue_form(&context, &view)) }
                    div.panel { (batches(&context, &view, may)) }
                }
            }
        }
    };
    let shown = Page {
        title: &title,
        screen: Screen::Prices,
        operator: &operator.name,
        stream: None,
    };
    Ok(console_page(lang, shown, body))
}

fn address(view: &View) -> String {
    format!("/promotions/{}/coupons", view.promotion.id)
}

fn issue_form(context: &Context, view: &View) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let hint = format!("1 to {ISSUED_MAX}; each is good for one sale");
    html! {
        section.panel {
            form.stack method="post" action=(address(view)) data-live {
                (command_id(&fresh_id))
                (Field::digits("count", "How many").required(context.lang()).hint(&hint))
                div { (Button::submit("Issue them").primary().icon(Icon::Plus)) }
            }
        }
    }
}

fn batches(context: &Context, view: &View, may: bool) -> Markup {
    let lang = context.lang();
    let columns = [
        Column::words("Batch"),
        Column::numbers("Issued"),
        Column::numbers("Used"),
        Column::words("When"),
        Column::words("By"),
        Column::words(""),
    ];
    let rows = view.batches.iter().map(|it| {
        let codes = format!("{}/{}", address(view), it.batch);
        let cells = vec![
            html! { (it.batch) },
            html! { (lang.count(it.issued)) },
            html! { (lang.count(it.used)) },
            html! { time { (moment(lang, it.issued_at_ms, view.now_ms, &TimeZone::UTC)) } },
            html! { (it.issued_by) },
            html! { @if may { a href=(codes) { "Codes (CSV)" } } },
        ];
        Row::new(format!("batch-{}", it.batch), cells)
    });
    let empty = Empty::new("No coupon was issued yet")
        .icon(Icon::Receipt)
        .todo("Issue some above: their codes come as a file, for paper or mail.");
    Table::new("Batches", &columns, rows.collect())
        .empty(empty)
        .render()
}

/// The fields of the form.
#[derive(Debug, Deserialize)]
struct Fields {
    #[serde(default)]
    count: String,
}

async fn issue(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Path(promotion): Path<String>,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    // What is no number is none of how many may be issued, and is refused as such.
    let count = form.fields.count.trim().parse().unwrap_or(0);
    let here = format!("/promotions/{promotion}/coupons");
    let asked = IssueRequest { count };
    issue_once(&context, &operator, form.key, (promotion, asked)).await?;
    Ok(leave_for(&headers, &here))
}

async fn codes(
    State(context): State<Context>,
    _: OnPage<CatalogWrite>,
    Path((promotion, batch)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    codes_of(&context, promotion, batch).await
}
