//! The pages of signing in and of the operators.

use axum::response::Response;
use counterpart_daemon::web::parts::{
    Button, Column, Field, Icon, ProblemView, Row, Table, command_id,
};
use counterpart_daemon::web::text::Lang;
use maud::html;

use super::store::OperatorRow;
use crate::web::{Page, Screen, console_page, entry_page};

/// What the sign-in page shows.
pub(super) struct SignInView<'a> {
    pub(super) name: &'a str,
    pub(super) next: &'a str,
    pub(super) refused: Option<&'a str>,
}

pub(super) fn sign_in(lang: &Lang, view: &SignInView<'_>) -> Response {
    let body = html! {
        h1 { "Sign in" }
        @if let Some(refused) = view.refused {
            (ProblemView::new(lang, "Not signed in").why(refused))
        }
        form.stack method="post" action="/sign-in" {
            input type="hidden" name="next" value=(view.next);
            (Field::text("name", "Name").value(view.name).autocomplete("username"))
            (Field::secret("password", "Password").autocomplete("current-password"))
            (Button::submit("Sign in").primary())
        }
    };
    entry_page(lang, "Sign in", body)
}

pub(super) fn operators(
    lang: &Lang,
    operator: &str,
    rows: &[OperatorRow],
    now_ms: i64,
    fresh_id: &str,
) -> Response {
    let columns = [
        Column::words("Name"),
        Column::words("Role"),
        Column::words("Added"),
        Column::words("Password changed"),
        Column::numbers("Sessions"),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let cells = vec![
                html! { (row.name) @if row.name == operator { " " span.quiet-text { "(you)" } } },
                html! { (row.role.name()) },
                html! { (lang.age(now_ms - row.created_at_ms)) },
                html! { (lang.age(now_ms - row.changed_at_ms)) },
                html! { (lang.count(row.sessions)) },
            ];
            Row::new(format!("operator-{}", row.name), cells)
        })
        .collect();
    let body = html! {
        div.console {
            header.page-head { h1 { "Operators" } }
            div.panel { (Table::new("Operators", &columns, rows)) }
            div.columns {
                section.panel {
                    header { h2 { "Add an operator" } }
                    form.stack method="post" action="/operators" data-live {
                        (command_id(fresh_id))
                        (Field::text("name", "Name")
                            .hint("a to z, 0 to 9, dots and hyphens").required(lang))
                        (Field::secret("password", "Password")
                            .hint("At least 12 characters: three or four words do well")
                            .autocomplete("new-password").required(lang))
                        (Button::submit("Add").primary().icon(Icon::Plus))
                    }
                }
                section.panel {
                    header { h2 { "Change your password" } }
                    form.stack method="post" action="/operators/password" data-live {
                        (command_id(fresh_id))
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
    };
    let shown = Page {
        title: "Operators",
        screen: Screen::Operators,
        operator,
        stream: None,
    };
    console_page(lang, shown, body)
}
