//! To whom a basket is sold: the strip above its lines, and the page on which a customer is found,
//! joins, or shows why they pay no tax.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{
    Button, Emphasis, Empty, Field, Icon, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::customers::Certificate;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::SoldTo;
use maud::{Markup, html};

use super::aside::{framed, fresh};
use super::desk::Desk;
use crate::context::Context;
use crate::customers::{self, CustomerShown, FoundCustomers, Told};
use crate::sales::store;
use crate::staff::{self, Person};

/// Draws to whom the basket is sold, above its lines; nothing where that is nobody in particular.
pub(super) fn strip(desk: &Desk<'_>) -> Markup {
    let sold_to = &desk.view.basket.sold_to;
    if sold_to.is_nobody() {
        return html! {};
    }
    let lang = &desk.lang;
    let name = name_of(lang, desk.view.customer.as_ref(), sold_to);
    html! {
        section.sold-to aria-label=(lang.word("customer-title")) {
            p.strong-text { (name) }
            @if let Some(group) = &sold_to.group_name { (badge(Tone::Good, group)) }
            @if let Some(exempted) = &sold_to.exempted {
                (badge(Tone::Waiting, &exempt(lang, &exempted.certificate)))
            }
        }
    }
}

/// Returns what a customer is called; the end of their card while the hub has told no name yet.
fn name_of(lang: &Lang, customer: Option<&CustomerShown>, sold_to: &SoldTo) -> String {
    let contact = customer.and_then(|it| it.contact.as_ref());
    if let Some(contact) = contact {
        return contact.name.clone();
    }
    match customer.and_then(|it| it.card_end.as_deref()) {
        Some(end) => lang.t("customer-card-end", &[("end", end.into())]),
        None if sold_to.customer_id.is_some() => lang.word("customer-unnamed"),
        None => lang.word("customer-nobody"),
    }
}

fn exempt(lang: &Lang, certificate: &Certificate) -> String {
    format!("{} {certificate}", lang.word("customer-exempt"))
}

/// Makes the page on which somebody says to whom the sale is: `query` is what was looked for.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn customer(
    ctx: &Context,
    person: &Person,
    query: &str,
) -> Result<Markup, DbError> {
    let (context, register) = (ctx.clone(), person.register);
    let read = ctx.db().read(move |tx| {
        let sold_to = store::sold_to(tx, register)?;
        let shown = match sold_to.customer_id {
            Some(id) => customers::customer_shown(&context, tx, id)?,
            None => None,
        };
        Ok::<_, DbError>((sold_to, shown))
    });
    let (sold_to, shown) = read.await?;
    let found = customers::find(ctx, query).await?;
    let lang = ctx.lang();
    let here = format!("/register/{register}/customer");
    let body = html! {
        div.columns {
            div.stack {
                (now(ctx, &here, shown.as_ref(), &sold_to))
                form.filters method="post" action={ (here) "/find" } {
                    (Field::search("query", &lang.word("customer-find")).value(query).key("F2")
                        .focused())
                    (Button::submit(&lang.word("customer-find-do")).icon(Icon::Search))
                }
                p.quiet-text { (lang.word("customer-find-hint")) }
                (results(ctx, &here, query, &found))
            }
            div.stack {
                h2 { (lang.word("customer-join-title")) }
                (joining(ctx, &here))
                h2 { (lang.word("customer-tax-title")) }
                (tax(ctx, person, &here, &sold_to))
            }
        }
    };
    framed(ctx, person, &lang.word("customer-title"), body).await
}

/// Says to whom the sale is now, with the key that makes it nobody's.
fn now(ctx: &Context, here: &str, shown: Option<&CustomerShown>, sold_to: &SoldTo) -> Markup {
    let lang = ctx.lang();
    html! {
        @if sold_to.customer_id.is_some() {
            form.row method="post" action=(here) data-live {
                (command_id(&fresh(ctx)))
                input type="hidden" name="customer_id" value="";
                p.strong-text { (name_of(&lang, shown, sold_to)) }
                (Button::submit(&lang.word("customer-take-off")).icon(Icon::Cross)
                    .emphasis(Emphasis::Quiet))
            }
        }
    }
}

