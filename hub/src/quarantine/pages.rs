//! The pages of what was set aside: the list, and one record with every byte.

mod one;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::replica::AsideListed;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Column, Empty, Icon, Pager, Row, Table};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};

use super::http::{Asked, Listed, mark_of, store_of};
use super::service::QUARANTINE;
use crate::context::Context;
use crate::stores::StoreName;
use crate::sync::FACTS;
use crate::users::{OnPage, StatusRead, Watching};
use crate::web::{Page, Screen, console_page, live, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/quarantine", get(page))
        .route("/quarantine/stream", get(stream))
        .route("/quarantine/{edge}/{run}/{seq}", get(one::page))
        .route("/quarantine/{edge}/{run}/{seq}/readmit", post(one::readmit))
}

async fn load(context: &Context, asked: Asked) -> Result<Listed, Problem> {
    let within = context.clone();
    context.db().read(move |tx| asked.load(&within, tx)).await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<StatusRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let listed = load(&context, asked.clone()).await?;
    let after = asked.after.as_deref().unwrap_or("");
    let stream = with_query("/quarantine/stream", &[("after", after)]);
    let shown = Page {
        title: "Records set aside",
        screen: Screen::Status,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Records set aside" }
                div.actions { (Button::link("Status", "/status").icon(Icon::Back)) }
            }
            (region(&context, lang, &asked, &listed, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StatusRead>,
    Query(asked): Query<Asked>,
) -> Response {
    let topics = [QUARANTINE, FACTS];
    live(&context, viewer, topics, move |context, version| {
        let asked = asked.clone();
        async move {
            let listed = load(&context, asked.clone())
                .await
                .map_err(|problem| problem.sentence().to_owned())?;
            let shown = region(&context, context.lang(), &asked, &listed, version);
            Ok::<_, String>(vec![shown])
        }
    })
}

fn region(
    context: &Context,
    lang: &Lang,
    asked: &Asked,
    listed: &Listed,
    version: Version,
) -> Region {
    let older = listed.records.last().filter(|_| listed.more).map(|last| {
        let mark = mark_of(last);
        with_query("/quarantine", &[("after", &mark)])
    });
    let first = asked.after.as_ref().map(|_| "/quarantine");
    let pager = Pager::new(lang, "").newer(first).older(older.as_deref());
    let markup = html! {
        section.stack {
            div.panel { (table(context, lang, listed)) }
            (pager)
        }
    };
    Region::new("quarantine", version, markup)
}

fn table(context: &Context, lang: &Lang, listed: &Listed) -> Markup {
    let columns = [
        Column::words("Store"),
        Column::words("Day"),
        Column::words("Kind"),
        Column::words("Why it was set aside"),
        Column::numbers("Record"),
        Column::numbers("Bytes"),
        Column::numbers("Noticed"),
    ];
    let now_ms = context.now_ms();
    let rows = listed.records.iter().map(|record| {
        let store = store_of(&listed.stores, record.record.peer);
        row(lang, record, store, now_ms)
    });
    let empty = Empty::new("Nothing was set aside")
        .icon(Icon::Check)
        .todo("A record that cannot be believed appears here with every byte.");
    Table::new("Records set aside", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn row(lang: &Lang, listed: &AsideListed, store: Option<&StoreName>, now_ms: i64) -> Row {
    let record = &listed.record;
    let size = i64::try_from(listed.size_bytes).unwrap_or(i64::MAX);
    let cells = vec![
        html! { (store_words(store, listed)) },
        html! { (listed.business_date) },
        html! { (listed.kind) },
        html! { (record.reason) },
        html! { (record.seq) },
        html! { (lang.count(size)) },
        html! { (lang.age((now_ms - record.noticed_at_ms).max(0))) },
    ];
    let place = format!("{}/{}/{}", record.peer, record.feed, record.seq);
    Row::new(format!("record-{}", place.replace('/', "-")), cells)
        .href(format!("/quarantine/{place}"))
}

fn store_words(store: Option<&StoreName>, listed: &AsideListed) -> String {
    store.map_or_else(
        || format!("edge {}", listed.record.peer),
        |store| store.name.clone(),
    )
}

fn zone_of(store: Option<&StoreName>) -> TimeZone {
    store.map_or(TimeZone::UTC, |store| store.zone.clone())
}
