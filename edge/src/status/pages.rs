//! The status page: what needs a person first, then the hub, the registers, prints and drawers.
//!
//! It draws what the service gathered.

use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Column, Empty, Row, Stat, Table, Tone, badge};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::condition::{Concern, Urgency, size};
use counterpart_protocol::reference::ReferenceKind;
use maud::{Markup, html};

use super::http::ASK_HUB;
use super::service::{Audience, Status};
use crate::context::StoreProfile;
use crate::days;
use crate::devices::{DeviceHealth, DeviceRole, DeviceStatus, RegisterDevices};
use crate::sync::Standing;

/// Returns the regions of the page.
pub(super) fn regions(
    lang: &Lang,
    store: &StoreProfile,
    status: &Status,
    (version, audience): (Version, Audience),
) -> Vec<Region> {
    let prints = html! { (prints(lang, store, status)) (openings(lang, store, status)) };
    vec![
        Region::new("status-head", version, head(lang, store, status, audience)),
        Region::new("status-concerns", version, concerns(&status.concerns)),
        Region::new("status-stats", version, stats(lang, store, status)),
        Region::new("status-registers", version, registers(&status.registers)),
        Region::new("status-prints", version, prints),
        Region::new(
            "status-days",
            version,
            days::table(lang, store, &status.days, status.packed),
        ),
        Region::new("status-records", version, quarantine(lang, store, status)),
    ]
}

fn head(lang: &Lang, store: &StoreProfile, status: &Status, audience: Audience) -> Markup {
    let is_away = match status.link.standing {
        Standing::Alone | Standing::Stopped => audience == Audience::Staff,
        Standing::Starting | Standing::Connected | Standing::Apart => false,
    };
    html! {
        header.page-head {
            h1 { "Status" }
            p.quiet-text {
                (store.name) " (" (store.store_id) ")"
                @if let Some(edge) = status.edge { ", edge " (edge) }
                " · " a href="/reference" { "API reference" }
            }
            @if is_away {
                // The hub is asked again by itself, but in a minute, or in ten where it refused.
                form.actions method="post" action=(ASK_HUB) data-live {
                    (Button::submit(&lang.word("edge-ask-hub")))
                }
            }
        }
    }
}

fn concerns(concerns: &[Concern]) -> Markup {
    html! {
        section.panel aria-labelledby="concerns" {
            header { h2 #concerns { "What needs you" } }
            @if concerns.is_empty() {
                p { (badge(Tone::Good, "Nothing needs you")) }
            } @else {
                dl.details {
                    @for concern in concerns {
                        dt { (badge(tone(concern.urgency), &concern.about)) }
                        dd { (concern.sentence) }
                    }
                }
            }
        }
    }
}

fn stats(lang: &Lang, store: &StoreProfile, status: &Status) -> Markup {
    let zone = &store.time_zone;
    let unsent = lang.count(i64::try_from(status.up.waiting()).unwrap_or(i64::MAX));
    let seen = status.up.contact_at_ms.map_or_else(
        || "never reached".to_owned(),
        |at_ms| format!("last seen {}", lang.date_time(at_ms, zone)),
    );
    let (tone, word) = match status.link.standing {
        Standing::Connected => (Tone::Good, "connected"),
        Standing::Starting => (Tone::Busy, "connecting"),
        Standing::Alone => (Tone::Waiting, "away"),
        Standing::Stopped => (Tone::Bad, "stopped"),
        Standing::Apart => (Tone::Quiet, "never sent: training"),
    };
    html! {
        div.stats {
            (Stat::new("Waiting to be sent", &unsent).state(tone, word).note(&seen))
            (machine(lang, status))
            (compared(lang, store, status))
            (signer(lang, store, status))
            @for held in &status.reference {
                @let label = match held.kind {
                    ReferenceKind::Catalog => "Catalogue version",
                    ReferenceKind::Roster => "Staff list version",
                    ReferenceKind::Prices => "Price lists version",
                    ReferenceKind::Keys => "Keys version",
                    ReferenceKind::Neighbours => "Other stores' stock, version",
                    ReferenceKind::Store => "Store version",
                    ReferenceKind::Policies => "Policies version",
                    ReferenceKind::Promotions => "Promotions version",
                    ReferenceKind::Customers => "Customers version",
                };
                @let value = held.in_use.map_or_else(
                    || "none".to_owned(),
                    |(version, _)| version.to_string(),
                );
                @let note = held.in_use.map_or_else(
                    || "waits for the hub".to_owned(),
                    |(_, at_ms)| format!("since {}", lang.date_time(at_ms, zone)),
                );
                (Stat::new(label, &value).note(&note))
            }
        }
    }
}

fn machine(lang: &Lang, status: &Status) -> Markup {
    let measured = &status.measured;
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "not known".to_owned(), size);
    let backup = measured.backup_at_ms.map_or_else(
        || "never".to_owned(),
        |at_ms| lang.age(status.now_ms.saturating_sub(at_ms).max(0)),
    );
    let note = format!("the database takes {}", known(measured.database_bytes));
    html! {
        (Stat::new("Disk free", &known(measured.disk_free_bytes)).note(&note))
        (Stat::new("Last backup", &backup))
    }
}

