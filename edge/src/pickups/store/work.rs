//! The work on a pickup that no fact says yet: scans, and what is to be put away.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{FulfilmentId, OrderId, Sku, StaffId};
use counterpart_protocol::orders::{ReleaseReason, Units};
use counterpart_protocol::quantity::Milli;

use super::{read_because, read_fulfilment};

/// Units reserved for an order that nobody has taken from the shelf yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpicked {
    /// The part.
    pub fulfilment_id: FulfilmentId,
    /// Its order line.
    pub line: u16,
    /// How much.
    pub quantity_milli: Milli,
}

/// Forgets scans, checked customers and what is open on screens: an earlier life of this store may
/// have stated what they would become.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    for table in ["pickup_scans", "pickup_proofs", "pickup_screens"] {
        tx.execute(&format!("DELETE FROM {table}"), params![])?;
    }
    Ok(())
}

/// Returns the youngest part that still has unpicked units of a product: whoever came last loses
/// what is not there.
///
/// # Errors
///
/// Those of the database.
pub fn youngest_unpicked(tx: &mut Tx, sku: &Sku) -> Result<Option<Unpicked>, DbError> {
    let row = tx.query_opt(
        "SELECT l.fulfilment_id, l.line, l.to_pick_milli FROM pickup_lines l
         JOIN pickups p ON p.fulfilment_id = l.fulfilment_id
         WHERE l.sku = $1 AND l.to_pick_milli > 0
         ORDER BY p.offered_at_ms DESC, l.fulfilment_id DESC, l.line DESC LIMIT 1",
        params![sku.as_str()],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Unpicked {
        fulfilment_id: read_fulfilment(&row, 0)?,
        line: row.read(1)?,
        quantity_milli: Milli(row.read(2)?),
    }))
}

/// Returns the order a part belongs to, if this store has the part.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn order_of(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
) -> Result<Option<OrderId>, DbError> {
    let row = tx.query_opt(
        "SELECT order_id FROM pickups WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    row.map(|row| row.read(0).map(OrderId::from_bytes))
        .transpose()
}

/// Returns what was scanned of a part and stands in no fact: line, who, how much.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn scans(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
) -> Result<Vec<(u16, StaffId, Milli)>, DbError> {
    let rows = tx.query_all(
        "SELECT line, staff_id, quantity_milli FROM pickup_scans WHERE fulfilment_id = $1
         ORDER BY line, staff_id",
        params![fulfilment_id.to_bytes()],
    )?;
    let read = rows.iter().map(|row| {
        let staff_id = StaffId::from_bytes(row.read(1)?);
        Ok((row.read(0)?, staff_id, Milli(row.read(2)?)))
    });
    read.collect()
}

/// Adds a scan.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn add_scan(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    staff_id: StaffId,
    units: &Units,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_scans (fulfilment_id, line, staff_id, quantity_milli)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (fulfilment_id, line, staff_id) DO UPDATE SET
             quantity_milli = quantity_milli + excluded.quantity_milli",
        params![
            fulfilment_id.to_bytes(),
            units.line,
            staff_id.to_bytes(),
            units.quantity_milli.0,
        ],
    )?;
    Ok(())
}

/// Forgets the scans of a part: they stand in a fact now.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_scans(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM pickup_scans WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    Ok(())
}

/// What is to be put away of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PutAwayRow {
    /// The line.
    pub line: u16,
    /// Why.
    pub because: ReleaseReason,
    /// How much.
    pub wanted_milli: Milli,
    /// How much of it was scanned at the shelf.
    pub scanned_milli: Milli,
}

/// Returns what is to be put away of a part.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_aways(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
) -> Result<Vec<PutAwayRow>, DbError> {
    let rows = tx.query_all(
        "SELECT line, because, wanted_milli, scanned_milli FROM pickup_put_aways
         WHERE fulfilment_id = $1 ORDER BY line, because",
        params![fulfilment_id.to_bytes()],
    )?;
    let read = rows.iter().map(|row| {
        Ok(PutAwayRow {
            line: row.read(0)?,
            because: read_because(row, 1)?,
            wanted_milli: Milli(row.read(2)?),
            scanned_milli: Milli(row.read(3)?),
        })
    });
    read.collect()
}

