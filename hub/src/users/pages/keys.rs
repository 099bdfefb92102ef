//! The page of API keys.

use axum::response::Response;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Field, Icon, Pager, Row, Table, Tick, Tone, badge, command_id,
    ticks,
};
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::{fresh_id, users_page};
use crate::context::Context;
use crate::users::rules::Permission;
use crate::users::service::{Caller, NewKey, scopes_for_keys};
use crate::users::store::KeyRow;

/// What the page shows.
pub(in crate::users) struct KeysView<'a> {
    pub(in crate::users) caller: &'a Caller,
    pub(in crate::users) rows: &'a [KeyRow],
    pub(in crate::users) older: Option<&'a str>,
}

pub(in crate::users) fn keys(context: &Context, view: &KeysView<'_>) -> Response {
    let version = context.live().version();
    let shown = match view.rows.len() {
        1 => "1 key".to_owned(),
        count => format!("{count} keys"),
    };
    let [table, made] = key_regions(context, view, None, version);
    let body = html! {
        (table)
        (Pager::new(context.lang(), &shown).older(view.older).render())
        @if view.caller.may(Permission::UsersWrite) {
            section.panel {
                header { h2 { "Make an API key" } }
                div.stack { (made) (form(context)) }
            }
        }
    };
    users_page(context, view.caller, "API keys", "/api-keys", &body)
}

/// Returns the regions of the page: the keys, and the one that was made a moment ago.
pub(in crate::users) fn key_regions(
    context: &Context,
    view: &KeysView<'_>,
    made: Option<&NewKey>,
    version: Version,
) -> [Region; 2] {
    let once = made.map_or_else(|| html! {}, secret_once);
    [
        Region::new(
            "api-keys",
            version,
            html! { div.panel { (table(context, view)) } },
        ),
        Region::new("new-key", version, once),
    ]
}

/// Answers a form without script with the secret alone.
pub(in crate::users) fn key_made(context: &Context, caller: &Caller, made: &NewKey) -> Response {
    let body = html! {
        section.panel { (secret_once(made)) p { (Button::link("Back to the keys", "/api-keys")) } }
    };
    users_page(context, caller, "API key", "/api-keys", &body)
}

fn secret_once(made: &NewKey) -> Markup {
    html! {
        div.stack role="status" {
            p {
                "The secret of " strong { (made.row.name) } ", shown this once and stored nowhere:"
            }
            p.code.strong-text id="key-secret" { (made.secret) }
            p.quiet-text {
                "Send it with every request as " span.code { "Authorization: Bearer …" }
                ". Whoever has it may do what the key may, until it is revoked."
            }
        }
    }
}

fn table(context: &Context, view: &KeysView<'_>) -> Markup {
    let (lang, now_ms) = (context.lang(), context.now_ms());
    let columns = [
        Column::words("Key"),
        Column::words("May"),
        Column::numbers("A minute"),
        Column::words("Made"),
        Column::words("Last used"),
        Column::numbers("Change"),
    ];
    let rows = view.rows.iter().map(|row| {
        let used = row.used_at_ms.map(|at_ms| lang.age(now_ms - at_ms));
        let cells = vec![
            html! {
                (row.name)
                @if row.revoked_at_ms.is_some() { " " (badge(Tone::Bad, "revoked")) }
            },
            html! {
                @for (place, scope) in row.scopes.iter().enumerate() {
                    @if place > 0 { ", " }
                    span.code { (scope.word()) }
                }
            },
            html! { (lang.count(i64::from(row.requests_per_minute))) },
            html! { (lang.age(now_ms - row.made_at_ms)) span.quiet-text { " by " (row.made_by) } },
            html! { (used.as_deref().unwrap_or("never")) },
            change(context, view.caller, row),
        ];
        Row::new(format!("key-{}", row.name), cells)
    });
    let empty = Empty::new("No program has a key yet")
        .todo("A web shop or another program needs one to capture orders or ask for stock.");
    Table::new("API keys", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn change(context: &Context, caller: &Caller, row: &KeyRow) -> Markup {
    if let Some(revoked_at_ms) = row.revoked_at_ms {
        return html! { (context.lang().age(context.now_ms() - revoked_at_ms)) };
    }
    let action = format!("/api-keys/{}/revoke", Ulid::from_bytes(row.key_id));
    let read_as = format!("Revoke {}", row.name);
    html! {
        @if caller.may(Permission::UsersWrite) {
            form method="post" action=(action) data-live {
                (command_id(&fresh_id(context)))
                (Button::submit("Revoke").read_as(&read_as).emphasis(Emphasis::Quiet))
            }
        }
    }
}

fn form(context: &Context) -> Markup {
    let lang = context.lang();
    let boxes: Vec<Tick<'_>> = scopes_for_keys()
        .map(|scope| Tick {
            name: scope.word(),
            label: scope.word(),
            hint: scope.deed(),
            ticked: false,
        })
        .collect();
    html! {
        form.stack method="post" action="/api-keys" data-live data-reset {
            (command_id(&fresh_id(context)))
            div.columns {
                (Field::text("name", "Name").hint("The channel or program that has it: webshop")
                    .required(lang))
                (Field::digits("requests_per_minute", "Requests a minute").value("600")
                    .hint("A quarter of them may come at once"))
            }
            (ticks("scopes", "It may", &boxes))
            div { (Button::submit("Make the key").primary().icon(Icon::Plus)) }
        }
    }
}
