//! The pages beside the register on which one thing is typed: a price by department, and what is
//! said of a line. Each leads back to the register.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{Button, Choice, Empty, Field, Icon, command_id, numpad};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::CommandId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::staff::Role;
use maud::{Markup, html};

use crate::context::Context;
use crate::reference::{self, Department};
use crate::sales::rules::legible;
use crate::sales::service;
use crate::sales::store;
use crate::staff::{self, Person};
use crate::web::{self, Screen};

/// Makes the page on which goods the catalogue does not know are sold by their department: those of
/// a scan that waits, those of a code that was typed, or those without any.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn department(
    ctx: &Context,
    person: &Person,
    scan: Option<i64>,
    code: &str,
) -> Result<Markup, DbError> {
    let register = person.register;
    let read = ctx.db().read(move |tx| {
        let waiting = match scan {
            Some(scan) => store::waiting_scan(tx, register, scan)?,
            None => None,
        };
        let policy = service::till_policy(tx)?;
        Ok::<_, DbError>((reference::departments(tx)?, waiting, policy))
    });
    let (departments, waiting, policy) = read.await?;
    let (lang, profile) = (ctx.lang(), ctx.profile());
    let scan = waiting.as_ref().map(|waiting| waiting.scan);
    let code = waiting.map_or_else(|| code.to_owned(), |waiting| waiting.code);
    let code = legible(code.trim());
    let title = lang.word("department-title");
    let offered = offered(&lang, &departments);
    let choices: Vec<Choice<'_>> = offered
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let limit = policy.limits(person.role).department_price_max_minor;
    let asks = staff::needs_manager(&person.gates, Operation::SellByDepartment);
    let limit = limit.filter(|_| person.role != Role::Manager);
    let money = |minor: Minor| {
        let currency = profile.currency;
        lang.money(minor.0, currency.code(), currency.decimals())
    };
    let here = format!("/register/{register}/department");
    let action = html! { (Button::submit(&lang.word("department-do")).primary()) };
    let body = html! {
        @if departments.is_empty() {
            (Empty::new(&lang.word("edge-catalog-missing")).icon(Icon::Box))
        } @else {
            form.stack method="post" action=(here) data-live {
                (command_id(&fresh(ctx)))
                @if let Some(scan) = scan {
                    input type="hidden" name="scan" value=(scan);
                    p { (lang.word("department-code")) " " span.code { (code) } }
                    input type="hidden" name="code" value=(code);
                } @else {
                    (Field::text("code", &lang.word("department-code")).value(&code)
                        .hint(&lang.word("department-code-hint")))
                }
                (Field::choice("department", &lang.word("department-which"), &choices))
                @if let Some(limit) = limit {
                    @let hint = lang.t("department-pin-hint", &[("amount", money(limit).into())]);
                    (Field::pin("pin", &lang.word("pickup-manager-pin")).hint(&hint))
                } @else if asks {
                    (Field::pin("pin", &lang.word("pickup-manager-pin")))
                }
                label.unseen for="price" { (lang.word("department-price")) }
                input.pad-display #price name="price" inputmode="decimal" autocomplete="off"
                    placeholder=(lang.word("department-price")) data-pad-default autofocus;
                (numpad(&lang, "price", action))
            }
            p.quiet-text { (lang.word("department-todo")) }
        }
    };
    framed(ctx, person, &title, body).await
}

/// Returns what can be chosen with its words. Unless there is one only, none is chosen before
/// somebody does: the wrong tax would go unseen.
fn offered(lang: &Lang, departments: &[Department]) -> Vec<(String, String)> {
    let each = departments.iter().map(|it| {
        let value = format!("{}\t{}", it.name, it.tax.id);
        (value, format!("{} · {}", it.name, it.tax.name))
    });
    let none = (String::new(), lang.word("department-choose"));
    let none = (departments.len() != 1).then_some(none);
    none.into_iter().chain(each).collect()
}

/// Makes the page on which something is said of a line.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn remarks(ctx: &Context, person: &Person, line: u16) -> Result<Markup, DbError> {
    let register = person.register;
    let read = ctx.db().read(move |tx| {
        let basket = store::basket(tx, register)?;
        let lines = basket.map_or_else(Vec::new, |basket| basket.lines);
        let found = lines
            .into_iter()
            .find(|it| it.line == line && it.voided.is_none());
        Ok::<_, DbError>((found, reference::members(tx)?))
    });
    let (found, members) = read.await?;
    let lang = ctx.lang();
    let title = lang.word("remark-title");
    let ids: Vec<String> = members.iter().map(|it| it.id.to_string()).collect();
    let same = lang.word("remark-same");
    let mut people = vec![Choice {
        value: "",
        label: &same,
    }];
    people.extend(ids.iter().zip(&members).map(|(id, member)| Choice {
        value: id,
        label: &member.name,
    }));
    let here = format!("/register/{register}/lines/{line}/remarks");
    let body = match &found {
        None => html! { (Empty::new(&lang.word("remark-gone")).icon(Icon::Receipt)) },
        Some(found) => {
            let note = found.remarks.note.as_deref().unwrap_or_default();
            let sold_by = found.remarks.sold_by.map(|id| id.to_string());
            html! {
                header { h2 { (found.item.description) } }
                form.stack method="post" action=(here) data-live {
                    (command_id(&fresh(ctx)))
                    (Field::text("note", &lang.word("remark-note")).value(note)
                        .hint(&lang.word("remark-note-hint")).focused())
                    (Field::choice("sold_by", &lang.word("remark-seller"), &people)
                        .value(sold_by.as_deref().unwrap_or_default()))
                    div.row {
                        (Button::submit(&lang.word("remark-do")).primary().icon(Icon::Check))
                    }
                }
            }
        }
    };
    framed(ctx, person, &title, body).await
}

pub(super) async fn framed(
    ctx: &Context,
    person: &Person,
    title: &str,
    inside: Markup,
) -> Result<Markup, DbError> {
    let (register, lang) = (person.register, ctx.lang());
    let till = format!("/register/{register}");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("returns-till"), &till).icon(Icon::Back).key("F4"))
                }
            }
            section.panel { (inside) }
        }
    };
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("{till}/sign-out"),
    };
    let screen = Screen {
        title,
        current: &till,
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: None,
        scan: None,
    };
    web::page(ctx, ctx.live().version(), &screen, body).await
}

pub(super) fn fresh(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}
