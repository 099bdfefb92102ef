//! The devices page. It draws what the service and the devices say.

use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Empty, Tone, badge};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::service::Tried;
use crate::devices::{DeviceHealth, DeviceRole, DeviceStatus, RegisterDevices};

/// Returns the regions that change by themselves.
pub(super) fn regions(lang: &Lang, registers: &[RegisterDevices], version: Version) -> Vec<Region> {
    vec![Region::new(
        "counter-devices",
        version,
        cards(lang, registers),
    )]
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

fn cards(lang: &Lang, registers: &[RegisterDevices]) -> Markup {
    html! {
        div.cards {
            @for register in registers {
                article.card {
                    div.card-head { h2 { (register.name) } }
                    dl.details {
                        (device(&lang.word("counter-scanner"), &register.scanner))
                        (device(&lang.word("counter-printer"), &register.printer))
                        @if let Some(drawer) = &register.drawer {
                            (device(&lang.word("counter-drawer"), drawer))
                        }
                        @for (role, other) in &register.others {
                            (device(&lang.word(&format!("counter-{}", role.word())), other))
                            dd { (test_button(lang, register, *role)) }
                        }
                    }
                    @if register.others.is_empty() {
                        @let (none, todo) =
                            (lang.word("counter-none"), lang.word("counter-none-todo"));
                        (Empty::new(&none).todo(&todo))
                    }
                }
            }
        }
    }
}

fn test_button(lang: &Lang, register: &RegisterDevices, role: DeviceRole) -> Markup {
    let label = lang.word(&format!("counter-try-{}", role.word()));
    html! {
        form method="post" action={ "/devices/" (register.register) "/" (role.word()) } {
            (Button::submit(&label))
        }
    }
}

fn device(name: &str, device: &DeviceStatus) -> Markup {
    let tone = match device.health {
        DeviceHealth::Ready => Tone::Good,
        DeviceHealth::Soon => Tone::Waiting,
        DeviceHealth::Stopped => Tone::Bad,
        DeviceHealth::None => Tone::Quiet,
    };
    html! {
        dt { (name) }
        dd {
            (badge(tone, &device.word))
            @if let Some(todo) = &device.todo { p.quiet-text { (todo) } }
        }
    }
}
