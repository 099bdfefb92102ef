//! What a person may do with an order on its page: cancel it, send it another way.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{Button, Choice, Emphasis, Field, command_id};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::orders::CancelReason;
use maud::html;
use serde::Deserialize;
use ulid::Ulid;

use super::one::regions;
use crate::context::Context;
use crate::orders::http::{CancelDraft, RerouteDraft, cancel_once, reroute_once, view_of};
use crate::orders::rules::cancel_words;
use crate::orders::service::OrderView;
use crate::users::{OnPage, OrdersWrite};
use crate::web::CommandForm;

/// Why an order may be cancelled by a person.
const REASONS: [CancelReason; 4] = [
    CancelReason::Customer,
    CancelReason::Unavailable,
    CancelReason::Payment,
    CancelReason::Service,
];

pub(super) fn actions(
    context: &Context,
    lang: &Lang,
    view: &OrderView,
    version: Version,
) -> Region {
    let reasons: Vec<(String, &str)> = REASONS
        .iter()
        .map(|because| (word_of(*because), cancel_words(*because)))
        .collect();
    let reasons: Vec<Choice<'_>> = reasons
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let nearest = Choice {
        value: "",
        label: "Wherever the rule says",
    };
    let named = view.stores.iter().map(|store| Choice {
        value: store.store_id.as_str(),
        label: &store.name,
    });
    let stores: Vec<Choice<'_>> = std::iter::once(nearest).chain(named).collect();
    let fresh_id = || Ulid::from_bytes(context.new_id()).to_string();
    let (cancel, reroute) = (
        format!("/orders/{}/cancel", view.id),
        format!("/orders/{}/reroute", view.id),
    );
    let barred = |why: Option<String>| {
        html! {
            @if let Some(why) = why { p.quiet-text { (why) } }
        }
    };
    let markup = html! {
        div.columns {
            section.panel {
                header { h2 { "Cancel" } }
                @match view.allowed.cancel {
                    Ok(()) => form.stack method="post" action=(cancel) data-live {
                        (command_id(&fresh_id()))
                        (Field::choice("because", "Why", &reasons).required(lang))
                        (Button::submit("Cancel the order").emphasis(Emphasis::Danger))
                        p.quiet-text {
                            "What no store has seen is taken back at once; otherwise the store is \
                             asked, and no money goes back before it has answered."
                        }
                    },
                    Err(why) => (barred(Some(why.to_string()))),
                }
            }
            section.panel {
                header { h2 { "Send another way" } }
                @match view.allowed.reroute {
                    Ok(()) => form.stack method="post" action=(reroute) data-live {
                        (command_id(&fresh_id()))
                        (Field::choice("store", "To", &stores)
                            .hint("A customer who comes to the counter is asked first"))
                        (Button::submit("Send another way"))
                    },
                    Err(why) => (barred(Some(why.to_string()))),
                }
            }
        }
    };
    Region::new("order-actions", version, markup)
}

fn word_of(because: CancelReason) -> String {
    let word = serde_json::to_value(because).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[derive(Debug, Deserialize)]
pub(super) struct CancelFields {
    because: CancelReason,
}

pub(super) async fn cancel(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
    Path(order_id): Path<String>,
    headers: HeaderMap,
    form: CommandForm<CancelFields>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let draft = CancelDraft {
        because: form.fields.because,
    };
    cancel_once(&context, &operator, form.key, &order_id, draft).await?;
    let view = view_of(&context, &order_id, &operator).await?;
    let there = format!("/orders/{}", view.id);
    let regions = regions(&context, &view, version, Some(()));
    Ok(respond(&headers, &there, regions))
}

#[derive(Debug, Deserialize)]
pub(super) struct RerouteFields {
    store: String,
}

pub(super) async fn reroute(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
    Path(order_id): Path<String>,
    headers: HeaderMap,
    form: CommandForm<RerouteFields>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let store = Some(form.fields.store.trim()).filter(|slug| !slug.is_empty());
    let store = store.map(str::parse).transpose();
    let draft = RerouteDraft {
        store: store.map_err(|wrong: counterpart_protocol::ids::IdRefused| {
            Problem::unreadable(wrong.to_string()).field("store", wrong.to_string())
        })?,
    };
    reroute_once(&context, &operator, form.key, &order_id, draft).await?;
    let view = view_of(&context, &order_id, &operator).await?;
    let there = format!("/orders/{}", view.id);
    let regions = regions(&context, &view, version, Some(()));
    Ok(respond(&headers, &there, regions))
}
