//! Carries a command out once, however often it is sent, and answers it each time.
//!
//! Key and answer are stored in the transaction of the facts. It knows no slice: a slice says what
//! the command is and what carries it out.

use axum::http::{HeaderMap, StatusCode};
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::idempotency::{begin, finish, key_reused, request_hash};
use counterpart_daemon::http::{Begun, IdempotencyKey, Problem, Scope, StoredResponse, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::RegisterId;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A command as its caller named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    scope: Scope,
    request_sha256: [u8; 32],
}

/// Why a command was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum CommandFailed {
    /// Its key was used for another command.
    #[error("the key was used for another command")]
    KeyReused,
    /// The stored answer is not the one this program gives.
    #[error("could not read the answer given the first time")]
    Unreadable(#[source] serde_json::Error),
    /// The database failed.
    #[error("could not remember the command")]
    Db(#[from] DbError),
}

/// Returns whose keys the commands of a register are: a repeated one is the same whoever is signed
/// in there by now.
#[must_use]
pub fn register_principal(register: RegisterId) -> String {
    format!("register/{register}")
}

/// Returns the key of a form: the header a live page sends, else the form's own field.
///
/// # Errors
///
/// 400 when there is neither.
pub fn form_key(headers: &HeaderMap, field: &str) -> Result<IdempotencyKey, Problem> {
    let header = headers.get("idempotency-key");
    IdempotencyKey::parse(header.and_then(|key| key.to_str().ok()).unwrap_or(field))
}

impl Command {
    /// Names a command: `principal` made the key `key`, and the command is to do `what` with
    /// `request`, for example `POST /v1/stock/receipts` with its body.
    ///
    /// # Panics
    ///
    /// When the request cannot be written as JSON, a map with keys that are no texts for example.
    #[must_use]
    pub fn new(
        principal: impl Into<String>,
        key: IdempotencyKey,
        what: &str,
        request: &impl Serialize,
    ) -> Self {
        let body = serde_json::to_vec(request).expect("requests have text keys only");
        Self {
            scope: Scope {
                principal: principal.into(),
                key: key.0,
            },
            request_sha256: request_hash("", what, &body),
        }
    }

    /// Carries the command out in the caller's transaction, or returns what it answered before.
    ///
    /// # Errors
    ///
    /// What `work` returns, which is not remembered: asked again, the rules decide again;
    /// [`CommandFailed`].
    pub fn once<T, E>(
        &self,
        tx: &mut Tx,
        now_ms: i64,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<CommandFailed>,
    {
        let begun = begin(tx, &self.scope, self.request_sha256).map_err(CommandFailed::from)?;
        match begun {
            Begun::Replayed(stored) => serde_json::from_slice(&stored.body)
                .map_err(|source| CommandFailed::Unreadable(source).into()),
            Begun::KeyReused => Err(CommandFailed::KeyReused.into()),
            Begun::Fresh => {
                let answer = work(tx)?;
                let stored = StoredResponse::json(StatusCode::OK, &answer);
                finish(tx, &self.scope, self.request_sha256, &stored, now_ms)
                    .map_err(CommandFailed::from)?;
                Ok(answer)
            }
        }
    }
}

impl ToProblem for CommandFailed {
    fn to_problem(&self) -> Problem {
        match self {
            Self::KeyReused => key_reused(),
            Self::Db(failed) => failed.to_problem(),
            Self::Unreadable(_) => Problem::failed(
                "answer_unreadable",
                "the command was carried out before, by another version of the program: look at \
                 the result instead of sending it again",
            ),
        }
    }
}

/// Returns the answer when a fact could not be stated: nothing of the command was stored.
#[must_use]
pub fn replica_problem(failed: &ReplicaFailed) -> Problem {
    match failed {
        ReplicaFailed::Db(failed) => failed.to_problem(),
        ReplicaFailed::NoIdentity => Problem::failed(
            "not_enrolled",
            "this store is not enrolled yet: enrol it at the hub first",
        ),
        ReplicaFailed::OrderIncomplete(_) => Problem::refused(
            "order_incomplete",
            "part of what the hub said of this order has not come yet: note on paper what you \
             do, and try again when this store has spoken with the hub",
        ),
        ReplicaFailed::Order(_) => Problem::failed(
            "order_damaged",
            "this order takes no more entries here: note on paper what you do, and report the \
             order's number to whoever looks after the program",
        ),
        ReplicaFailed::Segment(_) | ReplicaFailed::Projection { .. } => {
            let detail = "the program made a mistake and stored nothing: report the time of day \
                          to whoever looks after it";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug").detail(detail)
        }
    }
}
