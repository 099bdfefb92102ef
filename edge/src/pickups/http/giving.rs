//! The API of handing over, and of what goes back to the shelf.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem};
use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ScanRequest, command};
use super::{Chosen, read_id};
use crate::context::Context;
use crate::pickups::service::{self, Done, Proving, Shown};
use crate::staff::Visitor;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(hand_over))
        .routes(routes!(refuse))
        .routes(routes!(put_away))
        .routes(routes!(release))
}

/// Who is here and what they get.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandoverRequest {
    /// What the person at the counter shows.
    proof: ProofRequest,
    /// What is handed over; everything that waits unless said.
    #[serde(default)]
    units: Option<Vec<Chosen>>,
}

/// What a person shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "shown", deny_unknown_fields)]
enum ProofRequest {
    /// The signed code.
    Code {
        /// Its text.
        code: String,
    },
    /// The six digits.
    Digits {
        /// As typed.
        digits: String,
    },
    /// A document with the customer's name.
    Document {
        /// The PIN of the manager who approves; a manager needs none.
        #[serde(default, skip_serializing)]
        approval_pin: Option<String>,
    },
}

/// Checks who is here and hands over everything that waits, or a part.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/handovers", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    request_body = HandoverRequest,
    responses(
        (status = 200, description = "handed over", body = Done),
        (status = 409, description = "`code_not_believed`, `code_key_unfit`, `not_a_pickup_code`, \
            `code_of_other_store`, `code_of_other_order`, `unknown_pickup`, \
            `code_replaced`, `code_newer`, `pickup_expired`, `not_ready`, \
            `handed_over_already`, `wrong_digits`, `no_digits`, \
            `digits_unreadable`, `not_approved`, `not_in_the_bag`"),
        (status = 403, description = "a document needs a manager"),
        (status = 429, description = "too many wrong digits: wait"),
    )
)]
async fn hand_over(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<HandoverRequest>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    // One key for two commands: each remembers its own answer.
    let checking = IdempotencyKey(format!("{}/check", key.0));
    let checked = command(person, checking, ("check", id), &request.proof);
    let handed = command(person, key, ("handovers", id), &request);
    let shown = match request.proof {
        ProofRequest::Code { code } => Shown::Code(code),
        ProofRequest::Digits { digits } => Shown::Digits(digits),
        ProofRequest::Document { approval_pin } => Shown::Document { approval_pin },
    };
    let proving = Proving {
        fulfilment_id: Some(id),
        shown,
    };
    service::identify(&ctx, person, proving, checked).await?;
    let units = request.units.map(pairs);
    Ok(Json(
        service::hand_over(&ctx, person, id, units, handed).await?,
    ))
}

fn pairs(units: Vec<Chosen>) -> Vec<(u16, Milli)> {
    let pair = |one: Chosen| (one.line, one.quantity_milli);
    units.into_iter().map(pair).collect()
}

/// What a customer leaves here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefusalRequest {
    /// What is left here; everything that waits unless said.
    #[serde(default)]
    units: Option<Vec<Chosen>>,
}

/// Notes what the customer leaves here: it is to be put away.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/refusals", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    request_body = RefusalRequest,
    responses(
        (status = 200, description = "noted", body = Done),
        (status = 409, description = "`not_in_the_bag`, `not_ready`"),
    )
)]
async fn refuse(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<RefusalRequest>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("refusals", id), &request);
    let units = request.units.map(pairs);
    Ok(Json(
        service::refuse(&ctx, person, id, units, command).await?,
    ))
}

/// Counts one scan at the shelf; the last one frees the units.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/put-aways", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    request_body = ScanRequest,
    responses(
        (status = 200, description = "counted", body = Done),
        (status = 409, description = "`wrong_item`, `nothing_to_put_away`"),
    )
)]
async fn put_away(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
    Json(request): Json<ScanRequest>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("put-aways", id), &request);
    let taken = service::scan_put_away(&ctx, person, id, request.code, command);
    Ok(Json(taken.await?))
}

/// Frees what was scanned at the shelf so far.
#[utoipa::path(
    post, path = "/v1/pickups/{id}/releases", tag = "pickups",
    params(IdempotencyKey, ("id" = FulfilmentId, Path, description = "the pickup")),
    responses(
        (status = 200, description = "freed", body = Done),
        (status = 409, description = "`nothing_put_away`"),
    )
)]
async fn release(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Json<Done>, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let command = command(person, key, ("releases", id), &());
    Ok(Json(
        service::finish_put_away(&ctx, person, id, command).await?,
    ))
}
