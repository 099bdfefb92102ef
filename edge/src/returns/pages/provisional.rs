//! The receipt of another store by its signed code: what the code proves, and refunding from it
//! while nobody who has the right can be asked.

use counterpart_daemon::web::live::Region;
use counterpart_daemon::web::parts::{
    Button, Empty, Field, Icon, ProblemView, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{SaleId, StoreId};
use counterpart_protocol::quantity::Milli;
use maud::{Markup, html};

use super::lines::lines;
use super::{framed, fresh, money, refund};
use crate::context::Context;
use crate::returns::rules::Brought;
use crate::returns::service::{self, CodeOf, Proven, ReturnError, returns_path};
use crate::staff::Person;

/// Says that something was refunded without the right to.
pub(super) fn mark(lang: &Lang, sold_by: &StoreId) -> Markup {
    let words = lang.t("provisional-mark", &[("store", sold_by.as_str().into())]);
    html! { (badge(Tone::Waiting, &words)) }
}

/// Makes the page of another store's receipt whose code was scanned.
///
/// # Errors
///
/// [`ReturnError`], by what is wrong with the code; those of the database.
pub(crate) async fn proven(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
) -> Result<Markup, ReturnError> {
    let context = ctx.clone();
    let of = CodeOf::Scanned(sale_id);
    let read = ctx.db().read(move |tx| service::prove(&context, tx, &of));
    let proven: Proven = read.await?;
    let lang = ctx.lang();
    let code = &proven.read.code;
    let desk = returns_path(person.register);
    let paid = money(&lang, code.currency, code.paid_minor);
    let sold = lang.t(
        "provisional-sold",
        &[
            ("store", proven.store_name.as_str().into()),
            ("day", code.date.to_string().into()),
            ("paid", paid.as_str().into()),
        ],
    );
    let body = html! {
        div.console {
            div.page-head {
                h1 { (lang.word("returns-title")) " · " (proven.read.receipt) }
                div.actions { (Button::link(&lang.word("returns-back"), &desk).icon(Icon::Back)) }
            }
            p.quiet-text { (sold) }
            @match &proven.may {
                Ok(_) if proven.lines.iter().all(|it| it.left_milli == Milli::ZERO) => {
                    (Empty::new(&lang.word("returns-all-back")).icon(Icon::Check))
                }
                Ok(_) => (form(ctx, person, &proven)),
                Err(refused) => (barred(ctx, person, &proven, &refused.to_string())),
            }
        }
    };
    Ok(framed(ctx, person, None, body).await?)
}

fn form(ctx: &Context, person: &Person, proven: &Proven) -> Markup {
    let lang = ctx.lang();
    let (currency, sale_id) = (proven.read.code.currency, proven.read.sale_id);
    let here = format!("{}/code/{sale_id}", returns_path(person.register));
    let most = money(&lang, currency, proven.policy.refund_max_minor);
    let allowed = lang.t("provisional-allowed", &[("amount", most.as_str().into())]);
    let may_go_to = |word: &str| proven.policy.tenders.iter().any(|it| it == word);
    html! {
        p { (badge(Tone::Waiting, &lang.word("provisional-title"))) " " (allowed) }
        form.stack #return-form method="post" action=(here) data-live {
            (command_id(&fresh(ctx)))
            section.panel { (lines(&lang, currency, &proven.lines)) }
            (refund(ctx.live().version(), &lang, None))
            (Field::secret("pin", &lang.word("pickup-manager-pin"))
                .hint(&lang.word("returns-pin-hint")))
            div.row {
                (Button::submit_as(&lang.word("returns-count"), "does", "count"))
                @if may_go_to("cash") {
                    (Button::submit_as(&lang.word("provisional-do"), "does", "cash").primary()
                        .icon(Icon::Drawer))
                }
                @if may_go_to("store_credit") {
                    (Button::submit_as(&lang.word("stored-as-credit"), "does", "credit"))
                }
            }
        }
    }
}

/// Says why nothing goes back from the code, what it proves, and offers to ask for the right.
fn barred(ctx: &Context, person: &Person, proven: &Proven, why: &str) -> Markup {
    let lang = ctx.lang();
    let ask = format!("{}/ask", returns_path(person.register));
    let currency = proven.read.code.currency;
    html! {
        (ProblemView::new(&lang, &lang.word("provisional-not")).why(why)
            .todo(&lang.word("rights-hint")))
        form.row method="post" action=(ask) data-live {
            (command_id(&fresh(ctx)))
            input type="hidden" name="store" value=(proven.read.code.store);
            input type="hidden" name="receipt" value=(proven.read.receipt);
            (Button::submit(&lang.word("rights-ask")).primary())
        }
        ul {
            @for line in &proven.lines {
                li {
                    (lang.quantity(line.sold_milli.0)) " × " (line.description) " · "
                    (money(&lang, currency, line.paid_minor))
                }
            }
        }
    }
}

/// Renders what goes back for what is typed, before anything comes back.
///
/// # Errors
///
/// [`ReturnError`], as the refund itself would be refused.
pub(crate) async fn counted_region(
    ctx: &Context,
    sale_id: SaleId,
    brought: Vec<Brought>,
) -> Result<Region, ReturnError> {
    let context = ctx.clone();
    let of = CodeOf::Scanned(sale_id);
    let counted = ctx
        .db()
        .read(move |tx| service::counted_proven(&context, tx, (&of, &brought)));
    let (_, sale, counted) = counted.await?;
    let shown = Some((sale.currency, &counted));
    Ok(refund(ctx.live().version(), &ctx.lang(), shown))
}
