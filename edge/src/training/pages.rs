//! The page of a training store's virtual devices. It draws what the twins show.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Dialog, Emphasis, Field, Icon, Tone, badge};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_hardware::VirtualCounter;
use counterpart_protocol::catalog::Product;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::policies::Operation;
use maud::{Markup, PreEscaped, Render as _, html};

use super::service::{ACTS, offered};
use crate::context::Context;
use crate::reference::TakenOver;
use crate::staff::{self, Person};
use crate::web::{self, Screen, TRAINING_PAGE};

/// Papers shown, newest first; the twin keeps more.
const PAPERS: usize = 6;
/// Weights a person puts on the scale with one press, in grams.
const WEIGHTS: [i64; 4] = [0, 350, 725, 1_250];

/// What is said of what was just done.
pub(super) enum Said {
    /// Goods, prices and people were taken over.
    Taken(TakenOver),
}

/// Makes the page of a register's twins.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn page(
    ctx: &Context,
    register: RegisterId,
    person: Option<&Person>,
    said: Option<Said>,
) -> Result<Markup, DbError> {
    let (lang, version) = (ctx.lang(), ctx.live().version());
    let products = ctx.db().read(offered).await?;
    let regions = regions(ctx, register, version);
    let title = lang.word("training-devices");
    let body = html! {
        div.console.training {
            header.page-head {
                h1 { (title) }
                div.row { (registers(ctx, register)) (keys(&lang, person)) }
            }
            @if let Some(said) = &said { (notice(&lang, said)) }
            div.twins {
                section.panel { (scanner(&lang, register, &products)) }
                @for region in &regions { (region.render()) }
            }
            (anew_dialog(&lang))
        }
    };
    let signed_in = person.map(|person| SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{}/sign-out", person.register),
    });
    let stream = format!("{TRAINING_PAGE}/{register}/stream");
    let screen = Screen {
        title: &title,
        current: TRAINING_PAGE,
        density: Density::Console,
        register: Some(register),
        signed_in: signed_in.as_ref(),
        stream: Some(&stream),
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

/// Makes the page that is shown while everything begins anew.
pub(super) fn begins_anew(ctx: &Context) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("training-anew-title");
    let body = html! {
        h1 { (title) }
        p { (lang.word("training-anew-wait")) }
        p { (Button::link(&lang.word("training-go-on"), "/").primary()) }
    };
    web::plain(ctx, (&title, &ctx.profile().name), None, body)
}

/// Returns what changes by itself: paper and drawer, and what else stands at the counter.
pub(super) fn regions(ctx: &Context, register: RegisterId, version: Version) -> Vec<Region> {
    let twins = ctx.training().and_then(|store| store.twins.get(&register));
    let Some(counter) = twins else {
        return Vec::new();
    };
    let lang = ctx.lang();
    vec![
        Region::new("twin-paper", version, paper(&lang, register, counter)),
        Region::new("twin-others", version, others(&lang, register, counter)),
    ]
}

fn registers(ctx: &Context, shown: RegisterId) -> Markup {
    html! {
        @if ctx.registers().len() > 1 {
            @for register in ctx.registers() {
                @let href = format!("{TRAINING_PAGE}?register={}", register.id);
                @let emphasis = match register.id == shown {
                    true => Emphasis::Primary,
                    false => Emphasis::Plain,
                };
                (Button::link(&register.name, &href).emphasis(emphasis))
            }
        }
    }
}

/// The keys for the training store as a whole; whoever is not signed in is told to.
fn keys(lang: &Lang, person: Option<&Person>) -> Markup {
    html! {
        @if let Some(person) = person {
            form method="post" action="/training/refresh" {
                (Button::submit(&lang.word("training-refresh")))
            }
            @let anew = lang.word("training-anew");
            @let anew = staff::offered(lang, &person.gates, Operation::TrainingAnew, &anew);
            (Button::opens(&anew.label, "anew").barred(anew.barred.as_deref()))
        } @else {
            (Button::link(&lang.word("training-sign-in"), "/sign-in?to=/training"))
        }
    }
}

fn anew_dialog(lang: &Lang) -> Markup {
    let title = lang.word("training-anew");
    let body = html! {
        p { (lang.word("training-anew-what")) }
        form #anew-form method="post" action="/training/anew" {}
    };
    let actions = html! {
        (Button::closes(&lang.word("training-anew-no")))
        (Button::submit(&title).primary().form("anew-form"))
    };
    Dialog::new(lang, "anew", &title, body)
        .actions(actions)
        .render()
}

