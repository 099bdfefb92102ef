//! The register's page: what it shows, its stream, finding and scanning. Its other forms are in
//! `forms.rs`.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Path, Problem, Query};
use counterpart_daemon::web::live::{Region, asks_for_regions, respond, stream};
use counterpart_protocol::ids::RegisterId;
use serde::{Deserialize, Serialize};

use super::known;
use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::sales::pages;
use crate::sales::service;
use crate::staff::{self, Person, Visitor};
use crate::stock::{self, Found};
use crate::web::STATUS_TOPIC;
use crate::{devices, notices, pickups, reference};

pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/register/{register}", get(page))
        .route("/register/{register}/stream", get(live))
        .route("/register/{register}/find", get(find).post(find_and_add))
        .route("/register/{register}/scan", post(scan))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => {
            pickups::left_for_the_till(&ctx, register).await?;
            Ok(pages::register(&ctx, person).await?.into_response())
        }
        None => {
            let here = format!("/register/{register}");
            let page = staff::sign_in_page(&ctx, register, &here, None).await?;
            Ok(page.into_response())
        }
    }
}

async fn live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?.clone();
    let topics = [
        service::topic(register),
        service::SUSPENDED_TOPIC.to_owned(),
        devices::topic(register),
        notices::TOPIC.to_owned(),
        reference::TOPIC.to_owned(),
        STATUS_TOPIC.to_owned(),
    ];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let render = move |version, changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::live_regions(&ctx, &person, version, &changed).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}

#[derive(Debug, Deserialize)]
struct FindQuery {
    #[serde(default)]
    code: String,
}

/// Answers what is being typed with the products that match.
async fn find(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Query(query): Query<FindQuery>,
) -> Result<Response, Problem> {
    staff::at(&visitor, register)?;
    let version = ctx.live().version();
    let region = pages::found_region(&ctx, register, version, &query.code).await?;
    Ok(respond(
        &headers,
        &format!("/register/{register}"),
        vec![region],
    ))
}

#[derive(Debug, Serialize, Deserialize)]
struct FindForm {
    #[serde(default)]
    code: String,
    /// The product that was chosen among those found.
    #[serde(default)]
    pick: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

/// Adds what was chosen, or the one product that what was typed means.
async fn find_and_add(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<FindForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "find", &form)?;
    let chosen = if form.pick.is_empty() {
        let typed = form.code.clone();
        let found = ctx.db().read(move |tx| stock::find(tx, &typed)).await?;
        match found {
            Found::One(product) => product.sku.to_string(),
            Found::None => {
                let detail = format!(
                    "nothing is called '{}': try another part of its name, or put it aside",
                    form.code.trim()
                );
                return Err(Problem::refused("not_found_by_name", detail));
            }
            Found::Several(count) => {
                let detail = format!("{count} products match: press the one you mean");
                return Err(Problem::refused("several_found", detail));
            }
        }
    } else {
        form.pick
    };
    service::scan(&ctx, person, chosen, None, command).await?;
    let version = ctx.live().version();
    let tiles = pages::found_region(&ctx, register, version, "").await?;
    done(&ctx, person, &headers, vec![tiles]).await
}

#[derive(Debug, Serialize, Deserialize)]
struct ScanForm {
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<ScanForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "scan", &form)?;
    service::scan(&ctx, person, form.code, None, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

pub(super) fn command(
    headers: &HeaderMap,
    register: RegisterId,
    command_id: &str,
    what: &str,
    form: &impl Serialize,
) -> Result<Command, Problem> {
    let key = form_key(headers, command_id)?;
    let what = format!("page {what}");
    Ok(Command::new(register_principal(register), key, &what, form))
}

/// Answers a command that was done with the register as it is now.
pub(super) async fn done(
    ctx: &Context,
    person: &Person,
    headers: &HeaderMap,
    mut regions: Vec<Region>,
) -> Result<Response, Problem> {
    if asks_for_regions(headers) {
        let version = ctx.live().version();
        regions.push(pages::desk_region(ctx, person, version).await?);
    }
    let here = format!("/register/{}", person.register);
    Ok(respond(headers, &here, regions))
}
