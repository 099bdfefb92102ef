//! The page of one record that was set aside: what it would say, its bytes, and letting it in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::replica::Said;
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{Button, Icon, Tone, badge, command_id};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};
use serde::Deserialize;
use ulid::Ulid;

use super::{load as load_list, region as list_region, store_words, zone_of};
use crate::context::Context;
use crate::quarantine::http::{Asked, BYTES_SHOWN_MAX, One, Place, hex, load, readmit_once};
use crate::users::{OnPage, Permission, RecordsWrite, StatusRead};
use crate::web::{CommandForm, Page, Screen, console_page};

/// Bytes on a line of the dump.
const LINE: usize = 32;

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StatusRead>,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let one = load(&context, place).await?;
    let title = format!("Record {} of run {}", place.2, place.1);
    let shown = Page {
        title: &title,
        screen: Screen::Status,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let may = operator.may(Permission::RecordsWrite);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link("All records set aside", "/quarantine").icon(Icon::Back))
                }
            }
            (region(&context, lang, place, &one, version, may.then_some(())))
        }
    };
    Ok(console_page(lang, shown, body))
}

fn region(
    context: &Context,
    lang: &Lang,
    place: Place,
    one: &One,
    version: Version,
    may_readmit: Option<()>,
) -> Region {
    let markup = html! {
        section.stack {
            section.panel {
                header { h2 { "Why it was set aside" } (badge(Tone::Bad, "does not count")) }
                p { (one.shown.listed.record.reason) }
                (details(lang, one))
            }
            @if may_readmit.is_some() { (form(context, place)) }
            (says(&one.shown.said))
            (bytes(&one.shown.bytes))
        }
    };
    Region::new("record", version, markup)
}

fn details(lang: &Lang, one: &One) -> Markup {
    let (shown, store) = (&one.shown, one.store.as_ref());
    let listed = &shown.listed;
    let size = i64::try_from(listed.size_bytes).unwrap_or(i64::MAX);
    let day = store.map(|store| format!("/days/{}/{}", store.store_id, listed.business_date));
    html! {
        dl.details {
            dt { "Store" } dd { (store_words(store, listed)) " (edge " (listed.record.peer) ")" }
            dt { "Day" }
            dd {
                @match day {
                    Some(href) => a href=(href) { (listed.business_date) },
                    None => (listed.business_date),
                }
            }
            dt { "Kind" } dd { (listed.kind) }
            dt { "Document" } dd { code { (listed.document) } }
            dt { "Noticed" }
            dd { (lang.date_time(listed.record.noticed_at_ms, &zone_of(store))) }
            dt { "Size" } dd { (lang.count(size)) " bytes" }
            dt { "As it was sent" }
            dd {
                @if shown.is_intact { (badge(Tone::Good, "every byte")) }
                @else { (badge(Tone::Bad, "damaged on the way")) }
            }
            dt { "Change" } dd { code { (shown.change) } }
            dt { "Chain after it" } dd { code { (shown.chain) } }
        }
    }
}

fn form(context: &Context, (edge, run, seq): Place) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/quarantine/{edge}/{run}/{seq}/readmit");
    html! {
        section.panel {
            header { h2 { "Let it count" } }
            p {
                "After an upgrade, or once a fault is mended, the record is checked again. If it \
                 holds, it counts and every view is made anew: nothing else is written for as long \
                 as that takes, stores wait and sell on. If it does not, it stays here."
            }
            form.stack method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Button::submit("Check again and let it count").primary())
            }
        }
    }
}

fn says(said: &Said) -> Markup {
    html! {
        section.panel {
            header { h2 { "What it would say" } }
            @match said {
                Said::Unreadable { unreadable } => p { "It cannot be read: " (unreadable) },
                Said::Fact { .. } => {
                    @let text = serde_json::to_string_pretty(said);
                    pre tabindex="0" { (text.unwrap_or_else(|error| error.to_string())) }
                }
            }
        }
    }
}

fn bytes(bytes: &[u8]) -> Markup {
    let cut = bytes.len() > BYTES_SHOWN_MAX;
    let shown = &bytes[..bytes.len().min(BYTES_SHOWN_MAX)];
    html! {
        section.panel {
            header { h2 { "Its bytes" } }
            @if shown.is_empty() { p { "None are kept." } }
            @else {
                pre tabindex="0" {
                    @for (line, part) in shown.chunks(LINE).enumerate() {
                        (format!("{:06x}  {}\n", line * LINE, hex(part)))
                    }
                }
            }
            @if cut { p.quiet-text { "The rest is not shown." } }
        }
    }
}

/// The form has nothing but its command id.
#[derive(Debug, Deserialize)]
pub(super) struct NoFields {}

pub(super) async fn readmit(
    State(context): State<Context>,
    operator: OnPage<RecordsWrite>,
    Path(place): Path<Place>,
    headers: HeaderMap,
    form: CommandForm<NoFields>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    readmit_once(&context, &operator, form.key, place).await?;
    let asked = Asked::default();
    let listed = load_list(&context, asked.clone()).await?;
    let region = list_region(&context, context.lang(), &asked, &listed, version);
    Ok(respond(&headers, "/quarantine", vec![region]))
}
