//! Who may do what in stores: a table of operations and roles, and what changed of it to look at
//! before it is published.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Column, Row, Table};
use counterpart_protocol::policies::{Operation, Permission, Permissions};
use counterpart_protocol::staff::Role;
use maud::{Markup, Render as _, html};

use super::changing::{Fields, publish, text, wrong};
use super::{View, answer, begun, load};
use crate::context::Context;
use crate::policies::rules::{Change, apply, differences};
use crate::policies::rules::{operation_words, permission_words};
use crate::users::{Caller, OnPage, Permission as Right, PoliciesRead, PoliciesWrite};
use crate::web::CommandForm;

/// The roles with their words in field names and for people.
const ROLES: [(Role, &str, &str); 2] = [
    (Role::Associate, "associate", "An associate"),
    (Role::Manager, "manager", "A manager"),
];
/// The choices in the order they are offered, with their words in forms.
const CHOICES: [(Permission, &str); 3] = [
    (Permission::Alone, "alone"),
    (Permission::WithManager, "with_manager"),
    (Permission::Never, "never"),
];

/// Shows the way to the table, and how much of it is not as usual.
pub(super) fn summary(view: &View) -> Markup {
    let changes = differences(&Permissions::default(), &view.now.policies.permissions);
    html! {
        section.panel {
            header { h2 { "Who may do what" } }
            @if changes.is_empty() {
                p { "Everything is as usual." }
            } @else {
                ul { @for change in &changes { li { (change) } } }
            }
            div.row { (Button::link("Look at every operation", "/policies/permissions")) }
        }
    }
}

/// Answers `GET /policies/permissions`.
pub(super) async fn page(
    State(context): State<Context>,
    caller: OnPage<PoliciesRead>,
) -> Result<Response, Problem> {
    let view = context.db().read(load).await;
    let view = view.map_err(|failed: DbError| Problem::from(failed))?;
    let body = html! {
        div.console {
            header.page-head { h1 { "Who may do what" } }
            section.panel { (table(&context, &caller, &view)) }
        }
    };
    Ok(answer(&context, &caller, "Who may do what", body))
}

fn table(context: &Context, caller: &Caller, view: &View) -> Markup {
    let permissions = &view.now.policies.permissions;
    let may = caller.may(Right::PoliciesWrite);
    let columns = [
        Column::words("Operation"),
        Column::words("An associate"),
        Column::words("A manager"),
    ];
    let rows = Operation::ALL.iter().map(|operation| {
        let mut cells = vec![html! { (operation_words(*operation)) }];
        cells.extend(ROLES.map(|(role, word, who)| {
            let now = permissions.of(*operation, role);
            match (may, role, operation.is_vital()) {
                (false, _, _) => html! { (permission_words(now)) },
                (true, Role::Manager, true) => html! { "always alone" },
                (true, _, _) => choice(*operation, (word, who), now),
            }
        }));
        Row::new(format!("operation-{}", operation.word()), cells)
    });
    let rows = rows.collect();
    html! {
        form.stack method="post" action="/policies/permissions" {
            (begun(context, &view.now))
            p.quiet-text {
                "A permission is asked first; how far a discount or an amount may go is asked \
                 second. A manager with a manager needs another one. What a store could not sell \
                 on or close its day without, a manager always does alone. A person may be given \
                 single operations beyond their role on the page of their store."
            }
            (Table::new("Who may do what", &columns, rows).render())
            @if may { div { (Button::submit("See what changes").primary()) } }
        }
    }
}

fn field(operation: Operation, role: &str) -> String {
    format!("{role}_{}", operation.word())
}

fn choice(operation: Operation, (role, who): (&str, &str), now: Permission) -> Markup {
    let choices = CHOICES.into_iter();
    // Nobody could do what not even a manager may.
    let choices = choices.filter(|(it, _)| role != "manager" || *it != Permission::Never);
    let read_as = format!("{who}: {}", operation_words(operation));
    html! {
        select name=(field(operation, role)) aria-label=(read_as) {
            @for (permission, word) in choices {
                option value=(word) selected[permission == now] {
                    (permission_words(permission))
                }
            }
        }
    }
}

/// Reads the form, on top of what holds: what it does not say stays.
fn read(fields: &Fields, now: &Permissions) -> Result<Permissions, Problem> {
    let mut permissions = now.clone();
    for operation in Operation::ALL {
        let mut both = ROLES.map(|(role, _, _)| now.of(*operation, role));
        for (chosen, (_, role, _)) in both.iter_mut().zip(ROLES) {
            let name = field(*operation, role);
            let word = text(fields, &name);
            let known = CHOICES.into_iter().find(|(_, it)| *it == word);
            match known {
                Some((permission, _)) => *chosen = permission,
                None if word.is_empty() => {}
                None => return Err(wrong("permissions", format!("'{word}' is no such choice"))),
            }
        }
        let [associate, manager] = both;
        permissions.set(*operation, associate, manager);
    }
    Ok(permissions)
}

/// Answers `POST /policies/permissions`: shows what changes, then publishes it.
pub(super) async fn change(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let view = context.db().read(load).await;
    let view = view.map_err(|failed: DbError| Problem::from(failed))?;
    let now = &view.now.policies;
    let permissions = read(&form.fields, &now.permissions)?;
    let change = Change::Permissions(permissions.clone());
    if text(&form.fields, "does") == "publish" {
        return publish(&context, &caller, &headers, form, change).await;
    }
    if let Err(refused) = apply(now.clone(), change) {
        return Err(wrong(refused.field, refused.sentence));
    }
    let body = look(&context, &view, &form.fields, &permissions);
    Ok(answer(&context, &caller, "What changes", body))
}

fn look(context: &Context, view: &View, fields: &Fields, after: &Permissions) -> Markup {
    let changes = differences(&view.now.policies.permissions, after);
    let sent = fields.iter();
    let is_choice = |name: &str| {
        let mut roles = ROLES.into_iter();
        roles.any(|(_, role, _)| name.starts_with(&format!("{role}_")))
    };
    let sent = sent.filter(|(name, _)| is_choice(name));
    html! {
        div.console {
            header.page-head { h1 { "What changes" } }
            section.panel {
                @if changes.is_empty() {
                    p { "Nothing: everything stays as it is." }
                } @else {
                    ul #changes { @for change in &changes { li { (change) } } }
                    form method="post" action="/policies/permissions" data-live {
                        (begun(context, &view.now))
                        input type="hidden" name="does" value="publish";
                        @for (name, value) in sent {
                            input type="hidden" name=(name) value=(value);
                        }
                        (Button::submit("Publish to every store").primary())
                    }
                }
                div.row { (Button::link("Back", "/policies/permissions")) }
            }
        }
    }
}
