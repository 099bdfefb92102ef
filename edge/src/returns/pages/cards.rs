//! A return that waits for a terminal: what it is asked, and how the return goes on when it gave
//! nothing back.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Emphasis, Icon, ProblemView, Tone, badge, command_id,
};
use counterpart_protocol::ids::SaleId;
use maud::{Markup, html};

use super::{fresh, money};
use crate::context::Context;
use crate::payments::{self, Attempt, AttemptState, Purpose};
use crate::returns::service::returns_path;
use crate::returns::store::{self, CardRefund};
use crate::staff::Person;
use crate::web::status_bar;

/// Renders what changed for the open page of a sale of which something comes back.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn card_regions(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    version: Version,
) -> Result<Vec<Region>, DbError> {
    Ok(vec![
        region(ctx, person, sale_id, version).await?.0,
        status_bar(ctx, version, Some(person.register)).await?,
    ])
}

/// Renders the return of a sale that waits, and tells whether one does.
pub(super) async fn region(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    version: Version,
) -> Result<(Region, bool), DbError> {
    let read = ctx.db().read(move |tx| {
        let waiting = store::refund_of(tx, sale_id)?;
        let tried = payments::of_sale(tx, sale_id)?.into_iter();
        let refunds = tried.filter(|it| it.purpose == Purpose::Refund);
        let last = refunds.max_by_key(|it| it.begun_at_ms);
        let done = store::of_sale(tx, sale_id)?.pop();
        Ok::<_, DbError>((waiting, last, done))
    });
    let (waiting, last, done) = read.await?;
    let waits = waiting.is_some();
    let markup = match (waiting, last) {
        (Some(waiting), Some(last)) => panel(ctx, person, &waiting, &last),
        (None, Some(last)) if last.state == AttemptState::Approved => html! {
            @if let Some(done) = done {
                @let number = done.recorded.number.to_string();
                @let path = format!(
                    "{}/done/{}", returns_path(person.register), done.recorded.return_id,
                );
                p { (badge(Tone::Good, &ctx.lang().word("returns-card-back"))) }
                p { (Button::link(&number, &path).icon(Icon::Receipt).primary()) }
            }
        },
        (Some(_) | None, _) => html! {},
    };
    Ok((Region::new("card-refund", version, markup), waits))
}

fn panel(ctx: &Context, person: &Person, waiting: &CardRefund, last: &Attempt) -> Markup {
    let lang = ctx.lang();
    let amount = money(&lang, ctx.profile().currency, last.amount_minor);
    let to = format!(
        "{}/of/{}/card",
        returns_path(person.register),
        waiting.sale_id
    );
    let till = format!("/register/{}", person.register);
    match (&waiting.intent, last.state) {
        (Some(_), AttemptState::Unknown) => html! {
            section.card-panel data-tone="bad" role="alert" {
                p { (badge(Tone::Bad, &lang.word("card-unknown-back"))) }
                output.card-amount { (amount) }
                p { (lang.word("returns-card-unknown")) }
                div.row { (Button::link(&lang.word("returns-till"), &till).primary()) }
            }
        },
        (Some(_), _) => html! {
            section.card-panel role="status" {
                p { (badge(Tone::Busy, &lang.word("card-giving-back"))) }
                output.card-amount { (amount) }
                p { (lang.word("card-giving-back-todo")) }
            }
        },
        (None, _) => {
            let title = lang.t("card-not-given-back", &[("amount", amount.as_str().into())]);
            let choices = [
                ("again", "returns-card-again", Emphasis::Primary),
                ("cash", "returns-in-cash", Emphasis::Plain),
                ("give_up", "returns-card-give-up", Emphasis::Quiet),
            ];
            html! {
                (ProblemView::new(&lang, &title).why(last.words.as_deref().unwrap_or_default())
                    .todo(&lang.word("returns-card-todo")))
                form.row method="post" action=(to) data-live {
                    (command_id(&fresh(ctx)))
                    @for (does, word, emphasis) in choices {
                        @if does != "give_up" || waiting.done.is_empty() {
                            (Button::submit_as(&lang.word(word), "does", does).emphasis(emphasis))
                        }
                    }
                }
            }
        }
    }
}
