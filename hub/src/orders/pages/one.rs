//! The page of one order: where it is, what may be done now, its code, and its timeline of facts.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Column, Icon, Row, Table, Tone, badge, qr};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::orders::Delivery;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};

use super::parts::{late, money, stage_badge, status_badge};
use super::{deeds, name_of, zone_of};
use crate::context::Context;
use crate::customers::Known;
use crate::orders::http::view_of;
use crate::orders::service::{ORDERS, OrderView, PartView};
use crate::sync::FACTS;
use crate::users::{OnPage, OrdersRead, Permission, Watching};
use crate::web::{Page, Screen, console_page, escaped, live, moment};

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<OrdersRead>,
    Path(order_id): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view_of(&context, &order_id, &operator).await?;
    let title = format!("{} {}", view.placed.channel, view.placed.channel_reference);
    let stream = format!("/orders/{}/stream", view.id);
    let shown = Page {
        title: &title,
        screen: Screen::Orders,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let why = format!("/orders/{}/routing", view.id);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link("All orders", "/orders").icon(Icon::Back))
                    (Button::link("Why it went there", &why))
                }
            }
            (state(&context, lang, &view, version))
            @if operator.may(Permission::OrdersWrite) {
                (deeds::actions(&context, lang, &view, version))
            }
            (timeline(lang, &view, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

pub(super) async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<OrdersRead>,
    operator: OnPage<OrdersRead>,
    Path(order_id): Path<String>,
) -> Response {
    live(
        &context,
        viewer,
        [ORDERS, FACTS],
        move |context, version| {
            let (order_id, caller) = (order_id.clone(), (*operator).clone());
            async move {
                let view = view_of(&context, &order_id, &caller)
                    .await
                    .map_err(|problem| problem.sentence().to_owned())?;
                let may = caller.may(Permission::OrdersWrite);
                Ok::<_, String>(regions(&context, &view, version, may.then_some(())))
            }
        },
    )
}

pub(super) fn regions(
    context: &Context,
    view: &OrderView,
    version: Version,
    may_change: Option<()>,
) -> Vec<Region> {
    let lang = context.lang();
    let mut regions = vec![
        state(context, lang, view, version),
        timeline(lang, view, version),
    ];
    regions.extend(may_change.map(|()| deeds::actions(context, lang, view, version)));
    regions
}

fn zone(view: &OrderView) -> TimeZone {
    let store = view.parts.iter().find_map(|part| part.part.store.as_ref());
    zone_of(&view.stores, store.map(|store| store.as_str()))
}

fn state(_: &Context, lang: &Lang, view: &OrderView, version: Version) -> Region {
    let markup = html! {
        section.stack {
            div.columns {
                section.panel {
                    header { h2 { "The order" } (status_badge(view.order.status().word())) }
                    (details(lang, view))
                }
                section.panel {
                    header { h2 { "What was ordered" } }
                    (lines(lang, view))
                }
            }
            @for part in &view.parts { (part_panel(lang, view, part)) }
        }
    };
    Region::new("order-state", version, markup)
}

fn details(lang: &Lang, view: &OrderView) -> Markup {
    let placed = &view.placed;
    let zone = zone(view);
    html! {
        dl.details {
            dt { "Channel" } dd { (placed.channel) }
            dt { "Reference" } dd.code { (placed.channel_reference) }
            dt { "Placed" } dd { (moment(lang, placed.placed_at_ms, view.now_ms, &zone)) }
            dt { "Total" }
            dd.number { (money(lang, placed.total_minor.0, placed.currency.code())) }
            dt { "Paid" }
            dd {
                @match placed.payment {
                    counterpart_protocol::orders::Payment::Paid => "already",
                    counterpart_protocol::orders::Payment::Authorised => "when it is handed over",
                    counterpart_protocol::orders::Payment::AtPickup => "at the counter",
                }
            }
            dt { "Goes" }
            dd {
                @match &placed.delivery {
                    Delivery::Pickup { store } => {
                        "to the counter of " (name_of(&view.stores, Some(store.as_str())))
                    }
                    Delivery::Ship => "to the customer's address",
                }
            }
            (customer(view))
            dt { "Order" } dd.code { (view.id) }
        }
    }
}

fn customer(view: &OrderView) -> Markup {
    html! {
        @match &view.customer {
            Some(Known::As(customer)) => {
                dt { "Customer" }
                dd {
                    @match view.placed.customer_id {
                        Some(id) => a href={ "/customers/" (id) } { (customer.name) },
                        None => (customer.name),
                    }
                }
                @if let Some(email) = &customer.email { dt { "E-mail" } dd { (email) } }
                @if let Some(phone) = &customer.phone { dt { "Telephone" } dd { (phone) } }
                @if !customer.address.is_empty() {
                    dt { "Address" } dd { (customer.address.join(", ")) }
                }
            }
            Some(Known::Erased(_)) => { dt { "Customer" } dd.quiet-text { "erased" } }
            None => {}
        }
    }
}

fn lines(lang: &Lang, view: &OrderView) -> Markup {
    let currency = view.placed.currency.code();
    let columns = [
        Column::words("Product"),
        Column::numbers("Quantity"),
        Column::numbers("Amount"),
        Column::words("How it stands"),
    ];
    let rows = view
        .placed
        .lines
        .iter()
        .map(|line| {
            let open = view.order.unrouted(line.line).0;
            let cancelled = view.order.cancelled.get(&line.line).map_or(0, |sum| sum.0);
            let handed = view.order.handed_over(line.line).0;
            let cells = vec![
                html! { (line.description) " " span.code { (line.sku) } },
                html! { (lang.quantity(line.quantity_milli.0)) },
                html! { (money(lang, line.amount_minor.0, currency)) },
                html! {
                    @if open > 0 {
                        (badge(Tone::Bad, &format!("{} without a store", lang.quantity(open)))) " "
                    }
                    @if handed > 0 {
                        (badge(Tone::Good, &format!("{} handed over", lang.quantity(handed)))) " "
                    }
                    @if cancelled > 0 {
                        (badge(Tone::Quiet, &format!("{} cancelled", lang.quantity(cancelled))))
                    }
                },
            ];
            Row::new(format!("line-{}", line.line), cells)
                .href(format!("/stock/{}", escaped(line.sku.as_str())))
        })
        .collect();
    Table::new("Lines", &columns, rows).render()
}

fn part_panel(lang: &Lang, view: &OrderView, shown: &PartView) -> Markup {
    let part = &shown.part;
    let store = part.store.as_ref().map(|store| store.as_str());
    let zone = zone_of(&view.stores, store);
    let stage = part.stage().word();
    let is_late = late(view.order.status().word(), part.promise_at_ms, view.now_ms);
    html! {
        section.panel id={ "part-" (shown.id) } {
            header {
                h2 { (name_of(&view.stores, store)) }
                span {
                    (stage_badge(stage))
                    @if is_late { " " (badge(Tone::Bad, "late")) }
                    @if part.cancel_waits() {
                        " " (badge(Tone::Waiting, "cancellation asked for"))
                    }
                }
            }
            div.columns {
                div {
                    (part_lines(lang, part))
                    dl.details {
                        @if let Some(at_ms) = part.promise_at_ms {
                            dt { "Promised" } dd { (moment(lang, at_ms, view.now_ms, &zone)) }
                        }
                        @if let Some(location) = &part.location {
                            dt { "The bag stands at" } dd.code { (location) }
                        }
                        @if let Some(days) = part.hold_days {
                            dt { "Kept for" } dd { (days) " days" }
                        }
                        dt { "Custody" } dd { "epoch " (part.epoch) }
                    }
                }
                (pickup(lang, shown))
            }
        }
    }
}

fn part_lines(lang: &Lang, part: &counterpart_protocol::orders::Fulfilment) -> Markup {
    let columns = [
        Column::words("SKU"),
        Column::numbers("Reserved"),
        Column::numbers("Picked"),
        Column::numbers("Handed over"),
        Column::numbers("Short"),
        Column::numbers("Released"),
        Column::numbers("Left"),
    ];
    let rows = part
        .lines
        .iter()
        .map(|(line, count)| {
            let quantity = |milli: i64| html! { (lang.quantity(milli)) };
            let cells = vec![
                html! { span.code { (count.sku) } },
                quantity(count.allocated.0),
                quantity(count.picked.0),
                quantity(count.handed_over.0),
                quantity(count.shorted.0.saturating_add(count.broken.0)),
                quantity(count.released.0.saturating_add(count.withdrawn.0)),
                quantity(count.remaining().0),
            ];
            Row::new(format!("unit-{line}"), cells)
        })
        .collect();
    Table::new("Units", &columns, rows).render()
}

fn pickup(lang: &Lang, shown: &PartView) -> Markup {
    let Some(pickup) = shown
        .pickup
        .as_ref()
        .filter(|pickup| !pickup.code.is_empty())
    else {
        return html! {};
    };
    html! {
        figure.pickup-code {
            @match qr(lang, &pickup.code) {
                Ok(picture) => (picture),
                Err(_) => p.quiet-text { "the code is too long for a picture" },
            }
            figcaption {
                "The customer shows this, or says "
                strong.number { (pickup.digits) }
            }
        }
    }
}

fn timeline(lang: &Lang, view: &OrderView, version: Version) -> Region {
    let by = |edge: EdgeNumber| {
        let store = view.stores.iter().find(|store| store.edges.contains(&edge));
        match (edge, store) {
            (EdgeNumber::HUB, _) => "the hub".to_owned(),
            (_, Some(store)) => store.name.clone(),
            (edge, None) => format!("edge {edge}"),
        }
    };
    let zone = zone(view);
    let markup = html! {
        section.panel {
            header { h2 { "What happened" } }
            ol.timeline {
                @for fact in view.timeline.iter().rev() {
                    li id={ "fact-" (fact.fact_id) } {
                        time { (moment(lang, fact.at_ms, view.now_ms, &zone)) }
                        div {
                            p.strong-text { (fact.told.title) }
                            p { (fact.told.detail) }
                            p.quiet-text {
                                (by(fact.edge))
                                @if let Some(who) = &fact.who { ", " (who) }
                            }
                        }
                    }
                }
            }
        }
    };
    Region::new("order-timeline", version, markup)
}
