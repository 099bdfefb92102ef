//! The form that adds a customer or changes one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{Button, Choice, Field, command_id};
use counterpart_protocol::customers::CustomerGroup;
use maud::{Markup, html};
use serde::Deserialize;

use super::{fresh_id, shown};
use crate::context::Context;
use crate::customers::http::{CustomerKept, add_once, change_once, parse_customer};
use crate::customers::rules::{Customer, RegularDraft, Terms};
use crate::customers::service;
use crate::users::{OnPage, OrdersWrite};
use crate::web::CommandForm;

/// Where the form goes, and what its button says.
pub(super) struct Sent<'a> {
    pub(super) to: &'a str,
    pub(super) label: &'a str,
}

/// What a form holds to begin with.
pub(super) fn typed(customer: &Customer, terms: &Terms) -> RegularDraft {
    let exemption = terms.exemption.as_ref();
    RegularDraft {
        name: customer.name.clone(),
        email: customer.email.clone(),
        phone: customer.phone.clone(),
        address: customer.address.clone(),
        point: customer.point.map(|point| point.to_string()),
        card: terms.card.as_ref().map(ToString::to_string),
        group: terms.group.as_ref().map(ToString::to_string),
        certificate: exemption.map(|it| it.certificate.to_string()),
        exempt_until: exemption.and_then(|it| it.until).map(|it| it.to_string()),
    }
}

/// Shows the form.
pub(super) fn form(
    context: &Context,
    sent: &Sent<'_>,
    typed: &RegularDraft,
    groups: &[CustomerGroup],
) -> Markup {
    let lang = context.lang();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let nobody = Choice {
        value: "",
        label: "no group",
    };
    let named = groups.iter().map(|group| Choice {
        value: group.id.as_str(),
        label: &group.name,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(nobody).chain(named).collect();
    html! {
        form.stack method="post" action=(sent.to) data-live {
            (command_id(&fresh_id(context)))
            div.columns {
                div.stack {
                    (Field::text("name", "Name").value(&typed.name).required(lang))
                    (Field::text("email", "E-mail").value(&text(&typed.email))
                        .hint("Receipts and codes are sent there"))
                    (Field::text("phone", "Telephone").value(&text(&typed.phone)))
                    (Field::long_text("address", "Address").value(&typed.address.join("\n")))
                    (Field::text("point", "Degrees north, degrees east")
                        .value(&text(&typed.point))
                        .hint("Where that is, for the nearest store: 51.054342, 3.717424"))
                }
                div.stack {
                    (Field::text("card", "Card").value(&text(&typed.card))
                        .hint("Its number, as a scanner reads it; nobody else's"))
                    (Field::choice("group", "Group", &choices).value(&text(&typed.group))
                        .hint("Whose prices and promotions they get"))
                    (Field::text("certificate", "Certificate of tax exemption")
                        .value(&text(&typed.certificate))
                        .hint("Its number; with it tills take the tax out of the price"))
                    (Field::date("exempt_until", "Its last day")
                        .value(&text(&typed.exempt_until))
                        .hint("Empty until somebody takes it away"))
                }
            }
            div.row {
                (Button::submit(sent.label).primary())
                (Button::link("Cancel", "/customers"))
            }
        }
    }
}

/// The fields of the form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    email: String,
    phone: String,
    address: String,
    point: String,
    card: String,
    group: String,
    certificate: String,
    exempt_until: String,
}

impl Fields {
    fn draft(self) -> RegularDraft {
        RegularDraft {
            name: self.name,
            email: Some(self.email),
            phone: Some(self.phone),
            address: self.address.lines().map(str::to_owned).collect(),
            point: Some(self.point),
            card: Some(self.card),
            group: Some(self.group),
            certificate: Some(self.certificate),
            exempt_until: Some(self.exempt_until),
        }
    }
}

/// Answers `GET /customers/new`.
pub(super) async fn new_page(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
) -> Result<Response, Problem> {
    let groups = context.db().read(service::known_groups).await?;
    let sent = Sent {
        to: "/customers",
        label: "Add the customer",
    };
    let body = html! {
        div.console {
            header.page-head {
                div {
                    h1 { "Add a customer" }
                    p.quiet-text {
                        "Tills know a card within seconds, or when their store is back. Name and \
                         contact are sealed, and erased for good when the customer asks for it."
                    }
                }
            }
            section.panel { (form(&context, &sent, &RegularDraft::default(), &groups)) }
        }
    };
    Ok(shown(&context, "Add a customer", &operator.name, body))
}

/// Answers `POST /customers`.
pub(super) async fn add(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let kept = add_once(&context, &operator, form.key, form.fields.draft()).await?;
    let kept: CustomerKept = serde_json::from_slice(&kept.body).map_err(|unreadable| {
        tracing::error!(error = %unreadable, "could not read a stored answer");
        let sentence = "the customer was added: look for them in the list";
        Problem::failed("answer_unreadable", sentence)
    })?;
    let there = format!("/customers/{}", kept.customer_id);
    Ok(leave_for(&headers, &there))
}

/// Answers `POST /customers/{customer_id}`.
pub(super) async fn change(
    State(context): State<Context>,
    operator: OnPage<OrdersWrite>,
    headers: HeaderMap,
    Path(customer_id): Path<String>,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let id = parse_customer(&customer_id)?;
    change_once(&context, &operator, form.key, id, form.fields.draft()).await?;
    Ok(leave_for(&headers, &format!("/customers/{id}")))
}
