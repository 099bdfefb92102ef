//! The SQL of lives.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::lives::{LifeOpened, RecoveryEnded};

/// A life that began with the data of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Which.
    pub incarnation: Incarnation,
    /// When it began, in milliseconds UTC, by the store's clock.
    pub opened_at_ms: i64,
    /// Since when it promises again, in milliseconds UTC; nothing while it recovers.
    pub recovered_at_ms: Option<i64>,
}

pub(super) fn put_opened(
    tx: &mut Tx,
    edge: EdgeNumber,
    opened: &LifeOpened,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO edge_lives (edge, incarnation, because, opened_at_ms)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (edge, incarnation) DO UPDATE SET because = excluded.because,
             opened_at_ms = excluded.opened_at_ms",
        params![edge.0, opened.incarnation.0, opened.because.word(), at_ms],
    )?;
    Ok(())
}

pub(super) fn put_recovered(
    tx: &mut Tx,
    edge: EdgeNumber,
    ended: &RecoveryEnded,
    at_ms: i64,
) -> Result<(), DbError> {
    let counted = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    tx.execute(
        "INSERT INTO edge_lives (edge, incarnation, recovered_at_ms, pulled, restated)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (edge, incarnation) DO UPDATE SET
             recovered_at_ms = excluded.recovered_at_ms, pulled = excluded.pulled,
             restated = excluded.restated",
        params![
            edge.0,
            ended.incarnation.0,
            at_ms,
            counted(ended.pulled),
            counted(ended.restated),
        ],
    )?;
    Ok(())
}

/// Returns the newest life of each edge that ever began another.
///
/// # Errors
/// Those of the database.
pub fn newest(tx: &mut Tx) -> Result<BTreeMap<EdgeNumber, Life>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, incarnation, opened_at_ms, recovered_at_ms FROM edge_lives
         WHERE opened_at_ms IS NOT NULL ORDER BY edge, incarnation",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            let life = Life {
                incarnation: Incarnation(row.read(1)?),
                opened_at_ms: row.read(2)?,
                recovered_at_ms: row.read(3)?,
            };
            Ok((EdgeNumber(row.read(0)?), life))
        })
        .collect()
}
