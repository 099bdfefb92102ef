//! The page of one customer: what is known of them, what they bought last, and erasing them.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{
    Button, Emphasis, Icon, Tick, Tone, badge, command_id, ticks,
};
use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::CustomerId;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{Sent, form, typed};
use super::{fresh_id, shown};
use crate::context::Context;
use crate::customers::http::{erase_once, parse_customer, view_of};
use crate::customers::rules::{Customer, Terms};
use crate::customers::service::{self, CustomerView, Known, RegularFailed};
use crate::sales::{self, Receipt, ReceiptFilter, ReceiptsOf, receipt_rows};
use crate::stores::{self, StoreName};
use crate::users::{OnPage, OrdersWrite};
use crate::web::{CommandForm, with_query};

/// Receipts shown.
const RECEIPTS: u32 = 10;

/// What stands beside what is known of the customer.
struct Beside {
    groups: Vec<CustomerGroup>,
    stores: Vec<StoreName>,
    receipts: Vec<Receipt>,
}

async fn beside(context: &Context, id: CustomerId) -> Result<Beside, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| {
        let filter = ReceiptFilter {
            customer_id: Some(id),
            ..ReceiptFilter::default()
        };
        Ok::<_, RegularFailed>(Beside {
            groups: service::known_groups(tx)?,
            stores: stores::names(&within, tx)?,
            receipts: sales::receipts(tx, &filter, RECEIPTS)?,
        })
    });
    Ok(read.await?)
}

/// Answers `GET /customers/{customer_id}`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
    Path(customer_id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_customer(&customer_id)?;
    let view = view_of(&context, id).await?;
    let beside = beside(&context, id).await?;
    let title = match &view.known {
        Known::As(customer) => customer.name.as_str(),
        Known::Erased(_) => "An erased customer",
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions { (Button::link("All customers", "/customers").icon(Icon::Back)) }
            }
            @match &view.known {
                Known::As(customer) => (known(&context, &view, customer, &beside.groups)),
                Known::Erased(at_ms) => section.panel {
                    p {
                        (badge(Tone::Quiet, "erased")) " Name and contact are gone for good, since "
                        time { (context.lang().date_time(*at_ms, &TimeZone::UTC)) } " UTC."
                    }
                },
            }
            (receipts(&context, id, &beside))
            @if matches!(view.known, Known::As(_)) { (erase_form(&context, id)) }
        }
    };
    Ok(shown(&context, title, &operator.name, body))
}

fn known(
    context: &Context,
    view: &CustomerView,
    customer: &Customer,
    groups: &[CustomerGroup],
) -> Markup {
    let none = Terms::default();
    let terms = view.regular.as_ref().map_or(&none, |row| &row.terms);
    let to = format!("/customers/{}", view.customer_id);
    let sent = Sent {
        to: &to,
        label: "Save",
    };
    html! {
        section.panel {
            header { h2 { "What is known" } }
            @if view.regular.is_none() {
                p.quiet-text {
                    "This customer ordered, and tills do not know them. Once saved here, they do."
                }
            }
            (form(context, &sent, &typed(customer, terms), groups))
        }
    }
}

fn receipts(context: &Context, id: CustomerId, beside: &Beside) -> Markup {
    let rows = receipt_rows(
        context.lang(),
        &beside.receipts,
        &beside.stores,
        ReceiptsOf::EveryStore,
        context.now_ms(),
    );
    let all = with_query("/sales", &[("customer", &id.to_string())]);
    html! {
        section.panel {
            header {
                h2 { "Latest receipts" }
                @if !beside.receipts.is_empty() { (Button::link("All of them", &all)) }
            }
            (rows)
        }
    }
}

fn erase_form(context: &Context, id: CustomerId) -> Markup {
    let sure = [Tick {
        name: "sure",
        label: "Erase name, contact, card and certificate for good",
        hint: "Nobody can bring them back; receipts and orders keep a pseudonym",
        ticked: false,
    }];
    html! {
        section.panel {
            header { h2 { "Erase" } }
            form.stack method="post" action={ "/customers/" (id) "/erase" } data-live {
                (command_id(&fresh_id(context)))
                (ticks("sure", "The customer asked for it", &sure))
                div { (Button::submit("Erase the customer").emphasis(Emphasis::Danger)) }
            }
        }
    }
}

/// The field of the form that erases.
#[derive(Debug, Deserialize)]
pub(super) struct Sure {
    #[serde(default)]
    sure: Option<String>,
}

/// Answers `POST /customers/{customer_id}/erase`.
pub(super) async fn erase(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
    headers: HeaderMap,
    Path(customer_id): Path<String>,
    form: CommandForm<Sure>,
) -> Result<Response, Problem> {
    let id = parse_customer(&customer_id)?;
    if form.fields.sure.is_none() {
        let sentence = "tick the box first: what is erased cannot be brought back";
        return Err(Problem::refused("not_sure", sentence).field("sure", sentence));
    }
    erase_once(&context, &operator, form.key, id).await?;
    Ok(leave_for(&headers, &format!("/customers/{id}")))
}
