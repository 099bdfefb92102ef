//! The SQL of receipts that lack their fiscal signature.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::EdgeNumber;

/// Returns how many receipts of these edges left without a signature and have none yet.
///
/// # Errors
/// Those of the database.
pub fn unsigned_of(tx: &mut Tx, edges: &[EdgeNumber]) -> Result<i64, DbError> {
    let mut count = 0;
    for edge in edges {
        let sql = "SELECT COUNT(*) FROM unsigned_receipts WHERE edge = $1";
        count += tx.query_one(sql, params![edge.0])?.read::<i64>(0)?;
    }
    Ok(count)
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
