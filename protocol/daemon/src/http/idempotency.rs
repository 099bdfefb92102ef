//! Makes a command that is sent twice happen once, and answers it twice.
//!
//! Key, request hash and response are stored in the transaction of the fact itself: there is no
//! moment in which one exists without the other. Refusals are not stored: asked again, the rules
//! decide again.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::db::{DbError, Tx};
use crate::params;

/// The table, for the daemons' lists of migrations.
pub const IDEMPOTENCY_MIGRATION_SQL: &str = "\
CREATE TABLE idempotency_keys (
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    request_sha256 BLOB NOT NULL,
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    body BLOB NOT NULL,
    stored_at_ms INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT;
-- Serves `purge_older`.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (stored_at_ms);
";

/// How long an answer is kept: as long as feeds are (architecture.md, conventions), 35 days.
pub const KEPT_MS: i64 = 35 * 86_400_000;
/// Answers deleted by one call, so that cleaning up never holds up a sale.
const PURGE_MAX: i64 = 1_000;
/// The longest key taken.
pub(super) const KEY_LENGTH_MAX: usize = 128;
pub(super) const KEY_HEADER: &str = "idempotency-key";

/// Whose key it is: two callers may use the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The caller: a person's, an edge's or a channel's id.
    pub principal: String,
    /// The caller's key for the command.
    pub key: String,
}

/// An answer as it was given the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl StoredResponse {
    /// Returns an answer with a JSON body.
    ///
    /// # Panics
    ///
    /// When `body` can't be JSON, a map with keys that are no texts for example.
    #[must_use]
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        Self {
            status: status.as_u16(),
            content_type: "application/json".to_owned(),
            body: serde_json::to_vec(body).expect("views have text keys only"),
        }
    }
}

impl IntoResponse for StoredResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Body::from(self.body)).into_response();
        if let Ok(content_type) = HeaderValue::from_str(&self.content_type) {
            response.headers_mut().insert(CONTENT_TYPE, content_type);
        }
        response
    }
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new: carry the command out and call [`finish`].
    Fresh,
    /// The same command was carried out before: give this answer again.
    Replayed(StoredResponse),
    /// The key was used for another command: answer [`key_reused`].
    KeyReused,
}

/// Looks a key up before the command is carried out.
///
/// # Errors
///
/// The failures of [`DbError`].
pub fn begin(tx: &mut Tx, scope: &Scope, request_sha256: [u8; 32]) -> Result<Begun, DbError> {
    let row = tx.query_opt(
        "SELECT request_sha256, status, content_type, body FROM idempotency_keys
         WHERE principal = $1 AND key = $2",
        params![&scope.principal, &scope.key],
    )?;
    let Some(row) = row else {
        return Ok(Begun::Fresh);
    };
    if row.read::<[u8; 32]>(0)? != request_sha256 {
        return Ok(Begun::KeyReused);
    }
    Ok(Begun::Replayed(StoredResponse {
        status: row.read(1)?,
        content_type: row.read(2)?,
        body: row.read(3)?,
    }))
}

/// Stores the answer in the transaction that carried the command out.
///
/// # Errors
///
/// The failures of [`DbError`]; [`DbError::Constraint`] when another transaction used the key
/// meanwhile (PostgreSQL), which rolls this one back: send the command again.
pub fn finish(
    tx: &mut Tx,
    scope: &Scope,
    request_sha256: [u8; 32],
    response: &StoredResponse,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO idempotency_keys
         (principal, key, request_sha256, status, content_type, body, stored_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            &scope.principal,
            &scope.key,
            request_sha256,
            response.status,
            &response.content_type,
            &response.body,
            now_ms,
        ],
    )?;
    Ok(())
}

/// Deletes up to 1,000 answers stored before `before_ms` and returns how many; call it again while
/// it returns as many. Daemons pass `now - KEPT_MS`.
///
/// # Errors
///
/// The failures of [`DbError`].
pub fn purge_older(tx: &mut Tx, before_ms: i64) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM idempotency_keys WHERE (principal, key) IN (
             SELECT principal, key FROM idempotency_keys
             WHERE stored_at_ms < $1 ORDER BY stored_at_ms LIMIT $2
         )",
        params![before_ms, PURGE_MAX],
    )
}

/// Returns the hash by which the same command is recognised: method, path with query, and body.
#[must_use]
pub fn request_hash(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), path.as_bytes(), body] {
        // Lengths keep the parts apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Returns the answer to a key that was used for another command (422).
#[must_use]
pub fn key_reused() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
        .detail("this Idempotency-Key was used for another command: take a new one")
}

/// The `Idempotency-Key` of a command.
///
/// As an axum extractor it answers 400 when the header is missing or is not 1 to 128 visible ASCII
/// characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    /// Takes a key if it has a good form, from a form field for example.
    ///
    /// # Errors
    ///
    /// The problem to answer with.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let good = (1..=KEY_LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if good {
            return Ok(Self(text.to_owned()));
        }
        Err(refused(
            "an Idempotency-Key has 1 to 128 visible ASCII characters",
        ))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(KEY_HEADER).ok_or_else(|| {
            refused("every command needs an Idempotency-Key header, so that it can be sent again")
        })?;
        Self::parse(header.to_str().unwrap_or(""))
    }
}

fn refused(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing").detail(detail)
}
