//! The SQL of customers' sealed records; that of what tills know of some is beside it.

mod book;
mod groups;
mod regulars;

pub(super) use book::{changes, count_change, note_published};
pub(super) use groups::{groups, put_group, remove_group, unmark_joined};
pub(super) use regulars::{
    RegularRow, add_regular, by_card, change_regular, count_regulars, members_of, newest_regulars,
    regular, regulars, remove_regular,
};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::CustomerId;

/// A record as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// Nothing once it was erased.
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) erased_at_ms: Option<i64>,
}

pub(super) fn add(tx: &mut Tx, id: CustomerId, sealed: &[u8], now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO customers (customer_id, sealed, added_at_ms) VALUES ($1, $2, $3)",
        params![id.to_bytes(), sealed, now_ms],
    )?;
    Ok(())
}

pub(super) fn by_id(tx: &mut Tx, id: CustomerId) -> Result<Option<Stored>, DbError> {
    let row = tx.query_opt(
        "SELECT sealed, erased_at_ms FROM customers WHERE customer_id = $1",
        params![id.to_bytes()],
    )?;
    row.map(|row| {
        Ok(Stored {
            sealed: row.read(0)?,
            erased_at_ms: row.read(1)?,
        })
    })
    .transpose()
}

/// Replaces a record that was not erased.
pub(super) fn put(tx: &mut Tx, id: CustomerId, sealed: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "UPDATE customers SET sealed = $2 WHERE customer_id = $1 AND erased_at_ms IS NULL",
        params![id.to_bytes(), sealed],
    )?;
    Ok(())
}

/// Returns who another system calls so.
pub(super) fn by_reference(
    tx: &mut Tx,
    reference_sha256: [u8; 32],
) -> Result<Option<CustomerId>, DbError> {
    let sql = "SELECT customer_id FROM customer_references WHERE reference_sha256 = $1";
    let row = tx.query_opt(sql, params![reference_sha256])?;
    row.map(|row| Ok(CustomerId::from_bytes(row.read(0)?)))
        .transpose()
}

pub(super) fn add_reference(
    tx: &mut Tx,
    reference_sha256: [u8; 32],
    id: CustomerId,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO customer_references (reference_sha256, customer_id) VALUES ($1, $2)",
        params![reference_sha256, id.to_bytes()],
    )?;
    Ok(())
}

/// Erases a record; false if there is none, or it was erased before.
pub(super) fn erase(tx: &mut Tx, id: CustomerId, now_ms: i64) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE customers SET sealed = NULL, erased_at_ms = $2
         WHERE customer_id = $1 AND erased_at_ms IS NULL",
        params![id.to_bytes(), now_ms],
    )?;
    Ok(changed == 1)
}
