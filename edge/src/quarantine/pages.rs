//! The page of what was set aside: each record with who said what and why it does not count, and
//! the button that lets it in.

use counterpart_daemon::db::DbError;
use counterpart_daemon::replica::Said;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Empty, Field, Icon, Tone, badge, command_id};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::CommandId;
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use super::service::{self, Aside};
use crate::context::Context;
use crate::staff::{self, Person};
use crate::web::{self, Screen, status_bar};

/// The page's address.
pub(super) const PAGE: &str = "/quarantine";

/// Makes the page.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn page(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let region = region(ctx, person, version).await?;
    let lang = ctx.lang();
    let title = lang.word("quarantine-title");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("edge-nav-status"), "/status").icon(Icon::Back))
                }
            }
            p { (lang.word("quarantine-lead")) }
            (region)
        }
    };
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title: &title,
        current: "/status",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some("/quarantine/stream"),
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

/// Renders what changes on the page.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn live(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Vec<Region>, DbError> {
    let region = region(ctx, person, version).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

async fn region(ctx: &Context, person: &Person, version: Version) -> Result<Region, DbError> {
    let replica = ctx.replica().clone();
    let listed = ctx.db().read(move |tx| service::list(&replica, tx)).await?;
    let lang = ctx.lang();
    let (at_ms, random) = ctx.new_ulid();
    let fresh = CommandId::from_parts(at_ms, random).to_string();
    let markup = html! {
        @if listed.records.is_empty() {
            (Empty::new(&lang.word("quarantine-none")).icon(Icon::Check))
        } @else {
            p.quiet-text { (lang.word("quarantine-hint")) }
            @for one in &listed.records { (card(ctx, &lang, person, one, &fresh)) }
            @if listed.has_more { p.quiet-text { (lang.word("quarantine-more")) } }
        }
    };
    Ok(Region::new("quarantine", version, markup))
}

fn card(ctx: &Context, lang: &Lang, person: &Person, one: &Aside, fresh: &str) -> Markup {
    let listed = &one.shown.listed;
    let record = &listed.record;
    let name = format!("{}-{}", record.feed, record.seq);
    let zone = &ctx.profile().time_zone;
    html! {
        section.panel id={ "record-" (name) } {
            header {
                h2 {
                    (badge(Tone::Bad, &lang.word("quarantine-uncounted"))) " " (listed.kind)
                }
                p { (lang.date_time(record.noticed_at_ms, zone)) }
            }
            dl.details {
                dt { (lang.word("quarantine-why")) } dd { (record.reason) }
                (said(lang, one))
                dt { (lang.word("quarantine-day")) } dd { (listed.business_date) }
                dt { (lang.word("quarantine-document")) } dd { code { (listed.document) } }
                dt { (lang.word("quarantine-record")) }
                dd { (record.feed) " / " (record.seq) }
                dt { (lang.word("quarantine-sent")) }
                dd {
                    @if one.shown.is_intact {
                        (badge(Tone::Good, &lang.word("quarantine-intact")))
                    } @else {
                        (badge(Tone::Bad, &lang.word("quarantine-damaged")))
                    }
                }
            }
            form.filters method="post" data-live
                action={ "/quarantine/" (record.feed) "/" (record.seq) "/readmit" } {
                (command_id(fresh))
                @if staff::needs_manager(&person.gates, Operation::ReadmitRecord) {
                    (Field::pin("pin", &lang.word("pickup-manager-pin"))
                        .id(format!("pin-{name}"))
                        .hint(&lang.word("quarantine-pin-hint")))
                }
                (Button::submit(&lang.word("quarantine-do")).icon(Icon::Check))
            }
        }
    }
}

/// Who said it and when, and what, if it can be read.
fn said(lang: &Lang, one: &Aside) -> Markup {
    html! {
        @match &one.shown.said {
            Said::Unreadable { unreadable } => {
                dt { (lang.word("quarantine-unreadable")) } dd { (unreadable) }
            }
            Said::Fact { at, body, .. } => {
                dt { (lang.word("quarantine-by")) }
                dd {
                    @match &one.by {
                        Some(name) => (name),
                        None => (lang.word("quarantine-hub")),
                    }
                    ", " (at)
                }
                dt { (lang.word("quarantine-says")) }
                dd { pre tabindex="0" { (format!("{body:#}")) } }
            }
        }
    }
}
