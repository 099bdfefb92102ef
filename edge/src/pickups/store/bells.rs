//! The bells of new pickups: when each rang, and when it first reached an open page.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{FulfilmentId, PrintJobId};

use super::read_fulfilment;

/// The bell of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bell {
    /// The part.
    pub fulfilment_id: FulfilmentId,
    /// When it began to ring, in milliseconds UTC.
    pub rung_at_ms: i64,
    /// When an open page first showed it.
    pub reached_at_ms: Option<i64>,
    /// Whether that page could make a sound.
    pub sounded: Option<bool>,
    /// The pick list on paper.
    pub slip_job_id: Option<PrintJobId>,
}

/// Returns the new parts whose bell has not rung, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn unrung(tx: &mut Tx, limit: u32) -> Result<Vec<FulfilmentId>, DbError> {
    let rows = tx.query_all(
        "SELECT fulfilment_id FROM pickups WHERE list = 'to_do' AND stage = 'offered'
         AND NOT EXISTS (SELECT 1 FROM pickup_bells b
             WHERE b.fulfilment_id = pickups.fulfilment_id)
         ORDER BY promise_at_ms LIMIT $1",
        params![limit],
    )?;
    rows.iter().map(|row| read_fulfilment(row, 0)).collect()
}

/// Notes that the bell of a part rings, with its slip if one is printed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_bell(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    slip: Option<PrintJobId>,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_bells (fulfilment_id, rung_at_ms, slip_job_id) VALUES ($1, $2, $3)
         ON CONFLICT (fulfilment_id) DO UPDATE SET slip_job_id = excluded.slip_job_id",
        params![
            fulfilment_id.to_bytes(),
            now_ms,
            slip.map(PrintJobId::to_bytes),
        ],
    )?;
    Ok(())
}

/// Returns the bells that ring and that nobody has answered, the oldest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn unanswered(tx: &mut Tx, limit: u32) -> Result<Vec<Bell>, DbError> {
    let rows = tx.query_all(
        "SELECT b.fulfilment_id, b.rung_at_ms, b.reached_at_ms, b.sounded, b.slip_job_id
         FROM pickups p JOIN pickup_bells b ON b.fulfilment_id = p.fulfilment_id
         WHERE p.list = 'to_do' AND p.stage = 'offered'
         ORDER BY b.rung_at_ms, b.fulfilment_id LIMIT $1",
        params![limit],
    )?;
    rows.iter().map(read).collect()
}

/// Returns the bell of a part, if it rang.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn bell(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<Option<Bell>, DbError> {
    let row = tx.query_opt(
        "SELECT fulfilment_id, rung_at_ms, reached_at_ms, sounded, slip_job_id
         FROM pickup_bells WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    row.as_ref().map(read).transpose()
}

/// Notes that an open page shows every bell that rings: the first one counts, and a sound counts
/// more than none. Returns how many bells were news to it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_reached(tx: &mut Tx, sounded: Sounded, now_ms: i64) -> Result<u64, DbError> {
    let sounded = sounded == Sounded::Yes;
    tx.execute(
        "UPDATE pickup_bells SET reached_at_ms = COALESCE(reached_at_ms, $1),
             sounded = MAX(COALESCE(sounded, 0), $2)
         WHERE (reached_at_ms IS NULL OR (sounded = 0 AND $2 = 1)) AND fulfilment_id IN
             (SELECT fulfilment_id FROM pickups WHERE list = 'to_do' AND stage = 'offered')",
        params![now_ms, sounded],
    )
}

/// Whether a page that shows a bell could make a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sounded {
    /// It could.
    Yes,
    /// Browsers are silent until somebody has touched the page.
    No,
}

fn read(row: &counterpart_daemon::db::Row) -> Result<Bell, DbError> {
    Ok(Bell {
        fulfilment_id: read_fulfilment(row, 0)?,
        rung_at_ms: row.read(1)?,
        reached_at_ms: row.read(2)?,
        sounded: row.read(3)?,
        slip_job_id: row.read::<Option<[u8; 16]>>(4)?.map(PrintJobId::from_bytes),
    })
}
