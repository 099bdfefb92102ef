//! What could not be believed: kept with its bytes and a reason, listed until a person has looked.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::FeedHead;

use super::Replica;
use super::feeds::{Direction, Stream, int, unsigned};
use crate::db::{DbError, Tx};
use crate::params;

/// A quarantined record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Whether we refused it (`In`) or our peer did (`Out`).
    pub direction: Direction,
    /// The peer.
    pub peer: EdgeNumber,
    /// The run of the feed.
    pub feed: u32,
    /// Its number there.
    pub seq: u64,
    /// Why, as a sentence.
    pub reason: String,
    /// When it was noticed, in milliseconds UTC.
    pub noticed_at_ms: i64,
}

pub(super) fn put_quarantine(
    tx: &mut Tx,
    stream: Stream,
    at: FeedHead,
    reason: &str,
    bytes: Option<&[u8]>,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO quarantine (direction, peer, feed, seq, reason, bytes, noticed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (direction, peer, feed, seq) DO NOTHING",
        params![
            stream.direction.word(),
            stream.peer.0,
            at.feed.0,
            int(at.seq),
            reason,
            bytes,
            now_ms,
        ],
    )?;
    metrics::counter!("counterpart_replica_quarantined_total").increment(1);
    Ok(())
}

impl Replica {
    /// Returns the newest quarantined records, at most `limit`.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn quarantined(&self, tx: &mut Tx, limit: u32) -> Result<Vec<Quarantined>, DbError> {
        let rows = tx.query_all(
            "SELECT direction, peer, feed, seq, reason, noticed_at_ms FROM quarantine
             ORDER BY noticed_at_ms DESC, seq DESC LIMIT $1",
            params![limit],
        )?;
        rows.iter()
            .map(|row| {
                Ok(Quarantined {
                    direction: row.read(0)?,
                    peer: EdgeNumber(row.read(1)?),
                    feed: row.read(2)?,
                    seq: unsigned(row, 3)?,
                    reason: row.read(4)?,
                    noticed_at_ms: row.read(5)?,
                })
            })
            .collect()
    }
}
