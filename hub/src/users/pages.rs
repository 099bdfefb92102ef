//! The pages of signing in; operators, API keys and the audit log are beside it.

mod audit;
mod keys;
mod operators;

pub(super) use audit::{AuditView, audit, lines};
pub(super) use keys::{KeysView, key_made, key_regions, keys};
pub(super) use operators::{OneOperatorView, OperatorsView, one_operator, operators};

use axum::response::Response;
use counterpart_daemon::web::parts::{Button, Field, FilterTab, ProblemView, filter_tabs};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::rules::Permission;
use super::service::Caller;
use crate::context::Context;
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

/// Answers with a page of the users' screen, under the tabs of those who may see them all.
fn users_page(
    context: &Context,
    caller: &Caller,
    title: &str,
    current: &str,
    body: &Markup,
) -> Response {
    let lang = context.lang();
    let tab = |label, href| FilterTab {
        label,
        href,
        count: None,
    };
    let tabs = [
        tab("Operators", "/operators"),
        tab("API keys", "/api-keys"),
        tab("Audit log", "/audit"),
    ];
    let body = html! {
        div.console {
            header.page-head { h1 { (title) } }
            @if caller.may(Permission::UsersRead) {
                (filter_tabs(lang, "People and programs", &tabs, current))
            }
            (body)
        }
    };
    let shown = Page {
        title,
        screen: Screen::Operators,
        operator: &caller.name,
        stream: None,
    };
    console_page(lang, shown, body)
}

/// Returns a fresh id for a form's command.
fn fresh_id(context: &Context) -> String {
    ulid::Ulid::from_bytes(context.new_id()).to_string()
}
