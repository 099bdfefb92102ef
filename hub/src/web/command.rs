//! Carries a command out once, however often it is sent.

use axum::http::StatusCode;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::idempotency::{begin, finish, key_reused, request_hash};
use counterpart_daemon::http::{Begun, Problem, Scope, StoredResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Context;

/// Carries `work` out in one transaction with the memory of having done it; sent again under the
/// same key it does nothing more and is answered the same.
///
/// # Errors
/// What `work` refuses or fails with, which is not remembered; 422 when the key was used for
/// another request.
pub async fn once<F>(
    context: &Context,
    scope: Scope,
    request_sha256: [u8; 32],
    work: F,
) -> Result<StoredResponse, Problem>
where
    F: FnOnce(&mut Tx) -> Result<StoredResponse, Problem> + Send + 'static,
{
    let now_ms = context.now_ms();
    let decided = context
        .db()
        .write(move |tx| match begin(tx, &scope, request_sha256)? {
            Begun::Replayed(response) => Ok(response),
            Begun::KeyReused => Err(key_reused()),
            Begun::Fresh => {
                let response = work(tx)?;
                finish(tx, &scope, request_sha256, &response, now_ms)?;
                Ok(response)
            }
        });
    decided.await
}

/// Returns the hash by which a command is recognised: what it is, and everything it says.
///
/// # Panics
/// Never: our own requests are maps with text keys.
#[must_use]
pub fn request_of(command: &str, request: &impl Serialize) -> [u8; 32] {
    let said = serde_json::to_vec(request).expect("requests have text keys only");
    request_hash("POST", command, &said)
}

/// The answer to a command that has nothing to say but that it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Done {}

/// Returns the answer to a command that was done.
#[must_use]
pub fn done(body: &impl Serialize) -> StoredResponse {
    StoredResponse::json(StatusCode::OK, body)
}
