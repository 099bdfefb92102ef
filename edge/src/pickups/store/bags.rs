//! Which bags of an earlier life were seen in this one.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{FulfilmentId, Incarnation};

/// Tells whether the bag of a part was seen in this life.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn is_bag_seen(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    life: Incarnation,
) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM pickup_bags WHERE fulfilment_id = $1 AND incarnation = $2",
        params![fulfilment_id.to_bytes(), life.0],
    )?;
    Ok(row.is_some())
}

/// Notes that the bag of a part was seen in this life.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_bag_seen(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    life: Incarnation,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_bags (fulfilment_id, incarnation, seen_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (fulfilment_id) DO UPDATE SET incarnation = excluded.incarnation,
             seen_at_ms = excluded.seen_at_ms",
        params![fulfilment_id.to_bytes(), life.0, now_ms],
    )?;
    Ok(())
}
