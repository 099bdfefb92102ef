//! Picking on the screen: one item at a time in large letters, and the list of all beside it.

use counterpart_daemon::web::parts::{
    Button, Choice, Emphasis, Field, Icon, Tone, badge, command_id,
};
use counterpart_protocol::orders::ShortReason;
use maud::{Markup, html};

use super::one::Step;
use crate::pickups::service::WorkLine;

/// Shows a new pickup: accept it, and the bell is silent.
pub(super) fn offered(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    html! {
        div.pickup-work {
            section.pickup-now {
                form.stack method="post" action=(step.to("do")) data-live {
                    (command_id(&step.fresh_id))
                    (Button::submit_as(&lang.word("pickup-accept"), "does", "accept")
                        .emphasis(Emphasis::Pay).icon(Icon::Check).key("F9"))
                }
                p { (lang.word("pickup-accept-hint")) }
            }
            (all(step))
        }
    }
}

/// Shows the item to fetch next.
pub(super) fn pick(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    let Some(line) = step.view.work.iter().find(|line| line.to_scan_milli.0 > 0) else {
        return all(step);
    };
    let found = line.bag_milli.0 + line.scanned_milli.0;
    let wanted = found + line.to_scan_milli.0;
    let scanned = step.view.work.iter().any(|line| line.scanned_milli.0 > 0);
    html! {
        div.pickup-work {
            section.pickup-now aria-label=(lang.word("pickup-next")) {
                p.pickup-eyebrow { (lang.word("pickup-next")) }
                h2.pickup-item { (line.name) }
                p.pickup-sku { span.code { (line.sku) } }
                p.pickup-count aria-live="polite" {
                    (lang.t("pickup-of", &[
                        ("found", lang.quantity(found).as_str().into()),
                        ("wanted", lang.quantity(wanted).as_str().into()),
                    ]))
                }
                form.pickup-find method="post" action=(step.to("scan")) data-live data-reset {
                    (command_id(&step.fresh_id))
                    (Field::search("code", &lang.word("pickup-scan")).key("F2")
                        .hint(&lang.word("pickup-scan-hint")))
                    (Button::submit(&lang.word("pickup-scan-enter")).icon(Icon::Check))
                }
                (short(step, line))
                @if scanned {
                    form method="post" action=(step.to("do")) data-live {
                        (command_id(&step.fresh_id))
                        (Button::submit_as(&lang.word("pickup-pause"), "does", "finish")
                            .icon(Icon::Park))
                    }
                }
            }
            (all(step))
        }
    }
}

fn short(step: &Step<'_>, line: &WorkLine) -> Markup {
    let lang = step.lang;
    let labels = ShortReason::ALL.map(|reason| {
        let key = format!("pickup-short-{}", reason.word().replace('_', "-"));
        (reason.word(), lang.word(&key))
    });
    let choices: Vec<Choice<'_>> = labels
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let left = lang.quantity(line.to_scan_milli.0);
    html! {
        details.pickup-short {
            summary { (lang.word("pickup-short")) }
            form.filters method="post" action=(step.to("short")) data-live {
                (command_id(&step.fresh_id))
                input type="hidden" name="line" value=(line.line);
                (Field::choice("because", &lang.word("pickup-short-why"), &choices))
                (Field::amount("quantity", &lang.word("pickup-short-how-many")).value(&left))
                (Button::submit(&lang.word("pickup-short-do")).emphasis(Emphasis::Danger))
            }
            p { (lang.word("pickup-short-hint")) }
        }
    }
}

/// Asks where the bag waits.
pub(super) fn stage(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    html! {
        section.pickup-now {
            p.pickup-eyebrow { (lang.word("pickup-picked")) }
            form.pickup-find method="post" action=(step.to("stage")) data-live {
                (command_id(&step.fresh_id))
                (Field::text("location", &lang.word("pickup-place")).key("F2")
                    .hint(&lang.word("pickup-place-hint")))
                (Button::submit(&lang.word("pickup-stage")).primary().icon(Icon::Box))
            }
        }
    }
}

/// Shows every line with what is found of it.
pub(super) fn all(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    html! {
        section.pickup-all aria-label=(lang.word("pickup-lines")) {
            ul {
                @for (line, work) in step.view.card.lines.iter().zip(&step.view.work) {
                    @let found = work.bag_milli.0 + work.scanned_milli.0;
                    @let is_over = line.remaining_milli.0 == 0;
                    li data-done[work.to_scan_milli.0 == 0] {
                        span.pickup-line-name { (work.name) }
                        span.number {
                            @if is_over { (lang.quantity(line.handed_over_milli.0)) }
                            @else {
                                (lang.quantity(found)) " / " (lang.quantity(line.remaining_milli.0))
                            }
                        }
                        @if line.cancel_milli.0 > 0 {
                            (badge(Tone::Bad, &lang.word("pickup-line-cancel")))
                        } @else if is_over {
                            (badge(Tone::Quiet, &lang.word("pickup-line-over")))
                        } @else if work.to_scan_milli.0 == 0 {
                            (badge(Tone::Good, &lang.word("pickup-line-picked")))
                        }
                    }
                }
            }
        }
    }
}
