//! The routes of the companies that run stores.

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::ids::{EntityId, StoreId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::Context;
use crate::stores::rules::{Entity, EntityDraft, EntityWords, changed_entity_words};
use crate::stores::service::{self, StoreFailed};
use crate::users::{Caller, Permitted, StoresRead, StoresWrite};
use crate::web::{done, once, request_of};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list_entities, add_entity))
        .routes(routes!(one_entity, change_entity))
}

/// A company and the stores it runs.
#[derive(Debug, Serialize, ToSchema)]
struct EntityJson {
    #[serde(flatten)]
    entity: Entity,
    /// The stores it runs, by slug.
    stores: Vec<StoreId>,
}

fn entity_json((entity, stores): (Entity, Vec<StoreId>)) -> EntityJson {
    EntityJson { entity, stores }
}

/// Lists the companies that run stores.
#[utoipa::path(
    get, path = "/v1/legal-entities", tag = "stores",
    responses((status = 200, description = "all of them, by short name", body = [EntityJson]))
)]
async fn list_entities(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
) -> Result<Json<Vec<EntityJson>>, Problem> {
    let all = context.db().read(service::entities).await?;
    Ok(Json(all.into_iter().map(entity_json).collect()))
}

/// Shows a company and the stores it runs.
#[utoipa::path(
    get, path = "/v1/legal-entities/{entity}", tag = "stores",
    params(("entity" = EntityId, Path, description = "the company's short name")),
    responses((status = 200, description = "the company", body = EntityJson))
)]
async fn one_entity(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
    Path(entity_id): Path<String>,
) -> Result<Json<EntityJson>, Problem> {
    let entity_id = parse_entity(&entity_id)?;
    let all = context.db().read(service::entities).await?;
    let found = all
        .into_iter()
        .find(|(entity, _)| entity.entity_id == entity_id);
    let found = found.ok_or(StoreFailed::EntityUnknown(entity_id))?;
    Ok(Json(entity_json(found)))
}

/// Adds a company that runs stores.
#[utoipa::path(
    post, path = "/v1/legal-entities", tag = "stores",
    params(IdempotencyKey),
    request_body = EntityDraft,
    responses(
        (status = 201, description = "added", body = Entity),
        (status = 409, description = "`fields_refused`, `entity_taken`"),
    )
)]
async fn add_entity(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    key: IdempotencyKey,
    Json(draft): Json<EntityDraft>,
) -> Result<StoredResponse, Problem> {
    add_entity_once(&context, &operator, key.0, draft).await
}

/// Adds a company once, for the API and the page.
pub(in crate::stores) async fn add_entity_once(
    context: &Context,
    operator: &Caller,
    key: String,
    draft: EntityDraft,
) -> Result<StoredResponse, Problem> {
    let request = request_of("/v1/legal-entities", &draft);
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        let entity = service::add_entity_in(&within, tx, &draft)?;
        Ok(StoredResponse::json(StatusCode::CREATED, &entity))
    })
    .await
}

/// Changes a company, and tells each of its stores. What is left out is taken away.
#[utoipa::path(
    put, path = "/v1/legal-entities/{entity}", tag = "stores",
    params(
        ("entity" = EntityId, Path, description = "the company's short name"),
        IdempotencyKey,
    ),
    request_body = EntityWords,
    responses(
        (status = 200, description = "changed", body = Entity),
        (status = 409, description = "`fields_refused`"),
    )
)]
async fn change_entity(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(entity_id): Path<String>,
    key: IdempotencyKey,
    Json(words): Json<EntityWords>,
) -> Result<StoredResponse, Problem> {
    let entity_id = parse_entity(&entity_id)?;
    change_entity_once(&context, &operator, key.0, entity_id, words).await
}

/// Changes a company once, for the API and the page.
pub(in crate::stores) async fn change_entity_once(
    context: &Context,
    operator: &Caller,
    key: String,
    entity_id: EntityId,
    words: EntityWords,
) -> Result<StoredResponse, Problem> {
    let wanted = entity_id.clone();
    let was = context
        .db()
        .read(move |tx| service::known_entity(tx, &wanted))
        .await?;
    let request = request_of(&format!("/v1/legal-entities/{entity_id}"), &words);
    let about = changed_entity_words(&was, &words);
    let within = context.clone();
    once(
        context,
        operator.scope(key),
        request.about(about),
        move |tx| {
            let changed = service::change_entity_in(&within, tx, &entity_id, &words)?;
            Ok(done(&changed))
        },
    )
    .await
}

/// Reads a company's slug from a path; what is no slug is no company.
pub(in crate::stores) fn parse_entity(text: &str) -> Result<EntityId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("there is no company called {text}")))
}
