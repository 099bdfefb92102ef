//! The SQL of the policies' versions.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::policies::Policies;

/// A version of the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionRow {
    pub(super) version: i64,
    pub(super) changed: String,
    pub(super) published_at_ms: i64,
    pub(super) published_by: String,
}

struct Content(Policies);

impl FromValue for Content {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "policies"))
    }
}

const COLUMNS: &str = "version, changed, published_at_ms, published_by";

fn version(row: &Row) -> Result<VersionRow, DbError> {
    Ok(VersionRow {
        version: row.read(0)?,
        changed: row.read(1)?,
        published_at_ms: row.read(2)?,
        published_by: row.read(3)?,
    })
}

/// Returns the newest version and what it says.
pub(super) fn newest(tx: &mut Tx) -> Result<Option<(VersionRow, Policies)>, DbError> {
    let sql = format!("SELECT {COLUMNS}, content FROM policies ORDER BY version DESC LIMIT 1");
    let row = tx.query_opt(&sql, params![])?;
    row.map(|row| Ok((version(&row)?, row.read::<Content>(4)?.0)))
        .transpose()
}

/// Returns versions before `before`, the newest first.
pub(super) fn versions(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<VersionRow>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM policies WHERE version < $1 ORDER BY version DESC LIMIT $2");
    let rows = tx.query_all(&sql, params![before, limit])?;
    rows.iter().map(version).collect()
}

pub(super) fn add(tx: &mut Tx, row: &VersionRow, policies: &Policies) -> Result<(), DbError> {
    let content = serde_json::to_string(policies).expect("policies have text keys only");
    tx.execute(
        "INSERT INTO policies (version, content, changed, published_at_ms, published_by)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            row.version,
            content,
            &row.changed,
            row.published_at_ms,
            &row.published_by,
        ],
    )?;
    Ok(())
}
