//! The pages of operators: all of them, one of them, and one's own password.

use axum::response::Response;
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Emphasis, Field, Icon, Pager, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, Render, html};

use super::{fresh_id, lines, users_page};
use crate::context::Context;
use crate::users::rules::{ConsoleRole, Permission};
use crate::users::service::Caller;
use crate::users::store::{AuditRow, OperatorRow};
use crate::web::with_query;

/// What the page of all operators shows.
pub(in crate::users) struct OperatorsView<'a> {
    pub(in crate::users) caller: &'a Caller,
    pub(in crate::users) rows: &'a [OperatorRow],
    pub(in crate::users) older: Option<&'a str>,
}

/// What the page of one operator shows.
pub(in crate::users) struct OneOperatorView<'a> {
    pub(in crate::users) caller: &'a Caller,
    pub(in crate::users) row: &'a OperatorRow,
    pub(in crate::users) latest: &'a [AuditRow],
}

pub(in crate::users) fn operators(context: &Context, view: &OperatorsView<'_>) -> Response {
    let lang = context.lang();
    let shown = match view.rows.len() {
        1 => "1 operator".to_owned(),
        count => format!("{count} operators"),
    };
    let body = html! {
        @if view.caller.may(Permission::UsersRead) {
            div.panel { (table(context, view)) }
            (Pager::new(lang, &shown).older(view.older).render())
        }
        div.columns {
            @if view.caller.may(Permission::UsersWrite) { (add_form(context)) }
            (own_password_form(context))
        }
    };
    users_page(context, view.caller, "Operators", "/operators", &body)
}

fn table(context: &Context, view: &OperatorsView<'_>) -> Markup {
    let (lang, now_ms) = (context.lang(), context.now_ms());
    let columns = [
        Column::words("Name"),
        Column::words("Role"),
        Column::words("Added"),
        Column::words("Password changed"),
        Column::numbers("Sessions"),
    ];
    let rows = view.rows.iter().map(|row| {
        let cells = vec![
            html! { (row.name) @if row.name == view.caller.name { " (you)" } },
            html! { (row.role.name()) " " (standing(row)) },
            html! { (lang.age(now_ms - row.created_at_ms)) },
            html! { (lang.age(now_ms - row.changed_at_ms)) },
            html! { (lang.count(row.sessions)) },
        ];
        Row::new(format!("operator-{}", row.name), cells).href(format!("/operators/{}", row.name))
    });
    Table::new("Operators", &columns, rows.collect()).render()
}

fn standing(row: &OperatorRow) -> Markup {
    match row.disabled_at_ms {
        Some(_) => badge(Tone::Bad, "disabled"),
        None => html! {},
    }
}

fn roles() -> [Choice<'static>; 4] {
    ConsoleRole::ALL.map(|role| Choice {
        value: role.word(),
        label: role.label(),
    })
}

fn new_password(lang: &Lang) -> Field<'static> {
    Field::secret("password", "Password")
        .hint("At least 12 characters: three or four words do well")
        .autocomplete("new-password")
        .required(lang)
}

fn add_form(context: &Context) -> Markup {
    let lang = context.lang();
    html! {
        section.panel {
            header { h2 { "Add an operator" } }
            form.stack method="post" action="/operators" data-live {
                (command_id(&fresh_id(context)))
                (Field::text("name", "Name")
                    .hint("a to z, 0 to 9, dots and hyphens").required(lang))
                (Field::choice("role", "Role", &roles()).value(ConsoleRole::Viewer.word()))
                (new_password(lang))
                (Button::submit("Add").primary().icon(Icon::Plus))
            }
        }
    }
}

fn own_password_form(context: &Context) -> Markup {
    let lang = context.lang();
    html! {
        section.panel {
            header { h2 { "Change your password" } }
            form.stack method="post" action="/account/password" data-live {
                (command_id(&fresh_id(context)))
                (Field::secret("current", "Password now")
                    .autocomplete("current-password").required(lang))
                (Field::secret("password", "New password").id("field-new-password")
                    .hint("You are signed out everywhere and sign in with the new one")
                    .autocomplete("new-password").required(lang))
                (Button::submit("Change"))
            }
        }
    }
}

pub(in crate::users) fn one_operator(context: &Context, view: &OneOperatorView<'_>) -> Response {
    let (lang, row, now_ms) = (context.lang(), view.row, context.now_ms());
    let who = format!("operator:{}", row.name);
    let body = html! {
        div.columns {
            section.panel {
                header { h2 { "Who it is" } (standing(row)) }
                dl.details {
                    dt { "Role" } dd { (row.role.label()) }
                    dt { "Added" } dd { (lang.age(now_ms - row.created_at_ms)) }
                    dt { "Password changed" } dd { (lang.age(now_ms - row.changed_at_ms)) }
                    dt { "Sessions" } dd { (lang.count(row.sessions)) }
                    @if let Some(at_ms) = row.disabled_at_ms {
                        dt { "Disabled" } dd { (lang.age(now_ms - at_ms)) }
                    }
                }
            }
            @if view.caller.may(Permission::UsersWrite) { (change_forms(context, row)) }
        }
        section.panel {
            header {
                h2 { "Latest changes by " (row.name) }
                (Button::link("All of them", &with_query("/audit", &[("who", &who)])))
            }
            (lines(context, "Latest changes", view.latest))
        }
    };
    users_page(context, view.caller, &row.name, "/operators", &body)
}

fn change_forms(context: &Context, row: &OperatorRow) -> Markup {
    let (lang, base) = (context.lang(), format!("/operators/{}", row.name));
    let (access, label, emphasis) = match row.disabled_at_ms {
        None => ("disabled", "Disable", Emphasis::Danger),
        Some(_) => ("open", "Let in again", Emphasis::Plain),
    };
    html! {
        section.panel {
            header { h2 { "Change" } }
            div.stack {
                form.stack method="post" action={ (base) "/role" } data-live {
                    (command_id(&fresh_id(context)))
                    (Field::choice("role", "Role", &roles()).value(row.role.word())
                        .hint("It holds from the next click on"))
                    (Button::submit("Change the role"))
                }
                form.stack method="post" action={ (base) "/password" } data-live {
                    (command_id(&fresh_id(context)))
                    (new_password(lang))
                    (Button::submit("Reset the password"))
                }
                form method="post" action={ (base) "/access" } data-live {
                    (command_id(&fresh_id(context)))
                    input type="hidden" name="access" value=(access);
                    (Button::submit(label).emphasis(emphasis))
                }
            }
        }
    }
}
