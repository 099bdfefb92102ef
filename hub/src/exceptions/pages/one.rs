//! The page of one exception: what it is, its facts side by side, and how it is settled.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{Button, Choice, Field, Icon, Tone, badge, command_id};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::exceptions::Resolution;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;
use ulid::Ulid;

use super::{severity_badge, units_words, where_words};
use crate::context::Context;
use crate::exceptions::http::{ResolveDraft, by_words, resolve_once, view_of};
use crate::exceptions::rules::{meaning, title, way_label, way_word, ways};
use crate::exceptions::service::View;
use crate::exceptions::store::{Stored, Subject};
use crate::users::{ExceptionsRead, ExceptionsWrite, OnPage, Permission};
use crate::web::{CommandForm, Page, Screen, console_page, moment};

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<ExceptionsRead>,
    Path(exception_id): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view_of(&context, &exception_id).await?;
    let shown = Page {
        title: title(view.stored.rule),
        screen: Screen::Exceptions,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let may = operator.may(Permission::ExceptionsWrite);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title(view.stored.rule)) }
                div.actions { (Button::link("All exceptions", "/exceptions").icon(Icon::Back)) }
            }
            (one_region(&context, lang, &view, version, may.then_some(())))
        }
    };
    Ok(console_page(lang, shown, body))
}

fn one_region(
    context: &Context,
    lang: &Lang,
    view: &View,
    version: Version,
    may_settle: Option<()>,
) -> Region {
    let stored = &view.stored;
    let open = stored.standing == "open";
    let markup = html! {
        section.stack {
            section.panel {
                header { h2 { "What it is" } (severity_badge(stored.severity)) }
                p { (meaning(stored.rule)) }
                (details(lang, view))
            }
            h2 { "The facts side by side" }
            div.cards {
                @for told in &view.facts {
                    article.card id={ "fact-" (told.fact_id) } {
                        div.card-head {
                            h3 { (told.title) }
                            span.quiet-text { (by_words(&view.stores, told.edge)) }
                        }
                        p { (told.detail) }
                        time.quiet-text {
                            (moment(lang, told.at_ms, view.now_ms, &zone_of(view)))
                        }
                    }
                }
            }
            @if open && may_settle.is_some() { (settle_form(context, lang, stored)) }
        }
    };
    Region::new("exception", version, markup)
}

fn zone_of(view: &View) -> TimeZone {
    let edge = view.stored.edge;
    let found = view
        .stores
        .iter()
        .find(|store| edge.is_some_and(|edge| store.edges.contains(&edge)));
    found
        .or_else(|| view.stores.first())
        .map_or(TimeZone::UTC, |store| store.zone.clone())
}

fn details(lang: &Lang, view: &View) -> Markup {
    let stored = &view.stored;
    html! {
        dl.details {
            dt { "Where" } dd { (where_words(stored, &view.stores)) }
            dt { "How much" } dd { (units_words(stored)) }
            dt { "Since" } dd { (moment(lang, stored.raised_at_ms, view.now_ms, &zone_of(view))) }
            @match stored.about {
                Subject::Order(id) => {
                    dt { "Order" } dd { a.code href={ "/orders/" (id) } { (id) } }
                }
                Subject::Transfer(id) => {
                    dt { "Transfer" } dd { a.code href={ "/transfers/" (id) } { (id) } }
                }
                Subject::Card(id) => {
                    dt { "Card" } dd { a href={ "/stored/" (id) } { "Show its facts" } }
                }
                Subject::Sale(id) => {
                    dt { "Sale" } dd { a.code href={ "/sales/" (id) } { (id) } }
                }
                // Its facts say below which it is, by the end of its number.
                Subject::Coupon(_) => {}
            }
            dt { "Standing" }
            dd {
                @match stored.standing.as_str() {
                    "open" => (badge(Tone::Bad, "needs a person")),
                    "settled" => (badge(Tone::Good, "later facts took care of it")),
                    _ => (badge(Tone::Good, "settled")),
                }
                @if let Some((how, at_ms)) = &stored.resolution {
                    " " (resolution_words(how)) ", "
                    (moment(lang, *at_ms, view.now_ms, &zone_of(view)))
                }
            }
        }
    }
}

fn resolution_words(word: &str) -> String {
    const ALL: [Resolution; 5] = [
        Resolution::Accepted,
        Resolution::CustomerTold,
        Resolution::Refunded,
        Resolution::Recounted,
        Resolution::Rerouted,
    ];
    let found = ALL.into_iter().find(|how| way_word(*how) == word);
    found.map_or_else(|| word.to_owned(), |how| way_label(how).to_owned())
}

fn settle_form(context: &Context, lang: &Lang, stored: &Stored) -> Markup {
    let choices: Vec<Choice<'_>> = ways(stored.rule)
        .iter()
        .map(|how| Choice {
            value: way_word(*how),
            label: way_label(*how),
        })
        .collect();
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/exceptions/{}/resolve", stored.id);
    html! {
        section.panel {
            header { h2 { "Settle it" } }
            form.stack method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Field::choice("how", "How", &choices).required(lang))
                (Button::submit("Settle").primary())
                @if let Subject::Order(id) = stored.about {
                    p { (Button::link("Open the order", &format!("/orders/{id}"))) }
                }
            }
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Fields {
    how: Resolution,
}

pub(super) async fn resolve(
    State(context): State<Context>,
    operator: OnPage<ExceptionsWrite>,
    Path(exception_id): Path<String>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let draft = ResolveDraft {
        how: form.fields.how,
    };
    resolve_once(&context, &operator, form.key, &exception_id, draft).await?;
    let view = view_of(&context, &exception_id).await?;
    let there = format!("/exceptions/{}", view.stored.id);
    let region = one_region(&context, context.lang(), &view, version, Some(()));
    Ok(respond(&headers, &there, vec![region]))
}
