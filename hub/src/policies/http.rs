//! The routes of the policies.

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Json, Problem, Query, StoredResponse};
use counterpart_protocol::policies::Policies;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::Change;
use super::service;
use super::store::{self, VersionRow};
use crate::context::Context;
use crate::users::{Caller, Permitted, PoliciesRead, PoliciesWrite};
use crate::web::{done, once, request_of};

/// Versions of one answer.
const PAGE: u32 = 50;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(show, publish))
        .routes(routes!(versions))
        .merge(pages::router().into())
}

/// The policies in force.
#[derive(Debug, Serialize, ToSchema)]
struct PoliciesJson {
    /// The version, 0 before the first: then the defaults hold.
    version: i64,
    published_at: Option<Timestamp>,
    published_by: Option<String>,
    policies: Policies,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Shows the policies in force.
#[utoipa::path(
    get, path = "/v1/policies", tag = "policies",
    responses(
        (status = 200, description = "the newest version, or the defaults", body = PoliciesJson),
    )
)]
async fn show(
    State(context): State<Context>,
    _: Permitted<PoliciesRead>,
) -> Result<Json<PoliciesJson>, Problem> {
    let now = context.db().read(service::in_force).await;
    let now = now.map_err(|failed: DbError| Problem::from(failed))?;
    let version = now.version();
    Ok(Json(PoliciesJson {
        version,
        published_at: now.row.as_ref().map(|row| at(row.published_at_ms)),
        published_by: now.row.map(|row| row.published_by),
        policies: now.policies,
    }))
}

/// Policies that shall hold.
#[derive(Debug, Deserialize, ToSchema)]
struct PoliciesDraft {
    /// The version they were made from: if there is a newer one by now, nothing is published.
    based_on: i64,
    policies: Policies,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
struct PoliciesPublished {
    /// The version that holds now.
    version: i64,
}

/// Publishes policies to every store, in place of those in force.
#[utoipa::path(
    post, path = "/v1/policies", tag = "policies",
    params(IdempotencyKey),
    request_body = PoliciesDraft,
    responses(
        (status = 200, description = "published", body = PoliciesPublished),
        (status = 409, description = "`policies_refused`, `policies_overtaken`"),
    )
)]
async fn publish(
    State(context): State<Context>,
    caller: Permitted<PoliciesWrite>,
    key: IdempotencyKey,
    Json(draft): Json<PoliciesDraft>,
) -> Result<StoredResponse, Problem> {
    let change = Change::Whole(Box::new(draft.policies));
    change_once(&context, &caller, key.0, draft.based_on, change).await
}

/// Changes the policies once, for the API and the page.
pub(super) async fn change_once(
    context: &Context,
    caller: &Caller,
    key: String,
    based_on: i64,
    change: Change,
) -> Result<StoredResponse, Problem> {
    let request = request_of("/v1/policies", &(based_on, &change)).about(change.words());
    let (within, by) = (context.clone(), caller.name.clone());
    once(context, caller.scope(key), request, move |tx| {
        let version = service::change_in(&within, tx, based_on, &by, change)?;
        Ok(done(&PoliciesPublished { version }))
    })
    .await
}

/// Which versions are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Older than this version.
    #[serde(default)]
    before: Option<i64>,
}

/// A page of versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct VersionsJson {
    versions: Vec<VersionJson>,
    before: Option<i64>,
}

/// A version: what changed, when and by whom.
#[derive(Debug, Serialize, ToSchema)]
struct VersionJson {
    version: i64,
    changed: String,
    published_at: Timestamp,
    published_by: String,
}

fn version_json(row: VersionRow) -> VersionJson {
    VersionJson {
        version: row.version,
        changed: row.changed,
        published_at: at(row.published_at_ms),
        published_by: row.published_by,
    }
}

/// Lists the versions there were.
#[utoipa::path(
    get, path = "/v1/policies/versions", tag = "policies",
    params(Asked),
    responses((status = 200, description = "a page of them", body = VersionsJson))
)]
async fn versions(
    State(context): State<Context>,
    _: Permitted<PoliciesRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<VersionsJson>, Problem> {
    let before = asked.before.unwrap_or(i64::MAX);
    let read = context
        .db()
        .read(move |tx| store::versions(tx, before, PAGE + 1));
    let mut rows = read
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let before = rows.last().filter(|_| more).map(|row| row.version);
    Ok(Json(VersionsJson {
        versions: rows.into_iter().map(version_json).collect(),
        before,
    }))
}
