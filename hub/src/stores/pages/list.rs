//! The table of all stores, with the ones that need somebody first in their own tab.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Empty, FilterTab, Icon, Row, Table, filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{clock_words, money, proof_shown, proof_words, standing_badge, standing_words};
use crate::context::Context;
use crate::stores::rules::Standing;
use crate::stores::service::{self, STORES, StoreView};
use crate::sync::{CONTACT, FACTS};
use crate::users::{OnPage, StoresRead, Watching};
use crate::web::{Page, Screen, console_page, live, stat_age, with_query};

/// Which stores are asked for, as in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    /// `attention`, or everything.
    #[serde(default)]
    view: Option<String>,
}

impl Asked {
    fn only_troubled(&self) -> bool {
        self.view.as_deref() == Some("attention")
    }
}

/// Answers `GET /stores`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let within = context.clone();
    let views = context
        .db()
        .read(move |tx| service::views(&within, tx))
        .await?;
    let stream = with_query(
        "/stores/stream",
        &[("view", asked.view.as_deref().unwrap_or(""))],
    );
    let shown = Page {
        title: "Stores",
        screen: Screen::Stores,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Stores" }
                div.actions {
                    (Button::link("Companies", "/legal-entities"))
                    (Button::link("Taxes", "/jurisdictions"))
                    (Button::link("Keys", "/keys"))
                    (Button::link("Add a store", "/stores/new").primary().icon(Icon::Plus))
                }
            }
            (region(&context, &views, &asked, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

/// Answers `GET /stores/stream`.
pub(super) async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StoresRead>,
    Query(asked): Query<Asked>,
) -> Response {
    live(
        &context,
        viewer,
        [STORES, CONTACT, FACTS],
        move |context, version| {
            let asked = asked.clone();
            async move {
                let within = context.clone();
                let views = context
                    .db()
                    .read(move |tx| service::views(&within, tx))
                    .await?;
                Ok::<_, DbError>(vec![region(&context, &views, &asked, version)])
            }
        },
    )
}

fn region(context: &Context, views: &[StoreView], asked: &Asked, version: Version) -> Region {
    let markup = table(context.lang(), views, asked, context.now_ms());
    Region::new("stores", version, markup)
}

/// Tells whether somebody should look at the store.
fn is_troubled(view: &StoreView, now_ms: i64) -> bool {
    let stands_badly = match view.standing(now_ms) {
        Standing::Blocked | Standing::Refused | Standing::Silent(_) => true,
        Standing::NotEnrolled | Standing::Connected | Standing::Away(_) | Standing::NeverCalled => {
            false
        }
    };
    let is_whole = view.proof.is_complete() && view.invoices.is_complete();
    stands_badly || view.quarantined > 0 || !is_whole
}

fn table(lang: &Lang, views: &[StoreView], asked: &Asked, now_ms: i64) -> Markup {
    let troubled = views
        .iter()
        .filter(|view| is_troubled(view, now_ms))
        .count();
    let count = |count: usize| Some(i64::try_from(count).unwrap_or(i64::MAX));
    let tabs = [
        FilterTab {
            label: "All",
            href: "/stores",
            count: count(views.len()),
        },
        FilterTab {
            label: "Need somebody",
            href: "/stores?view=attention",
            count: count(troubled),
        },
    ];
    let current = match asked.only_troubled() {
        true => "/stores?view=attention",
        false => "/stores",
    };
    let columns = [
        Column::words("Store"),
        Column::words("Short name"),
        Column::words("State"),
        Column::numbers("Last heard"),
        Column::numbers("Behind"),
        Column::numbers("Receipts today"),
        Column::numbers("Sales today"),
        Column::words("Receipts ever"),
        Column::words("Remarks"),
    ];
    let rows = views
        .iter()
        .filter(|view| !asked.only_troubled() || is_troubled(view, now_ms))
        .map(|view| row(lang, view, now_ms))
        .collect();
    let empty = match asked.only_troubled() {
        true => Empty::new("Every store is well").icon(Icon::Check),
        false => Empty::new("No store yet")
            .icon(Icon::Store)
            .todo("Add the first one, then make its enrolment code."),
    };
    html! {
        section.stack {
            (filter_tabs(lang, "Stores", &tabs, current))
            div.panel { (Table::new("Stores", &columns, rows).empty(empty)) }
        }
    }
}

fn row(lang: &Lang, view: &StoreView, now_ms: i64) -> Row {
    let identity = &view.row.identity;
    let (tone, _) = standing_words(lang, view.standing(now_ms));
    let cells = vec![
        html! { (identity.name) },
        html! { span.code { (identity.store_id) } },
        standing_badge(lang, view, now_ms),
        html! { (stat_age(lang, view.seen.age_ms(now_ms))) },
        html! { (lang.count(view.lag())) },
        html! { (lang.count(view.today.sales)) },
        html! { (money(lang, view.today.total_minor, identity.currency)) },
        proof_shown(lang, view.proof),
        html! { (remarks(lang, view)) },
    ];
    Row::new(format!("store-{}", identity.store_id), cells)
        .href(format!("/stores/{}", identity.store_id))
        .tone(tone)
}

fn remarks(lang: &Lang, view: &StoreView) -> String {
    let mut remarks = Vec::new();
    if !view.invoices.is_complete() {
        remarks.push(format!("invoices: {}", proof_words(lang, view.invoices).1));
    }
    if view.quarantined > 0 {
        remarks.push(format!(
            "{} records kept aside",
            lang.count(view.quarantined)
        ));
    }
    let off = view
        .edge()
        .and_then(|edge| clock_words(lang, edge.heard.clock_off_ms));
    if let Some(off) = off {
        remarks.push(format!("clock {off}"));
    }
    match remarks.is_empty() {
        true => "–".to_owned(),
        false => remarks.join(", "),
    }
}
