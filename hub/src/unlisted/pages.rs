//! The page of codes the catalogue lacks.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Column, Empty, Icon, Row, Table};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::service::{self, Lacking};
use crate::context::Context;
use crate::users::{CatalogRead, OnPage};
use crate::web::{Page, Screen, console_page, moment};

/// Returns the page's route.
pub(super) fn router() -> Router<Context> {
    Router::new().route("/catalog/unlisted", get(page))
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
) -> Result<Response, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| service::lacking(&within, tx));
    let lacking = read
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let shown = Page {
        title: "Codes to put into the catalogue",
        screen: Screen::Catalog,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { (shown.title) }
                div.actions {
                    (Button::link("Catalogue", "/catalog").icon(Icon::Back))
                    (Button::link("Import a file", "/imports?subject=catalog").primary()
                        .icon(Icon::Plus))
                }
            }
            p.quiet-text {
                "Stores sold these by department because no product has the code. A code leaves \
                 the list by itself once a published catalogue has it."
            }
            div.panel { (table(lang, &lacking, context.now_ms())) }
        }
    };
    Ok(console_page(lang, shown, body))
}

fn table(lang: &Lang, lacking: &[Lacking], now_ms: i64) -> Markup {
    let columns = [
        Column::words("Code"),
        Column::numbers("Sold"),
        Column::words("Department"),
        Column::numbers("Price"),
        Column::words("Last in"),
        Column::words("When"),
        Column::words("Receipt"),
    ];
    let rows = (1..).zip(lacking).map(|(place, Lacking { code, store })| {
        let last = &code.last;
        let zone = store
            .as_ref()
            .map_or(TimeZone::UTC, |store| store.zone.clone());
        let decimals = last
            .currency
            .parse()
            .map_or(2, |it: Currency| it.decimals());
        let sale = Ulid::from_bytes(last.sale_id);
        let cells = vec![
            html! { span.code { (code.code) } },
            html! { (lang.count(code.lines)) },
            html! { (last.department) },
            html! { (lang.money(last.price_minor, &last.currency, decimals)) },
            html! { (store.as_ref().map_or("–", |store| store.name.as_str())) },
            html! { time { (moment(lang, last.at_ms, now_ms, &zone)) } },
            html! { a href={ "/sales/" (sale) } { "Show" } },
        ];
        Row::new(format!("code-{place}"), cells)
    });
    let empty = Empty::new("The catalogue knows everything stores sold")
        .icon(Icon::Check)
        .todo("What a till sells by department because its code is unknown appears here.");
    Table::new("Codes", &columns, rows.collect())
        .empty(empty)
        .render()
}
