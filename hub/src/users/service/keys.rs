//! API keys: made once, shown once, looked up by the hash of their secret at every request.

use axum::http::StatusCode;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::entropy::random_bytes;
use counterpart_daemon::http::{Problem, ToProblem};
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;

use super::{Caller, hex, token_hash};
use crate::context::Context;
use crate::users::rules::{self, KeyRefused, Permission};
use crate::users::store::{self, KeyRow};

/// What every secret begins with, so that a leaked one is recognised for what it is.
const PREFIX: &str = "cpk_";
/// When a key was last used is written down at most once a minute.
const USED_EVERY_MS: i64 = 60_000;
/// Keys listed at once.
pub(in crate::users) const KEYS: u32 = 100;

/// A key as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::users) struct KeyDraft {
    /// What it is called in lists and in the audit log; never given twice.
    pub(in crate::users) name: String,
    /// What it may do, by the words of permissions.
    pub(in crate::users) scopes: Vec<String>,
    /// How often it may ask.
    #[serde(default = "usual_rate")]
    pub(in crate::users) requests_per_minute: u32,
}

pub(in crate::users) const fn usual_rate() -> u32 {
    600
}

/// Why nothing was done about a key.
#[derive(Debug, thiserror::Error)]
pub(in crate::users) enum KeyFailed {
    /// Name, scopes or rate are wrong.
    #[error(transparent)]
    Refused(#[from] KeyRefused),
    /// There is no such key.
    #[error("there is no API key with the id {0}")]
    Unknown(String),
    /// It was revoked.
    #[error("the key {0} is over already")]
    Over(String),
    /// The database.
    #[error("could not store an API key")]
    Db(#[from] DbError),
}

/// A key that is about to be made, with its secret.
#[derive(Clone)]
pub(in crate::users) struct NewKey {
    pub(in crate::users) row: KeyRow,
    pub(in crate::users) secret: String,
}

impl NewKey {
    /// Draws a secret for a key that was asked for.
    pub(in crate::users) fn prepare(
        context: &Context,
        draft: &KeyDraft,
        by: &str,
    ) -> Result<Self, KeyFailed> {
        let scopes = rules::check_key(&draft.name, &draft.scopes, draft.requests_per_minute)?;
        let secret: [u8; 32] = random_bytes(context.entropy().as_ref());
        Ok(Self {
            row: KeyRow {
                key_id: context.new_id(),
                name: draft.name.clone(),
                scopes,
                requests_per_minute: draft.requests_per_minute,
                made_at_ms: context.now_ms(),
                made_by: by.to_owned(),
                used_at_ms: None,
                revoked_at_ms: None,
            },
            secret: format!("{PREFIX}{}", hex(&secret)),
        })
    }

    /// Stores the key, and of its secret the hash.
    pub(in crate::users) fn add_in(&self, tx: &mut Tx) -> Result<(), KeyFailed> {
        if store::key_name_taken(tx, &self.row.name)? {
            return Err(KeyRefused::Taken(self.row.name.clone()).into());
        }
        store::add_key(tx, &self.row, token_hash(&self.secret))?;
        let (name, by) = (&self.row.name, &self.row.made_by);
        tracing::info!(key = name, by, "made an API key");
        Ok(())
    }
}

/// Returns the key with this id.
pub(in crate::users) fn known_key(tx: &mut Tx, key_id: [u8; 16]) -> Result<KeyRow, KeyFailed> {
    let unknown = || KeyFailed::Unknown(Ulid::from_bytes(key_id).to_string());
    store::key_by_id(tx, key_id)?.ok_or_else(unknown)
}

/// Ends a key: the next request with it is refused.
pub(in crate::users) fn revoke(
    context: &Context,
    tx: &mut Tx,
    key_id: [u8; 16],
) -> Result<KeyRow, KeyFailed> {
    let key = known_key(tx, key_id)?;
    if !store::revoke_key(tx, key_id, context.now_ms())? {
        return Err(KeyFailed::Over(key.name));
    }
    tracing::info!(key = key.name, "revoked an API key");
    Ok(key)
}

/// Tells whether a bearer token is an API key's.
#[must_use]
pub(in crate::users) fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// Finds out whose key it is, and counts the request.
///
/// # Errors
/// 401 for a key nobody made or that was revoked, 429 for one that asks too often.
pub(in crate::users) async fn key_caller(
    context: &Context,
    secret: &str,
) -> Result<Caller, Problem> {
    let (hash, now_ms) = (token_hash(secret), context.now_ms());
    let found = context.db().read(move |tx| store::key_by_secret(tx, hash));
    let found: Option<KeyRow> = found
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let unknown = "nobody made this API key here: make one at the console, under API keys";
    let key = found.ok_or_else(|| Problem::unauthenticated(unknown))?;
    if key.revoked_at_ms.is_some() {
        let name = &key.name;
        let detail = format!("the API key {name} was revoked: make a new one at the console");
        return Err(Problem::unauthenticated(detail));
    }
    if let Err(wait_s) = context
        .throttle()
        .take(key.key_id, key.requests_per_minute, now_ms)
    {
        let (name, rate) = (&key.name, key.requests_per_minute);
        let detail = format!("the API key {name} may ask {rate} times a minute: wait {wait_s} s");
        return Err(Problem::throttled(detail, wait_s));
    }
    if key
        .used_at_ms
        .is_none_or(|used_at_ms| now_ms - used_at_ms >= USED_EVERY_MS)
    {
        let id = key.key_id;
        let noted = context
            .db()
            .write(move |tx| store::note_key_used(tx, id, now_ms));
        noted
            .await
            .map_err(|failed: DbError| Problem::from(failed))?;
    }
    Ok(Caller::key(key.name, key.scopes))
}

/// Returns what an API key may be allowed, in the order pages show it.
pub(in crate::users) fn scopes_for_keys() -> impl Iterator<Item = Permission> {
    Permission::ALL
        .into_iter()
        .filter(|permission| permission.is_for_keys())
}

impl ToProblem for KeyFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(refused) => {
                Problem::refused("key_refused", &sentence).field(refused.field(), sentence)
            }
            Self::Unknown(_) => Problem::not_found(sentence),
            Self::Over(_) => Problem::refused("key_revoked", sentence),
            Self::Db(error) => error.to_problem(),
        }
    }
}

/// Says that a key was made by this very command before: its secret was shown then.
#[must_use]
pub(in crate::users) fn shown_before(name: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, "key_shown_before").detail(format!(
        "this command made the key {name} already and its secret was shown then, once: if it is \
         lost, revoke the key and make another"
    ))
}
