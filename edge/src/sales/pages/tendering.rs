//! The register while money is taken, and the change that stays until the next scan.

use counterpart_daemon::web::parts::{
    Button, Dialog, Emphasis, Icon, Opened, command_id, numpad, paper,
};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::TenderKind;
use maud::{Markup, PreEscaped, html};

use super::desk::Desk;
use super::{asking, cards, exchange, others, selling};
use crate::context::Context;
use crate::payments::Attempt;
use crate::sales::receipt::{Receipt, receipt};
use crate::sales::rules::{Due, quick_amounts};
use crate::sales::service::code_of;
use crate::sales::store::Sold;
use crate::signing::Mark;

/// Characters on a line of the preview when the register has no printer: 80 mm paper, narrow.
const COLUMNS_WITHOUT_PRINTER: usize = 42;

/// Draws the register while money is taken.
pub(super) fn tendering(desk: &Desk<'_>) -> Markup {
    let Some(due) = desk.view.due else {
        return selling::selling(desk);
    };
    let exchange = desk.view.basket.exchange.as_ref();
    if let Some(exchange) = exchange.filter(|it| it.is_asked || it.to_pay_minor == Minor::ZERO) {
        return exchange::giving_back(desk, exchange);
    }
    if let Some(attempt) = &desk.view.cards.in_flight {
        return asking_terminal(desk, due.due_minor, attempt);
    }
    let given = due.given_minor > Minor::ZERO;
    html! {
        div.tender {
            div.stack {
                div.tender-due {
                    h1 { @if given { "Still to pay" } @else { "To pay" } }
                    output { (desk.money(due.due_minor)) }
                    @if due.rounding_minor != Minor::ZERO {
                        p.rounded {
                            (desk.lang.t("money-in-cash", &[
                                ("amount", desk.money(due.cash_due_minor).as_str().into()),
                                ("by", desk.money(due.rounding_minor).as_str().into()),
                            ]))
                        }
                    }
                }
                (given_so_far(desk))
                (asking::promised(desk))
                (cards::refused(desk))
                (quick(desk, due))
                (others::ask(desk, due))
                form.row method="post" action=(desk.to("back")) data-live {
                    (command_id(&desk.fresh_id))
                    (Button::submit("Back to the sale").icon(Icon::Back).key("F3"))
                }
            }
            (typed(desk))
        }
        (asked(desk, due.total_minor))
    }
}

/// Draws the register while its terminal is asked: nothing else can be given meanwhile.
fn asking_terminal(desk: &Desk<'_>, due: Minor, attempt: &Attempt) -> Markup {
    html! {
        div.tender {
            div.stack {
                div.tender-due { h1 { "Still to pay" } output { (desk.money(due)) } }
                (given_so_far(desk))
            }
            (cards::in_flight(desk, attempt))
        }
    }
}

/// Draws the pad an amount is typed on, for cash or for a card.
fn typed(desk: &Desk<'_>) -> Markup {
    let code = desk.currency.code();
    let card = desk.lang.word("card-card");
    let label = match desk.view.cards.has_terminal {
        true => desk.lang.t("card-given", &[("currency", code.into())]),
        false => format!("Cash given in {code}"),
    };
    html! {
        form.stack #cash-form method="post" action=(desk.to("cash")) data-live data-reset {
            (command_id(&desk.fresh_id))
            label for="cash" { (label) }
            input.pad-display #cash name="cash" inputmode="decimal" autocomplete="off"
                placeholder="0" data-pad-default;
            (numpad(&desk.lang, "cash", html! { (Button::submit("Cash").primary()) }))
            @if desk.view.cards.has_terminal {
                (Button::submit_as(&card, "does", "card").key("Shift+F10"))
            }
        }
    }
}

