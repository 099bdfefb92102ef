//! The register while others goods come back with the sale: what comes back above what goes out,
//! and what is owed to the customer.

use counterpart_daemon::web::parts::{
    Button, Emphasis, Icon, ProblemView, Tone, badge, command_id,
};
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{Tender, TenderKind};
use maud::{Markup, html};

use super::desk::Desk;
use super::{asking, cards};
use crate::sales::service::ExchangeView;

/// Draws what comes back with the sale, above its lines.
pub(super) fn comes_back(desk: &Desk<'_>) -> Markup {
    let Some(exchange) = &desk.view.basket.exchange else {
        return html! {};
    };
    let lang = &desk.lang;
    let title = lang.t(
        "exchange-of",
        &[("receipt", exchange.receipt.as_str().into())],
    );
    html! {
        section.exchange aria-label=(title) {
            div.exchange-head {
                h2 { (title) }
                (give_up(desk, exchange))
            }
            ol.sale-lines {
                @for line in &exchange.lines {
                    li.sale-line data-back {
                        div.line-pick {
                            span.line-name { (line.description) }
                            span.line-note { (line.sku) }
                        }
                        output { (lang.quantity(line.quantity_milli.0)) }
                        output.line-amount { (less(desk, line.amount_minor)) }
                    }
                }
            }
            @for tender in &exchange.given_back {
                p.exchange-gone {
                    (badge(Tone::Good, &lang.word("returns-card-back"))) " "
                    (desk.money(tender.amount_minor))
                }
            }
        }
    }
}

fn give_up(desk: &Desk<'_>, exchange: &ExchangeView) -> Markup {
    let word = desk.lang.word("exchange-give-up");
    html! {
        @if exchange.given_back.is_empty() && !exchange.is_asked {
            form method="post" action=(desk.to("exchange/give-up")) data-live data-quiet {
                (command_id(&desk.fresh_id))
                (Button::submit(&word).icon(Icon::Undo).emphasis(Emphasis::Quiet))
            }
        }
    }
}

/// Draws what the sale and what comes back come to, in the foot of the sale.
pub(super) fn sums(desk: &Desk<'_>) -> Markup {
    let Some(exchange) = &desk.view.basket.exchange else {
        return html! {};
    };
    let lang = &desk.lang;
    html! {
        div {
            dt { (lang.word("exchange-goes-out")) }
            dd { (desk.money(desk.view.basket.total_minor)) }
        }
        div {
            dt { (lang.word("exchange-counts")) }
            dd { (less(desk, exchange.credit_minor)) }
        }
    }
}

/// Returns what is to be paid, or goes back, in words and as an amount; nothing without an
/// exchange.
pub(super) fn net(desk: &Desk<'_>) -> Option<(String, Minor)> {
    let exchange = desk.view.basket.exchange.as_ref()?;
    let lang = &desk.lang;
    Some(match exchange.give_back_minor {
        Minor(0) => (lang.word("exchange-to-pay"), exchange.to_pay_minor),
        back => (lang.word("exchange-to-give-back"), back),
    })
}

/// Draws the register when money goes back, or nothing is due.
pub(super) fn giving_back(desk: &Desk<'_>, exchange: &ExchangeView) -> Markup {
    let lang = &desk.lang;
    let title = match exchange.give_back_minor {
        Minor(0) => lang.word("exchange-even"),
        _ => lang.word("exchange-to-give-back"),
    };
    html! {
        div.tender {
            div.stack {
                div.tender-due {
                    h1 { (title) }
                    output { (desk.money(exchange.give_back_minor)) }
                    @if exchange.to_cards_minor > Minor::ZERO {
                        p.quiet-text {
                            (lang.t("exchange-to-cards", &[
                                ("amount", desk.money(exchange.to_cards_minor).as_str().into()),
                            ]))
                        }
                    }
                }
                @if exchange.is_asked {
                    section.card-panel role="status" {
                        p { (badge(Tone::Busy, &lang.word("card-giving-back"))) }
                        output.card-amount { (desk.money(exchange.to_cards_minor)) }
                        p { (lang.word("card-giving-back-todo")) }
                    }
                } @else {
                    (asking::promised(desk))
                    (choices(desk, exchange))
                }
            }
            div.stack { (comes_back(desk)) }
        }
    }
}

fn choices(desk: &Desk<'_>, exchange: &ExchangeView) -> Markup {
    let lang = &desk.lang;
    let label = match (exchange.give_back_minor, exchange.to_cards_minor) {
        (Minor(0), _) => lang.word("exchange-finish"),
        (_, Minor(0)) => lang.word("returns-in-cash"),
        (_, _) => lang.word("exchange-give-back"),
    };
    let amount = desk.money(exchange.give_back_minor);
    html! {
        @if !desk.view.tenders.is_empty() {
            ul.tenders {
                @for tender in &desk.view.tenders { (cards::given(desk, tender)) }
            }
        }
        @if let Some(why) = &exchange.not_given_back {
            (ProblemView::new(lang, &lang.t("card-not-given-back", &[
                ("amount", desk.money(exchange.to_cards_minor).as_str().into()),
            ])).why(why).todo(&lang.word("returns-card-todo")))
        }
        form method="post" action=(desk.to("exchange/finish")) data-live {
            (command_id(&desk.fresh_id))
            (Button::submit_as(&label, "does", "original").emphasis(Emphasis::Pay)
                .amount(&amount).key("F9"))
        }
        @if exchange.to_cards_minor > Minor::ZERO {
            form method="post" action=(desk.to("exchange/finish")) data-live {
                (command_id(&desk.fresh_id))
                (Button::submit_as(&lang.word("returns-in-cash"), "does", "cash")
                    .key("Shift+F9"))
            }
        }
        form.row method="post" action=(desk.to("back")) data-live {
            (command_id(&desk.fresh_id))
            (Button::submit("Back to the sale").icon(Icon::Back).key("F3"))
        }
    }
}

/// Draws what went back with a sale just finished, by what it went to.
pub(super) fn went_back(desk: &Desk<'_>, back: &ReturnRecorded) -> Markup {
    let lang = &desk.lang;
    let of = |kind| Tender::sum_of(&back.tenders, kind);
    let (cash, cards) = (of(TenderKind::Cash), of(TenderKind::Card));
    html! {
        div.change {
            h1 { (lang.word("returns-give-back")) }
            output { (desk.money(cash)) }
            @if cards > Minor::ZERO {
                p {
                    (lang.t("exchange-to-cards", &[
                        ("amount", desk.money(cards).as_str().into()),
                    ]))
                }
            }
        }
    }
}

fn less(desk: &Desk<'_>, amount: Minor) -> String {
    match amount {
        Minor(0) => desk.money(amount),
        _ => format!("−{}", desk.money(amount)),
    }
}
