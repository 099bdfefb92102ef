//! The SQL of a recovery: its one row, and how far each earlier life was compared.

use counterpart_protocol::ids::Incarnation;
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::{FeedId, LifeSeen, Nonce};

use super::super::feeds::{head_of, int, unsigned};
use super::{OWN, Recovery};
use crate::db::{DbError, Row, Tx, Value, ValueMismatch};
use crate::params;

/// The row of a recovery.
pub(super) struct RecoveryRow {
    pub(super) nonce: Nonce,
    pub(super) recovery: Recovery,
}

/// Tells whether this node is a new life that may not promise yet.
///
/// # Errors
///
/// Those of the database.
pub fn is_recovering(tx: &mut Tx) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM replica_recovery WHERE ended_at_ms IS NULL";
    Ok(tx.query_opt(sql, params![])?.is_some())
}

pub(super) fn load(tx: &mut Tx) -> Result<Option<RecoveryRow>, DbError> {
    let row = tx.query_opt(
        "SELECT r.nonce, i.incarnation, r.because, r.opened_at_ms, r.pulled, r.restated,
             r.unproven_from_ms, r.ended_at_ms
         FROM replica_recovery r JOIN replica_identity i ON i.singleton = r.singleton",
        params![],
    )?;
    row.as_ref().map(recovery_row).transpose()
}

fn recovery_row(row: &Row) -> Result<RecoveryRow, DbError> {
    let word: String = row.read(2)?;
    let because = LifeBecause::from_word(&word).ok_or_else(|| DbError::Column {
        column: 2,
        sql: "replica_recovery".into(),
        mismatch: ValueMismatch::new(&Value::Text(word), "why a life was opened"),
    })?;
    Ok(RecoveryRow {
        nonce: Nonce(row.read(0)?),
        recovery: Recovery {
            incarnation: Incarnation(row.read(1)?),
            because,
            opened_at_ms: row.read(3)?,
            pulled: unsigned(row, 4)?,
            restated: unsigned(row, 5)?,
            unproven_from_ms: row.read(6)?,
            ended_at_ms: row.read(7)?,
        },
    })
}

/// Begins a recovery; what was known of an earlier one is forgotten.
pub(super) fn begin(
    tx: &mut Tx,
    nonce: Nonce,
    because: LifeBecause,
    opened_at_ms: i64,
) -> Result<(), DbError> {
    tx.execute("DELETE FROM replica_lives", params![])?;
    tx.execute("DELETE FROM replica_recovery", params![])?;
    tx.execute(
        "INSERT INTO replica_recovery (singleton, nonce, because, opened_at_ms)
         VALUES (1, $1, $2, $3)",
        params![nonce.0, because.word(), opened_at_ms],
    )?;
    Ok(())
}

/// Counts records that came back, and records that were stated anew.
pub(super) fn count(tx: &mut Tx, pulled: u64, restated: u64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE replica_recovery SET pulled = pulled + $1, restated = restated + $2",
        params![int(pulled), int(restated)],
    )?;
    Ok(())
}

pub(super) fn end(tx: &mut Tx, unproven_from_ms: Option<i64>, now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE replica_recovery SET unproven_from_ms = $1, ended_at_ms = $2",
        params![unproven_from_ms, now_ms],
    )?;
    Ok(())
}

/// Returns the runs of our feed before this life, the oldest first.
pub(super) fn earlier_feeds(tx: &mut Tx, now: Incarnation) -> Result<Vec<FeedId>, DbError> {
    let rows = tx.query_all(
        "SELECT feed FROM feed_heads WHERE direction = $1 AND peer = $2 AND feed < $3
         ORDER BY feed",
        params![OWN.direction.word(), OWN.peer.0, now.0],
    )?;
    rows.iter().map(|row| row.read(0).map(FeedId)).collect()
}

/// Returns what is known of an earlier life.
pub(super) fn seen(tx: &mut Tx, feed: FeedId) -> Result<LifeSeen, DbError> {
    let ours = head_of(tx, OWN, feed)?.map_or(0, |row| row.head.seq);
    let row = tx.query_opt(
        "SELECT hubs_seq, common_seq, differs_seq, looked_seq FROM replica_lives
         WHERE feed = $1",
        params![feed.0],
    )?;
    let mut seen = LifeSeen {
        feed,
        ours,
        hubs: 0,
        common: 0,
        differs: None,
        looked: 0,
    };
    if let Some(row) = row {
        seen.hubs = unsigned(&row, 0)?;
        seen.common = unsigned(&row, 1)?;
        seen.differs = row.read::<Option<i64>>(2)?.map(i64::cast_unsigned);
        seen.looked = unsigned(&row, 3)?;
    }
    Ok(seen)
}

/// Remembers what is known of an earlier life.
pub(super) fn put_seen(tx: &mut Tx, seen: &LifeSeen) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO replica_lives (feed, hubs_seq, common_seq, differs_seq, looked_seq)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (feed) DO UPDATE SET hubs_seq = excluded.hubs_seq,
             common_seq = excluded.common_seq, differs_seq = excluded.differs_seq,
             looked_seq = excluded.looked_seq",
        params![
            seen.feed.0,
            int(seen.hubs),
            int(seen.common),
            seen.differs.map(int),
            int(seen.looked),
        ],
    )?;
    Ok(())
}
