//! The devices page. It draws what the service and the devices say.

mod papers;

use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Column, Row, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::policies::{Operation, Permission};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::http::PRINTER;
use super::service::{Facing, Tried};
use crate::context::Context;
use crate::devices::{DeviceHealth, DeviceRole, DeviceStatus, PrintJob, RegisterDevices};
use crate::staff::Person;

/// Returns the regions that change by themselves.
pub(super) fn regions(
    ctx: &Context,
    waiting: &[PrintJob],
    facing: &Facing,
    version: Version,
) -> Vec<Region> {
    let (lang, profile) = (ctx.lang(), ctx.profile());
    let zone = &profile.time_zone;
    let devices = tables(&lang, zone, &ctx.devices().all(), facing);
    let papers = papers::waiting(ctx, zone, waiting);
    vec![
        Region::new("counter-papers", version, papers),
        Region::new("counter-devices", version, devices),
    ]
}

/// Returns the sentence that says what came of trying a device, if somebody just did.
pub(super) fn notice(lang: &Lang, tried: Option<&Tried>) -> Markup {
    let Some(tried) = tried else {
        return html! {};
    };
    let (key, what) = tried.words();
    let sentence = lang.t(key, &[("what", what.as_str().into())]);
    let (tone, word) = if tried.worked() {
        (Tone::Good, lang.word("counter-worked"))
    } else {
        (Tone::Bad, lang.word("counter-did-not-work"))
    };
    html! {
        section.panel role="status" { p { (badge(tone, &word)) " " (sentence) } }
    }
}

/// Tells whether somebody may have devices set up anew.
pub(super) fn may_set_up(person: &Person) -> bool {
    person.may(Operation::SetUpDevices) != Permission::Never
}

/// Returns the key that has the settings read once more.
pub(super) fn settings(lang: &Lang) -> Markup {
    html! {
        section.panel {
            header { h2 { (lang.word("counter-settings")) } }
            p { (lang.word("counter-settings-hint")) }
            form method="post" action="/devices/settings" {
                (Button::submit(&lang.word("counter-settings-read")))
            }
        }
    }
}

fn tables(lang: &Lang, zone: &TimeZone, registers: &[RegisterDevices], facing: &Facing) -> Markup {
    html! {
        @for register in registers {
            (table(lang, zone, register, facing.get(&register.register).copied().unwrap_or(0)))
        }
    }
}

fn table(lang: &Lang, zone: &TimeZone, register: &RegisterDevices, facing: u32) -> Markup {
    let words =
        ["what", "how", "todo", "try"].map(|word| lang.word(&format!("counter-col-{word}")));
    let columns = words.each_ref().map(|word| Column::words(word));
    // A scanner is tried by scanning something at the till, a drawer by opening it there: why it
    // was open is kept.
    let page = match register.printer.health {
        DeviceHealth::None => html! {},
        DeviceHealth::Ready | DeviceHealth::Soon | DeviceHealth::Stopped => {
            test_button(lang, register, PRINTER)
        }
    };
    let first = [
        ("scanner", Some(&register.scanner), html! {}),
        (PRINTER, Some(&register.printer), page),
        ("drawer", register.drawer.as_ref(), html! {}),
    ];
    let mut rows: Vec<Row> = first
        .into_iter()
        .filter_map(|(name, device, button)| {
            Some(row((lang, zone), register, name, device?, button))
        })
        .collect();
    for (role, device) in &register.others {
        let button = match role {
            // It is tried by scanning something at the till.
            DeviceRole::HandScanner => html! {},
            DeviceRole::Scale
            | DeviceRole::Display
            | DeviceRole::LabelPrinter
            | DeviceRole::Terminal => test_button(lang, register, role.word()),
        };
        rows.push(row((lang, zone), register, role.word(), device, button));
    }
    let todo = lang.word("counter-none-todo");
    html! {
        section.panel {
            header { h2 { (register.name) } }
            (Table::new(&register.name, &columns, rows))
            @if register.others.is_empty() {
                p.quiet-text { (lang.word("counter-none")) ". " (todo) }
            }
            (screens(lang, register, facing))
        }
    }
}

/// Leads to the screen that faces customers, and lets those go that show this register.
fn screens(lang: &Lang, register: &RegisterDevices, facing: u32) -> Markup {
    let page = format!("/customer/{}", register.register);
    html! {
        div.row {
            (Button::link(&lang.word("facing-open"), &page))
            @if facing > 0 {
                span { (lang.t("facing-screens", &[("count", i64::from(facing).into())])) }
                form method="post" action={ (page) "/forget" } {
                    (Button::submit(&lang.word("facing-forget")))
                }
            }
        }
    }
}

fn row(
    (lang, zone): (&Lang, &TimeZone),
    register: &RegisterDevices,
    name: &str,
    device: &DeviceStatus,
    button: Markup,
) -> Row {
    let tone = match device.health {
        DeviceHealth::Ready => Tone::Good,
        DeviceHealth::Soon => Tone::Waiting,
        DeviceHealth::Stopped => Tone::Bad,
        DeviceHealth::None => Tone::Quiet,
    };
    Row::new(
        format!("device-{}-{name}", register.register),
        vec![
            html! { (lang.word(&format!("counter-{name}"))) },
            html! {
                (badge(tone, &device.word))
                @if let Some(past) = register.last_trouble(name) {
                    @let at = lang.time(past.noticed_at_ms, zone);
                    @let words = [("at", at.as_str().into()), ("what", past.word.as_str().into())];
                    p.quiet-text { (lang.t("counter-last-trouble", &words)) }
                }
            },
            html! { @if let Some(todo) = &device.todo { (todo) } },
            button,
        ],
    )
}

fn test_button(lang: &Lang, register: &RegisterDevices, device: &str) -> Markup {
    let label = lang.word(&format!("counter-try-{device}"));
    html! {
        form method="post" action={ "/devices/" (register.register) "/" (device) } {
            (Button::submit(&label))
        }
    }
}
