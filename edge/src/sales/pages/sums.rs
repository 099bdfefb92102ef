//! The sums at the foot of the sale on the selling page.

use counterpart_daemon::web::parts::{Button, Emphasis, command_id};
use counterpart_protocol::money::Minor;
use counterpart_protocol::tax::{Rate, TaxPart};
use maud::{Markup, html};

use super::desk::Desk;
use super::exchange;

/// Draws the foot of the sale: what was saved, its taxes, what it comes to, and Pay.
pub(super) fn foot(desk: &Desk<'_>) -> Markup {
    let basket = &desk.view.basket;
    let items = match basket.items {
        1 => "1 item".to_owned(),
        count => format!("{} items", desk.lang.count(count)),
    };
    let net = exchange::net(desk);
    let total = desk.money(net.as_ref().map_or(basket.total_minor, |net| net.1));
    let items = net.map_or(items, |net| net.0);
    html! {
        div.sale-foot {
            @if !basket.taxes.is_empty() || basket.exchange.is_some() {
                dl.sums {
                    (exchange::sums(desk))
                    @if basket.off_minor > Minor::ZERO {
                        div {
                            dt { (desk.lang.word("prices-saved")) }
                            dd { "−" (desk.money(basket.off_minor)) }
                        }
                    }
                    @if let Some(before) = basket.before_tax_minor {
                        div {
                            dt { (desk.lang.word("tax-before")) }
                            dd { (desk.money(before)) }
                        }
                    }
                    (taxes(desk))
                }
            }
            p.sale-total { span { (items) } output.total { (total) } }
            form #pay method="post" action=(desk.to("tender")) data-live data-quiet {
                (command_id(&desk.fresh_id))
                (Button::submit("Pay").emphasis(Emphasis::Pay).key("F9").amount(&total)
                    .barred(basket.barred.as_deref()))
            }
        }
    }
}

/// Draws the tax of each rate, or of each of the taxes that make it up where they have names.
fn taxes(desk: &Desk<'_>) -> Markup {
    let basket = &desk.view.basket;
    let unnamed = match basket.before_tax_minor {
        Some(_) => desk.lang.word("tax-added"),
        None => desk.lang.word("tax-within"),
    };
    html! {
        @for tax in &basket.taxes {
            @let parts = basket.tax_parts.iter().filter(|part| part.of == tax.rate);
            @let parts: Vec<&TaxPart> = parts.collect();
            @for part in &parts { (tax_row(desk, &part.name, part.rate, part.tax_minor)) }
            @if parts.is_empty() { (tax_row(desk, &unnamed, tax.rate, tax.tax_minor)) }
        }
    }
}

fn tax_row(desk: &Desk<'_>, name: &str, rate: Rate, tax_minor: Minor) -> Markup {
    html! {
        div {
            dt { (name) " " (desk.lang.quantity(i64::from(rate.0))) " %" }
            dd { (desk.money(tax_minor)) }
        }
    }
}
