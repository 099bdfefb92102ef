//! Handing over on the screen: check who is here, then give; and back to the shelf.

use counterpart_daemon::web::parts::{Button, Emphasis, Field, Icon, Tone, badge, command_id};
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use super::one::Step;
use super::picking::all;
use crate::staff;

/// Shows the check of the customer or, once that is done, what is given.
pub(super) fn hand_over(step: &Step<'_>) -> Markup {
    html! {
        div.pickup-work {
            @match step.view.proof {
                _ if step.view.bag_unseen => (unseen(step)),
                Some(_) => (give(step)),
                None => (check(step)),
            }
            (all(step))
        }
    }
}

/// Asks for a scan of the bag that an earlier life of this store packed.
fn unseen(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    html! {
        section.pickup-now aria-label=(lang.word("pickup-unseen")) {
            p.pickup-eyebrow { (badge(Tone::Waiting, &lang.word("pickup-unseen"))) }
            form.pickup-find method="post" action=(step.to("scan")) data-live data-reset {
                (command_id(&step.fresh_id))
                (Field::search("code", &lang.word("pickup-scan")).key("F2")
                    .hint(&lang.word("pickup-unseen-hint")))
                (Button::submit(&lang.word("pickup-scan-enter")).icon(Icon::Check))
            }
        }
    }
}

fn check(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    let needs_pin = staff::needs_manager(&step.person.gates, Operation::HandOverByDocument);
    html! {
        section.pickup-now aria-label=(lang.word("pickup-check")) {
            @match &step.view.card.customer_name {
                Some(name) => p.pickup-for {
                    (lang.t("pickup-check-name", &[("name", name.as_str().into())]))
                },
                None => p.pickup-eyebrow { (lang.word("pickup-check")) },
            }
            form.pickup-find method="post" action=(step.to("check")) data-live data-reset {
                (command_id(&step.fresh_id))
                (Field::text("code", &lang.word("pickup-code")).key("F2")
                    .hint(&lang.word("pickup-code-hint")))
                (Button::submit(&lang.word("pickup-check-do")).primary().icon(Icon::Check))
            }
            details.pickup-short {
                summary { (lang.word("pickup-document")) }
                form.filters method="post" action=(step.to("check")) data-live {
                    (command_id(&step.fresh_id))
                    input type="hidden" name="shown" value="document";
                    @if needs_pin {
                        (Field::pin("pin", &lang.word("pickup-manager-pin")))
                    }
                    (Button::submit(&lang.word("pickup-document-do")).icon(Icon::Person))
                }
                p { (document_hint(step)) }
            }
        }
    }
}

/// Says what a document must show.
fn document_hint(step: &Step<'_>) -> String {
    match &step.view.card.customer_name {
        Some(name) => step
            .lang
            .t("pickup-document-name", &[("name", name.as_str().into())]),
        None => step.lang.word("pickup-document-hint"),
    }
}

fn give(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    let lines = step
        .view
        .work
        .iter()
        .filter(|line| line.to_hand_over_milli.0 > 0);
    let lines: Vec<_> = lines.collect();
    let [all_of_it, these] = ["pickup-give-all", "pickup-give-these"].map(|word| {
        let gates = &step.person.gates;
        staff::offered(lang, gates, Operation::HandOver, &lang.word(word))
    });
    html! {
        section.pickup-now aria-label=(lang.word("pickup-give")) {
            p.pickup-eyebrow { (badge(Tone::Good, &lang.word("pickup-checked"))) }
            @if let Some(name) = &step.view.card.customer_name {
                p.pickup-for { (lang.t("pickup-for", &[("name", name.as_str().into())])) }
            }
            form.stack method="post" action=(step.to("give")) data-live {
                (command_id(&step.fresh_id))
                (Button::submit_as(&all_of_it.label, "does", "hand_over")
                    .emphasis(Emphasis::Pay).icon(Icon::Check).key("F9")
                    .barred(all_of_it.barred.as_deref()))
            }
            details.pickup-short {
                summary { (lang.word("pickup-part")) }
                form.stack method="post" action=(step.to("give")) data-live {
                    (command_id(&step.fresh_id))
                    input type="hidden" name="how" value="part";
                    @for line in &lines {
                        @let name = format!("line-{}", line.line);
                        (Field::amount(&name, &line.name)
                            .value(&lang.quantity(line.to_hand_over_milli.0)))
                    }
                    div.actions {
                        (Button::submit_as(&these.label, "does", "hand_over")
                            .barred(these.barred.as_deref()))
                        (Button::submit_as(&lang.word("pickup-refuse-these"), "does", "refuse")
                            .emphasis(Emphasis::Danger))
                    }
                }
                p { (lang.word("pickup-part-hint")) }
            }
        }
    }
}

/// Shows what goes back to the shelf, item by item.
pub(super) fn put_away(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    let tasks = step
        .view
        .work
        .iter()
        .filter(|line| line.to_put_away_milli.0 > 0);
    let because = tasks.clone().find_map(|line| line.put_away_because);
    let because = because.map(|word| lang.word(&format!("pickup-back-{word}")));
    html! {
        div.pickup-work {
            section.pickup-now aria-label=(lang.word("pickup-put-away")) {
                p.pickup-eyebrow { (lang.word("pickup-put-away")) }
                @if let Some(because) = because { p { (because) } }
                ul.pickup-lines {
                    @for line in tasks {
                        li {
                            span.number { (lang.quantity(line.to_put_away_milli.0)) " ×" }
                            " " (line.name) " " span.code { (line.sku) }
                        }
                    }
                }
                form.pickup-find method="post" action=(step.to("scan")) data-live data-reset {
                    (command_id(&step.fresh_id))
                    (Field::search("code", &lang.word("pickup-back-scan")).key("F2")
                        .hint(&lang.word("pickup-back-hint")))
                    (Button::submit(&lang.word("pickup-scan-enter")).primary().icon(Icon::Check))
                }
                form method="post" action=(step.to("do")) data-live {
                    (command_id(&step.fresh_id))
                    (Button::submit_as(&lang.word("pickup-back-finish"), "does", "release"))
                }
            }
            (all(step))
        }
    }
}

/// Shows a pickup that is over.
pub(super) fn over(step: &Step<'_>) -> Markup {
    let lang = step.lang;
    html! {
        div.pickup-work {
            section.pickup-now {
                p.pickup-eyebrow { (lang.word("pickup-is-over")) }
            }
            (all(step))
        }
    }
}
