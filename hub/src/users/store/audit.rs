//! Reading the audit log; `web::Noted` writes it.

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::users) struct AuditRow {
    pub(in crate::users) audit_id: [u8; 16],
    pub(in crate::users) at_ms: i64,
    pub(in crate::users) who: String,
    pub(in crate::users) command: String,
    pub(in crate::users) outcome: String,
    pub(in crate::users) about: String,
    pub(in crate::users) came_from: String,
}

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::users) struct AuditFilter {
    /// By this principal.
    pub(in crate::users) who: Option<String>,
    /// About this: the first word of the commands.
    pub(in crate::users) area: Option<String>,
    /// Older than this line.
    pub(in crate::users) before: Option<[u8; 16]>,
}

fn line(row: &Row) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        audit_id: row.read(0)?,
        at_ms: row.read(1)?,
        who: row.read(2)?,
        command: row.read(3)?,
        outcome: row.read(4)?,
        about: row.read(5)?,
        came_from: row.read(6)?,
    })
}

/// Returns lines of the audit log, the newest first. Ids grow with time.
pub(in crate::users) fn audit(
    tx: &mut Tx,
    filter: &AuditFilter,
    limit: u32,
) -> Result<Vec<AuditRow>, DbError> {
    let mut sql = "SELECT audit_id, at_ms, who, command, outcome, about, came_from
         FROM audit WHERE 1 = 1"
        .to_owned();
    let mut values: Vec<Value> = Vec::new();
    if let Some(who) = &filter.who {
        values.push(who.as_str().into());
        sql += &format!(" AND who = ${}", values.len());
    }
    if let Some(area) = &filter.area {
        values.push(area.as_str().into());
        sql += &format!(" AND area = ${}", values.len());
    }
    if let Some(before) = filter.before {
        values.push(before.into());
        sql += &format!(" AND audit_id < ${}", values.len());
    }
    values.push(limit.into());
    sql += &format!(" ORDER BY audit_id DESC LIMIT ${}", values.len());
    let rows = tx.query_all(&sql, &values)?;
    rows.iter().map(line).collect()
}

/// Returns what commands were about so far, for choosing among it.
pub(in crate::users) fn audit_areas(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT area FROM audit ORDER BY area LIMIT 50",
        params![],
    )?;
    rows.iter().map(|row| row.read(0)).collect()
}

/// Deletes up to `limit` lines written before `before_ms`; returns how many.
pub(in crate::users) fn purge_audit(
    tx: &mut Tx,
    before_ms: i64,
    limit: u32,
) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM audit WHERE audit_id IN (
             SELECT audit_id FROM audit WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)",
        params![before_ms, limit],
    )
}
