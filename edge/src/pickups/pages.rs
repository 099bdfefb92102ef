//! The pickup pages: the lists, and one pickup at the step it is at.

mod card;
mod giving;
mod list;
mod one;
mod picking;

pub(crate) use list::{Shown, list, list_live};
pub(crate) use one::{one, one_live};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::web::live::{Cue, Version};
use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_daemon::web::shell::{Density, ScanTarget, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, RegisterId};
use maud::{Markup, html};

use super::service::new_pickups;
use super::store::Screen as ScanScreen;
use crate::context::Context;
use crate::staff::Person;
use crate::web::{self, Alert, Screen};

/// Returns what the status bar of every page says of new pickups: the bell, until somebody accepts.
///
/// # Errors
///
/// Those of the database.
pub fn alert(tx: &mut Tx, lang: &Lang) -> Result<Option<Alert>, DbError> {
    let new = new_pickups(tx)?;
    if new.count == 0 {
        return Ok(None);
    }
    let count = i64::from(new.count);
    let id = format!("bell-{}-{count}", new.newest_rung_at_ms);
    Ok(Some(Alert {
        tone: Tone::Bad,
        word: lang.t("pickup-bell", &[("count", count.into())]),
        href: "/pickups",
        cue: Some(Cue::Bell(id)),
        shown_at: Some("/pickups/bell"),
    }))
}

async fn framed(
    ctx: &Context,
    person: &Person,
    version: Version,
    (title, stream, scan): (&str, &str, &ScanTarget),
    body: Markup,
) -> Result<Markup, DbError> {
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title,
        current: "/pickups",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some(stream),
        scan: Some(scan),
    };
    web::page(ctx, version, &screen, body).await
}

fn fresh_id(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}

/// Shows what was said to the last scan of the register's scanner.
fn said(screen: Option<&ScanScreen>) -> Markup {
    let Some((screen, said)) = screen.and_then(|one| Some((one, one.said.as_ref()?))) else {
        return html! { p.pickup-said role="status" {} };
    };
    let tone = if screen.accepted {
        "accepted"
    } else {
        "refused"
    };
    html! {
        p.pickup-said data-tone=(tone) role="status" {
            (said)
            @if let Some(found) = screen.found_id {
                " " a.button.primary href={ "/pickups/" (found) } { "→" }
            }
        }
    }
}

fn cue(screen: Option<&ScanScreen>, register: RegisterId) -> Option<Cue> {
    let screen = screen?;
    screen.said.as_ref()?;
    let id = format!("pickup-{register}-{}", screen.cue);
    Some(match screen.accepted {
        true => Cue::Accepted(id),
        false => Cue::Refused(id),
    })
}

/// Shows how far a pickup is.
fn stage_badge(lang: &Lang, stage: &str) -> Markup {
    let tone = match stage {
        "offered" => Tone::Bad,
        "accepted" | "picking" => Tone::Busy,
        "picked" => Tone::Waiting,
        "staged" | "handed_over" => Tone::Good,
        _ => Tone::Quiet,
    };
    badge(
        tone,
        &lang.word(&format!("pickup-stage-{}", stage.replace('_', "-"))),
    )
}
