//! The form of refunds without the right to.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Choice, Field, Tick, ticks};
use counterpart_daemon::web::text::{money_plain, read_money};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::{BeyondCap, PROVISIONAL_TENDERS, ProvisionalPolicy};
use counterpart_protocol::staff::Role;
use maud::{Markup, html};

use super::changing::{Fields, number, publish, text, wrong};
use super::{View, begun, load};
use crate::context::Context;
use crate::policies::rules::Change;
use crate::users::{Caller, OnPage, Permission, PoliciesWrite};
use crate::web::CommandForm;

/// The boxes of what it may go back to, as [`PROVISIONAL_TENDERS`] names it.
const BOXES: [(&str, &str); PROVISIONAL_TENDERS.len()] = [
    ("provisional_cash", "Cash"),
    ("provisional_store_credit", "Store credit"),
];

const ROLES: [Choice<'static>; 2] = [
    Choice {
        value: "associate",
        label: "An associate alone",
    },
    Choice {
        value: "manager",
        label: "A manager, or with their PIN",
    },
];

const BEYOND: [Choice<'static>; 2] = [
    Choice {
        value: "nobody",
        label: "Nobody may",
    },
    Choice {
        value: "manager",
        label: "A manager approves it",
    },
];

/// Shows what stores may refund of each other's sales without the right to.
pub(super) fn provisional(context: &Context, caller: &Caller, view: &View) -> Markup {
    let (policy, locale) = (&view.now.policies.provisional, context.lang().locale());
    let currency = view.currency;
    let amount = |minor: Minor| money_plain(minor.0, currency.decimals(), locale);
    let (at_once, of_sale) = (
        amount(policy.refund_max_minor),
        amount(policy.sale_max_minor),
    );
    let (hours, days) = (policy.hours_max.to_string(), policy.return_days.to_string());
    let boxes = BOXES.into_iter().zip(PROVISIONAL_TENDERS);
    let boxes: Vec<Tick<'_>> = boxes
        .map(|((name, label), word)| Tick {
            name,
            label,
            hint: "",
            ticked: policy.tenders.iter().any(|it| it == word),
        })
        .collect();
    let role = match policy.role {
        Role::Associate => "associate",
        Role::Manager => "manager",
    };
    let beyond = match policy.beyond {
        BeyondCap::Nobody => "nobody",
        BeyondCap::Manager => "manager",
    };
    html! {
        section.panel {
            header { h2 { "Provisional refunds" } }
            form.stack method="post" action="/policies/provisional" data-live {
                (begun(context, &view.now))
                p.quiet-text {
                    "What another store sold is refunded from the signed code on its receipt while \
                     the hub or that store is away. Two refunds of the same goods become an \
                     exception."
                }
                div.filters {
                    (Field::amount("provisional_refund_max", "At once at most")
                        .unit(currency.code()).value(&at_once).hint("0: nothing goes back so"))
                    (Field::amount("provisional_sale_max", "Of one sale at most")
                        .unit(currency.code()).value(&of_sale))
                    (Field::digits("provisional_hours_max", "While the hub is away for")
                        .unit("hours").value(&hours))
                    (Field::digits("provisional_return_days", "After the sale for")
                        .unit("days").value(&days))
                }
                (ticks(BOXES[0].0, "Goes back to", &boxes))
                (Field::choice("provisional_role", "Who may", &ROLES).value(role))
                (Field::choice("provisional_beyond", "Beyond that", &BEYOND).value(beyond))
                @if caller.may(Permission::PoliciesWrite) {
                    div { (Button::submit("Publish").primary()) }
                }
            }
        }
    }
}

/// Answers `POST /policies/provisional`.
pub(super) async fn change(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let view = context.db().read(load).await;
    let view = view.map_err(|failed: DbError| Problem::from(failed))?;
    let (fields, decimals) = (&form.fields, view.currency.decimals());
    let amount = |field: &str| {
        let read = read_money(text(fields, field), decimals, context.lang().locale());
        let read = read.map(Minor);
        read.map_err(|unreadable| wrong(field, unreadable.to_string()))
    };
    let ticked = BOXES.into_iter().zip(PROVISIONAL_TENDERS);
    let ticked = ticked.filter(|((name, _), _)| fields.contains_key(*name));
    let policy = ProvisionalPolicy {
        refund_max_minor: amount("provisional_refund_max")?,
        sale_max_minor: amount("provisional_sale_max")?,
        tenders: ticked.map(|(_, word)| word.to_owned()).collect(),
        role: match text(fields, "provisional_role") {
            "associate" => Role::Associate,
            "manager" => Role::Manager,
            _ => return Err(wrong("provisional_role", "choose who may")),
        },
        hours_max: number(fields, "provisional_hours_max")?,
        return_days: number(fields, "provisional_return_days")?,
        beyond: match text(fields, "provisional_beyond") {
            "nobody" => BeyondCap::Nobody,
            "manager" => BeyondCap::Manager,
            _ => return Err(wrong("provisional_beyond", "choose what happens then")),
        },
    };
    publish(
        &context,
        &caller,
        &headers,
        form,
        Change::Provisional(policy),
    )
    .await
}
