//! The SQL of uploaded files: how far each has come, and what is wrong with it.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::money::Currency;

use super::Code;
use crate::catalog::rules::RowProblem;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::catalog) struct Import {
    pub(in crate::catalog) id: [u8; 16],
    pub(in crate::catalog) file_name: String,
    pub(in crate::catalog) currency: Currency,
    pub(in crate::catalog) uploaded_at_ms: i64,
    pub(in crate::catalog) uploaded_by: String,
    pub(in crate::catalog) state: State,
    pub(in crate::catalog) rows_good: i64,
    pub(in crate::catalog) rows_bad: i64,
    pub(in crate::catalog) publish_at_once: bool,
    pub(in crate::catalog) version: Option<i64>,
    pub(in crate::catalog) sentence: Option<String>,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::catalog) enum State {
    Checking,
    Refused,
    Checked,
    Publishing,
    Published,
    Failed,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Checking,
        Self::Refused,
        Self::Checked,
        Self::Publishing,
        Self::Published,
        Self::Failed,
    ];

    pub(in crate::catalog) const fn word(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Refused => "refused",
            Self::Checked => "checked",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::Failed => "failed",
        }
    }
}

impl FromValue for State {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let found = Self::ALL.into_iter().find(|state| state.word() == text);
        found.ok_or_else(|| ValueMismatch::new(value, "the state of an import"))
    }
}

const IMPORT_COLUMNS: &str = "import_id, file_name, currency, uploaded_at_ms, uploaded_by, state,
    rows_good, rows_bad, afterwards, version, sentence";

fn import(row: &Row) -> Result<Import, DbError> {
    Ok(Import {
        id: row.read(0)?,
        file_name: row.read(1)?,
        currency: row.read::<Code>(2)?.0,
        uploaded_at_ms: row.read(3)?,
        uploaded_by: row.read(4)?,
        state: row.read(5)?,
        rows_good: row.read(6)?,
        rows_bad: row.read(7)?,
        publish_at_once: row.read::<String>(8)? == "publish",
        version: row.read(9)?,
        sentence: row.read(10)?,
    })
}

pub(in crate::catalog) fn add_import(
    tx: &mut Tx,
    new: &Import,
    bytes: &[u8],
) -> Result<(), DbError> {
    let afterwards = if new.publish_at_once {
        "publish"
    } else {
        "ask"
    };
    tx.execute(
        "INSERT INTO catalog_imports (import_id, file_name, bytes, currency, uploaded_at_ms,
             uploaded_by, state, afterwards)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.id,
            &new.file_name,
            bytes,
            new.currency.code(),
            new.uploaded_at_ms,
            &new.uploaded_by,
            new.state.word(),
            afterwards,
        ],
    )?;
    Ok(())
}

pub(in crate::catalog) fn import_by_id(
    tx: &mut Tx,
    id: [u8; 16],
) -> Result<Option<Import>, DbError> {
    let sql = format!("SELECT {IMPORT_COLUMNS} FROM catalog_imports WHERE import_id = $1");
    tx.query_opt(&sql, params![id])?
        .as_ref()
        .map(import)
        .transpose()
}

pub(in crate::catalog) fn imports(tx: &mut Tx, limit: u32) -> Result<Vec<Import>, DbError> {
    let sql = format!(
        "SELECT {IMPORT_COLUMNS} FROM catalog_imports
         ORDER BY uploaded_at_ms DESC, import_id DESC LIMIT $1"
    );
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(import).collect()
}

/// Returns the file to work on next: what is being published first, then the oldest.
pub(in crate::catalog) fn next_import(tx: &mut Tx) -> Result<Option<Import>, DbError> {
    let sql = format!(
        "SELECT {IMPORT_COLUMNS} FROM catalog_imports WHERE state IN ('publishing', 'checking')
         ORDER BY state DESC, uploaded_at_ms, import_id LIMIT 1"
    );
    tx.query_opt(&sql, params![])?
        .as_ref()
        .map(import)
        .transpose()
}

pub(in crate::catalog) fn bytes_of(tx: &mut Tx, id: [u8; 16]) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT bytes FROM catalog_imports WHERE import_id = $1";
    tx.query_one(sql, params![id])?.read(0)
}

/// Moves an import on. A file that is done with gives its bytes up.
pub(in crate::catalog) fn put_import(tx: &mut Tx, import: &Import) -> Result<(), DbError> {
    tx.execute(
        "UPDATE catalog_imports SET state = $2, rows_good = $3, rows_bad = $4, version = $5,
             sentence = $6,
             bytes = CASE WHEN $2 IN ('refused', 'published', 'failed') THEN NULL ELSE bytes END
         WHERE import_id = $1",
        params![
            import.id,
            import.state.word(),
            import.rows_good,
            import.rows_bad,
            import.version,
            import.sentence.as_deref(),
        ],
    )?;
    Ok(())
}

pub(in crate::catalog) fn put_problems(
    tx: &mut Tx,
    id: [u8; 16],
    first: u32,
    problems: &[RowProblem],
) -> Result<(), DbError> {
    for (place, problem) in (first..).zip(problems) {
        let row = i64::try_from(problem.row).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO catalog_import_problems (import_id, place, row_number, column_name,
                 sentence)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (import_id, place) DO NOTHING",
            params![id, place, row, &problem.column, &problem.sentence],
        )?;
    }
    Ok(())
}

pub(in crate::catalog) fn problems(
    tx: &mut Tx,
    id: [u8; 16],
    limit: u32,
) -> Result<Vec<RowProblem>, DbError> {
    let rows = tx.query_all(
        "SELECT row_number, column_name, sentence FROM catalog_import_problems
         WHERE import_id = $1 ORDER BY place LIMIT $2",
        params![id, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(RowProblem {
                row: row.read::<i64>(0)?.unsigned_abs(),
                column: row.read(1)?,
                sentence: row.read(2)?,
            })
        })
        .collect()
}
