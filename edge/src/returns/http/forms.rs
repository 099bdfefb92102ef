//! The pages of returns and what their forms post.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Path, Problem};
use counterpart_daemon::web::live::{leave_for, respond, stream};
use counterpart_daemon::web::text::read_quantity;
use counterpart_protocol::ids::{RegisterId, ReturnId, SaleId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::Disposition;
use serde::{Deserialize, Serialize};

use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::returns::pages;
use crate::returns::rules::{Brought, ReturnReason, ReturnRefused};
use crate::returns::service::{
    self, Bringing, Found, Onward, RefundTo, ReturnError, Taken, returns_path,
};
use crate::staff::{self, Person, Visitor};
use crate::web::STATUS_TOPIC;

pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/register/{register}/returns", get(desk))
        .route("/register/{register}/returns/find", post(find_form))
        .route(
            "/register/{register}/returns/of/{sale_id}",
            get(sale).post(sale_form),
        )
        .route(
            "/register/{register}/returns/of/{sale_id}/stream",
            get(live),
        )
        .route(
            "/register/{register}/returns/of/{sale_id}/card",
            post(card_form),
        )
        .route("/register/{register}/returns/done/{return_id}", get(done))
}

async fn desk(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    match there(&ctx, visitor.as_ref(), register)? {
        Some(person) => Ok(pages::desk(&ctx, person).await?.into_response()),
        None => sign_in(&ctx, register, &returns_path(register)).await,
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FindForm {
    /// What was typed.
    #[serde(default)]
    receipt: String,
    /// What a scanner read.
    #[serde(default)]
    code: String,
}

async fn find_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<FindForm>,
) -> Result<Response, Problem> {
    staff::at(&visitor, register)?;
    let typed = if form.code.is_empty() {
        form.receipt
    } else {
        form.code
    };
    staff::no_badge(&typed)?;
    let context = ctx.clone();
    let found = ctx
        .db()
        .write(move |tx| service::scan(&context, tx, &typed));
    let found: Result<Found, ReturnError> = found.await;
    let (part, sale_id) = match found? {
        Found::Here(sale_id) => ("of", sale_id),
        Found::Elsewhere(sale_id) => ("code", sale_id),
    };
    let path = format!("{}/{part}/{sale_id}", returns_path(register));
    Ok(leave_for(&headers, &path))
}

async fn sale(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
) -> Result<Response, Problem> {
    match there(&ctx, visitor.as_ref(), register)? {
        Some(person) => Ok(pages::sale(&ctx, person, sale_id).await?.into_response()),
        None => {
            let here = format!("{}/of/{sale_id}", returns_path(register));
            sign_in(&ctx, register, &here).await
        }
    }
}

/// What a page's form says of the lines: `quantity_1`, `reason_1`, `to_1` and so on.
pub(super) type Fields = BTreeMap<String, String>;

async fn sale_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    headers: HeaderMap,
    Form(mut fields): Form<Fields>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command_id = fields.remove("command_id").unwrap_or_default();
    let pin = fields.remove("pin").filter(|pin| !pin.is_empty());
    let brought = brought(&ctx, &fields)?;
    if fields.get("does").is_some_and(|does| does == "count") {
        let region = pages::refund_region(&ctx, person, sale_id, brought).await?;
        let here = format!("{}/of/{sale_id}", returns_path(register));
        return Ok(respond(&headers, &here, vec![region]));
    }
    let key = form_key(&headers, &command_id)?;
    let command = Command::new(register_principal(register), key, "returns page", &fields);
    let exchanges = fields.get("does").is_some_and(|does| does == "exchange");
    let bringing = Bringing {
        sale_id,
        brought,
        to: match fields.get("does").map(String::as_str) {
            Some("cash") => RefundTo::Cash,
            Some("credit") => RefundTo::Credit,
            Some(_) | None => RefundTo::Original,
        },
        approval_pin: pin,
    };
    if exchanges {
        service::begin_exchange(&ctx, person, bringing, command).await?;
        return Ok(leave_for(&headers, &format!("/register/{register}")));
    }
    let taken = service::take_back(&ctx, person, bringing, command).await?;
    Ok(leave_for(
        &headers,
        &next_page(register, sale_id, Some(&taken)),
    ))
}

