//! The form by which a past sale gets its invoice. It stands outside what changes by itself, so
//! that nothing that is being typed is taken away.

use counterpart_daemon::web::parts::{Button, Field, Icon, command_id};
use counterpart_protocol::ids::CommandId;
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use crate::context::Context;
use crate::sales::service::SaleView;
use crate::staff::{self, Person};

/// Draws the form; of a sale that has its invoice, it prints a copy of that.
pub(super) fn panel(ctx: &Context, person: &Person, view: &SaleView) -> Markup {
    let (at_ms, random) = ctx.new_ulid();
    let fresh_id = CommandId::from_parts(at_ms, random).to_string();
    let (lang, sale_id) = (ctx.lang(), view.sold.sale.sale_id);
    let action = format!("/register/{}/sales/{sale_id}/invoice", person.register);
    let label = match &view.invoice {
        None => "Print the invoice",
        Some(_) => "Print a copy of the invoice",
    };
    let key = staff::offered(&lang, &person.gates, Operation::Invoice, label);
    html! {
        section.panel id="invoice" {
            header { h2 { "Invoice" } }
            form.stack method="post" action=(action) data-live {
                (command_id(&fresh_id))
                @match &view.invoice {
                    None => p.quiet-text {
                        "For a business customer. Whom it is for stands on the paper only."
                    },
                    Some(invoiced) => p.quiet-text {
                        "Number " span.number { (invoiced.number) } " is issued: a copy has the \
                         same number. Whom it is for stands on the paper only, so type it again \
                         from there."
                    },
                }
                (Field::text("name", "Company").required(&lang))
                (Field::long_text("address", "Address").hint("At most four lines of 42 characters"))
                (Field::text("tax_number", "Tax number").hint("If the customer gives one"))
                div.row {
                    (Button::submit(&key.label).icon(Icon::Printer)
                        .barred(key.barred.as_deref()))
                }
            }
        }
    }
}
