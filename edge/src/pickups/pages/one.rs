//! One pickup: its head, what was said last, and the step it is at.

use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Emphasis, Icon, Tone, badge, command_id};
use counterpart_daemon::web::shell::ScanTarget;
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::FulfilmentId;
use maud::{Markup, html};

use super::card::{Due, customer, notes, promise};
use super::{cue, framed, fresh_id, giving, picking, said, stage_badge};
use crate::context::Context;
use crate::devices::LabelUse;
use crate::labels;
use crate::pickups::service::{self, PickupError, PickupView};
use crate::pickups::store;
use crate::staff::Person;
use crate::web::status_bar;

/// What every step is drawn with.
pub(super) struct Step<'a> {
    pub(super) lang: &'a Lang,
    pub(super) view: &'a PickupView,
    pub(super) person: &'a Person,
    /// What forms send that are pressed before the script runs.
    pub(super) fresh_id: String,
}

impl Step<'_> {
    /// Returns an address below the pickup's.
    pub(super) fn to(&self, place: &str) -> String {
        format!("/pickups/{}/{place}", self.view.card.fulfilment_id)
    }
}

/// Makes the page of one pickup.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn one(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
) -> Result<Markup, PickupError> {
    let version = ctx.live().version();
    let region = region(ctx, person, version, id).await?;
    let scan = ScanTarget {
        post_to: format!("/pickups/{id}/scan"),
        prefix: None,
    };
    let lang = ctx.lang();
    let title = lang.word("pickup-title");
    let body = html! { div.console.pickup { (region) } };
    let stream = format!("/pickups/{id}/stream");
    Ok(framed(ctx, person, version, (&title, &stream, &scan), body).await?)
}

/// Renders what changes on the page of one pickup.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn one_live(
    ctx: &Context,
    person: &Person,
    version: Version,
    id: FulfilmentId,
) -> Result<Vec<Region>, PickupError> {
    let region = region(ctx, person, version, id).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

async fn region(
    ctx: &Context,
    person: &Person,
    version: Version,
    id: FulfilmentId,
) -> Result<Region, PickupError> {
    let (context, reader) = (ctx.clone(), person.clone());
    let read = ctx.db().read(move |tx| {
        let view = service::one(&context, tx, &reader, id)?;
        Ok::<_, PickupError>((view, store::screen(tx, reader.register)?))
    });
    let (view, screen) = read.await?;
    let screen = screen.filter(|screen| screen.fulfilment_id == Some(id));
    let lang = ctx.lang();
    let step = Step {
        lang: &lang,
        view: &view,
        person,
        fresh_id: fresh_id(ctx),
    };
    let markup = html! {
        (head(ctx, &step))
        (said(screen.as_ref()))
        (body(&step))
    };
    let cue = cue(screen.as_ref(), person.register);
    Ok(Region::new("pickup", version, markup).with_cue(cue))
}

fn head(ctx: &Context, step: &Step<'_>) -> Markup {
    let (lang, card) = (step.lang, &step.view.card);
    let due = Due::of(card, ctx.now_ms());
    html! {
        header.pickup-head data-due=(due.word()) {
            div {
                h1 { (card.reference) " " (stage_badge(lang, &card.stage)) }
                (customer(lang, card))
                (promise(ctx, lang, card, due))
                (notes(lang, card))
                @if let Some(due) = &step.view.due {
                    p { (badge(Tone::Bad, &lang.t("pickup-to-pay",
                        &[("amount", due.as_str().into())]))) }
                }
            }
            div.actions {
                form method="post" action=(step.to("do")) data-live {
                    (command_id(&step.fresh_id))
                    (Button::submit_as(&lang.word("pickup-print"), "does", "slip")
                        .emphasis(Emphasis::Quiet).icon(Icon::Printer))
                    @if card.stage == "staged" && prints_labels(ctx, step.person) {
                        (Button::submit_as(&lang.word("pickup-label"), "does", "label")
                            .emphasis(Emphasis::Quiet).icon(Icon::Printer).key("F8"))
                    }
                }
                (Button::link(&lang.word("pickup-all"), "/pickups").icon(Icon::Back))
            }
        }
    }
}

fn prints_labels(ctx: &Context, person: &Person) -> bool {
    labels::prints(ctx, person.register, LabelUse::Pickups)
}

fn body(step: &Step<'_>) -> Markup {
    let view = step.view;
    let any = |of: fn(&service::WorkLine) -> i64| view.work.iter().any(|line| of(line) > 0);
    if any(|line| line.to_put_away_milli.0) {
        return giving::put_away(step);
    }
    match view.card.stage.as_str() {
        "offered" => picking::offered(step),
        _ if any(|line| line.to_scan_milli.0) => picking::pick(step),
        "handed_over" | "released" => giving::over(step),
        "staged" => giving::hand_over(step),
        _ => html! { (picking::stage(step)) (giving::hand_over(step)) },
    }
}
