//! A pickup as a card: the promise's clock first, then the order, then what to fetch.

use counterpart_daemon::web::parts::{Button, Icon, Tone, badge, command_id, icon};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, html};

use super::stage_badge;
use crate::context::Context;
use crate::pickups::service::{CardLineView, CustomerName, PickupCard, Waiting};

/// How long before its promise a pickup turns amber, in milliseconds: half an hour.
const SOON_MS: i64 = 30 * 60_000;
/// Lines shown on a card.
const LINES_SHOWN: usize = 4;

/// How near a promise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// There is time.
    Calm,
    /// Within half an hour.
    Soon,
    /// The moment has passed.
    Late,
}

impl Due {
    pub(super) fn of(card: &PickupCard, now_ms: i64) -> Self {
        let is_waiting = matches!(card.stage.as_str(), "staged" | "handed_over" | "released");
        match card.promise_at_ms - now_ms {
            _ if is_waiting => Self::Calm,
            ..0 => Self::Late,
            0..SOON_MS => Self::Soon,
            SOON_MS.. => Self::Calm,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "soon",
            Self::Late => "late",
        }
    }
}

/// Shows a pickup in a list.
pub(super) fn card(ctx: &Context, lang: &Lang, card: &PickupCard, fresh_id: &str) -> Markup {
    let due = Due::of(card, ctx.now_ms());
    let here = format!("/pickups/{}", card.fulfilment_id);
    let open = match card.to_put_away {
        true => lang.word("pickup-put-away"),
        false => next_step(lang, &card.stage),
    };
    html! {
        article.pickup-card id={ "card-" (card.fulfilment_id) } data-due=(due.word()) {
            header {
                (promise(ctx, lang, card, due))
                (stage_badge(lang, &card.stage))
            }
            h2 { a href=(here) { (card.reference) } }
            (customer(lang, card))
            (notes(lang, card))
            (lines(lang, card))
            footer.actions {
                @if card.stage == "offered" {
                    form method="post" action={ (here) "/do" } data-live {
                        (command_id(fresh_id))
                        (Button::submit_as(&lang.word("pickup-accept"), "does", "accept")
                            .primary().icon(Icon::Check))
                    }
                }
                (Button::link(&open, &here).icon(Icon::Forward))
            }
        }
    }
}

/// Shows the promise: the time, and in words when it is near or past.
pub(super) fn promise(ctx: &Context, lang: &Lang, card: &PickupCard, due: Due) -> Markup {
    let zone = &ctx.profile().time_zone;
    let late_ms = ctx.now_ms() - card.promise_at_ms;
    html! {
        p.pickup-promise {
            (icon(Icon::Clock))
            time datetime=(card.promise_at) { (lang.date_time(card.promise_at_ms, zone)) }
            @match due {
                Due::Calm => {},
                Due::Soon => (badge(Tone::Waiting, &lang.word("pickup-due-soon"))),
                Due::Late => (badge(Tone::Bad, &lang.t("pickup-late",
                    &[("age", lang.age(late_ms).as_str().into())]))),
            }
        }
    }
}

/// Shows who ordered: the name, or in words why there is none.
pub(super) fn customer(lang: &Lang, card: &PickupCard) -> Markup {
    match &card.customer {
        CustomerName::Nobody => html! {},
        CustomerName::Known(name) => html! {
            p.pickup-customer { (icon(Icon::Person)) strong { (name) } }
        },
        CustomerName::Awaited => html! {
            p.pickup-customer data-missing { (icon(Icon::Person))
                (lang.word("pickup-customer-awaited")) }
        },
        CustomerName::Erased => html! {
            p.pickup-customer data-missing { (icon(Icon::Person))
                (lang.word("pickup-customer-erased")) }
        },
    }
}

/// Shows what a person must know before opening it.
pub(super) fn notes(lang: &Lang, card: &PickupCard) -> Markup {
    html! {
        p.pickup-notes {
            @if let Some(location) = &card.location {
                strong.pickup-place {
                    (lang.t("pickup-at", &[("place", location.as_str().into())]))
                }
            }
            @if card.cancel_waits { (badge(Tone::Bad, &lang.word("pickup-cancel-asked"))) }
            @if card.to_put_away { (badge(Tone::Waiting, &lang.word("pickup-put-away"))) }
            @match card.bell {
                Waiting::Answered => {},
                Waiting::Ringing => (badge(Tone::Busy, &lang.word("pickup-ringing"))),
                Waiting::Unheard => (badge(Tone::Bad, &lang.word("pickup-unheard"))),
            }
            @if let Some(who) = &card.accepted_by {
                span { (lang.t("pickup-accepted-by", &[("who", who.as_str().into())])) }
            }
        }
    }
}

fn lines(lang: &Lang, card: &PickupCard) -> Markup {
    let more = card.lines.len().saturating_sub(LINES_SHOWN);
    html! {
        ul.pickup-lines {
            @for line in card.lines.iter().take(LINES_SHOWN) {
                li {
                    span.number { (lang.quantity(shown(line).0)) " ×" }
                    " " (line.description)
                    @if line.cancel_milli.0 > 0 {
                        " " (badge(Tone::Bad, &lang.word("pickup-line-cancel")))
                    }
                }
            }
            @if more > 0 {
                li { (lang.t("pickup-more-lines",
                    &[("count", i64::try_from(more).unwrap_or(i64::MAX).into())])) }
            }
        }
    }
}

fn shown(line: &CardLineView) -> Milli {
    match line.remaining_milli.0 {
        0 => line.handed_over_milli,
        _ => line.remaining_milli,
    }
}

fn next_step(lang: &Lang, stage: &str) -> String {
    lang.word(match stage {
        "offered" | "accepted" | "picking" => "pickup-pick",
        "picked" => "pickup-stage",
        "staged" => "pickup-hand-over",
        _ => "pickup-look",
    })
}
