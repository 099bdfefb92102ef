//! The pages of customers: whom tills know, finding one, and the groups beside them.

mod form;
mod groups;
mod one;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::parts::{Button, Column, Empty, Field, Icon, Row, Table};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::customers::{CustomerGroup, Exemption};
use counterpart_protocol::ids::GroupId;
use maud::{Markup, Render, html};
use serde::Deserialize;
use ulid::Ulid;

use super::service::{self, Found, RegularFailed, Shown};
use crate::context::Context;
use crate::users::{OnPage, OrdersRead, Permission};
use crate::web::{Page, Screen, console_page};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/customers", get(all).post(form::add))
        .route("/customers/new", get(form::new_page))
        .route("/customers/groups", post(groups::put))
        .route("/customers/groups/{group}/remove", post(groups::remove))
        .route(
            "/customers/{customer_id}",
            get(one::page).post(form::change),
        )
        .route("/customers/{customer_id}/erase", post(one::erase))
}

/// Returns a fresh id for a form's command.
fn fresh_id(context: &Context) -> String {
    Ulid::from_bytes(context.new_id()).to_string()
}

/// Answers with a page of this screen.
fn shown(context: &Context, title: &str, operator: &str, body: Markup) -> Response {
    let page = Page {
        title,
        screen: Screen::Customers,
        operator,
        stream: None,
    };
    console_page(context.lang(), page, body)
}

/// What was typed to find somebody.
#[derive(Debug, Clone, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    search: String,
}

async fn all(
    State(context): State<Context>,
    operator: OnPage<OrdersRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let may = operator.may(Permission::OrdersWrite);
    let (within, text) = (context.clone(), asked.search.clone());
    let read = context.db().read(move |tx| {
        let groups = service::known_groups(tx)?;
        let found = match may {
            true => Some(service::look_up_typed(&within, tx, &text)?),
            false => None,
        };
        Ok::<_, RegularFailed>((groups, found))
    });
    let (groups, found) = read.await?;
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Customers" }
                @if may {
                    div.actions {
                        (Button::link("Add a customer", "/customers/new").primary()
                            .icon(Icon::Plus))
                    }
                }
            }
            @match &found {
                Some(found) => (list(&context, &asked, found, &groups)),
                None => p.quiet-text {
                    "Customers are shown to those who may change orders."
                },
            }
            (groups::panel(&context, &groups, &operator))
        }
    };
    Ok(shown(&context, "Customers", &operator.name, body))
}

fn list(context: &Context, asked: &Asked, found: &Found, groups: &[CustomerGroup]) -> Markup {
    let lang = context.lang();
    html! {
        form.filters method="get" action="/customers" {
            (Field::search("search", "Card, name, telephone or e-mail").value(&asked.search)
                .key("/"))
            (Button::submit("Find").icon(Icon::Search))
        }
        div.panel { (table(lang, context.now_ms(), found, groups)) }
        @if found.more {
            p.quiet-text { "There are more: type a part of the name, or scan the card." }
        }
    }
}

fn table(lang: &Lang, now_ms: i64, found: &Found, groups: &[CustomerGroup]) -> Markup {
    let columns = [
        Column::words("Customer"),
        Column::words("Card"),
        Column::words("Group"),
        Column::words("Pays no tax"),
        Column::words("Reached at"),
        Column::words("Added"),
    ];
    let rows = found.customers.iter().map(|one| {
        let (terms, customer) = (&one.row.terms, one.customer.as_ref());
        let reached = customer.map(|it| [it.email.as_deref(), it.phone.as_deref()]);
        let reached: Vec<&str> = reached.into_iter().flatten().flatten().collect();
        let cells = vec![
            html! { (name_of(one)) },
            html! {
                @match &terms.card { Some(card) => span.code { (card) }, None => "–" }
            },
            html! { (group_name(groups, terms.group.as_ref())) },
            html! { (exemption(terms.exemption.as_ref())) },
            html! {
                @for (at, text) in reached.iter().enumerate() { @if at > 0 { br; } (text) }
            },
            html! { (lang.age(now_ms - one.row.added_at_ms)) },
        ];
        let id = one.row.customer_id;
        Row::new(format!("customer-{id}"), cells).href(format!("/customers/{id}"))
    });
    let empty = Empty::new("No customer found").icon(Icon::Search).todo(
        "Here stand the customers tills know: those added here, and those who joined at a till.",
    );
    Table::new("Customers", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn name_of(shown: &Shown) -> &str {
    let name = shown.customer.as_ref().map(|it| it.name.as_str());
    name.unwrap_or("A record that cannot be opened")
}

/// Returns a group's name; nothing's is a dash.
fn group_name<'a>(groups: &'a [CustomerGroup], id: Option<&'a GroupId>) -> &'a str {
    let Some(id) = id else {
        return "–";
    };
    let found = groups.iter().find(|group| group.id == *id);
    found.map_or(id.as_str(), |group| &group.name)
}

fn exemption(exemption: Option<&Exemption>) -> String {
    match exemption {
        None => "–".to_owned(),
        Some(Exemption {
            until: Some(until), ..
        }) => format!("until {until}"),
        Some(Exemption { until: None, .. }) => "until further notice".to_owned(),
    }
}
