//! The API of pickups. Every command takes an `Idempotency-Key`.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query};
use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::orders::ShortReason;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{principal, read_id};
use crate::command::Command;
use crate::context::Context;
use crate::pickups::service::{self, Done, ListView, PickupView};
use crate::pickups::store::{Cursor, List};
use crate::staff::{Person, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(accept))
        .routes(routes!(scan))
        .routes(routes!(finish))
        .routes(routes!(short))
        .routes(routes!(stage))
        .routes(routes!(slip))
        .routes(routes!(label))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Which list: `to_do` unless said.
    #[serde(default)]
    #[param(value_type = Option<List>, inline)]
    list: List,
    /// The `next` of the page before.
    #[serde(default)]
    after: String,
}

/// Lists pickups by the promise's clock; what is done, newest first.
#[utoipa::path(
    get, path = "/v1/pickups", tag = "pickups",
    params(ListQuery),
    responses(
        (status = 200, description = "a page of the list", body = ListView),
    )
)]
async fn list(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListView>, Problem> {
    let after = read_after(&query.after)?;
    let context = ctx.clone();
    let read = ctx
        .db()
        .read(move |tx| service::list(&context, tx, query.list, after));
    Ok(Json(read.await?))
}

pub(super) fn read_after(text: &str) -> Result<Option<Cursor>, Problem> {
    match text {
        "" => Ok(None),
        text => {
            let cursor = text.parse().map(Some);
            cursor.map_err(|refused: crate::pickups::store::CursorRefused| {
                Problem::unreadable(refused.to_string())
            })
        }
    }
}

/// Returns one pickup and the work on it.
#[utoipa::path(
    get, path = "/v1/pickups/{id}", tag = "pickups",
    params(("id" = FulfilmentId, Path, description = "the pickup")),
    responses(
        (status = 200, description = "the pickup", body = PickupView),
    )
)]
async fn one(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<PickupView>, Problem> {
    let (id, context, person) = (read_id(&id)?, ctx.clone(), visitor.latest().clone());
    let read = ctx
        .db()
        .read(move |tx| service::one(&context, tx, &person, id));
    Ok(Json(read.await?))
}

/// Names a command about a pickup.
pub(super) fn command(
    person: &Person,
    key: IdempotencyKey,
    (what, id): (&str, FulfilmentId),
    request: &impl Serialize,
) -> Command {
    let what = format!("POST pickups/{id}/{what}");
    Command::new(principal(person), key, &what, request)
}

/// Takes a pickup on: its bell is silent from here on.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/accept", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    responses(
        (status = 200, description = "accepted", body = Done),
        (status = 409, description = "`handed_over_already`, `pickup_over`, \
            `order_not_understood`"),
    )
)]
async fn accept(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("accept", id), &());
    Ok(Json(service::accept(&ctx, person, id, command).await?))
}

/// An item that was scanned or typed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanRequest {
    /// What was scanned or typed: an item's number or its SKU.
    pub(super) code: String,
    /// How much; one unit unless said.
    #[serde(default)]
    quantity_milli: Option<Milli>,
}

/// Counts one scan at the shelf; the last one makes one fact of all.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/scans", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    request_body = ScanRequest,
    responses(
        (status = 200, description = "counted", body = Done),
        (status = 409, description = "`wrong_item`, `too_many`, `enough_picked`, \
            `picked_by_colleague`, `nothing_to_pick`, `quantity_not_positive`"),
    )
)]
async fn scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<ScanRequest>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("scans", id), &request);
    let scanned = (request.code, request.quantity_milli);
    Ok(Json(
        service::scan(&ctx, person, id, scanned, command).await?,
    ))
}

/// Makes one fact of what was scanned so far.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/picks", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    responses(
        (status = 200, description = "stated", body = Done),
        (status = 409, description = "`nothing_scanned`"),
    )
)]
async fn finish(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("picks", id), &());
    Ok(Json(
        service::finish_picking(&ctx, person, id, command).await?,
    ))
}

/// Units that are not there.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShortRequest {
    /// The line.
    line: u16,
    /// How much; all that is left of the line unless said.
    #[serde(default)]
    quantity_milli: Option<Milli>,
    /// Why.
    because: ShortReason,
}

/// Calls units short; the note says where the order goes next.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/shorts", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    request_body = ShortRequest,
    responses(
        (status = 200, description = "stated", body = Done),
        (status = 409, description = "`too_many`, `no_such_line`, `quantity_not_positive`"),
    )
)]
async fn short(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<ShortRequest>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("shorts", id), &request);
    let shorted = (request.line, request.quantity_milli, request.because);
    Ok(Json(
        service::short(&ctx, person, id, shorted, command).await?,
    ))
}

/// Where a bag waits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StageRequest {
    /// The place, at most 20 characters.
    location: String,
}

/// Puts the bag where it waits for the customer.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/stage", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    request_body = StageRequest,
    responses(
        (status = 200, description = "staged", body = Done),
        (status = 409, description = "`to_pick_first`, `no_location`, `location_too_long`"),
    )
)]
async fn stage(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<StageRequest>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("stage", id), &request);
    Ok(Json(
        service::stage(&ctx, person, id, request.location, command).await?,
    ))
}

/// Prints the pick list again, at the register signed in at.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/slip", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    responses(
        (status = 200, description = "queued", body = Done),
    )
)]
async fn slip(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("slip", id), &());
    Ok(Json(service::reprint(&ctx, person, id, command).await?))
}

/// Prints the label of a staged bag once more, marked COPY.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/label", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    responses(
        (status = 200, description = "it waits for the label printer", body = Done),
        (status = 409, description = "`not_staged`, `no_label_printer`"),
    )
)]
async fn label(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("label", id), &());
    Ok(Json(service::label_again(&ctx, person, id, command).await?))
}
