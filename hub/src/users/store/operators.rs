//! The SQL of operators: who they are and what they may do.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;

use super::RoleWord;
use crate::users::rules::ConsoleRole;

/// An operator as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::users) struct OperatorRow {
    pub(in crate::users) name: String,
    pub(in crate::users) role: ConsoleRole,
    pub(in crate::users) disabled_at_ms: Option<i64>,
    pub(in crate::users) created_at_ms: i64,
    pub(in crate::users) changed_at_ms: i64,
    pub(in crate::users) sessions: i64,
}

const COLUMNS: &str = "o.name, o.created_at_ms, o.changed_at_ms,
    (SELECT COUNT(*) FROM console_sessions s WHERE s.operator = o.name AND s.until_ms > $1),
    o.role, o.disabled_at_ms";

fn operator(row: &Row) -> Result<OperatorRow, DbError> {
    Ok(OperatorRow {
        name: row.read(0)?,
        created_at_ms: row.read(1)?,
        changed_at_ms: row.read(2)?,
        sessions: row.read(3)?,
        role: row.read::<RoleWord>(4)?.0,
        disabled_at_ms: row.read(5)?,
    })
}

/// Returns operators by name, those after `after`.
pub(in crate::users) fn operators(
    tx: &mut Tx,
    now_ms: i64,
    after: &str,
    limit: u32,
) -> Result<Vec<OperatorRow>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM operators o WHERE o.name > $2 ORDER BY o.name LIMIT $3");
    let rows = tx.query_all(&sql, params![now_ms, after, limit])?;
    rows.iter().map(operator).collect()
}

pub(in crate::users) fn operator_by_name(
    tx: &mut Tx,
    now_ms: i64,
    name: &str,
) -> Result<Option<OperatorRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM operators o WHERE o.name = $2");
    let row = tx.query_opt(&sql, params![now_ms, name])?;
    row.as_ref().map(operator).transpose()
}

/// Counts those who may let people in, besides one.
pub(in crate::users) fn other_admins(tx: &mut Tx, besides: &str) -> Result<i64, DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM operators
         WHERE role = 'admin' AND disabled_at_ms IS NULL AND name <> $1",
        params![besides],
    )?;
    row.read(0)
}

pub(in crate::users) fn set_role(
    tx: &mut Tx,
    name: &str,
    role: ConsoleRole,
) -> Result<(), DbError> {
    let sql = "UPDATE operators SET role = $2 WHERE name = $1";
    tx.execute(sql, params![name, role.word()]).map(|_| ())
}

/// Lets an operator sign in or no longer, which ends all of that operator's sessions.
pub(in crate::users) fn set_disabled(
    tx: &mut Tx,
    name: &str,
    disabled_at_ms: Option<i64>,
) -> Result<(), DbError> {
    let sql = "UPDATE operators SET disabled_at_ms = $2 WHERE name = $1";
    tx.execute(sql, params![name, disabled_at_ms])?;
    let sql = "DELETE FROM console_sessions WHERE operator = $1";
    tx.execute(sql, params![name]).map(|_| ())
}
