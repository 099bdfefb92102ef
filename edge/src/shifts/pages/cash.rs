//! The page of cash outside sales: in and out, the drawer without a sale, the X, and what moved.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, RegisterId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::CashMovement;
use maud::{Markup, Render, html};

use crate::context::Context;
use crate::reference;
use crate::shifts::rules::{CashReason, NO_SALE};
use crate::shifts::service;
use crate::shifts::store::MovementRow;
use crate::staff::{self, Person};
use crate::web::{self, Screen};

/// What the page shows.
struct View {
    open: Option<Vec<MovementRow>>,
    names: BTreeMap<StaffId, String>,
}

/// Returns the address of the page.
pub(crate) fn cash_path(register: RegisterId) -> String {
    format!("/register/{register}/cash")
}

/// Makes the page of the person's register.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn cash(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let register = person.register;
    let view = ctx.db().read(move |tx| load(tx, register)).await?;
    let (lang, version) = (ctx.lang(), ctx.live().version());
    let title = lang.word("cash-title");
    let till = format!("/register/{register}/shift");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions { (Button::link(&lang.word("cash-back"), &till).icon(Icon::Back)) }
            }
            @match &view.open {
                None => (Empty::new(&lang.word("cash-closed")).icon(Icon::Drawer)),
                Some(rows) => {
                    div.columns {
                        (moving(ctx, &lang, person))
                        div.stack { (no_sale(ctx, &lang, person)) (x(ctx, &lang, person)) }
                    }
                    section.panel {
                        header { h2 { (lang.word("cash-list")) } }
                        (list(ctx, &lang, rows, &view.names))
                    }
                }
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

fn load(tx: &mut Tx, register: RegisterId) -> Result<View, DbError> {
    let open = match service::open_shift(tx, register)? {
        Some(_) => Some(service::movements(tx, register)?),
        None => None,
    };
    let mut names = BTreeMap::new();
    for staff_id in open.iter().flatten().filter_map(|row| row.staff) {
        if let Some(member) = reference::member_by_id(tx, staff_id)? {
            names.insert(staff_id, member.name);
        }
    }
    Ok(View { open, names })
}

fn moving(ctx: &Context, lang: &Lang, person: &Person) -> Markup {
    let here = cash_path(person.register);
    let offered = movements(lang);
    let choices = choices(&offered);
    let moves = [Operation::PaidIn, Operation::PaidOut, Operation::SafeDrop];
    let asks = moves
        .into_iter()
        .any(|it| staff::needs_manager(&person.gates, it));
    html! {
        section.panel {
            header { h2 { (lang.word("cash-move")) } }
            form.stack method="post" action={ (here) "/move" } data-live {
                (command_id(&fresh(ctx)))
                (Field::choice("what", &lang.word("cash-what"), &choices))
                (Field::amount("amount", &lang.word("cash-amount"))
                    .unit(ctx.profile().currency.code()).required(lang))
                (Field::text("reference", &lang.word("cash-reference"))
                    .hint(&lang.word("cash-reference-hint")))
                @if asks {
                    (Field::pin("pin", &lang.word("pickup-manager-pin"))
                        .hint(&lang.word("cash-pin-hint")))
                }
                (Button::submit(&lang.word("cash-do")).primary().icon(Icon::Drawer))
            }
        }
    }
}

fn no_sale(ctx: &Context, lang: &Lang, person: &Person) -> Markup {
    let here = cash_path(person.register);
    let key = lang.word("cash-no-sale-do");
    let key = staff::offered(lang, &person.gates, Operation::NoSale, &key);
    let offered: Vec<(String, String)> = CashReason::of_no_sale()
        .iter()
        .map(|reason| (reason.word().to_owned(), reason_word(lang, reason.word())))
        .collect();
    let choices = choices(&offered);
    html! {
        section.panel {
            header { h2 { (lang.word("cash-no-sale-title")) } }
            form.stack method="post" action={ (here) "/no-sale" } data-live {
                (command_id(&fresh(ctx)))
                (Field::choice("reason", &lang.word("cash-why"), &choices)
                    .hint(&lang.word("cash-no-sale-hint")))
                (Button::submit(&key.label).icon(Icon::Drawer).barred(key.barred.as_deref()))
            }
        }
    }
}

fn x(ctx: &Context, lang: &Lang, person: &Person) -> Markup {
    let here = cash_path(person.register);
    let mut key = staff::offered(lang, &person.gates, Operation::XReport, "");
    // The field beside it says that it needs a manager.
    key.label = lang.word("cash-x");
    html! {
        section.panel {
            header { h2 { (lang.word("cash-x-title")) } }
            form.stack method="post" action={ (here) "/x" } data-live {
                (command_id(&fresh(ctx)))
                p { (lang.word("cash-x-hint")) }
                @if staff::needs_manager(&person.gates, Operation::XReport) {
                    (Field::pin("pin", &lang.word("pickup-manager-pin")).id("field-x-pin"))
                }
                (Button::submit(&key.label).icon(Icon::Check).barred(key.barred.as_deref()))
            }
        }
    }
}

fn list(
    ctx: &Context,
    lang: &Lang,
    rows: &[MovementRow],
    names: &BTreeMap<StaffId, String>,
) -> Markup {
    let labels = ["when", "what", "why", "reference", "by", "amount"]
        .map(|word| lang.word(&format!("cash-{word}")));
    let [when, what, why, reference, by, amount] = labels.each_ref().map(String::as_str);
    let columns = [
        Column::words(when),
        Column::words(what),
        Column::words(why),
        Column::words(reference),
        Column::words(by),
        Column::numbers(amount),
    ];
    let profile = ctx.profile();
    let (code, decimals) = (profile.currency.code(), profile.currency.decimals());
    let rows = rows.iter().map(|row| {
        let by = row.staff.and_then(|staff_id| names.get(&staff_id));
        let reason = row.reason.as_deref().map(|word| reason_word(lang, word));
        let cells = vec![
            html! { (lang.date_time(row.at_ms, &profile.time_zone)) },
            html! { (movement_word(lang, &row.movement)) },
            html! { (reason.unwrap_or_default()) },
            html! { span.code { (row.reference.as_deref().unwrap_or_default()) } },
            html! { (by.map_or("", String::as_str)) },
            html! {
                @if row.amount_minor != Minor::ZERO {
                    (lang.money(row.amount_minor.0, code, decimals))
                }
            },
        ];
        Row::new(format!("moved-{}", row.fact_id), cells)
    });
    let none = lang.word("cash-list-empty");
    let empty = Empty::new(&none).icon(Icon::Drawer);
    let title = lang.word("cash-list");
    Table::new(&title, &columns, rows.collect())
        .empty(empty)
        .render()
}

/// Returns what a person may choose: each movement with each of its reasons.
fn movements(lang: &Lang) -> Vec<(String, String)> {
    let mut offered = Vec::new();
    for movement in CashMovement::ALL {
        let (word, label) = (movement.word(), movement_word(lang, movement.word()));
        let reasons = CashReason::of(movement);
        if reasons.is_empty() {
            offered.push((word.to_owned(), label.clone()));
        }
        for reason in reasons {
            let why = reason_word(lang, reason.word());
            offered.push((
                format!("{word}.{}", reason.word()),
                format!("{label}: {why}"),
            ));
        }
    }
    offered
}

fn choices(offered: &[(String, String)]) -> Vec<Choice<'_>> {
    let choices = offered.iter().map(|(value, label)| Choice { value, label });
    choices.collect()
}

