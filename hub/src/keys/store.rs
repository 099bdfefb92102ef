//! The SQL of keys and revocations.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::codes::{KeyId, PublicKey};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::keyring::{Revoked, SigningKey, key_id_of};

/// A key's id of a row.
struct Id(KeyId);

impl FromValue for Id {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        key_id_of(&text)
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a key's id"))
    }
}

fn key(row: &Row) -> Result<SigningKey, DbError> {
    let revoked = match (row.read(4)?, row.read(5)?) {
        (Some(at_ms), Some(reason)) => Some(Revoked { at_ms, reason }),
        _ => None,
    };
    Ok(SigningKey {
        key_id: row.read::<Id>(0)?.0,
        owner: EdgeNumber(row.read(1)?),
        public_key: PublicKey(row.read(2)?),
        from_ms: row.read(3)?,
        until_ms: None,
        revoked,
    })
}

/// Returns every key by id.
pub(super) fn keys(tx: &mut Tx) -> Result<Vec<SigningKey>, DbError> {
    let rows = tx.query_all(
        "SELECT k.key_id, k.owner, k.public_key, k.from_ms, r.revoked_at_ms, r.reason
         FROM signing_keys k LEFT JOIN key_revocations r ON r.key_id = k.key_id
         ORDER BY k.key_id LIMIT 20000",
        params![],
    )?;
    rows.iter().map(key).collect()
}

/// Adds a key that is not known yet.
pub(super) fn add(
    tx: &mut Tx,
    owner: EdgeNumber,
    public_key: &PublicKey,
    from_ms: i64,
) -> Result<u64, DbError> {
    tx.execute(
        "INSERT INTO signing_keys (key_id, owner, public_key, from_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key_id) DO NOTHING",
        params![public_key.id().to_string(), owner.0, public_key.0, from_ms,],
    )
}

/// The table of the views.
pub(super) const VIEWS: &[&str] = &["signing_keys"];

/// Forgets the keys facts told of; the hub's own is no fact.
pub(super) fn forget_told(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute("DELETE FROM signing_keys WHERE owner > 0", params![])
        .map(|_| ())
}

/// Notes that a key is not to be believed; 0 if that was said before.
pub(super) fn revoke(
    tx: &mut Tx,
    key_id: &str,
    (by, reason): (&str, &str),
    now_ms: i64,
) -> Result<u64, DbError> {
    tx.execute(
        "INSERT INTO key_revocations (key_id, revoked_at_ms, revoked_by, reason)
         VALUES ($1, $2, $3, $4) ON CONFLICT (key_id) DO NOTHING",
        params![key_id, now_ms, by, reason],
    )
}
