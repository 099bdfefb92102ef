//! The SQL of API keys.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;

use crate::users::rules::Permission;

/// An API key: never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::users) struct KeyRow {
    pub(in crate::users) key_id: [u8; 16],
    pub(in crate::users) name: String,
    pub(in crate::users) scopes: Vec<Permission>,
    pub(in crate::users) requests_per_minute: u32,
    pub(in crate::users) made_at_ms: i64,
    pub(in crate::users) made_by: String,
    pub(in crate::users) used_at_ms: Option<i64>,
    pub(in crate::users) revoked_at_ms: Option<i64>,
}

/// The scopes of a key, one space between their words.
struct Scopes(Vec<Permission>);

impl FromValue for Scopes {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let words = String::from_value(value)?;
        let scopes = words.split_whitespace().map(str::parse).collect();
        let scopes: Result<Vec<Permission>, _> = scopes;
        scopes
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "the scopes of a key"))
    }
}

const COLUMNS: &str = "key_id, name, scopes, requests_per_minute, made_at_ms, made_by, used_at_ms,
    revoked_at_ms";

fn key(row: &Row) -> Result<KeyRow, DbError> {
    Ok(KeyRow {
        key_id: row.read(0)?,
        name: row.read(1)?,
        scopes: row.read::<Scopes>(2)?.0,
        requests_per_minute: row.read(3)?,
        made_at_ms: row.read(4)?,
        made_by: row.read(5)?,
        used_at_ms: row.read(6)?,
        revoked_at_ms: row.read(7)?,
    })
}

/// Returns keys by name, those after `after`.
pub(in crate::users) fn keys(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<KeyRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE name > $1 ORDER BY name LIMIT $2");
    let rows = tx.query_all(&sql, params![after, limit])?;
    rows.iter().map(key).collect()
}

pub(in crate::users) fn key_by_id(
    tx: &mut Tx,
    key_id: [u8; 16],
) -> Result<Option<KeyRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE key_id = $1");
    let row = tx.query_opt(&sql, params![key_id])?;
    row.as_ref().map(key).transpose()
}

pub(in crate::users) fn key_by_secret(
    tx: &mut Tx,
    secret_sha256: [u8; 32],
) -> Result<Option<KeyRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE secret_sha256 = $1");
    let row = tx.query_opt(&sql, params![secret_sha256])?;
    row.as_ref().map(key).transpose()
}

pub(in crate::users) fn key_name_taken(tx: &mut Tx, name: &str) -> Result<bool, DbError> {
    let row = tx.query_opt("SELECT 1 FROM api_keys WHERE name = $1", params![name])?;
    Ok(row.is_some())
}

pub(in crate::users) fn add_key(
    tx: &mut Tx,
    key: &KeyRow,
    secret_sha256: [u8; 32],
) -> Result<(), DbError> {
    let words: Vec<&str> = key.scopes.iter().map(|scope| scope.word()).collect();
    tx.execute(
        "INSERT INTO api_keys (key_id, secret_sha256, name, scopes, requests_per_minute,
             made_at_ms, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            key.key_id,
            secret_sha256,
            &key.name,
            words.join(" "),
            key.requests_per_minute,
            key.made_at_ms,
            &key.made_by,
        ],
    )?;
    Ok(())
}

pub(in crate::users) fn note_key_used(
    tx: &mut Tx,
    key_id: [u8; 16],
    now_ms: i64,
) -> Result<(), DbError> {
    let sql = "UPDATE api_keys SET used_at_ms = $2 WHERE key_id = $1";
    tx.execute(sql, params![key_id, now_ms]).map(|_| ())
}

/// Ends a key; false if it was over already.
pub(in crate::users) fn revoke_key(
    tx: &mut Tx,
    key_id: [u8; 16],
    now_ms: i64,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE api_keys SET revoked_at_ms = $2 WHERE key_id = $1 AND revoked_at_ms IS NULL",
        params![key_id, now_ms],
    )?;
    Ok(changed == 1)
}
