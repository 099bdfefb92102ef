//! The pages of the companies that run stores: the list, adding one, changing one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::StoreId;
use maud::{Markup, html};

use super::forms::fresh_id;
use crate::context::Context;
use crate::stores::http::{add_entity_once, change_entity_once, parse_entity};
use crate::stores::rules::{Entity, EntityDraft, EntityWords};
use crate::stores::service;
use crate::users::{OnPage, StoresRead, StoresWrite};
use crate::web::{CommandForm, Page, Screen, console_page};

const HERE: &str = "/legal-entities";

/// Answers `GET /legal-entities`.
pub(super) async fn list(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
) -> Result<Response, Problem> {
    let all = context.db().read(service::entities).await?;
    let columns = [
        Column::words("Company"),
        Column::words("Short name"),
        Column::words("Tax numbers"),
        Column::words("Numbers begin with"),
        Column::words("Stores"),
    ];
    let rows = all.iter().map(|(entity, stores)| row(entity, stores));
    let empty = Empty::new("No company yet")
        .icon(Icon::Store)
        .todo("Receipts and invoices of a store name the company that runs it.");
    let table = Table::new("Companies", &columns, rows.collect()).empty(empty);
    let body = html! {
        div.console {
            header.page-head {
                div {
                    h1 { "Companies" }
                    p.quiet-text { "Who runs the stores: what receipts and invoices must name." }
                }
                div.actions {
                    (Button::link("Stores", "/stores").icon(Icon::Back))
                    (Button::link("Add a company", "/legal-entities/new").primary()
                        .icon(Icon::Plus))
                }
            }
            div.panel { (table) }
        }
    };
    Ok(shown(&context, "Companies", &operator.name, body))
}

fn row(entity: &Entity, stores: &[StoreId]) -> Row {
    let stores: Vec<&str> = stores.iter().map(StoreId::as_str).collect();
    let prefix = entity.number_prefix.as_ref();
    let cells = vec![
        html! { (entity.name) },
        html! { span.code { (entity.entity_id) } },
        html! {
            @for (at, number) in entity.tax_numbers.iter().enumerate() {
                @if at > 0 { br; }
                (number.number)
            }
        },
        html! { (prefix.map_or("–", |prefix| prefix.as_str())) },
        html! { @if stores.is_empty() { "none" } @else { (stores.join(", ")) } },
    ];
    Row::new(format!("entity-{}", entity.entity_id), cells)
        .href(format!("{HERE}/{}", entity.entity_id))
}

/// Answers `GET /legal-entities/new`.
pub(super) async fn new_page(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
) -> Response {
    let (lang, nothing) = (context.lang(), EntityWords::default());
    let slug = Field::text("entity_id", "Short name")
        .hint("Never changed later: a to z, 0 to 9, hyphens; corner-shops")
        .required(lang);
    let body = html! {
        div.console {
            header.page-head { h1 { "Add a company" } }
            section.panel {
                (form(&context, HERE, &html! { (slug) }, &nothing, "Add the company"))
            }
        }
    };
    shown(&context, "Add a company", &operator.name, body)
}

/// Answers `GET /legal-entities/{entity}`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    Path(entity): Path<String>,
) -> Result<Response, Problem> {
    let entity_id = parse_entity(&entity)?;
    let wanted = entity_id.clone();
    let entity = context
        .db()
        .read(move |tx| service::known_entity(tx, &wanted))
        .await?;
    let title = format!("Change {}", entity.name);
    let to = format!("{HERE}/{entity_id}");
    let body = html! {
        div.console {
            header.page-head {
                div {
                    h1 { (title) }
                    p.quiet-text {
                        "Short name " (entity_id) " stays. Each of its stores hears of a change \
                         within seconds, or when it is back."
                    }
                }
            }
            section.panel { (form(&context, &to, &html! {}, &EntityWords::of(&entity), "Save")) }
        }
    };
    Ok(shown(&context, &title, &operator.name, body))
}

fn form(context: &Context, to: &str, first: &Markup, typed: &EntityWords, send: &str) -> Markup {
    html! {
        form.stack method="post" action=(to) data-live {
            (command_id(&fresh_id(context)))
            (first)
            (words(context.lang(), typed))
            div.row {
                (Button::submit(send).primary())
                (Button::link("Cancel", HERE))
            }
        }
    }
}

fn words(lang: &Lang, typed: &EntityWords) -> Markup {
    html! {
        div.columns {
            div.stack {
                (Field::text("name", "Registered name").value(&typed.name).required(lang))
                (Field::long_text("address", "Registered address").value(&typed.address)
                    .hint("At most four lines of 42 characters, as on invoices"))
                (Field::text("registration_number", "Register number")
                    .value(&typed.registration_number))
            }
            div.stack {
                (Field::long_text("tax_numbers", "Tax numbers").value(&typed.tax_numbers)
                    .hint("A line each: country, vat or local, number; BE vat BE 0123.456.789"))
                (Field::text("number_prefix", "Numbers begin with").value(&typed.number_prefix)
                    .hint("Of invoices, at stores without a beginning of their own: GHE"))
            }
        }
    }
}

fn shown(context: &Context, title: &str, operator: &str, body: Markup) -> Response {
    let page = Page {
        title,
        screen: Screen::Stores,
        operator,
        stream: None,
    };
    console_page(context.lang(), page, body)
}

/// Answers `POST /legal-entities`.
pub(super) async fn add(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    form: CommandForm<EntityDraft>,
) -> Result<Response, Problem> {
    add_entity_once(&context, &operator, form.key, form.fields).await?;
    Ok(leave_for(&headers, HERE))
}

/// Answers `POST /legal-entities/{entity}`.
pub(super) async fn change(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path(entity): Path<String>,
    form: CommandForm<EntityWords>,
) -> Result<Response, Problem> {
    let entity_id = parse_entity(&entity)?;
    change_entity_once(&context, &operator, form.key, entity_id, form.fields).await?;
    Ok(leave_for(&headers, HERE))
}

/// The choices of who runs a store: nobody yet, or one of the companies.
pub(super) fn choices(all: &[(String, String)]) -> Vec<Choice<'_>> {
    let nobody = Choice {
        value: "",
        label: "not said",
    };
    let companies = all.iter().map(|(value, label)| Choice { value, label });
    std::iter::once(nobody).chain(companies).collect()
}

/// Reads the companies for [`choices`]: short name and registered name of each.
pub(super) async fn companies(context: &Context) -> Result<Vec<(String, String)>, Problem> {
    let all = context.db().read(service::entities).await?;
    let pair = |(entity, _): (Entity, _)| (entity.entity_id.to_string(), entity.name);
    Ok(all.into_iter().map(pair).collect())
}
