//! To whom a sale was made, on the page of its receipt.

use counterpart_daemon::http::Problem;
use maud::{Markup, html};

use crate::context::Context;
use crate::customers::Known;
use crate::sales::service::{self, SaleView};

/// What the page shows of the customer.
pub(super) enum Buyer {
    /// The pseudonym: the operator may see no names, or there is no record.
    Unnamed,
    /// The record.
    Known(Known),
}

/// Reads the customer a sale was made to, for an operator who may see names.
pub(super) async fn buyer_of(context: &Context, view: &SaleView) -> Result<Buyer, Problem> {
    let sold_to = view.sold_to.as_ref();
    let Some(id) = sold_to.and_then(|it| it.sold_to.customer_id) else {
        return Ok(Buyer::Unnamed);
    };
    let within = context.clone();
    let known = context
        .db()
        .read(move |tx| service::buyer(&within, tx, id))
        .await?;
    Ok(known.map_or(Buyer::Unnamed, Buyer::Known))
}

/// Says to whom the sale was made; nothing where it was nobody in particular.
pub(super) fn panel(view: &SaleView, buyer: &Buyer) -> Markup {
    let Some(shown) = &view.sold_to else {
        return html! {};
    };
    html! {
        section.panel {
            header { h2 { "To whom" } }
            dl.details {
                @if let Some(id) = shown.sold_to.customer_id {
                    dt { "Customer" }
                    dd {
                        @match buyer {
                            Buyer::Known(Known::As(customer)) => {
                                a href={ "/customers/" (id) } { (customer.name) }
                            }
                            Buyer::Known(Known::Erased(_)) => span.quiet-text { "erased" },
                            Buyer::Unnamed => span.code { (id) },
                        }
                    }
                }
                @if let Some(group) = &shown.group {
                    dt { "With the prices of" } dd { (group) }
                }
                @if let Some(exempted) = &shown.sold_to.exempted {
                    dt { "Without tax by certificate" } dd.number { (exempted.certificate) }
                    @if let Some(by_hand) = &exempted.by_hand {
                        dt { "Read off the paper by" }
                        dd { (shown.read_by.as_deref().unwrap_or("–")) }
                        @if by_hand.approved_by.is_some() {
                            dt { "Approved by" }
                            dd { (shown.approved_by.as_deref().unwrap_or("–")) }
                        }
                    }
                }
            }
        }
    }
}