/// Asks for units to be put away; for the same reason they add up.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn want_put_away(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    units: &Units,
    because: ReleaseReason,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_put_aways (fulfilment_id, line, because, wanted_milli, scanned_milli,
             asked_at_ms)
         VALUES ($1, $2, $3, $4, 0, $5)
         ON CONFLICT (fulfilment_id, line, because) DO UPDATE SET
             wanted_milli = wanted_milli + excluded.wanted_milli",
        params![
            fulfilment_id.to_bytes(),
            units.line,
            because.word(),
            units.quantity_milli.0,
            now_ms,
        ],
    )?;
    Ok(())
}

/// Sets how much of a line is to be put away; nothing means that it is no task any more.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn set_wanted(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    (line, because): (u16, ReleaseReason),
    wanted: Milli,
) -> Result<(), DbError> {
    let key = params![fulfilment_id.to_bytes(), line, because.word(), wanted.0];
    if wanted.0 > 0 {
        tx.execute(
            "UPDATE pickup_put_aways SET wanted_milli = $4, scanned_milli = MIN(scanned_milli, $4)
             WHERE fulfilment_id = $1 AND line = $2 AND because = $3",
            key,
        )?;
    } else {
        tx.execute(
            "DELETE FROM pickup_put_aways
             WHERE fulfilment_id = $1 AND line = $2 AND because = $3 AND $4 = $4",
            key,
        )?;
    }
    Ok(())
}

/// Counts a scan at the shelf.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn scan_put_away(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    units: &Units,
    because: ReleaseReason,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE pickup_put_aways SET scanned_milli = scanned_milli + $4
         WHERE fulfilment_id = $1 AND line = $2 AND because = $3",
        params![
            fulfilment_id.to_bytes(),
            units.line,
            because.word(),
            units.quantity_milli.0,
        ],
    )?;
    Ok(())
}

/// Takes what was scanned at the shelf off the tasks: it stands in a fact now.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_put_aways(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    because: ReleaseReason,
) -> Result<(), DbError> {
    let key = params![fulfilment_id.to_bytes(), because.word()];
    tx.execute(
        "DELETE FROM pickup_put_aways
         WHERE fulfilment_id = $1 AND because = $2 AND scanned_milli >= wanted_milli",
        key,
    )?;
    tx.execute(
        "UPDATE pickup_put_aways SET wanted_milli = wanted_milli - scanned_milli,
             scanned_milli = 0
         WHERE fulfilment_id = $1 AND because = $2",
        key,
    )?;
    Ok(())
}

/// Returns the parts whose cancellation waits for an answer, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn cancelling(tx: &mut Tx, limit: u32) -> Result<Vec<FulfilmentId>, DbError> {
    let rows = tx.query_all(
        "SELECT fulfilment_id FROM pickups WHERE cancel_waits = 1
         AND NOT EXISTS (SELECT 1 FROM pickup_put_aways a
             WHERE a.fulfilment_id = pickups.fulfilment_id AND a.because = 'cancelled')
         LIMIT $1",
        params![limit],
    )?;
    rows.iter().map(|row| read_fulfilment(row, 0)).collect()
}

/// Returns the parts whose customer did not come in time and that nobody was asked to put away.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn overdue(tx: &mut Tx, now_ms: i64, limit: u32) -> Result<Vec<FulfilmentId>, DbError> {
    let rows = tx.query_all(
        "SELECT fulfilment_id FROM pickups WHERE list = 'ready' AND held_until_ms < $1
         AND NOT EXISTS (SELECT 1 FROM pickup_put_aways a
             WHERE a.fulfilment_id = pickups.fulfilment_id AND a.because = 'expired')
         ORDER BY held_until_ms LIMIT $2",
        params![now_ms, limit],
    )?;
    rows.iter().map(|row| read_fulfilment(row, 0)).collect()
}
