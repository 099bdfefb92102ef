//! Carries a command out once, however often it is sent.

use axum::http::StatusCode;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::idempotency::{begin, finish, key_reused, request_hash};
use counterpart_daemon::http::{Begun, Problem, Scope, StoredResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::audit::Noted;
use crate::context::Context;

/// A command as it is recognised and written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The address of the API that does it.
    pub command: String,
    /// What it is recognised by when it is sent again.
    pub sha256: [u8; 32],
    about: String,
}

impl Asked {
    /// Adds what the audit log says about it: which fields, which key; nothing secret or personal.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }
}

/// Carries `work` out in one transaction with the memory of having done it and a line of the audit
/// log; sent again under the same key it does nothing more and is answered the same.
///
/// # Errors
/// What `work` refuses or fails with, which is not remembered; 422 when the key was used for
/// another request.
pub async fn once<F>(
    context: &Context,
    scope: Scope,
    asked: Asked,
    work: F,
) -> Result<StoredResponse, Problem>
where
    F: FnOnce(&mut Tx) -> Result<StoredResponse, Problem> + Send + 'static,
{
    let (now_ms, within) = (context.now_ms(), context.clone());
    let noted = Noted::done(&scope.principal, &asked.command).about(&asked.about);
    let decided = context
        .db()
        .write(move |tx| match begin(tx, &scope, asked.sha256)? {
            Begun::Replayed(response) => Ok(response),
            Begun::KeyReused => Err(key_reused()),
            Begun::Fresh => {
                let response = work(tx)?;
                finish(tx, &scope, asked.sha256, &response, now_ms)?;
                noted.write(&within, tx)?;
                Ok(response)
            }
        });
    decided.await
}

/// Returns how a command is recognised: what it is, and everything it says.
///
/// # Panics
/// Never: our own requests are maps with text keys.
#[must_use]
pub fn request_of(command: &str, request: &impl Serialize) -> Asked {
    let said = serde_json::to_vec(request).expect("requests have text keys only");
    Asked {
        command: command.to_owned(),
        sha256: request_hash("POST", command, &said),
        about: String::new(),
    }
}

/// The answer to a command that has nothing to say but that it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Done {}

/// Returns the answer to a command that was done.
#[must_use]
pub fn done(body: &impl Serialize) -> StoredResponse {
    StoredResponse::json(StatusCode::OK, body)
}
