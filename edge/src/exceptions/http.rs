//! Exceptions over HTTP: the inbox for programs, and the page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, Query, ToProblem};
use counterpart_daemon::web::live::{asks_for_regions, respond, stream};
use counterpart_protocol::exceptions::{ExceptionId, Resolution, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, ExceptionError, ExceptionView, Settled};
use super::{TOPIC, pages};
use crate::command::{Command, form_key, replica_problem};
use crate::context::Context;
use crate::staff::{self, Person, Visitor};
use crate::web::STATUS_TOPIC;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(resolve))
        .route("/exceptions", get(page))
        .route("/exceptions/stream", get(live))
        .route("/exceptions/{id}", post(resolve_form))
}

/// Which exceptions.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// How they stand: `open` unless said.
    #[serde(default = "open")]
    #[param(value_type = Option<String>)]
    standing: Standing,
    /// Which page, from 0.
    #[serde(default)]
    page: u32,
}

const fn open() -> Standing {
    Standing::Open
}

/// A page of exceptions.
#[derive(Debug, Serialize, ToSchema)]
struct ExceptionsAnswer {
    /// The worst first, at most 20.
    exceptions: Vec<ExceptionView>,
    /// The next page, if there is one.
    next_page: Option<u32>,
}

/// Lists the exceptions of this store, the worst first.
#[utoipa::path(
    get, path = "/v1/exceptions", tag = "exceptions",
    params(ListQuery),
    responses((status = 200, description = "a page of them", body = ExceptionsAnswer))
)]
async fn list(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Json<ExceptionsAnswer>, Problem> {
    let read = ctx
        .db()
        .read(move |tx| service::list(tx, query.standing, query.page));
    let (exceptions, has_more) = read.await?;
    Ok(Json(ExceptionsAnswer {
        exceptions,
        next_page: has_more.then(|| query.page.saturating_add(1)),
    }))
}

/// Returns one exception with the facts that raise it, side by side.
#[utoipa::path(
    get, path = "/v1/exceptions/{id}", tag = "exceptions",
    params(("id" = String, Path, description = "the exception: 32 hexadecimal digits")),
    responses((status = 200, description = "the exception", body = ExceptionView))
)]
async fn one(
    State(ctx): State<Context>,
    _: Visitor,
    Path(id): Path<String>,
) -> Result<Json<ExceptionView>, Problem> {
    let id = read_id(&id)?;
    let read = ctx.db().read(move |tx| service::one(tx, id));
    Ok(Json(read.await?))
}

/// How an exception is settled.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResolveRequest {
    /// `accepted`, `customer_told`, `refunded`, `recounted` or `rerouted`.
    #[schema(value_type = String)]
    how: Resolution,
}

/// Settles an exception: a fact of its own; those that raised it stay as they are.
#[utoipa::path(
    post, path = "/v1/exceptions/{id}/resolution", tag = "exceptions",
    params(
        IdempotencyKey,
        ("id" = String, Path, description = "the exception: 32 hexadecimal digits"),
    ),
    request_body = ResolveRequest,
    responses(
        (status = 200, description = "settled", body = Settled),
        (status = 409, description = "`exception_not_open`, `exception_not_settled`"),
    )
)]
async fn resolve(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<ResolveRequest>,
) -> Result<Json<Settled>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("POST exceptions/{id}/resolution");
    let command = Command::new(principal(person), key, &what, &request);
    let settled = service::resolve(&ctx, person, (id, request.how), command);
    Ok(Json(settled.await?))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/exceptions"));
    };
    let shown = (query.standing, query.page);
    let page = pages::page(&ctx, visitor.latest(), shown).await?;
    Ok(page.into_response())
}

async fn live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Response {
    let person = visitor.latest().clone();
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let topics = [TOPIC, STATUS_TOPIC];
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        let shown = (query.standing, query.page);
        async move { pages::live(&ctx, &person, version, shown).await }
    })
}

#[derive(Debug, Serialize, Deserialize)]
struct ResolveForm {
    how: Resolution,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn resolve_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<ResolveForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("exception page {id}");
    let command = Command::new(principal(person), key, &what, &form);
    service::resolve(&ctx, person, (id, form.how), command).await?;
    let mut regions = Vec::new();
    if asks_for_regions(&headers) {
        let version = ctx.live().version();
        regions = pages::live(&ctx, person, version, (Standing::Open, 0)).await?;
    }
    Ok(respond(&headers, "/exceptions", regions))
}

fn read_id(text: &str) -> Result<ExceptionId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("this store has no exception '{text}'")))
}

fn principal(person: &Person) -> String {
    format!("staff/{}", person.staff_id)
}

impl ToProblem for ExceptionError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::NoSuchException(_) => Problem::not_found(self.to_string()),
            Self::NotOpen(_) => Problem::refused("exception_not_open", self.to_string()),
            Self::NoWay => Problem::refused("exception_not_settled", self.to_string()),
            Self::NotApproved(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Unreadable(_) => Problem::failed(
                "order_unreadable",
                "a fact of this order cannot be read: report the order's number to whoever looks \
                 after the program",
            ),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
