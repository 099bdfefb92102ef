//! The SQL of receipts that lack their fiscal signature.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::EdgeNumber;

/// Returns how many receipts of each edge left without a signature and have none yet; an edge that
/// has no such receipt is not among them.
///
/// # Errors
/// Those of the database.
pub fn unsigned(tx: &mut Tx) -> Result<BTreeMap<EdgeNumber, i64>, DbError> {
    let sql = "SELECT edge, COUNT(*) FROM unsigned_receipts GROUP BY edge";
    let rows = tx.query_all(sql, params![])?;
    let counted = rows
        .iter()
        .map(|row| Ok((EdgeNumber(row.read(0)?), row.read(1)?)));
    counted.collect()
}

pub(in crate::sales) fn put_unsigned(
    tx: &mut Tx,
    sale_id: [u8; 16],
    edge: EdgeNumber,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO unsigned_receipts (sale_id, edge, at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (sale_id) DO NOTHING",
        params![sale_id, edge.0, at_ms],
    )?;
    Ok(())
}

pub(in crate::sales) fn forget_unsigned(tx: &mut Tx, sale_id: [u8; 16]) -> Result<(), DbError> {
    let sql = "DELETE FROM unsigned_receipts WHERE sale_id = $1";
    tx.execute(sql, params![sale_id]).map(|_| ())
}

/// The tables of the view.
pub(in crate::sales) const UNSIGNED_VIEWS: &[&str] = &["unsigned_receipts"];
