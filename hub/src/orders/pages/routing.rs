//! The page that says why an order went where it went: each decision with every store looked at.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::parts::{Button, Column, Empty, Icon, Row, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, Render, html};

use super::{name_of, zone_of};
use crate::context::Context;
use crate::orders::http::view_of;
use crate::orders::service::OrderView;
use crate::orders::store::Routing;
use crate::routing::{Considered, Verdict};
use crate::users::{OnPage, OrdersRead};
use crate::web::{Page, Screen, console_page, moment};

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<OrdersRead>,
    Path(order_id): Path<String>,
) -> Result<Response, Problem> {
    let view = view_of(&context, &order_id, &operator).await?;
    let title = format!("Why {} went there", view.placed.channel_reference);
    let shown = Page {
        title: &title,
        screen: Screen::Orders,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let back = format!("/orders/{}", view.id);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions { (Button::link("The order", &back).icon(Icon::Back)) }
            }
            @if view.routings.is_empty() {
                div.panel { (Empty::new("Nobody has looked for a store yet")) }
            }
            @for (at, (routing, considered)) in view.routings.iter().enumerate().rev() {
                (decision(lang, &view, at, routing, considered))
            }
        }
    };
    Ok(console_page(lang, shown, body))
}

fn decision(
    lang: &Lang,
    view: &OrderView,
    at: usize,
    routing: &Routing,
    considered: &[Considered],
) -> Markup {
    let zone = zone_of(&view.stores, routing.store_id.as_deref());
    let because = match routing.because.as_str() {
        "capture" => "when the order came",
        "rights" => "when a store could promise it",
        "operator" => "because somebody asked",
        other => other,
    };
    let columns = [
        Column::words("Store"),
        Column::numbers("Distance"),
        Column::words("What was thought of it"),
    ];
    let rows = considered
        .iter()
        .map(|one| {
            let chosen = one.verdict == Verdict::Chosen;
            let cells = vec![
                html! {
                    (name_of(&view.stores, Some(one.store_id.as_str())))
                    @if chosen { " " (badge(Tone::Good, "chosen")) }
                },
                html! {
                    @match one.distance_m {
                        Some(metres) => { (lang.quantity(i64::from(metres))) " km" }
                        None => "–",
                    }
                },
                html! { (one.verdict.sentence()) },
            ];
            let row = Row::new(format!("considered-{at}-{}", one.store_id), cells);
            match chosen {
                true => row.tone(Tone::Good),
                false => row,
            }
        })
        .collect();
    let empty = Empty::new("No store has an edge that could serve it");
    html! {
        section.panel {
            header {
                h2 {
                    @match &routing.store_id {
                        Some(store) => { "To " (name_of(&view.stores, Some(store))) }
                        None => "To nobody",
                    }
                }
                span.quiet-text {
                    (moment(lang, routing.at_ms, view.now_ms, &zone)) ", " (because) ", by "
                    (routing.by_whom)
                }
            }
            (Table::new("Stores looked at", &columns, rows).empty(empty).render())
        }
    }
}
