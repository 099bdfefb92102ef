//! The routes of the places where stores are taxed.

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::ids::{JurisdictionId, StoreId};
use counterpart_protocol::tax::Jurisdiction;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::Context;
use crate::stores::rules::{JurisdictionDraft, JurisdictionWords, changed_jurisdiction_words};
use crate::stores::service::{self, StoreFailed};
use crate::users::{Caller, Permitted, StoresRead, StoresWrite};
use crate::web::{done, once, request_of};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list_jurisdictions, add_jurisdiction))
        .routes(routes!(one_jurisdiction, change_jurisdiction))
}

/// A jurisdiction and the stores that are taxed there.
#[derive(Debug, Serialize, ToSchema)]
struct JurisdictionJson {
    #[serde(flatten)]
    jurisdiction: Jurisdiction,
    /// The stores that are taxed there, by slug.
    stores: Vec<StoreId>,
}

fn jurisdiction_json((jurisdiction, stores): (Jurisdiction, Vec<StoreId>)) -> JurisdictionJson {
    JurisdictionJson {
        jurisdiction,
        stores,
    }
}

/// Lists the places where stores are taxed.
#[utoipa::path(
    get, path = "/v1/jurisdictions", tag = "stores",
    responses((status = 200, description = "all of them, by short name", body = [JurisdictionJson]))
)]
async fn list_jurisdictions(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
) -> Result<Json<Vec<JurisdictionJson>>, Problem> {
    let all = context.db().read(service::jurisdictions).await?;
    Ok(Json(all.into_iter().map(jurisdiction_json).collect()))
}

/// Shows a jurisdiction and the stores that are taxed there.
#[utoipa::path(
    get, path = "/v1/jurisdictions/{jurisdiction}", tag = "stores",
    params(("jurisdiction" = JurisdictionId, Path, description = "its short name")),
    responses((status = 200, description = "the jurisdiction", body = JurisdictionJson))
)]
async fn one_jurisdiction(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
    Path(id): Path<String>,
) -> Result<Json<JurisdictionJson>, Problem> {
    let id = parse_jurisdiction(&id)?;
    let mut all = context.db().read(service::jurisdictions).await?.into_iter();
    let found = all.find(|(jurisdiction, _)| jurisdiction.jurisdiction_id == id);
    let found = found.ok_or(StoreFailed::JurisdictionUnknown(id))?;
    Ok(Json(jurisdiction_json(found)))
}

/// Adds a place where stores are taxed.
#[utoipa::path(
    post, path = "/v1/jurisdictions", tag = "stores",
    params(IdempotencyKey),
    request_body = JurisdictionDraft,
    responses(
        (status = 201, description = "added", body = Jurisdiction),
        (status = 409, description = "`fields_refused`, `jurisdiction_taken`"),
    )
)]
async fn add_jurisdiction(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    key: IdempotencyKey,
    Json(draft): Json<JurisdictionDraft>,
) -> Result<StoredResponse, Problem> {
    add_jurisdiction_once(&context, &operator, key.0, draft).await
}

/// Adds a jurisdiction once, for the API and the page.
pub(in crate::stores) async fn add_jurisdiction_once(
    context: &Context,
    operator: &Caller,
    key: String,
    draft: JurisdictionDraft,
) -> Result<StoredResponse, Problem> {
    let request = request_of("/v1/jurisdictions", &draft);
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        let added = service::add_jurisdiction_in(&within, tx, &draft)?;
        Ok(StoredResponse::json(StatusCode::CREATED, &added))
    })
    .await
}

/// Changes a jurisdiction, and tells each store that is taxed there. What is left out is taken
/// away.
#[utoipa::path(
    put, path = "/v1/jurisdictions/{jurisdiction}", tag = "stores",
    params(
        ("jurisdiction" = JurisdictionId, Path, description = "its short name"),
        IdempotencyKey,
    ),
    request_body = JurisdictionWords,
    responses(
        (status = 200, description = "changed", body = Jurisdiction),
        (status = 409, description = "`fields_refused`"),
    )
)]
async fn change_jurisdiction(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Json(words): Json<JurisdictionWords>,
) -> Result<StoredResponse, Problem> {
    let id = parse_jurisdiction(&id)?;
    change_jurisdiction_once(&context, &operator, key.0, id, words).await
}

/// Changes a jurisdiction once, for the API and the page.
pub(in crate::stores) async fn change_jurisdiction_once(
    context: &Context,
    operator: &Caller,
    key: String,
    id: JurisdictionId,
    words: JurisdictionWords,
) -> Result<StoredResponse, Problem> {
    let wanted = id.clone();
    let was = context
        .db()
        .read(move |tx| service::known_jurisdiction(tx, &wanted));
    let about = changed_jurisdiction_words(&was.await?, &words);
    let request = request_of(&format!("/v1/jurisdictions/{id}"), &words).about(about);
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        let changed = service::change_jurisdiction_in(&within, tx, &id, &words)?;
        Ok(done(&changed))
    })
    .await
}

/// Reads a jurisdiction's slug from a path; what is no slug is none.
pub(in crate::stores) fn parse_jurisdiction(text: &str) -> Result<JurisdictionId, Problem> {
    let none = |_| Problem::not_found(format!("there is no jurisdiction called {text}"));
    text.parse().map_err(none)
}
