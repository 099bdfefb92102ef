//! The SQL of operators' passwords, their sessions and their wrong passwords; operators as people
//! see them, API keys and the audit log are beside it.

mod audit;
mod keys;
mod operators;

pub(super) use audit::{AuditFilter, AuditRow, audit, audit_areas, purge_audit};
pub(super) use keys::{
    KeyRow, add_key, key_by_id, key_by_secret, key_name_taken, keys, note_key_used, revoke_key,
};
pub(super) use operators::{
    OperatorRow, operator_by_name, operators, other_admins, set_disabled, set_role,
};

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;

use super::rules::ConsoleRole;

/// A role by its word.
struct RoleWord(ConsoleRole);

impl FromValue for RoleWord {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let word = String::from_value(value)?;
        let role = word.parse().map(Self);
        role.map_err(|_| ValueMismatch::new(value, "an operator's role"))
    }
}

pub(super) fn any_operator(tx: &mut Tx) -> Result<bool, DbError> {
    let row = tx.query_opt("SELECT 1 FROM operators LIMIT 1", params![])?;
    Ok(row.is_some())
}

/// Tells whether there is an operator of that name, who may sign in or not.
pub(super) fn is_known(tx: &mut Tx, name: &str) -> Result<bool, DbError> {
    let row = tx.query_opt("SELECT 1 FROM operators WHERE name = $1", params![name])?;
    Ok(row.is_some())
}

/// Returns the hash to compare with of an operator, who may sign in or not.
pub(super) fn password_hash(tx: &mut Tx, name: &str) -> Result<Option<String>, DbError> {
    let sql = "SELECT password_hash FROM operators WHERE name = $1";
    let row = tx.query_opt(sql, params![name])?;
    row.map(|row| row.read(0)).transpose()
}

/// Returns the hash to compare with of an operator who may sign in.
pub(super) fn hash_to_sign_in(tx: &mut Tx, name: &str) -> Result<Option<String>, DbError> {
    let sql = "SELECT password_hash FROM operators WHERE name = $1 AND disabled_at_ms IS NULL";
    let row = tx.query_opt(sql, params![name])?;
    row.map(|row| row.read(0)).transpose()
}

pub(super) fn add(
    tx: &mut Tx,
    name: &str,
    role: ConsoleRole,
    hash: &str,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO operators (name, password_hash, created_at_ms, changed_at_ms, role)
         VALUES ($1, $2, $3, $3, $4)",
        params![name, hash, now_ms, role.word()],
    )?;
    Ok(())
}

/// Sets a password and ends every session of that operator; false if there is no such one.
pub(super) fn set_password(
    tx: &mut Tx,
    name: &str,
    hash: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE operators SET password_hash = $2, changed_at_ms = $3 WHERE name = $1",
        params![name, hash, now_ms],
    )?;
    let sql = "DELETE FROM console_sessions WHERE operator = $1";
    tx.execute(sql, params![name])?;
    forget_failures(tx, name)?;
    Ok(changed == 1)
}

/// Wrong passwords in a row, and until when the name is held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Failures {
    pub(super) count: u32,
    pub(super) locked_until_ms: i64,
}

pub(super) fn failures(tx: &mut Tx, name: &str) -> Result<Failures, DbError> {
    let sql = "SELECT failures, locked_until_ms FROM sign_in_failures WHERE name = $1";
    let Some(row) = tx.query_opt(sql, params![name])? else {
        return Ok(Failures::default());
    };
    Ok(Failures {
        count: row.read(0)?,
        locked_until_ms: row.read(1)?,
    })
}

pub(super) fn put_failures(tx: &mut Tx, name: &str, failures: Failures) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO sign_in_failures (name, failures, locked_until_ms) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE
         SET failures = excluded.failures, locked_until_ms = excluded.locked_until_ms",
        params![name, failures.count, failures.locked_until_ms],
    )?;
    Ok(())
}

pub(super) fn forget_failures(tx: &mut Tx, name: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM sign_in_failures WHERE name = $1";
    tx.execute(sql, params![name]).map(|_| ())
}

pub(super) fn add_session(
    tx: &mut Tx,
    token_sha256: [u8; 32],
    operator: &str,
    now_ms: i64,
    until_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO console_sessions (token_sha256, operator, begun_at_ms, until_ms)
         VALUES ($1, $2, $3, $4)",
        params![token_sha256, operator, now_ms, until_ms],
    )?;
    Ok(())
}

/// Returns whose session it is, what they may do, and until when, if it is not over.
pub(super) fn session(
    tx: &mut Tx,
    token_sha256: [u8; 32],
    now_ms: i64,
) -> Result<Option<(String, ConsoleRole, i64)>, DbError> {
    let row = tx.query_opt(
        "SELECT s.operator, o.role, s.until_ms
         FROM console_sessions s JOIN operators o ON o.name = s.operator
         WHERE s.token_sha256 = $1 AND s.until_ms > $2 AND o.disabled_at_ms IS NULL",
        params![token_sha256, now_ms],
    )?;
    let session = |row: Row| Ok((row.read(0)?, row.read::<RoleWord>(1)?.0, row.read(2)?));
    row.map(session).transpose()
}

pub(super) fn prolong(tx: &mut Tx, token_sha256: [u8; 32], until_ms: i64) -> Result<(), DbError> {
    let sql = "UPDATE console_sessions SET until_ms = $2 WHERE token_sha256 = $1";
    tx.execute(sql, params![token_sha256, until_ms]).map(|_| ())
}

pub(super) fn end_session(tx: &mut Tx, token_sha256: [u8; 32]) -> Result<(), DbError> {
    let sql = "DELETE FROM console_sessions WHERE token_sha256 = $1";
    tx.execute(sql, params![token_sha256]).map(|_| ())
}

/// Deletes sessions that are over, and wrong passwords nobody holds anyone up for any more.
pub(super) fn purge(tx: &mut Tx, now_ms: i64, failures_before_ms: i64) -> Result<u64, DbError> {
    let sessions = "DELETE FROM console_sessions WHERE until_ms <= $1";
    let failures = "DELETE FROM sign_in_failures WHERE locked_until_ms < $1";
    Ok(tx.execute(sessions, params![now_ms])?
        + tx.execute(failures, params![failures_before_ms])?)
}
