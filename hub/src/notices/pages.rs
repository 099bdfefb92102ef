//! The page of notices: post one, and see who has got it.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{Button, Choice, Empty, Field, Tone, badge, command_id};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, Render, html};
use serde::Deserialize;
use ulid::Ulid;

use super::http::post_once;
use super::rules::NoticeDraft;
use super::service::{self, Delivered, NOTICES, NoticeView};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::sync::{CONTACT, FACTS};
use crate::users::{NoticesRead, NoticesWrite, OnPage, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/notices", get(page).post(post))
        .route("/notices/stream", get(stream))
}

struct View {
    notices: Vec<NoticeView>,
    stores: Vec<StoreName>,
    now_ms: i64,
}

fn load(context: &Context, tx: &mut Tx) -> Result<View, DbError> {
    Ok(View {
        notices: service::views(context, tx)?,
        stores: stores::names(context, tx)?,
        now_ms: context.now_ms(),
    })
}

async fn view_of(context: &Context) -> Result<View, DbError> {
    let within = context.clone();
    context.db().read(move |tx| load(&within, tx)).await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<NoticesRead>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view_of(&context).await?;
    let shown = Page {
        title: "Notices",
        screen: Screen::Notices,
        operator: &operator.name,
        stream: Some("/notices/stream"),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head { h1 { "Notices" } }
            div.columns {
                section.panel {
                    header { h2 { "Tell the stores" } }
                    (form(&context, &view))
                }
                (region(lang, &view, version))
            }
        }
    };
    Ok(console_page(lang, shown, body))
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<NoticesRead>,
) -> Response {
    live(
        &context,
        viewer,
        [NOTICES, CONTACT, FACTS],
        |context, version| async move {
            let view = view_of(&context).await?;
            Ok::<_, DbError>(vec![region(context.lang(), &view, version)])
        },
    )
}

fn form(context: &Context, view: &View) -> Markup {
    let lang = context.lang();
    let all = Choice {
        value: "",
        label: "Every store",
    };
    let named = view.stores.iter().map(|store| Choice {
        value: store.store_id.as_str(),
        label: &store.name,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(all).chain(named).collect();
    const ENDS: [Choice<'static>; 4] = [
        Choice {
            value: "",
            label: "Until the end of the store's day",
        },
        Choice {
            value: "4",
            label: "For 4 hours",
        },
        Choice {
            value: "24",
            label: "For a day",
        },
        Choice {
            value: "168",
            label: "For a week",
        },
    ];
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    html! {
        form.stack method="post" action="/notices" data-live data-reset {
            (command_id(&fresh_id))
            (Field::long_text("text", "Text")
                .hint("At most 280 characters, shown on every till; never about a person: a \
                       notice cannot be taken back")
                .required(lang))
            (Field::choice("store_id", "For", &choices))
            (Field::choice("hours", "Shown", &ENDS))
            (Button::submit("Post").primary())
        }
    }
}

#[derive(Debug, Deserialize)]
struct Fields {
    text: String,
    store_id: String,
    hours: String,
}

async fn post(
    State(context): State<Context>,
    operator: OnPage<NoticesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let fields = form.fields;
    let hours: Option<i64> = match fields.hours.as_str() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| Problem::unreadable(format!("'{text}' is no number of hours")))?,
        ),
    };
    let draft = NoticeDraft {
        text: fields.text,
        store_id: Some(fields.store_id).filter(|store| !store.is_empty()),
        until_ms: hours.map(|hours| ends_ms(&context, hours)),
    };
    post_once(&context, &operator, form.key, draft).await?;
    let view = view_of(&context).await?;
    Ok(respond(
        &headers,
        "/notices",
        vec![region(context.lang(), &view, version)],
    ))
}

/// Returns the end of a notice posted now, on the full hour: a form sent twice says the same.
fn ends_ms(context: &Context, hours: i64) -> i64 {
    const HOUR_MS: i64 = 3_600_000;
    let whole = context.now_ms().div_euclid(HOUR_MS);
    whole
        .saturating_add(hours.clamp(0, 10_000))
        .saturating_mul(HOUR_MS)
}

fn region(lang: &Lang, view: &View, version: Version) -> Region {
    let posted = match view.notices.is_empty() {
        true => Empty::new("Nothing was posted yet")
            .todo("What is posted appears on the stores' screens within a second.")
            .render(),
        false => html! {
            ol.timeline { @for notice in &view.notices { (item(lang, notice, view.now_ms)) } }
        },
    };
    let markup = html! {
        section.panel {
            header { h2 { "Posted" } }
            (posted)
        }
    };
    Region::new("notices", version, markup)
}

fn item(lang: &Lang, view: &NoticeView, now_ms: i64) -> Markup {
    let notice = &view.notice;
    let waiting: Vec<String> = view
        .stores
        .iter()
        .filter(|(_, delivered)| *delivered == Delivered::NotYet)
        .map(|(store_id, _)| store_id.to_string())
        .collect();
    let all = view.stores.len();
    html! {
        li id={ "notice-" (Ulid::from_bytes(notice.id)) } {
            time { (lang.age(now_ms - notice.posted_at_ms)) }
            div {
                p.strong-text { (notice.text) }
                p.quiet-text {
                    @if waiting.is_empty() {
                        (badge(Tone::Good, &format!("delivered to {all}")))
                    } @else {
                        (badge(Tone::Waiting, &format!("waiting for {}", waiting.join(", "))))
                    }
                    " by " (notice.posted_by)
                    @if let Some(until_ms) = notice.until_ms {
                        @let left = until_ms - now_ms;
                        @if left > 0 {
                            ", shown for " (counterpart_daemon::web::text::duration(lang, left))
                        } @else {
                            ", over"
                        }
                    }
                }
            }
        }
    }
}
