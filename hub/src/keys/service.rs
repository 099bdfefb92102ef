//! Knows the keys, revokes them, and publishes the ring of them to every store.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, ReplicaFailed};
use counterpart_protocol::codes::SigningKeyAdded;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::keyring::{Keyring, SigningKey};
use counterpart_protocol::reference::packing::PackingFailed;

use super::rules::{self, ReasonRefused, RevocationDraft};
use super::store;
use crate::context::Context;
use crate::sync::{Prepared, Scope, publish};

/// The topic of pages that show keys.
pub(super) const KEYS: &str = "keys";

/// Why a key was not revoked, or the ring not published.
#[derive(Debug, thiserror::Error)]
pub enum KeysFailed {
    /// The reason.
    #[error(transparent)]
    Refused(#[from] ReasonRefused),
    /// There is no such key.
    #[error("there is no key {0}")]
    Unknown(String),
    /// The ring is too large.
    #[error(transparent)]
    Packing(#[from] PackingFailed),
    /// A fact could not be stated.
    #[error("could not tell the stores of a key")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store a key")]
    Db(#[from] DbError),
}

impl ToProblem for KeysFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(_) => {
                Problem::refused("reason_refused", &sentence).field("reason", sentence)
            }
            Self::Unknown(_) => Problem::not_found(sentence),
            Self::Packing(_) => Problem::failed("ring_too_large", sentence),
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
        }
    }
}

/// Returns every key by id.
pub(super) async fn keys(context: &Context) -> Result<Vec<SigningKey>, DbError> {
    context.db().read(store::keys).await
}

/// Revokes a key for good: what it signed counts nowhere from the stores' next contact on.
pub(super) fn revoke(
    context: &Context,
    tx: &mut Tx,
    key_id: &str,
    (draft, by): (&RevocationDraft, &str),
) -> Result<(), KeysFailed> {
    let reason = rules::check(draft)?;
    let keys = store::keys(tx)?;
    if !keys.iter().any(|key| key.key_id.to_string() == key_id) {
        return Err(KeysFailed::Unknown(key_id.to_owned()));
    }
    if store::revoke(tx, key_id, (by, &reason), context.now_ms())? > 0 {
        tracing::warn!(key = key_id, by, "revoked a signing key");
        let context = context.clone();
        tx.on_commit(Box::new(move || {
            context.upkeep().wake.notify_one();
            context.live().publish(KEYS);
        }));
    }
    Ok(())
}

/// Makes the hub's own key known, and publishes the ring if it is another one than stores have.
///
/// # Errors
/// [`KeysFailed`].
pub async fn run_once(context: &Context) -> Result<(), KeysFailed> {
    let within = context.clone();
    let published = context.db().write(move |tx| {
        let own = within.code_signer().public_key();
        store::add(tx, EdgeNumber::HUB, &own, within.now_ms())?;
        let ring = Keyring {
            keys: store::keys(tx)?,
        };
        // A thousand keys are 200 KB: packed within the transaction.
        let prepared = Prepared::of(&ring)?;
        publish(&within, tx, &Scope::Everywhere, &prepared)?;
        Ok::<_, KeysFailed>(())
    });
    published.await
}

/// Returns the view of keys edges told of.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Told)]
}

struct Told;

impl Projection for Told {
    fn name(&self) -> &'static str {
        "signing_keys"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SigningKeyAdded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let added: SigningKeyAdded = projected.fact.read()?;
        let owner = projected.origin.writer.edge;
        let at_ms = i64::try_from(projected.fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        store::add(tx, owner, &added.public_key, at_ms)?;
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }

    /// The hub's own key stands there too, and no fact tells of it.
    fn clear(&self, tx: &mut Tx) -> Result<(), DbError> {
        store::forget_told(tx)
    }
}
