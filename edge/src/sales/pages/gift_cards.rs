//! The page on which money is put on a gift card and a balance is asked; it leads back to the
//! register.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{Button, Field, Icon, Tone, badge, command_id, numpad};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::staff::Role;
use counterpart_protocol::stored::StoredKind;
use maud::{Markup, html};

use super::aside::{framed, fresh};
use crate::context::Context;
use crate::sales::service;
use crate::staff::{self, Person};
use crate::stored::BalanceView;

/// Makes the page; `told` is the card that was asked about.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn gift_card(
    ctx: &Context,
    person: &Person,
    told: Option<&BalanceView>,
) -> Result<Markup, DbError> {
    let policy = ctx.db().read(service::till_policy).await?;
    let (lang, currency) = (ctx.lang(), ctx.profile().currency);
    let here = format!("/register/{}/gift-card", person.register);
    let title = lang.word("stored-title");
    let limit = policy.limits(person.role).gift_card_max_minor;
    let asks = staff::needs_manager(&person.gates, Operation::SellGiftCard);
    let limit = limit.filter(|_| person.role != Role::Manager);
    let money = |minor: Minor| lang.money(minor.0, currency.code(), currency.decimals());
    let action = html! { (Button::submit(&lang.word("stored-sell")).primary()) };
    let body = html! {
        div.columns {
            form.stack #sell-gift-card method="post" action=(here) data-live {
                h2 { (lang.word("stored-sell-title")) }
                (command_id(&fresh(ctx)))
                (Field::text("number", &lang.word("stored-number"))
                    .hint(&lang.word("stored-sell-hint")))
                @if let Some(limit) = limit {
                    @let hint = lang.t("stored-pin-hint", &[("amount", money(limit).into())]);
                    (Field::pin("pin", &lang.word("pickup-manager-pin")).hint(&hint))
                } @else if asks {
                    (Field::pin("pin", &lang.word("pickup-manager-pin")))
                }
                label.unseen for="amount" { (lang.word("stored-amount")) }
                input.pad-display #amount name="amount" inputmode="decimal" autocomplete="off"
                    placeholder=(lang.word("stored-amount")) data-pad-default autofocus;
                (numpad(&lang, "amount", action))
            }
            form.stack #gift-card-balance method="post" action={ (here) "/balance" } {
                h2 { (lang.word("stored-balance-title")) }
                (Field::text("number", &lang.word("stored-number")).id("balance-number")
                    .hint(&lang.word("stored-balance-hint")))
                (Button::submit(&lang.word("stored-balance")).icon(Icon::Search))
                @if let Some(told) = told { (balance(ctx, &lang, told)) }
            }
        }
    };
    framed(ctx, person, &title, body).await
}

fn balance(ctx: &Context, lang: &Lang, told: &BalanceView) -> Markup {
    let currency = told.currency;
    let amount = lang.money(told.balance_minor.0, currency.code(), currency.decimals());
    let name = lang.word(match told.kind {
        StoredKind::GiftCard => "stored-gift-card",
        StoredKind::StoreCredit => "stored-store-credit",
    });
    let as_of = told
        .told_at_ms
        .map(|at_ms| lang.date_time(at_ms, &ctx.profile().time_zone));
    html! {
        section.card-panel role="status" {
            p { (name) " ****" (told.last_four) }
            output.card-amount { (amount) }
            @if told.is_blocked { p { (badge(Tone::Bad, &lang.word("stored-blocked"))) } }
            @if told.is_current {
                p { (lang.word("stored-current")) }
            } @else if let Some(when) = as_of {
                p { (lang.t("stored-as-of", &[("when", when.as_str().into())])) }
            } @else {
                p { (lang.word("stored-own-only")) }
            }
        }
    }
}
