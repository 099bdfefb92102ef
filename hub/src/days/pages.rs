//! The pages of business days: those of a store, and one with what it proves.

mod one;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Pager, Row, Table, Tone, badge,
};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, Render, html};

use super::http::{Asked, Listed};
use super::rules::DayState;
use super::service::{DAYS, DayLine};
use crate::context::Context;
use crate::stores::StoreName;
use crate::sync::FACTS;
use crate::users::{OnPage, SalesRead, Watching};
use crate::web::{Page, Screen, console_page, live, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/days", get(page))
        .route("/days/stream", get(stream))
        .route("/days/{store_id}/{business_date}", get(one::page))
        .route("/days/{store_id}/{business_date}/stream", get(one::stream))
}

async fn load(context: &Context, asked: Asked) -> Result<Listed, Problem> {
    let within = context.clone();
    context.db().read(move |tx| asked.load(&within, tx)).await
}

fn query(asked: &Asked) -> [(&str, &str); 2] {
    [
        ("store", asked.store.as_deref().unwrap_or("")),
        ("before", asked.before.as_deref().unwrap_or("")),
    ]
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let listed = load(&context, asked.clone()).await?;
    let stream = with_query("/days/stream", &query(&asked));
    let shown = Page {
        title: "Days",
        screen: Screen::Days,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Days" }
                p.quiet-text {
                    "What arrived of every business day, and whether the hub holds what the store \
                     sealed."
                }
            }
            (stores_form(&listed))
            (region(lang, &asked, &listed, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<SalesRead>,
    Query(asked): Query<Asked>,
) -> Response {
    live(&context, viewer, [DAYS, FACTS], move |context, version| {
        let asked = asked.clone();
        async move {
            let listed = load(&context, asked.clone())
                .await
                .map_err(|problem| problem.sentence().to_owned())?;
            Ok::<_, String>(vec![region(context.lang(), &asked, &listed, version)])
        }
    })
}

fn stores_form(listed: &Listed) -> Markup {
    let stores: Vec<Choice<'_>> = listed
        .stores
        .iter()
        .map(|store| Choice {
            value: store.store_id.as_str(),
            label: &store.name,
        })
        .collect();
    let chosen = listed.store.as_ref();
    let chosen = chosen.map_or("", |store| store.store_id.as_str());
    html! {
        form.filters method="get" action="/days" {
            (Field::choice("store", "Store", &stores).value(chosen))
            (Button::submit("Show").icon(Icon::Search))
        }
    }
}

fn region(lang: &Lang, asked: &Asked, listed: &Listed, version: Version) -> Region {
    let markup = html! {
        section.stack {
            div.panel { (table(lang, listed)) }
            (pager(lang, asked, listed))
        }
    };
    Region::new("days", version, markup)
}

pub(super) fn state_badge(state: DayState) -> Markup {
    let tone = match state {
        DayState::Open => Tone::Quiet,
        DayState::Sealed => Tone::Waiting,
        DayState::Countersigned => Tone::Good,
        DayState::Differs => Tone::Bad,
    };
    badge(tone, state.word())
}

fn table(lang: &Lang, listed: &Listed) -> Markup {
    let columns = [
        Column::words("Day"),
        Column::words("State"),
        Column::numbers("Receipts"),
        Column::numbers("Came to"),
        Column::numbers("Records"),
        Column::numbers("Set aside"),
        Column::words("Sealed"),
        Column::words("Countersigned"),
    ];
    let rows = listed
        .store
        .iter()
        .flat_map(|store| listed.days.iter().map(move |day| row(lang, store, day)));
    let empty = Empty::new("No day of this store has arrived")
        .icon(Icon::Search)
        .todo("A day appears with the first record of the store that counts for it.");
    Table::new("Business days", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn row(lang: &Lang, store: &StoreName, day: &DayLine) -> Row {
    let when = |at_ms: Option<i64>| {
        at_ms.map_or_else(
            || "–".to_owned(),
            |at_ms| lang.date_time(at_ms, &store.zone),
        )
    };
    let (code, decimals) = (store.currency.code(), store.currency.decimals());
    let records = i64::try_from(day.records).unwrap_or(i64::MAX);
    let aside = i64::try_from(day.quarantined).unwrap_or(i64::MAX);
    let cells = vec![
        html! { (day.business_date) },
        state_badge(day.state),
        html! { (lang.count(day.receipts)) },
        html! { (lang.money(day.total_minor, code, decimals)) },
        html! { (lang.count(records)) },
        html! { (lang.count(aside)) },
        html! { (when(day.sealed_at_ms)) },
        html! { (when(day.countersigned_at_ms)) },
    ];
    Row::new(format!("day-{}", day.business_date), cells)
        .href(format!("/days/{}/{}", store.store_id, day.business_date))
}

fn pager(lang: &Lang, asked: &Asked, listed: &Listed) -> Markup {
    let [store, _] = query(asked);
    let older = listed.days.last().filter(|_| listed.more).map(|last| {
        let before = last.business_date.to_string();
        with_query("/days", &[store, ("before", &before)])
    });
    let first = asked.before.as_ref().map(|_| with_query("/days", &[store]));
    Pager::new(lang, "")
        .newer(first.as_deref())
        .older(older.as_deref())
        .render()
}