/// Where a return leads: to its own page, or to that of its sale while a terminal is asked.
fn next_page(register: RegisterId, sale_id: SaleId, taken: Option<&Taken>) -> String {
    let desk = returns_path(register);
    match taken {
        Some(Taken::Recorded(view)) => format!("{desk}/done/{}", view.return_id),
        Some(Taken::Asked(_)) | None => format!("{desk}/of/{sale_id}"),
    }
}

async fn live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?.clone();
    let topics = [
        crate::payments::topic(register),
        service::TOPIC.to_owned(),
        STATUS_TOPIC.to_owned(),
    ];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let render = move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::card_regions(&ctx, &person, sale_id, version).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}

#[derive(Debug, Serialize, Deserialize)]
struct CardForm {
    does: Onward,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn card_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    headers: HeaderMap,
    Form(form): Form<CardForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("page return of {sale_id}");
    let command = Command::new(register_principal(register), key, &what, &form);
    let taken = service::go_on(&ctx, person, sale_id, form.does, command).await?;
    Ok(leave_for(
        &headers,
        &next_page(register, sale_id, taken.as_ref()),
    ))
}

pub(super) fn brought(ctx: &Context, fields: &Fields) -> Result<Vec<Brought>, Problem> {
    let locale = ctx.lang().locale();
    let mut brought = Vec::new();
    for (name, typed) in fields {
        let Some(number) = name.strip_prefix("quantity_") else {
            continue;
        };
        let typed = typed.trim();
        if typed.is_empty() || typed == "0" {
            continue;
        }
        let wrong = |field: &str, why: String| {
            Problem::refused("return_unreadable", why.clone()).field(field, why)
        };
        let line = number
            .parse()
            .map_err(|_| wrong(name, format!("'{number}' is no line")))?;
        let quantity = read_quantity(typed, locale);
        let quantity = quantity.map_err(|unreadable| wrong(name, unreadable.to_string()))?;
        let word = |field: &str| {
            let found = fields.get(&format!("{field}_{number}"));
            found.map_or("", String::as_str).to_owned()
        };
        let to = word("to");
        let disposition = Disposition::from_word(&to);
        brought.push(Brought {
            line,
            quantity_milli: Milli(quantity),
            reason: ReturnReason::read(&word("reason"))?,
            disposition: disposition.ok_or(ReturnRefused::UnknownDisposition(to))?,
        });
    }
    brought.sort_by_key(|one| one.line);
    Ok(brought)
}

async fn done(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path((register, return_id)): Path<(RegisterId, ReturnId)>,
) -> Result<Response, Problem> {
    match there(&ctx, visitor.as_ref(), register)? {
        Some(person) => Ok(pages::done(&ctx, person, return_id).await?.into_response()),
        None => sign_in(&ctx, register, &returns_path(register)).await,
    }
}

/// Returns who is signed in at a register of the store.
pub(super) fn there<'a>(
    ctx: &Context,
    visitor: Option<&'a Visitor>,
    register: RegisterId,
) -> Result<Option<&'a Person>, Problem> {
    if ctx.register(register).is_none() {
        let sentence = format!("this store has no register {register}");
        return Err(Problem::not_found(sentence));
    }
    Ok(visitor.and_then(|visitor| visitor.at(register)))
}

pub(super) async fn sign_in(
    ctx: &Context,
    register: RegisterId,
    here: &str,
) -> Result<Response, Problem> {
    let page = staff::sign_in_page(ctx, register, here, None).await?;
    Ok(page.into_response())
}