/// What the last comparison of this store's and the hub's records came to, both ways together.
fn compared(lang: &Lang, store: &StoreProfile, status: &Status) -> Markup {
    let last = || status.compared.iter().flatten();
    let Some(at_ms) = last().map(|one| one.at_ms).max() else {
        return html! {};
    };
    let count = |count: u64| lang.count(i64::try_from(count).unwrap_or(i64::MAX));
    let records = count(last().map(|one| one.records).sum());
    let when = lang.date_time(at_ms, &store.time_zone);
    let (mended, lost): (u64, u64) = last().fold((0, 0), |(mended, lost), one| {
        (mended + one.mended, lost + one.lost)
    });
    let (tone, word) = match lost {
        0 => (Tone::Good, "the same at the hub"),
        _ => (Tone::Bad, "not all can be read"),
    };
    let note = match (mended, lost) {
        (0, 0) => when,
        _ => format!("{when}: {} mended, {} lost", count(mended), count(lost)),
    };
    html! { (Stat::new("Records compared", &records).state(tone, word).note(&note)) }
}

fn registers(registers: &[RegisterDevices]) -> Markup {
    html! {
        section.stack aria-labelledby="registers" {
            div.page-head {
                h2 #registers { "Registers" }
                div.actions { a href="/devices" { "Try the devices" } }
            }
            div.cards {
                @for register in registers {
                    article.card {
                        div.card-head { h3 { (register.name) } }
                        dl.details {
                            (device("Scanner", &register.scanner))
                            (device("Printer", &register.printer))
                            @if let Some(drawer) = &register.drawer { (device("Drawer", drawer)) }
                            @for (role, other) in &register.others {
                                (device(name_of(*role), other))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn signer(lang: &Lang, store: &StoreProfile, status: &Status) -> Markup {
    let Some(signer) = status.signer else {
        return html! {};
    };
    let count = lang.count(i64::from(signer.unsigned));
    let (tone, word, note) = match signer.outage {
        None if !signer.has_signer => {
            (Tone::Bad, "none set", "no signing device is set".to_owned())
        }
        None if signer.unsigned == 0 => (Tone::Good, "signs", "every sale is signed".to_owned()),
        None => (
            Tone::Busy,
            "signs",
            "they are signed by themselves".to_owned(),
        ),
        Some(outage) => {
            let since = lang.date_time(outage.began_at_ms, &store.time_zone);
            (Tone::Bad, "failed", format!("since {since}"))
        }
    };
    html! { (Stat::new("Sales without signature", &count).state(tone, word).note(&note)) }
}

fn device(what: &str, device: &DeviceStatus) -> Markup {
    let tone = match device.health {
        DeviceHealth::Ready => Tone::Good,
        DeviceHealth::Soon => Tone::Waiting,
        DeviceHealth::Stopped => Tone::Bad,
        DeviceHealth::None => Tone::Quiet,
    };
    html! {
        dt { (what) }
        dd {
            (badge(tone, &device.word))
            @if let Some(todo) = &device.todo { p.quiet-text { (todo) } }
        }
    }
}

fn name_of(role: DeviceRole) -> &'static str {
    match role {
        DeviceRole::HandScanner => "Hand scanner",
        DeviceRole::Scale => "Scale",
        DeviceRole::Display => "Customer display",
        DeviceRole::LabelPrinter => "Label printer",
        DeviceRole::Terminal => "Payment terminal",
    }
}

fn prints(lang: &Lang, store: &StoreProfile, status: &Status) -> Markup {
    let columns = [
        Column::words("Queued"),
        Column::words("Register"),
        Column::words("What"),
        Column::words("Where it stands"),
    ];
    let rows = status.prints.iter().map(|job| {
        Row::new(
            format!("print-{}", job.job_id),
            vec![
                html! { (lang.time(job.queued_at_ms, &store.time_zone)) },
                html! { (job.register) },
                html! { (job.kind.word()) },
                html! { (job.sentence()) },
            ],
        )
    });
    let table = Table::new("Prints that are not on paper", &columns, rows.collect())
        .empty(Empty::new("Every receipt is on paper."));
    html! { section.panel { header { h2 { "Prints" } } (table) } }
}

fn openings(lang: &Lang, store: &StoreProfile, status: &Status) -> Markup {
    let columns = [
        Column::words("Asked"),
        Column::words("Register"),
        Column::words("Why"),
        Column::words("Who"),
        Column::words("What became of it"),
    ];
    let rows = status
        .openings
        .iter()
        .enumerate()
        .map(|(place, (opening, by))| {
            let outcome = opening.outcome.as_deref().unwrap_or("not known");
            Row::new(
                format!("opening-{place}"),
                vec![
                    html! { (lang.time(opening.asked_at_ms, &store.time_zone)) },
                    html! { (opening.register) },
                    html! { (opening.cause.word().replace('_', " ")) },
                    html! { (by.as_deref().unwrap_or("–")) },
                    html! { (outcome) },
                ],
            )
        });
    let table = Table::new("Openings of the drawers", &columns, rows.collect())
        .empty(Empty::new("No drawer was opened yet."));
    html! { section.panel { header { h2 { "Drawers" } } (table) } }
}

fn quarantine(lang: &Lang, store: &StoreProfile, status: &Status) -> Markup {
    if status.quarantined.is_empty() {
        return html! {};
    }
    let columns = [
        Column::words("Noticed"),
        Column::numbers("Record"),
        Column::words("Why"),
    ];
    let rows = status.quarantined.iter().map(|record| {
        Row::new(
            format!(
                "record-{:?}-{}-{}",
                record.direction, record.feed, record.seq
            ),
            vec![
                html! { (lang.date_time(record.noticed_at_ms, &store.time_zone)) },
                html! { (record.seq) },
                html! { (record.reason) },
            ],
        )
    });
    let table = Table::new("Records set aside", &columns, rows.collect());
    html! {
        section.panel {
            header { h2 { "Records set aside" } }
            (table)
            p { a href="/quarantine" { "Look at those of the hub's, and let one count" } }
        }
    }
}

fn tone(urgency: Urgency) -> Tone {
    match urgency {
        Urgency::Soon => Tone::Waiting,
        Urgency::Now => Tone::Bad,
    }
}
