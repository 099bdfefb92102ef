//! The status bar: how this store stands with its hub, what is unsent, and which device needs help.
//!
//! It shows what is; what to do about it stands on the status page, one press away.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_daemon::web::shell::{HUB_LINK_REGION, hub_link};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use maud::{Markup, html};

use super::alert::alert;
use crate::context::{Context, WhatWasShown};
use crate::devices::{DeviceHealth, DeviceStatus};
use crate::sync::hub_link_of;

/// Returns the status bar as a region of a page at `register`; a live page sends it again whenever
/// [`super::STATUS_TOPIC`] is published.
///
/// # Errors
///
/// Those of the database.
pub async fn status_bar(
    context: &Context,
    version: Version,
    register: Option<RegisterId>,
) -> Result<Region, DbError> {
    let replica = context.replica().clone();
    let lang = context.lang();
    let (alerts_of, reader) = (context.alerts(), lang.clone());
    let read = context.db().read(move |tx| {
        let up = replica.up_state(tx, EdgeNumber::HUB)?;
        let mut alerts = Vec::new();
        for alert_of in alerts_of {
            alerts.extend(alert_of(tx, &reader)?);
        }
        Ok::<_, DbError>((up, alerts))
    });
    let (up, alerts) = read.await?;
    let state = context.link().state();
    let link = hub_link_of(
        &state,
        &up,
        context.now_ms(),
        &context.profile().time_zone,
        &lang,
    );
    let waiting = i64::try_from(up.waiting()).unwrap_or(i64::MAX);
    let devices = register.and_then(|register| context.devices().of(register));
    let markup = html! {
        @if context.training().is_some() {
            span.link { (badge(Tone::Quiet, &lang.word("training-no-hub"))) }
        } @else if state.needs_a_person { (refused(&lang, state.trouble.as_deref(), waiting)) }
        @else { (hub_link(&lang, &link, waiting)) }
        @if let Some(shown) = register.and_then(|register| context.shown(register)) {
            (shown_badge(&lang, &shown))
        }
        @if let Some(devices) = devices {
            @for device in devices.troubled() { (troubled(device)) }
        }
        @for one in &alerts { (alert(one)) }
    };
    let cue = alerts.into_iter().find_map(|one| one.cue);
    Ok(Region::new(HUB_LINK_REGION, version, markup).with_cue(cue))
}

/// Shows that waiting does not help: the amber "last seen" would say that it does.
fn refused(lang: &Lang, trouble: Option<&str>, waiting: i64) -> Markup {
    html! {
        a.link href="/status" title=[trouble] role="status" {
            (badge(Tone::Bad, &lang.word("link-hub-refuses")))
            span.link-note data-waiting[waiting > 0] {
                (lang.t("kit-link-waiting", &[("count", waiting.into())]))
            }
        }
    }
}

/// Says whose badge waits for what is pressed next, or why one does not count.
fn shown_badge(lang: &Lang, shown: &WhatWasShown) -> Markup {
    match shown {
        WhatWasShown::Badge { name, .. } => {
            let word = lang.t("badge-shown", &[("name", name.as_str().into())]);
            html! { span.link role="status" { (badge(Tone::Good, &word)) } }
        }
        WhatWasShown::Refused(why) => html! {
            span.link role="status" title=(why) { (badge(Tone::Bad, why)) }
        },
    }
}

fn troubled(device: &DeviceStatus) -> Markup {
    let tone = match device.health {
        DeviceHealth::Ready | DeviceHealth::None => Tone::Quiet,
        DeviceHealth::Soon => Tone::Waiting,
        DeviceHealth::Stopped => Tone::Bad,
    };
    html! {
        a.link href="/status" title=[device.todo.as_deref()] { (badge(tone, &device.word)) }
    }
}