fn results(ctx: &Context, here: &str, query: &str, found: &FoundCustomers) -> Markup {
    let lang = ctx.lang();
    if query.is_empty() {
        return html! {};
    }
    if found.customers.is_empty() {
        let title = lang.t("customer-none", &[("query", query.into())]);
        return html! {
            (Empty::new(&title).icon(Icon::Search).todo(&lang.word("customer-none-todo")))
        };
    }
    html! {
        ul.stack {
            @for customer in &found.customers { (found_one(ctx, here, customer)) }
        }
        @if found.more { p.quiet-text { (lang.word("customer-more")) } }
    }
}

fn found_one(ctx: &Context, here: &str, customer: &CustomerShown) -> Markup {
    let lang = ctx.lang();
    let name = name_of(&lang, Some(customer), &SoldTo::default());
    let contact = customer.contact.as_ref();
    let card = customer
        .card_end
        .as_deref()
        .map(|end| lang.t("customer-card-end", &[("end", end.into())]));
    let told = [
        customer.group.clone(),
        card,
        contact.and_then(|it| it.phone.clone()),
        contact.and_then(|it| it.email.clone()),
        customer
            .exemption
            .as_ref()
            .map(|it| exempt(&lang, &it.certificate)),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    let choose = lang.t("customer-choose-who", &[("name", name.as_str().into())]);
    html! {
        li.row {
            div.grow {
                p.strong-text { (name) }
                p.quiet-text { (told.join(" · ")) }
                @if let Some(trouble) = trouble(&lang, customer) { p.quiet-text { (trouble) } }
            }
            form method="post" action=(here) data-live {
                (command_id(&fresh(ctx)))
                input type="hidden" name="customer_id" value=(customer.customer_id);
                (Button::submit(&lang.word("customer-choose")).icon(Icon::Check)
                    .read_as(&choose))
            }
        }
    }
}

/// Says what the hub said of somebody who joined here, where somebody has to know it.
fn trouble(lang: &Lang, customer: &CustomerShown) -> Option<String> {
    match customer.told.as_ref()? {
        Told::Waiting | Told::Taken => None,
        Told::CardTaken => Some(lang.word("customer-card-taken")),
        Told::Refused(sentence) => {
            let because = sentence.as_str().into();
            Some(lang.t("customer-refused", &[("why", because)]))
        }
    }
}

fn joining(ctx: &Context, here: &str) -> Markup {
    let lang = ctx.lang();
    html! {
        form.stack method="post" action={ (here) "/join" } data-live {
            (command_id(&fresh(ctx)))
            (Field::text("name", &lang.word("customer-name")).autocomplete("off"))
            (Field::text("phone", &lang.word("customer-phone")).autocomplete("off"))
            (Field::text("email", &lang.word("customer-email")).autocomplete("off"))
            (Field::text("card", &lang.word("customer-card")).autocomplete("off")
                .hint(&lang.word("customer-card-hint")))
            div.row { (Button::submit(&lang.word("customer-join")).icon(Icon::Plus)) }
        }
    }
}

fn tax(ctx: &Context, person: &Person, here: &str, sold_to: &SoldTo) -> Markup {
    let lang = ctx.lang();
    let exempted = sold_to.exempted.as_ref();
    html! {
        form.stack method="post" action={ (here) "/tax" } data-live {
            (command_id(&fresh(ctx)))
            @if let Some(exempted) = exempted {
                p { (exempt(&lang, &exempted.certificate)) }
                div.row {
                    (Button::submit_as(&lang.word("customer-tax-again"), "does", "clear")
                        .icon(Icon::Undo))
                }
            } @else {
                (Field::text("certificate", &lang.word("customer-certificate"))
                    .autocomplete("off").hint(&lang.word("customer-certificate-hint")))
                @if staff::needs_manager(&person.gates, Operation::ExemptTax) {
                    (Field::pin("pin", &lang.word("pickup-manager-pin")))
                }
                div.row { (Button::submit(&lang.word("customer-tax-do"))) }
            }
        }
    }
}
