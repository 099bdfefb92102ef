//! What somebody may do beyond their role, on the console: a page of boxes for each person.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{Button, Emphasis, Tick, command_id, ticks};
use counterpart_protocol::ids::{StaffId, StoreId};
use counterpart_protocol::policies::{Operation, Permission};
use counterpart_protocol::staff::Member;
use maud::{Markup, html};

use super::forms::fresh_id;
use crate::context::Context;
use crate::policies::{self, operation_words};
use crate::stores::http::{give_once, parse_member, parse_store};
use crate::stores::service::{self, StoreFailed};
use crate::users::{OnPage, StoresRead, StoresWrite};
use crate::web::{CommandForm, Page, Screen, console_page};

/// Shows how many operations somebody was given, with the way to them.
pub(super) fn given(store_id: &StoreId, member: &Member) -> Markup {
    let label = match member.may.len() {
        0 => "As their role".to_owned(),
        count => format!("And {count} more"),
    };
    let read_as = format!("What {} may do: {label}", member.name);
    html! { (Button::link(&label, &path_of(store_id, member.id)).read_as(&read_as)
    .emphasis(Emphasis::Quiet)) }
}

fn path_of(store_id: &StoreId, member_id: StaffId) -> String {
    format!("/stores/{store_id}/members/{member_id}/may")
}

/// Answers `GET /stores/{store}/members/{member}/may`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
    Path((store, member)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (store_id, member_id) = (parse_store(&store)?, parse_member(&member)?);
    let wanted = store_id.clone();
    let read = context.db().read(move |tx| {
        let member = service::member(tx, &wanted, member_id)?;
        Ok::<_, StoreFailed>((member, policies::current(tx)?))
    });
    let (member, policies) = read.await?;
    let boxes: Vec<Tick<'_>> = Operation::ALL
        .iter()
        .map(|operation| Tick {
            name: operation.word(),
            label: operation_words(*operation),
            hint: match policies.permissions.of(*operation, member.role) {
                Permission::Alone => "their role may anyway",
                Permission::WithManager => "their role needs a manager",
                Permission::Never => "their role may not",
            },
            ticked: member.may.iter().any(|word| word == operation.word()),
        })
        .collect();
    let back = format!("/stores/{store_id}");
    let body = html! {
        div.console {
            header.page-head { h1 { "What " (member.name) " may do beyond their role" } }
            section.panel {
                form.stack method="post" action=(path_of(&store_id, member_id)) data-live {
                    (command_id(&fresh_id(&context)))
                    p.quiet-text {
                        "What is ticked they do alone, within the limits of their role. It \
                         approves nothing for others. The store follows when it has heard."
                    }
                    (ticks("may", "Alone, beyond their role", &boxes))
                    div.row {
                        (Button::submit("Tell the store").primary())
                        (Button::link("Back to the store", &back))
                    }
                }
            }
        }
    };
    let shown = Page {
        title: "What they may do",
        screen: Screen::Stores,
        operator: &operator.name,
        stream: None,
    };
    Ok(console_page(context.lang(), shown, body))
}

/// Answers `POST /stores/{store}/members/{member}/may`.
pub(super) async fn change(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path((store, member)): Path<(String, String)>,
    form: CommandForm<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let (store_id, member_id) = (parse_store(&store)?, parse_member(&member)?);
    let back = format!("/stores/{store_id}");
    let ticked = Operation::ALL.iter().copied();
    let ticked = ticked.filter(|it| form.fields.contains_key(it.word()));
    let whom = (store_id, member_id);
    give_once(&context, &operator, form.key, whom, ticked.collect()).await?;
    Ok(leave_for(&headers, &back))
}
