//! The public keys signed codes are checked with.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::codes::{KeyId, PublicKey, SigningKeyAdded};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::keyring::{Revoked, SigningKey, key_id_of};

use super::unreadable;

const COLUMNS: &str =
    "key_id, owner, public_key, from_ms, until_ms, revoked_at_ms, revoked_because";

/// Returns the key with this id, if the hub has published one; whether it counts is
/// [`SigningKey::fits`].
///
/// # Errors
///
/// Those of the database.
pub fn key(tx: &mut Tx, key_id: KeyId) -> Result<Option<SigningKey>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM signing_keys WHERE key_id = $1");
    let row = tx.query_opt(&sql, params![key_id.to_string()])?;
    row.as_ref().map(signing_key).transpose()
}

/// Returns the public half of a key whose codes count at a moment in milliseconds UTC: one the hub
/// has published and not revoked, or this store's own, which needs no hub to be believed here.
///
/// # Errors
///
/// Those of the database.
pub fn trusted_key(
    tx: &mut Tx,
    key_id: KeyId,
    signed_at_ms: i64,
) -> Result<Option<PublicKey>, DbError> {
    if let Some(key) = key(tx, key_id)? {
        return Ok(key.fits(signed_at_ms).is_ok().then_some(key.public_key));
    }
    let row = tx.query_opt(
        "SELECT public_key FROM own_keys WHERE key_id = $1",
        params![key_id.to_string()],
    )?;
    row.map(|row| row.read(0).map(PublicKey)).transpose()
}

/// Tells whether this store has told the hub of a key of its own.
pub(in crate::reference) fn is_own(tx: &mut Tx, key_id: KeyId) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM own_keys WHERE key_id = $1";
    Ok(tx.query_opt(sql, params![key_id.to_string()])?.is_some())
}

/// The view of the keys this store has made.
pub(in crate::reference) struct OwnKeys;

impl Projection for OwnKeys {
    fn name(&self) -> &'static str {
        "own_keys"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SigningKeyAdded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let added: SigningKeyAdded = projected.fact.read()?;
        let at_ms = i64::try_from(projected.fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO own_keys (key_id, public_key, from_ms) VALUES ($1, $2, $3)
             ON CONFLICT (key_id) DO NOTHING",
            params![added.public_key.id().to_string(), added.public_key.0, at_ms,],
        )?;
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["own_keys"]
    }
}

/// Returns every key the hub has published, by id.
///
/// # Errors
///
/// Those of the database.
pub fn keys(tx: &mut Tx) -> Result<Vec<SigningKey>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM signing_keys ORDER BY key_id");
    let rows = tx.query_all(&sql, params![])?;
    rows.iter().map(signing_key).collect()
}

fn signing_key(row: &Row) -> Result<SigningKey, DbError> {
    let text: String = row.read(0)?;
    let revoked = match (row.read(5)?, row.read(6)?) {
        (Some(at_ms), Some(reason)) => Some(Revoked { at_ms, reason }),
        _ => None,
    };
    Ok(SigningKey {
        key_id: key_id_of(&text).map_err(|_| unreadable("signing_keys.key_id", text))?,
        owner: EdgeNumber(row.read(1)?),
        public_key: PublicKey(row.read(2)?),
        from_ms: row.read(3)?,
        until_ms: row.read(4)?,
        revoked,
    })
}

/// Replaces the keys: a few dozen a hub, some thousand at the largest.
pub(in crate::reference) fn put_keys(tx: &mut Tx, keys: &[SigningKey]) -> Result<(), DbError> {
    tx.execute("DELETE FROM signing_keys", params![])?;
    for key in keys {
        let sql = format!(
            "INSERT INTO signing_keys ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (key_id) DO NOTHING"
        );
        tx.execute(
            &sql,
            params![
                key.key_id.to_string(),
                key.owner.0,
                key.public_key.0,
                key.from_ms,
                key.until_ms,
                key.revoked.as_ref().map(|revoked| revoked.at_ms),
                key.revoked.as_ref().map(|revoked| revoked.reason.as_str()),
            ],
        )?;
    }
    Ok(())
}
