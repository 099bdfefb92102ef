//! The page of the safe: what should be in it, cash in and out, its blind count, and its book.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{
    Button, Choice, Column, CountRow, Empty, Field, Icon, Row, Table, command_id, count_grid,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, RegisterId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::SafeEntry;
use maud::{Markup, Render, html};

use super::rules::SafeReason;
use super::service::{self, SafeView};
use crate::context::Context;
use crate::shifts::denominations;
use crate::staff::{self, Person};
use crate::web::{self, Screen};

/// Returns the address of the page.
pub(crate) fn safe_path(register: RegisterId) -> String {
    format!("/register/{register}/safe")
}

/// Makes the page, as the person may see it.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn safe(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let (register, role) = (person.register, person.role);
    let currency = ctx.profile().currency;
    let read = ctx.db().read(move |tx| service::safe(tx, currency, role));
    let view = read.await?;
    let (lang, version) = (ctx.lang(), ctx.live().version());
    let title = lang.word("safe-title");
    let till = format!("/register/{register}/shift");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions { (Button::link(&lang.word("cash-back"), &till).icon(Icon::Back)) }
            }
            @if let Some(expected) = view.expected_minor {
                dl.details {
                    div {
                        dt { (lang.word("safe-expected")) }
                        dd { (money(&lang, currency, expected)) }
                    }
                }
            }
            div.columns {
                (moving(ctx, &lang, person))
                (counting(ctx, &lang, person))
            }
            section.panel {
                header { h2 { (lang.word("safe-book")) } }
                (book(ctx, &lang, &view))
            }
        }
    };
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title: &title,
        current: &till,
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: None,
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

fn moving(ctx: &Context, lang: &Lang, person: &Person) -> Markup {
    let offered: Vec<(&str, String)> = SafeEntry::ALL
        .into_iter()
        .filter(|entry| *entry != SafeEntry::Counted)
        .map(|entry| (entry.word(), entry_word(lang, entry.word())))
        .collect();
    let choices = offered.iter().map(|(value, label)| Choice { value, label });
    let choices: Vec<Choice<'_>> = choices.collect();
    let moves = [Operation::SafeFloat, Operation::BankDrop];
    html! {
        section.panel {
            header { h2 { (lang.word("safe-move")) } }
            form.stack method="post" action={ (safe_path(person.register)) "/move" } data-live {
                (command_id(&fresh(ctx)))
                (Field::choice("entry", &lang.word("cash-what"), &choices))
                (Field::amount("amount", &lang.word("cash-amount"))
                    .unit(ctx.profile().currency.code()).required(lang))
                (Field::text("reference", &lang.word("safe-reference"))
                    .hint(&lang.word("safe-reference-hint")))
                (pin(lang, person, &moves, "field-move-pin"))
                (Button::submit(&lang.word("safe-do")).primary().icon(Icon::Check))
            }
        }
    }
}

fn counting(ctx: &Context, lang: &Lang, person: &Person) -> Markup {
    let currency = ctx.profile().currency;
    let rows: Vec<CountRow> = denominations(currency)
        .into_iter()
        .map(|value| CountRow {
            name: format!("piece_{}", value.0),
            label: money(lang, currency, value),
            minor: value.0,
            typed: String::new(),
        })
        .collect();
    let none = lang.word("safe-reason-none");
    let offered = SafeReason::ALL.map(|it| (it.word(), reason_word(lang, it.word())));
    let offered = offered.iter().map(|(value, label)| Choice { value, label });
    let first = Choice {
        value: "",
        label: &none,
    };
    let choices: Vec<Choice<'_>> = std::iter::once(first).chain(offered).collect();
    html! {
        section.panel {
            header { h2 { (lang.word("safe-count")) } }
            form.stack method="post" action={ (safe_path(person.register)) "/count" } data-live {
                (command_id(&fresh(ctx)))
                p { (lang.word("safe-count-hint")) }
                (count_grid(lang, currency.code(), currency.decimals(), &rows))
                (Field::choice("reason", &lang.word("safe-reason"), &choices))
                (pin(lang, person, &[Operation::CountSafe], "field-count-pin"))
                (Button::submit(&lang.word("safe-count-do")).primary().icon(Icon::Check))
            }
        }
    }
}

fn pin(lang: &Lang, person: &Person, all: &[Operation], id: &str) -> Markup {
    let asks = all
        .iter()
        .any(|it| staff::needs_manager(&person.gates, *it));
    html! {
        @if asks {
            (Field::pin("pin", &lang.word("pickup-manager-pin")).id(id)
                .hint(&lang.word("safe-pin-hint")))
        }
    }
}

fn book(ctx: &Context, lang: &Lang, view: &SafeView) -> Markup {
    let labels = ["when", "what", "why", "reference", "by", "amount"]
        .map(|word| lang.word(&format!("cash-{word}")));
    let [when, what, why, reference, by, amount] = labels.each_ref().map(String::as_str);
    let difference = lang.word("safe-difference");
    let columns = [
        Column::words(when),
        Column::words(what),
        Column::words(why),
        Column::words(reference),
        Column::words(by),
        Column::numbers(amount),
        Column::numbers(&difference),
    ];
    let profile = ctx.profile();
    let shows_all = view.expected_minor.is_some();
    let rows = view.entries.iter().map(|row| {
        let by = row.staff.and_then(|staff_id| view.names.get(&staff_id));
        let reason = row.reason.as_deref().map(|word| reason_word(lang, word));
        let is_count = row.expected_minor.is_some();
        let cells = vec![
            html! { (lang.date_time(row.at_ms, &profile.time_zone)) },
            html! { (entry_word(lang, &row.entry)) },
            html! { (reason.unwrap_or_default()) },
            html! { span.code { (row.reference.as_deref().unwrap_or_default()) } },
            html! { (by.map_or("", String::as_str)) },
            html! { (money(lang, profile.currency, row.amount_minor)) },
            html! {
                @if is_count && shows_all {
                    (money(lang, profile.currency, row.change_minor))
                }
            },
        ];
        Row::new(format!("safe-{}", row.fact_id), cells)
    });
    let none = lang.word("safe-book-empty");
    let empty = Empty::new(&none).icon(Icon::Drawer);
    let title = lang.word("safe-book");
    Table::new(&title, &columns, rows.collect())
        .empty(empty)
        .render()
}

fn entry_word(lang: &Lang, word: &str) -> String {
    lang.word(&format!("safe-{}", word.replace('_', "-")))
}

fn reason_word(lang: &Lang, word: &str) -> String {
    lang.word(&format!("safe-reason-{}", word.replace('_', "-")))
}

fn money(lang: &Lang, currency: Currency, minor: Minor) -> String {
    lang.money(minor.0, currency.code(), currency.decimals())
}

fn fresh(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}
