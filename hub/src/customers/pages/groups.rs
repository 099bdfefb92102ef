//! The groups of customers, on the page of customers: which there are, putting and removing one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Field, Icon, Row, Table, Tick, Tone, badge, command_id, ticks,
};
use counterpart_protocol::customers::CustomerGroup;
use maud::{Markup, html};
use serde::Deserialize;

use super::fresh_id;
use crate::context::Context;
use crate::customers::http::{put_group_once, remove_group_once};
use crate::customers::rules::GroupDraft;
use crate::users::{Caller, CatalogWrite, OnPage, Permission};
use crate::web::CommandForm;

/// Shows the groups, with the forms for whoever may change them.
pub(super) fn panel(context: &Context, groups: &[CustomerGroup], operator: &Caller) -> Markup {
    let may_change = operator.may(Permission::CatalogWrite);
    let columns = [
        Column::words("Group"),
        Column::words("Short name"),
        Column::words("Joined at tills"),
        Column::words(""),
    ];
    let rows = groups.iter().map(|group| {
        let cells = vec![
            html! { (group.name) },
            html! { span.code { (group.id) } },
            html! { @if group.joined_at_tills { (badge(Tone::Good, "yes")) } @else { "no" } },
            html! { @if may_change { (remove_form(context, group)) } },
        ];
        Row::new(format!("group-{}", group.id), cells)
    });
    let empty = Empty::new("No group yet").icon(Icon::Person).todo(
        "Price lists and promotions can be for the customers of a group alone: members, \
         professionals, staff.",
    );
    html! {
        section.panel {
            header { h2 { "Groups" } }
            (Table::new("Groups", &columns, rows.collect()).empty(empty))
            @if may_change { (put_form(context)) }
        }
    }
}

fn remove_form(context: &Context, group: &CustomerGroup) -> Markup {
    html! {
        form method="post" action={ "/customers/groups/" (group.id) "/remove" } data-live {
            (command_id(&fresh_id(context)))
            (Button::submit("Remove").emphasis(Emphasis::Quiet)
                .read_as(&format!("Remove {}", group.name)))
        }
    }
}

fn put_form(context: &Context) -> Markup {
    let lang = context.lang();
    let joined = [Tick {
        name: "joined_at_tills",
        label: "Whoever joins at a till belongs to it",
        hint: "At most one group; another loses the mark",
        ticked: false,
    }];
    html! {
        form.stack method="post" action="/customers/groups" data-live {
            (command_id(&fresh_id(context)))
            div.filters {
                (Field::text("id", "Short name").required(lang)
                    .hint("As members; a group that has it is changed"))
                (Field::text("name", "Name on screens and receipts").required(lang))
            }
            (ticks("joined", "At the till", &joined))
            div { (Button::submit("Put the group").icon(Icon::Check)) }
        }
    }
}

/// The fields of the form.
#[derive(Debug, Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    joined_at_tills: Option<String>,
}

/// Answers `POST /customers/groups`.
pub(super) async fn put(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let draft = GroupDraft {
        id: form.fields.id,
        name: form.fields.name,
        joined_at_tills: form.fields.joined_at_tills.is_some(),
    };
    put_group_once(&context, &operator, form.key, draft).await?;
    Ok(leave_for(&headers, "/customers"))
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Answers `POST /customers/groups/{group}/remove`.
pub(super) async fn remove(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Path(group): Path<String>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    remove_group_once(&context, &operator, form.key, group).await?;
    Ok(leave_for(&headers, "/customers"))
}
