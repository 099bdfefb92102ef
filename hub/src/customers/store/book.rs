//! The SQL of the book's changes: one row, which says whether stores were told of the last one.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;

/// Counts a change of what stands in the book.
pub(in crate::customers) fn count_change(tx: &mut Tx) -> Result<(), DbError> {
    let sql = "UPDATE customer_book SET changes = changes + 1 WHERE place = 1";
    tx.execute(sql, params![]).map(|_| ())
}

/// Returns how many changes there were, and of how many of them stores were told.
pub(in crate::customers) fn changes(tx: &mut Tx) -> Result<(i64, i64), DbError> {
    let sql = "SELECT changes, published FROM customer_book WHERE place = 1";
    let row = tx.query_one(sql, params![])?;
    Ok((row.read(0)?, row.read(1)?))
}

/// Notes that stores were told of so many changes.
pub(in crate::customers) fn note_published(tx: &mut Tx, changes: i64) -> Result<(), DbError> {
    let sql = "UPDATE customer_book SET published = $1 WHERE place = 1";
    tx.execute(sql, params![changes]).map(|_| ())
}
