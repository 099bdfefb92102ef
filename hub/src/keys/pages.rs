//! The page of keys: whose each is, since when, and the button nobody likes to press.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Field, Icon, Row, Table, Tone, badge, command_id,
};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::keyring::SigningKey;
use maud::{Markup, html};
use ulid::Ulid;

use super::http::revoke_once;
use super::rules::RevocationDraft;
use super::service::{self, KEYS};
use super::store;
use crate::context::Context;
use crate::stores;
use crate::users::{OnPage, Permission, StoresRead, StoresWrite, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/keys", get(page))
        .route("/keys/stream", get(page_stream))
        .route("/keys/{key}", get(one))
        .route("/keys/{key}/revoke", post(revoke))
}

struct View {
    keys: Vec<SigningKey>,
    owners: BTreeMap<EdgeNumber, String>,
}

impl View {
    fn owner(&self, key: &SigningKey) -> String {
        match key.owner {
            EdgeNumber::HUB => "the hub".to_owned(),
            edge => self.owners.get(&edge).map_or_else(
                || format!("edge {edge}"),
                |store| format!("{store}, edge {edge}"),
            ),
        }
    }
}

async fn load(context: &Context) -> Result<View, DbError> {
    let within = context.clone();
    let view = context.db().read(move |tx| {
        let mut owners = BTreeMap::new();
        for store in stores::names(&within, tx)? {
            owners.extend(store.edges.iter().map(|edge| (*edge, store.name.clone())));
        }
        Ok(View {
            keys: store::keys(tx)?,
            owners,
        })
    });
    view.await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = load(&context).await?;
    let shown = Page {
        title: "Keys",
        screen: Screen::Stores,
        operator: &operator.name,
        stream: Some("/keys/stream"),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Keys" }
                div.actions { (Button::link("Stores", "/stores").icon(Icon::Back)) }
            }
            p {
                "Pickup and receipt codes are signed with these. Stores check codes without the \
                 hub, by the ring of keys they were last sent."
            }
            (region(&context, &view, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn page_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StoresRead>,
) -> Response {
    let topics = [KEYS, crate::sync::FACTS];
    live(&context, viewer, topics, |context, version| async move {
        let view = load(&context).await?;
        Ok::<_, DbError>(vec![region(&context, &view, version)])
    })
}

fn region(context: &Context, view: &View, version: Version) -> Region {
    let lang = context.lang();
    let columns = [
        Column::words("Key"),
        Column::words("Signs for"),
        Column::words("Since"),
        Column::words("State"),
    ];
    let rows = view.keys.iter().map(|key| {
        let cells = vec![
            html! { span.code { (key.key_id) } },
            html! { (view.owner(key)) },
            html! { (lang.age(context.now_ms() - key.from_ms)) },
            state(key),
        ];
        Row::new(format!("key-{}", key.key_id), cells).href(format!("/keys/{}", key.key_id))
    });
    let empty = Empty::new("No key is known yet");
    let table = Table::new("Keys", &columns, rows.collect()).empty(empty);
    Region::new("keys", version, html! { div.panel { (table) } })
}

fn state(key: &SigningKey) -> Markup {
    match key.revoked {
        None => badge(Tone::Good, "believed"),
        Some(_) => badge(Tone::Bad, "revoked"),
    }
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
    Path(key_id): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = load(&context).await?;
    let may = operator.may(Permission::StoresWrite);
    let region = key_region(&context, &view, (&key_id, may), version)?;
    let shown = Page {
        title: "Key",
        screen: Screen::Stores,
        operator: &operator.name,
        stream: None,
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Key " span.code { (key_id) } }
                div.actions { (Button::link("All keys", "/keys").icon(Icon::Back)) }
            }
            (region)
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

fn key_region(
    context: &Context,
    view: &View,
    (key_id, may): (&str, bool),
    version: Version,
) -> Result<Region, Problem> {
    let found = view
        .keys
        .iter()
        .find(|key| key.key_id.to_string() == key_id);
    let unknown = || Problem::from(service::KeysFailed::Unknown(key_id.to_owned()));
    let key = found.ok_or_else(unknown)?;
    let lang = context.lang();
    let markup = html! {
        div.stack {
            section.panel {
                dl.details {
                    dt { "Signs for" } dd { (view.owner(key)) }
                    dt { "Since" } dd { (lang.age(context.now_ms() - key.from_ms)) }
                    dt { "State" } dd { (state(key)) }
                    @if let Some(revoked) = &key.revoked {
                        dt { "Revoked" } dd { (lang.age(context.now_ms() - revoked.at_ms)) }
                        dt { "Because" } dd { (revoked.reason) }
                    }
                }
            }
            @if key.revoked.is_none() && may { (revoke_form(context, key)) }
        }
    };
    Ok(Region::new("key", version, markup))
}

fn revoke_form(context: &Context, key: &SigningKey) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/keys/{}/revoke", key.key_id);
    html! {
        section.panel {
            header { h2 { "Revoke it" } }
            p {
                "Whatever this key signed is refused by every store, from its next contact on and \
                 for good: receipts and pickup codes customers hold as well. Do it when a machine \
                 was stolen or copied."
            }
            form.stack method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Field::text("reason", "Why")
                    .hint("Stores show it where a code is refused; not a word about a person."))
                (Button::submit("Revoke this key").emphasis(Emphasis::Danger))
            }
        }
    }
}

async fn revoke(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path(key_id): Path<String>,
    form: CommandForm<RevocationDraft>,
) -> Result<Response, Problem> {
    revoke_once(&context, &operator, form.key, (key_id.clone(), form.fields)).await?;
    let version = context.live().version();
    let view = load(&context).await?;
    let region = key_region(&context, &view, (&key_id, true), version)?;
    Ok(respond(&headers, &format!("/keys/{key_id}"), vec![region]))
}
