//! Suspending and recalling over HTTP: the API, the form of the register's page, and the list.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_daemon::web::live::{leave_for, stream};
use counterpart_protocol::ids::RegisterId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::known;
use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::pages;
use crate::sales::service::{self, BasketView, SUSPENDED_TOPIC, SuspendedView};
use crate::staff::{self, Visitor};
use crate::web::STATUS_TOPIC;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(suspend))
        .routes(routes!(list))
        .routes(routes!(recall))
        .route("/register/{register}/suspend", post(suspend_form))
        .route("/register/{register}/suspended", get(page))
        .route("/register/{register}/suspended/stream", get(live))
        .route("/register/{register}/suspended/{number}", post(recall_form))
}

/// What a suspended basket is called.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuspendRequest {
    /// At most 40 characters; its number is given anyway.
    #[serde(default)]
    name: Option<String>,
}

/// The suspended baskets of the store.
#[derive(Debug, Serialize, ToSchema)]
struct SuspendedJson {
    /// Those that wait to be recalled, the oldest first.
    suspended: Vec<SuspendedView>,
}

/// Suspends the basket of a register: any register of the store can recall it, once.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/suspend", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = SuspendRequest,
    responses(
        (status = 200, description = "suspended", body = SuspendedView),
        (status = 409, description = "`basket_empty`, `scans_unsettled`, `money_given`, \
            `name_unfit`, `exchange_here`"),
    )
)]
async fn suspend(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<SuspendRequest>,
) -> Result<Json<SuspendedView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "suspend", &request);
    let told = service::suspend(&ctx, person, request.name, command).await?;
    Ok(Json(told))
}

/// Lists the suspended baskets of the store, the oldest first.
#[utoipa::path(
    get, path = "/v1/suspended-baskets", tag = "sales",
    responses((status = 200, description = "those that wait", body = SuspendedJson))
)]
async fn list(State(ctx): State<Context>, _: Visitor) -> Result<Json<SuspendedJson>, Problem> {
    let context = ctx.clone();
    let read = ctx.db().read(move |tx| service::suspended(&context, tx));
    Ok(Json(SuspendedJson {
        suspended: read.await?,
    }))
}

/// Recalls a suspended basket to a register. It is recalled once: whoever comes later is told who
/// has it.
#[utoipa::path(
    post, path = "/v1/registers/{register}/suspended-baskets/{number}/recall", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("number" = i64, Path, description = "the basket's number"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 404, description = "there never was one with that number"),
        (status = 409, description = "`till_closed`, `register_occupied`, `already_recalled`"),
    )
)]
async fn recall(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, number)): Path<(RegisterId, i64)>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("recall {number}");
    let command = Command::new(register_principal(register), key, &what, &());
    service::recall(&ctx, person, number, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

#[derive(Debug, Serialize, Deserialize)]
struct SuspendForm {
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn suspend_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<SuspendForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "suspend", &form)?;
    service::suspend(&ctx, person, Some(form.name), command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::suspended(&ctx, person).await?.into_response()),
        None => {
            let here = pages::suspended_path(register);
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
    let topics = [SUSPENDED_TOPIC.to_owned(), STATUS_TOPIC.to_owned()];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let render = move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::suspended_regions(&ctx, &person, version).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}

#[derive(Debug, Serialize, Deserialize)]
struct RecallForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn recall_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, number)): Path<(RegisterId, i64)>,
    headers: HeaderMap,
    Form(form): Form<RecallForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("recall {number}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    service::recall(&ctx, person, number, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}
