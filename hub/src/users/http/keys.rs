//! The routes of API keys: making one, which shows its secret this once, listing and revoking.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use counterpart_daemon::web::live::{Patch, asks_for_regions, leave_for};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use ulid::Ulid;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OnPage, Permitted, UsersRead, UsersWrite};
use crate::context::Context;
use crate::users::pages::{self, KeysView};
use crate::users::service::{self, Caller, KEYS, KeyDraft, NewKey, usual_rate};
use crate::users::store::{self, KeyRow};
use crate::web::{CommandForm, done, once, request_of, with_query};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list_keys, make_key))
        .routes(routes!(revoke_key))
        .route("/api-keys", get(page).post(make_form))
        .route("/api-keys/{key}/revoke", post(revoke_form))
}

/// Where a list goes on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// After this name.
    #[serde(default)]
    after: String,
}

/// A page of API keys.
#[derive(Debug, Serialize, ToSchema)]
struct KeysJson {
    keys: Vec<KeyJson>,
    after: Option<String>,
}

/// An API key: never its secret.
#[derive(Debug, Serialize, ToSchema)]
struct KeyJson {
    key_id: String,
    name: String,
    scopes: Vec<&'static str>,
    requests_per_minute: u32,
    made_at: Timestamp,
    made_by: String,
    used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

fn key_json(row: KeyRow) -> KeyJson {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    KeyJson {
        key_id: Ulid::from_bytes(row.key_id).to_string(),
        scopes: row.scopes.iter().map(|scope| scope.word()).collect(),
        name: row.name,
        requests_per_minute: row.requests_per_minute,
        made_at: at(row.made_at_ms),
        made_by: row.made_by,
        used_at: row.used_at_ms.map(at),
        revoked_at: row.revoked_at_ms.map(at),
    }
}

/// Returns a page of keys, and after which name it goes on.
async fn keys_after(
    context: &Context,
    after: String,
) -> Result<(Vec<KeyRow>, Option<String>), Problem> {
    let read = context
        .db()
        .read(move |tx| store::keys(tx, &after, KEYS + 1));
    let mut rows = read
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let more = rows.len() > KEYS as usize;
    rows.truncate(KEYS as usize);
    let after = rows.last().filter(|_| more).map(|row| row.name.clone());
    Ok((rows, after))
}

/// Lists the API keys, by name.
#[utoipa::path(
    get, path = "/v1/api-keys", tag = "users", operation_id = "list_keys",
    params(Asked),
    responses((status = 200, description = "a page of them", body = KeysJson))
)]
async fn list_keys(
    State(context): State<Context>,
    _: Permitted<UsersRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<KeysJson>, Problem> {
    let (rows, after) = keys_after(&context, asked.after).await?;
    let keys = rows.into_iter().map(key_json).collect();
    Ok(Json(KeysJson { keys, after }))
}

/// A key that was made, with the secret that is shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct KeyMade {
    /// Names the key.
    key_id: String,
    /// What it is called.
    name: String,
    /// What is sent as the bearer token.
    secret: String,
}

