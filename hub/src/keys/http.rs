//! Keys over HTTP: which there are, and revoking one.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::keyring::SigningKey;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::RevocationDraft;
use super::service;
use crate::context::Context;
use crate::users::{Caller, Permitted, StoresRead, StoresWrite};
use crate::web::{done, once, request_of};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(revoke))
        .merge(pages::router().into())
}

/// A public key.
#[derive(Debug, Serialize, ToSchema)]
struct SigningKeyJson {
    key_id: String,
    /// The edge that holds the secret half; 0 is the hub.
    owner: u32,
    /// 64 hexadecimal digits.
    public_key: String,
    from: Timestamp,
    revoked_at: Option<Timestamp>,
    reason: Option<String>,
}

fn key_json(key: SigningKey) -> SigningKeyJson {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    SigningKeyJson {
        key_id: key.key_id.to_string(),
        owner: key.owner.0,
        public_key: counterpart_protocol::reference::hash_text(&key.public_key.0),
        from: at(key.from_ms),
        revoked_at: key.revoked.as_ref().map(|revoked| at(revoked.at_ms)),
        reason: key.revoked.map(|revoked| revoked.reason),
    }
}

/// Lists the public keys codes are signed with.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys",
    responses((status = 200, description = "every key", body = [SigningKeyJson]))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
) -> Result<Json<Vec<SigningKeyJson>>, Problem> {
    let keys = service::keys(&context).await?;
    Ok(Json(keys.into_iter().map(key_json).collect()))
}

/// Revokes a key for good: what it signed counts nowhere any more.
#[utoipa::path(
    post, path = "/v1/keys/{key}/revoke", tag = "keys",
    params(("key" = String, Path, description = "16 hexadecimal digits"), IdempotencyKey),
    request_body = RevocationDraft,
    responses(
        (status = 200, description = "it is revoked", body = KeyRevoked),
        (status = 409, description = "`reason_refused`"),
    )
)]
async fn revoke(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(key_id): Path<String>,
    key: IdempotencyKey,
    Json(draft): Json<RevocationDraft>,
) -> Result<StoredResponse, Problem> {
    revoke_once(&context, &operator, key.0, (key_id, draft)).await
}

/// A key that is revoked.
#[derive(Debug, Serialize, ToSchema)]
struct KeyRevoked {
    key_id: String,
}

/// Revokes a key once, for the API and the page.
pub(super) async fn revoke_once(
    context: &Context,
    operator: &Caller,
    key: String,
    (key_id, draft): (String, RevocationDraft),
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/keys/{key_id}/revoke"), &draft);
    let scope = operator.scope(key);
    let (within, by) = (context.clone(), operator.name.clone());
    once(context, scope, request, move |tx| {
        service::revoke(&within, tx, &key_id, (&draft, &by))?;
        Ok(done(&KeyRevoked { key_id }))
    })
    .await
}
