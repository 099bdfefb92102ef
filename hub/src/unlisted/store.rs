//! The SQL of lines that were sold by their department.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sales::{SaleLine, SaleRecorded};

/// The tables of the view.
pub(super) const VIEWS: &[&str] = &["unlisted_lines"];

/// A code that was sold by department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// What was scanned or typed.
    pub(super) code: String,
    /// How many lines.
    pub(super) lines: i64,
    /// The newest of them.
    pub(super) last: Sold,
}

/// A line that was sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sold {
    /// By whose store.
    pub(super) edge: EdgeNumber,
    /// In which department.
    pub(super) department: String,
    /// For how much.
    pub(super) price_minor: i64,
    /// In which currency.
    pub(super) currency: String,
    /// When, in milliseconds UTC.
    pub(super) at_ms: i64,
    /// In which sale.
    pub(super) sale_id: [u8; 16],
}

pub(super) fn put(
    tx: &mut Tx,
    (edge, at_ms): (EdgeNumber, i64),
    sale: &SaleRecorded,
    line: &SaleLine,
) -> Result<(), DbError> {
    let Some(said) = line.by_department() else {
        return Ok(());
    };
    // A line number twice would be its writer's fault; the first one stays.
    tx.execute(
        "INSERT INTO unlisted_lines (sale_id, line, edge, code, department, price_minor, currency,
             at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (sale_id, line) DO NOTHING",
        params![
            sale.sale_id.to_bytes(),
            line.line,
            edge.0,
            said.code.clone(),
            &said.department,
            line.unit_price_minor.0,
            sale.currency.code(),
            at_ms,
        ],
    )?;
    Ok(())
}

/// Returns the codes sold by department since `since_ms` (milliseconds UTC), those sold most often
/// first, at most `limit`.
pub(super) fn codes(tx: &mut Tx, since_ms: i64, limit: u32) -> Result<Vec<Code>, DbError> {
    let rows = tx.query_all(
        "SELECT code, COUNT(*) AS sold FROM unlisted_lines
         WHERE code IS NOT NULL AND at_ms >= $1
         GROUP BY code ORDER BY sold DESC, code LIMIT $2",
        params![since_ms, limit],
    )?;
    let mut codes = Vec::with_capacity(rows.len());
    for row in &rows {
        let code: String = row.read(0)?;
        let last = tx.query_one(
            "SELECT edge, department, price_minor, currency, at_ms, sale_id FROM unlisted_lines
             WHERE code = $1 ORDER BY at_ms DESC, sale_id DESC, line DESC LIMIT 1",
            params![&code],
        )?;
        codes.push(Code {
            lines: row.read(1)?,
            last: sold(&last)?,
            code,
        });
    }
    Ok(codes)
}

fn sold(row: &Row) -> Result<Sold, DbError> {
    Ok(Sold {
        edge: EdgeNumber(row.read(0)?),
        department: row.read(1)?,
        price_minor: row.read(2)?,
        currency: row.read(3)?,
        at_ms: row.read(4)?,
        sale_id: row.read(5)?,
    })
}