/// Draws the change in large type, with the receipt beside it as it is printed.
pub(super) fn paid(desk: &Desk<'_>) -> Markup {
    let Some(sold) = &desk.view.paid else {
        return selling::selling(desk);
    };
    let sale = &sold.sale;
    // What of an exchange was paid in goods is neither money that came nor money that goes.
    let exchanged = sale.given_minor(TenderKind::Exchanged);
    let paid = Minor(sale.total_minor.0 - exchanged.0);
    let back = sold.back.as_ref();
    let back = back.filter(|_| paid == Minor::ZERO);
    let given = Minor(paid.0 + sale.rounded_minor().0 + sale.change_minor.0);
    let [copy, gift] = ["copy", "gift"].map(|it| format!("sales/{}/{it}", sale.sale_id));
    html! {
        div.paid {
            div.stack {
                @if let Some(back) = back {
                    (exchange::went_back(desk, back))
                } @else {
                    div.change {
                        h1 { "Change" }
                        output { (desk.money(sale.change_minor)) }
                    }
                }
                p {
                    "Receipt " strong.number { (sale.receipt) }
                    @if back.is_none() {
                        " · " (desk.money(paid)) " paid with " (desk.money(given))
                    }
                    ". "
                    @if sale.rounded_minor() != Minor::ZERO {
                        (desk.lang.t("money-rounded", &[
                            ("by", desk.money(sale.rounded_minor()).as_str().into()),
                        ])) " "
                    }
                    "Scan the next item to begin a new sale."
                }
                div.row {
                    form method="post" action=(desk.to("next")) data-live {
                        (command_id(&desk.fresh_id))
                        (Button::submit("Next sale").primary().key("F9"))
                    }
                    form method="post" action=(desk.to(&copy)) data-live {
                        (command_id(&desk.fresh_id))
                        (Button::submit("Print a copy").icon(Icon::Printer))
                    }
                    form method="post" action=(desk.to(&gift)) data-live {
                        (command_id(&desk.fresh_id))
                        (Button::submit(&desk.lang.word("gift-print")).key("Shift+F9"))
                    }
                }
                (selling::uncertain(desk))
            }
            (preview(desk.ctx, sold, desk.view.cashier.as_deref(), &desk.view.mark))
        }
    }
}

/// Draws a receipt as it comes out of the printer of its register.
pub(super) fn preview(ctx: &Context, sold: &Sold, cashier: Option<&str>, mark: &Mark) -> Markup {
    let lang = ctx.lang();
    let register = ctx.register(sold.sale.receipt.register);
    let printer = register
        .as_ref()
        .and_then(|register| register.printer.as_ref());
    let columns = printer.map_or(COLUMNS_WITHOUT_PRINTER, |printer| {
        printer.profile.paper.columns
    });
    let document = receipt(&Receipt {
        profile: &ctx.profile(),
        locale: lang.locale(),
        sale: &sold.sale,
        back: sold.back.as_ref(),
        sold_at_ms: sold.sold_at_ms,
        cashier,
        copy: None,
        mark,
        code: &code_of(ctx, &sold.sale, sold.business_date),
    });
    let document = printer.map_or_else(|| document.clone(), |printer| printer.headed(&document));
    paper(
        &lang,
        PreEscaped(counterpart_paper::svg(&document, columns)),
    )
}

fn given_so_far(desk: &Desk<'_>) -> Markup {
    html! {
        @if !desk.view.tenders.is_empty() {
            ul.tenders {
                @for tender in &desk.view.tenders {
                    (cards::given(desk, tender))
                }
            }
        }
    }
}

fn quick(desk: &Desk<'_>, due: Due) -> Markup {
    let (cash, exact) = (due.cash_due_minor, due.cash_due_minor.0.to_string());
    html! {
        form #exact method="post" action=(desk.to("cash")) data-live data-quiet {
            (command_id(&desk.fresh_id))
            (Button::submit_as("Exact cash", "amount_minor", &exact).emphasis(Emphasis::Pay)
                .amount(&desk.money(cash)).key("Shift+F9"))
        }
        (cards::ask(desk, &desk.money(due.due_minor)))
        form.tender-quick #quick method="post" action=(desk.to("cash")) data-live data-quiet {
            (command_id(&desk.fresh_id))
            @for (key, amount) in (1..).zip(quick_amounts(cash, desk.currency)) {
                (Button::submit_as(&desk.money(amount), "amount_minor", &amount.0.to_string())
                    .key(&format!("Shift+F{key}")))
            }
        }
    }
}

/// Asks whether an unlikely amount is right; closing the question keeps the sale as it was.
fn asked(desk: &Desk<'_>, total: Minor) -> Markup {
    let Some(asked) = desk.view.screen.asked_minor else {
        return html! {};
    };
    let amount = desk.money(asked);
    let title = format!("Really {amount}?");
    let body = html! {
        p {
            "The sale comes to " (desk.money(total)) ". " (amount)
            " looks like a digit too many."
        }
        form #not-asked method="post" action=(desk.to("tender")) data-live {
            (command_id(&desk.fresh_id))
        }
    };
    let actions = html! {
        (Button::closes("Type it again"))
        form method="post" action=(desk.to("cash")) data-live {
            (command_id(&desk.fresh_id))
            input type="hidden" name="amount_minor" value=(asked.0);
            input type="hidden" name="confirmed" value="yes";
            (Button::submit("It is right").emphasis(Emphasis::Primary))
        }
    };
    html! {
        (Dialog::new(&desk.lang, "asked", &title, body).actions(actions)
            .opened(Opened::ByServer).cancels("not-asked"))
    }
}