fn notice(lang: &Lang, said: &Said) -> Markup {
    let Said::Taken(taken) = said;
    let sentence = match (taken.changed, taken.missing) {
        (0, 0) => lang.word("training-refreshed-same"),
        (_, 0) => lang.word("training-refreshed"),
        (_, _) => lang.word("training-refreshed-part"),
    };
    html! { section.panel role="status" { p { (badge(Tone::Good, "✓")) " " (sentence) } } }
}

fn scanner(lang: &Lang, register: RegisterId, products: &[Product]) -> Markup {
    let action = format!("{TRAINING_PAGE}/{register}/scan");
    let codes: Vec<(&Product, String)> = products
        .iter()
        .filter_map(|product| Some((product, product.gtins.first()?.to_string())))
        .collect();
    html! {
        header { h2 { (lang.word("counter-scanner")) } }
        p.quiet-text { (lang.word("training-scan-hint")) }
        form method="post" action=(action) data-live data-repeat {
            (Field::text("code", &lang.word("training-code")))
            (Button::submit(&lang.word("training-scan")).primary().icon(Icon::Scan))
        }
        form.twin-goods method="post" action=(action) data-live data-repeat {
            @for (product, code) in &codes {
                (Button::submit_as(&product.name, "code", code))
            }
        }
    }
}

fn paper(lang: &Lang, register: RegisterId, counter: &VirtualCounter) -> Markup {
    let seen = counter.printer().snapshot();
    let action = format!("{TRAINING_PAGE}/{register}/does");
    let drawer = match seen.drawer_open {
        true => (Tone::Waiting, lang.word("training-drawer-open")),
        false => (Tone::Good, lang.word("training-drawer-closed")),
    };
    html! {
        section.panel {
            header { h2 { (lang.word("counter-printer")) } (badge(drawer.0, &drawer.1)) }
            form.row method="post" action=(action) data-live data-repeat {
                @if seen.drawer_open {
                    @let close = lang.word("training-drawer-close");
                    (Button::submit_as(&close, "does", "close-drawer").primary())
                }
                @if !seen.receipts.is_empty() {
                    @let away = lang.word("training-paper-away");
                    (Button::submit_as(&away, "does", "throw-away").emphasis(Emphasis::Quiet))
                }
            }
            div.twin-roll tabindex="0" role="region" aria-label=(lang.word("training-paper")) {
                @if seen.receipts.is_empty() {
                    p.quiet-text { (lang.word("training-no-paper")) }
                }
                @for piece in seen.receipts.iter().rev().take(PAPERS) {
                    figure id={ "paper-" (piece.number) } {
                        // The twin draws it and escapes all text itself.
                        (PreEscaped(&piece.svg))
                        figcaption.unseen { (piece.text) }
                    }
                }
            }
        }
    }
}

fn others(lang: &Lang, register: RegisterId, counter: &VirtualCounter) -> Markup {
    let action = format!("{TRAINING_PAGE}/{register}/does");
    let [top, bottom] = counter.display().lines();
    let on_scale = counter.scale().grams();
    let labels = counter.labels().printed();
    html! {
        div.stack {
            section.panel {
                header { h2 { (lang.word("counter-display")) } }
                pre.twin-display { (format!("{top:<20}\n{bottom:<20}")) }
            }
            section.panel {
                header { h2 { (lang.word("counter-scale")) } }
                form.row method="post" action=(action) data-live data-repeat {
                    @for grams in WEIGHTS {
                        @let (label, does) = (format!("{grams} g"), format!("weigh-{grams}"));
                        @let emphasis = match on_scale == grams {
                            true => Emphasis::Primary,
                            false => Emphasis::Plain,
                        };
                        (Button::submit_as(&label, "does", &does).emphasis(emphasis))
                    }
                }
            }
            section.panel {
                header { h2 { (lang.word("counter-terminal")) } }
                p.quiet-text { (lang.word("training-next-customer")) }
                form.row method="post" action=(action) data-live data-repeat {
                    @for (_, word) in ACTS {
                        @let label = lang.word(&format!("training-customer-{word}"));
                        (Button::submit_as(&label, "does", word))
                    }
                }
            }
            section.panel {
                header { h2 { (lang.word("counter-label-printer")) } }
                @match labels.last() {
                    // The twin draws it and escapes all text itself.
                    Some(label) => { div.twin-label { (PreEscaped(label.svg())) } }
                    None => { p.quiet-text { (lang.word("training-no-label")) } }
                }
            }
        }
    }
}
