//! Vouchers, cash of another currency and accounts on the register's page while money is taken.

use counterpart_daemon::web::parts::{Button, Choice, Dialog, Field, Icon, command_id, numpad};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::Tender;
use counterpart_protocol::stored::StoredKind;
use maud::{Markup, html};

use super::desk::Desk;
use crate::sales::rules::Due;
use crate::staff;

/// Draws one amount that was given with what it is known by.
pub(super) fn given(desk: &Desk<'_>, tender: &Tender) -> Markup {
    let lang = &desk.lang;
    html! {
        li {
            span {
                @if let Some(voucher) = &tender.voucher {
                    (lang.word("money-voucher")) " " (voucher.number)
                }
                @if let Some(stored) = &tender.stored {
                    (stored_name(desk, stored.card.kind)) " ****" (stored.card.last_four)
                }
                @if let Some(foreign) = &tender.foreign {
                    (amount(desk, foreign.currency, foreign.amount_minor))
                }
                @if let Some(account) = &tender.account {
                    (lang.word("money-account")) " " (account.account)
                }
            }
            output { (desk.money(tender.amount_minor)) }
        }
    }
}

fn amount(desk: &Desk<'_>, currency: Currency, minor: Minor) -> String {
    desk.lang
        .money(minor.0, currency.code(), currency.decimals())
}

/// Draws the buttons of what else may be given, with the dialogs they open.
pub(super) fn ask(desk: &Desk<'_>, due: Due) -> Markup {
    let (lang, others) = (&desk.lang, &desk.view.others);
    html! {
        div.row.tender-others {
            (Button::opens(&lang.word("stored-pay"), "give-stored").icon(Icon::Receipt)
                .key("F6"))
            @if others.vouchers {
                (Button::opens(&lang.word("money-voucher"), "give-voucher").icon(Icon::Receipt)
                    .key("F7"))
            }
            @for currency in &others.foreign {
                (Button::opens(currency.code(), &format!("give-{currency}")).icon(Icon::Drawer))
            }
            @if !others.accounts.is_empty() {
                @let key = lang.word("money-account");
                @let key = staff::offered(lang, &desk.gates, Operation::SellOnAccount, &key);
                (Button::opens(&key.label, "give-account").icon(Icon::Person).key("F8")
                    .barred(key.barred.as_deref()))
            }
        }
        (stored(desk))
        @if others.vouchers { (voucher(desk)) }
        @for currency in &others.foreign { (foreign(desk, *currency)) }
        @if !others.accounts.is_empty() { (account(desk, due)) }
    }
}

fn form(desk: &Desk<'_>, with: &str, fields: &Markup, currency: Currency) -> Markup {
    let id = format!("amount-{with}-{currency}");
    let label = desk
        .lang
        .t("card-given", &[("currency", currency.code().into())]);
    html! {
        form.stack method="post" action=(desk.to("other")) data-live data-reset {
            (command_id(&desk.fresh_id))
            input type="hidden" name="with" value=(with);
            (fields)
            label for=(id) { (label) }
            input.pad-display id=(id) name="amount" inputmode="decimal" autocomplete="off"
                placeholder="0" autofocus[with != "voucher" && with != "stored"];
            (numpad(&desk.lang, &id, html! {
                (Button::submit(&desk.lang.word("money-take")).primary())
            }))
        }
    }
}

fn stored(desk: &Desk<'_>) -> Markup {
    let lang = &desk.lang;
    let fields = html! {
        (Field::text("number", &lang.word("stored-number")).id("stored-number").required(lang)
            .hint(&lang.word("stored-pay-hint")).focused())
    };
    let body = form(desk, "stored", &fields, desk.currency);
    html! { (Dialog::new(lang, "give-stored", &lang.word("stored-pay-title"), body)) }
}

fn stored_name(desk: &Desk<'_>, kind: StoredKind) -> String {
    desk.lang.word(match kind {
        StoredKind::GiftCard => "stored-gift-card",
        StoredKind::StoreCredit => "stored-store-credit",
    })
}

fn voucher(desk: &Desk<'_>) -> Markup {
    let lang = &desk.lang;
    let fields = html! {
        (Field::text("number", &lang.word("money-voucher-number")).required(lang)
            .hint(&lang.word("money-voucher-hint")))
    };
    let body = form(desk, "voucher", &fields, desk.currency);
    html! { (Dialog::new(lang, "give-voucher", &lang.word("money-voucher-title"), body)) }
}

fn foreign(desk: &Desk<'_>, currency: Currency) -> Markup {
    let lang = &desk.lang;
    let fields = html! {
        input type="hidden" name="currency" value=(currency.code());
        @if let Some(worth) = desk.view.others.worth(currency) {
            p.quiet-text {
                (lang.t("money-foreign-rate", &[
                    ("one", amount(desk, currency, unit(currency)).as_str().into()),
                    ("worth", lang.quantity(worth).as_str().into()),
                    ("currency", desk.currency.code().into()),
                ]))
            }
        }
    };
    let body = form(desk, "foreign", &fields, currency);
    let title = lang.t(
        "money-foreign-title",
        &[("currency", currency.code().into())],
    );
    html! { (Dialog::new(lang, &format!("give-{currency}"), &title, body)) }
}

fn unit(currency: Currency) -> Minor {
    Minor(10_i64.pow(u32::from(currency.decimals())))
}

fn account(desk: &Desk<'_>, due: Due) -> Markup {
    let lang = &desk.lang;
    let offered = desk.view.others.accounts.iter().map(|(account, left)| {
        let left = desk.money(*left);
        let named = format!("{} {}", account.number, account.name);
        let label = lang.t(
            "money-account-left",
            &[
                ("account", named.as_str().into()),
                ("left", left.as_str().into()),
            ],
        );
        (account.number.clone(), label)
    });
    let offered: Vec<(String, String)> = offered.collect();
    let choices = offered.iter().map(|(value, label)| Choice { value, label });
    let choices: Vec<Choice<'_>> = choices.collect();
    let all = desk.money(due.due_minor);
    let fields = html! {
        (Field::choice("account", &lang.word("money-account-which"), &choices)
            .hint(&lang.t("money-account-hint", &[("amount", all.as_str().into())])))
    };
    let body = form(desk, "account", &fields, desk.currency);
    html! { (Dialog::new(lang, "give-account", &lang.word("money-account-title"), body)) }
}
