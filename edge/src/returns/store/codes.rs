//! The codes of other stores' receipts that were scanned at the desk.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::SaleId;

/// Codes kept: more than a desk sees between scanning one and giving the money back.
const KEPT: u32 = 1_000;

/// Keeps a code that was scanned, and forgets the oldest.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_code(
    tx: &mut Tx,
    sale_id: SaleId,
    code: &str,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO receipt_codes (sale_id, code, scanned_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (sale_id) DO UPDATE SET code = excluded.code,
             scanned_at_ms = excluded.scanned_at_ms",
        params![sale_id.to_bytes(), code, now_ms],
    )?;
    tx.execute(
        "DELETE FROM receipt_codes WHERE sale_id IN
             (SELECT sale_id FROM receipt_codes ORDER BY scanned_at_ms DESC LIMIT -1 OFFSET $1)",
        params![KEPT],
    )?;
    Ok(())
}

/// Returns the code of a sale's receipt, if it was scanned here.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn code_of(tx: &mut Tx, sale_id: SaleId) -> Result<Option<String>, DbError> {
    let row = tx.query_opt(
        "SELECT code FROM receipt_codes WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.map(|row| row.read(0)).transpose()
}