/// Makes an API key; its secret is answered this once. Sent again, the command is refused.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "users",
    params(IdempotencyKey),
    request_body = KeyDraft,
    responses(
        (status = 201, description = "the key", body = KeyMade),
        (status = 409, description = "`key_refused`, `key_shown_before`"),
    )
)]
async fn make_key(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    key: IdempotencyKey,
    Json(draft): Json<KeyDraft>,
) -> Result<(StatusCode, Json<KeyMade>), Problem> {
    let made = make_once(&context, &by, key.0, draft).await?;
    let body = KeyMade {
        key_id: Ulid::from_bytes(made.row.key_id).to_string(),
        name: made.row.name,
        secret: made.secret,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Makes a key once. Its secret is stored nowhere, so a command that is sent again is not answered
/// the same but told what became of it.
async fn make_once(
    context: &Context,
    by: &Caller,
    key: String,
    draft: KeyDraft,
) -> Result<NewKey, Problem> {
    let request = request_of("/v1/api-keys", &draft);
    let about = format!("{}: {}", draft.name, draft.scopes.join(" "));
    let new = NewKey::prepare(context, &draft, &by.name)?;
    let made = new.clone();
    let key_id = Ulid::from_bytes(new.row.key_id).to_string();
    let said = json!({ "key_id": key_id });
    let answer = StoredResponse::json(StatusCode::CREATED, &said);
    let first = answer.clone();
    let told = once(context, by.scope(key), request.about(about), move |tx| {
        new.add_in(tx)?;
        Ok(first)
    });
    match told.await? == answer {
        true => Ok(made),
        false => Err(service::shown_before(&draft.name)),
    }
}

fn parse_key(text: &str) -> Result<[u8; 16], Problem> {
    let id = Ulid::from_string(text);
    id.map(|id| id.to_bytes())
        .map_err(|_| Problem::not_found(format!("there is no API key with the id {text}")))
}

/// A key by its name.
#[derive(Debug, Serialize, ToSchema)]
struct KeyNamed {
    /// The name.
    name: String,
}

/// Ends a key: the next request with it is refused.
#[utoipa::path(
    post, path = "/v1/api-keys/{key}/revoke", tag = "users",
    params(("key" = String, Path, description = "the key's id", format = "ulid"), IdempotencyKey),
    responses(
        (status = 200, description = "revoked", body = KeyNamed),
        (status = 409, description = "`key_revoked`"),
    )
)]
async fn revoke_key(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    Path(key_id): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    revoke_once(&context, &by, key.0, &key_id).await
}

async fn revoke_once(
    context: &Context,
    by: &Caller,
    key: String,
    key_id: &str,
) -> Result<StoredResponse, Problem> {
    let id = parse_key(key_id)?;
    let row = context
        .db()
        .read(move |tx| service::known_key(tx, id))
        .await?;
    let request = request_of(&format!("/v1/api-keys/{key_id}/revoke"), &()).about(row.name);
    let within = context.clone();
    once(context, by.scope(key), request, move |tx| {
        let row = service::revoke(&within, tx, id)?;
        Ok(done(&KeyNamed { name: row.name }))
    })
    .await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<UsersRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let (rows, after) = keys_after(&context, asked.after).await?;
    let older = after.map(|after| with_query("/api-keys", &[("after", &after)]));
    let view = KeysView {
        caller: &operator,
        rows: &rows,
        older: older.as_deref(),
    };
    Ok(pages::keys(&context, &view))
}

/// Reads the form of a key: its boxes are named by the scopes.
fn draft_of(fields: &BTreeMap<String, String>) -> Result<KeyDraft, Problem> {
    let text = |name: &str| fields.get(name).map_or("", |text| text.trim()).to_owned();
    let rate = text("requests_per_minute");
    let requests_per_minute = match rate.as_str() {
        "" => usual_rate(),
        rate => rate.parse().map_err(|_| {
            let detail = format!("'{rate}' is no number of requests a minute");
            Problem::refused("key_refused", &detail).field("requests_per_minute", detail)
        })?,
    };
    let chosen = service::scopes_for_keys().filter(|scope| fields.contains_key(scope.word()));
    Ok(KeyDraft {
        name: text("name"),
        scopes: chosen.map(|scope| scope.word().to_owned()).collect(),
        requests_per_minute,
    })
}

async fn make_form(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    form: CommandForm<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let made = make_once(&context, &by, form.key, draft_of(&form.fields)?).await?;
    if !asks_for_regions(&headers) {
        return Ok(pages::key_made(&context, &by, &made));
    }
    let version = context.live().version();
    let (rows, after) = keys_after(&context, String::new()).await?;
    let older = after.map(|after| with_query("/api-keys", &[("after", &after)]));
    let view = KeysView {
        caller: &by,
        rows: &rows,
        older: older.as_deref(),
    };
    Ok(Patch(pages::key_regions(&context, &view, Some(&made), version).to_vec()).into_response())
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn revoke_form(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    Path(key_id): Path<String>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    revoke_once(&context, &by, form.key, &key_id).await?;
    Ok(leave_for(&headers, "/api-keys"))
}