fn movement_word(lang: &Lang, word: &str) -> String {
    match word {
        NO_SALE => lang.word("cash-no-sale"),
        word => lang.word(&format!("cash-{}", word.replace('_', "-"))),
    }
}

fn reason_word(lang: &Lang, word: &str) -> String {
    lang.word(&format!("cash-reason-{word}"))
}

fn fresh(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use counterpart_daemon::web::text::{Lang, Locale, Texts};

    use super::{CashReason, movements, reason_word};

    #[test]
    fn everything_that_can_be_chosen_has_its_words_in_every_language() {
        let words = [
            (Locale::En, include_str!("../../../locales/en/cash.ftl")),
            (Locale::De, include_str!("../../../locales/de/cash.ftl")),
            (Locale::Fr, include_str!("../../../locales/fr/cash.ftl")),
        ];
        for (locale, text) in words {
            let texts = Arc::new(Texts::new(&[(locale, &[text])]).unwrap());
            let lang = Lang::new(texts, locale);
            let offered = movements(&lang);
            assert_eq!(offered.len(), 7);
            assert!(
                offered.iter().all(|(_, label)| !label.contains("cash-")),
                "{offered:?}"
            );
            for reason in CashReason::ALL {
                assert!(!reason_word(&lang, reason.word()).contains("cash-"));
            }
        }
    }
}
