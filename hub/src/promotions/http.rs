//! Promotions over HTTP: which there are, putting one, switching it on and off.

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::pricing::Promotion;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::PromotionDraft;
use super::service::{self, Switch};
use super::store::{self, Kept};
use crate::context::Context;
use crate::users::{Caller, CatalogRead, CatalogWrite, Permitted};
use crate::web::{done, once, request_of};

/// Promotions told at most.
pub(super) const TOLD_MAX: u32 = 2_500;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, put))
        .routes(routes!(switch_on))
        .routes(routes!(switch_off))
        .merge(pages::router().into())
}

/// A promotion.
#[derive(Debug, Serialize, ToSchema)]
struct PromotionJson {
    promotion: Promotion,
    /// The stores it is for; every store if empty.
    stores: Vec<StoreId>,
    /// Wall time in each store.
    from: Option<String>,
    /// Wall time in each store, exclusive.
    until: Option<String>,
    on: bool,
    changed_at: Timestamp,
    changed_by: String,
}

fn json(kept: Kept) -> PromotionJson {
    let at = Timestamp::from_millisecond(kept.changed_at_ms);
    PromotionJson {
        promotion: kept.terms.promotion,
        stores: kept.terms.stores,
        from: kept.terms.from.map(|wall| wall.to_string()),
        until: kept.terms.until.map(|wall| wall.to_string()),
        on: kept.is_on,
        changed_at: at.unwrap_or(Timestamp::UNIX_EPOCH),
        changed_by: kept.changed_by,
    }
}

/// Lists the promotions, the last changed first.
#[utoipa::path(
    get, path = "/v1/promotions", tag = "promotions",
    responses((status = 200, description = "at most 2500", body = [PromotionJson]))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<Vec<PromotionJson>>, Problem> {
    let found = context.db().read(|tx| store::all(tx, TOLD_MAX));
    let found: Result<Vec<Kept>, DbError> = found.await;
    Ok(Json(found?.into_iter().map(json).collect()))
}

/// Puts a promotion in the place of the one with its id, switched on, and tells the stores it is
/// for.
#[utoipa::path(
    post, path = "/v1/promotions", tag = "promotions",
    params(IdempotencyKey),
    request_body = PromotionDraft,
    responses(
        (status = 200, description = "it is on its way to the stores", body = PromotionJson),
        (status = 409, description = "`promotion_refused`, `too_many_promotions`"),
    )
)]
async fn put(
    State(context): State<Context>,
    caller: Permitted<CatalogWrite>,
    key: IdempotencyKey,
    Json(draft): Json<PromotionDraft>,
) -> Result<StoredResponse, Problem> {
    put_once(&context, &caller, key.0, draft).await
}

/// Puts a promotion once, for the API and the page.
pub(super) async fn put_once(
    context: &Context,
    caller: &Caller,
    key: String,
    draft: PromotionDraft,
) -> Result<StoredResponse, Problem> {
    let about = format!("promotion {}", draft.promotion.id);
    let request = request_of("/v1/promotions", &draft).about(about);
    let (within, by) = (context.clone(), caller.name.clone());
    once(context, caller.scope(key), request, move |tx| {
        let kept = service::put(&within, tx, draft, &by)?;
        Ok(done(&json(kept)))
    })
    .await
}

/// Switches a promotion on.
#[utoipa::path(
    post, path = "/v1/promotions/{promotion}/on", tag = "promotions",
    params(("promotion" = String, Path, description = "its short name"), IdempotencyKey),
    responses(
        (status = 200, description = "it is on", body = PromotionJson),
        (status = 404, description = "there is no such promotion"),
        (status = 409, description = "`promotion_refused`, `too_many_promotions`"),
    )
)]
async fn switch_on(
    State(context): State<Context>,
    caller: Permitted<CatalogWrite>,
    Path(promotion): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    switch_once(&context, &caller, key.0, promotion, Switch::On).await
}

/// Switches a promotion off: stores stop taking it off when they have heard of it.
#[utoipa::path(
    post, path = "/v1/promotions/{promotion}/off", tag = "promotions",
    params(("promotion" = String, Path, description = "its short name"), IdempotencyKey),
    responses(
        (status = 200, description = "it is off", body = PromotionJson),
        (status = 404, description = "there is no such promotion"),
    )
)]
async fn switch_off(
    State(context): State<Context>,
    caller: Permitted<CatalogWrite>,
    Path(promotion): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    switch_once(&context, &caller, key.0, promotion, Switch::Off).await
}

/// Switches a promotion once, for the API and the page.
pub(super) async fn switch_once(
    context: &Context,
    caller: &Caller,
    key: String,
    promotion_id: String,
    to: Switch,
) -> Result<StoredResponse, Problem> {
    let word = match to {
        Switch::On => "on",
        Switch::Off => "off",
    };
    let path = format!("/v1/promotions/{promotion_id}/{word}");
    let about = format!("promotion {promotion_id} {word}");
    let request = request_of(&path, &()).about(about);
    let (within, by) = (context.clone(), caller.name.clone());
    once(context, caller.scope(key), request, move |tx| {
        let kept = service::switch(&within, tx, &promotion_id, to, &by)?;
        Ok(done(&json(kept)))
    })
    .await
}
