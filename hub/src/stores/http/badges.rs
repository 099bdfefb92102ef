//! Badges of staff over the API: made and shown once, taken back.

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::ids::{StaffId, StoreId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::parse_store;
use crate::context::Context;
use crate::stores::service::{self, Wanted};
use crate::users::{Caller, Permitted, StoresWrite};
use crate::web::{Done, done, once, request_of};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(make, take_back))
}

/// A badge that was just made.
#[derive(Debug, Serialize, ToSchema)]
struct BadgeJson {
    /// What stands on the card, as CODE128 or QR. It is answered this once and kept nowhere.
    #[schema(example = "CPB1ABCDEFGHIJKLMNOP")]
    code: String,
}

/// Makes a badge for somebody; the one they had counts no longer. It needs no `Idempotency-Key`: a
/// repeated call makes another badge, and only the last one counts.
#[utoipa::path(
    post, path = "/v1/stores/{store}/members/{member}/badge", tag = "stores",
    params(
        ("store" = StoreId, Path, description = "the store's slug"),
        ("member" = StaffId, Path, description = "the person's id"),
    ),
    responses((status = 201, description = "the badge", body = BadgeJson))
)]
async fn make(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, member_id)): Path<(String, String)>,
) -> Result<(StatusCode, Json<BadgeJson>), Problem> {
    let (store_id, wanted) = (
        parse_store(&store_id)?,
        Wanted::Of(parse_member(&member_id)?),
    );
    let made = service::make_badges(&context, &store_id, wanted, &operator).await?;
    let made = made
        .first()
        .expect("one was wanted, or there is no such member");
    let code = made.badge.text();
    Ok((StatusCode::CREATED, Json(BadgeJson { code })))
}

/// Takes somebody's badge back: the store refuses it as soon as it has heard.
#[utoipa::path(
    delete, path = "/v1/stores/{store}/members/{member}/badge", tag = "stores",
    params(
        ("store" = StoreId, Path, description = "the store's slug"),
        ("member" = StaffId, Path, description = "the person's id"),
        IdempotencyKey,
    ),
    responses((status = 200, description = "done", body = Done))
)]
async fn take_back(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, member_id)): Path<(String, String)>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    let (store_id, member_id) = (parse_store(&store_id)?, parse_member(&member_id)?);
    take_back_once(&context, &operator, key.0, store_id, member_id).await
}

/// Takes a badge back once, for the API and the page.
pub(in crate::stores) async fn take_back_once(
    context: &Context,
    operator: &Caller,
    key: String,
    store_id: StoreId,
    member_id: StaffId,
) -> Result<StoredResponse, Problem> {
    let request = request_of(
        &format!("/v1/stores/{store_id}/members/{member_id}/badge"),
        &(),
    );
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        service::badge_taken_back(&within, tx, &store_id, member_id)?;
        Ok(done(&Done {}))
    })
    .await
}

/// Reads a member's id in an address.
pub(in crate::stores) fn parse_member(text: &str) -> Result<StaffId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("'{text}' is no member's id")))
}
