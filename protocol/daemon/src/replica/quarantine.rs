//! What could not be believed: kept with its bytes and a reason, listed until a person has looked.

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::ids::{DocumentId, EdgeNumber};
use counterpart_protocol::sync::{
    BATCH_RECORDS_MAX, FeedHead, FeedId, RecordVerdict, RefusedKnown, Verdict,
};
use serde::Serialize;

use super::Replica;
use super::feeds::{Direction, Stream, chain_at, int, records_after, unsigned};
use super::outbound::{Entry, OpenFeeds, append_entry};
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// How much of a reason is kept and told, in characters: it may quote what a peer wrote.
const REASON_CHARS_MAX: usize = 500;

/// A quarantined record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// Keeps a record aside; false if it was there already.
pub(super) fn put_quarantine(
    tx: &mut Tx,
    stream: Stream,
    at: FeedHead,
    reason: &str,
    bytes: Option<&[u8]>,
    now_ms: i64,
) -> Result<bool, DbError> {
    // A peer's words may hold U+0000, which PostgreSQL's texts may not.
    let letters = reason.chars().filter(|letter| *letter != '\0');
    let reason: String = letters.take(REASON_CHARS_MAX).collect();
    let stored = tx.execute(
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
    metrics::counter!("counterpart_replica_quarantined_total").increment(stored);
    Ok(stored == 1)
}

/// Returns the verdicts on the quarantined records of a run from `from` to `to`, the last first,
/// so that an acknowledgement that was lost is made again.
pub(super) fn verdicts_between(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    from: u64,
    to: u64,
) -> Result<Vec<RecordVerdict>, DbError> {
    let limit = u32::try_from(BATCH_RECORDS_MAX).expect("a batch holds a few hundred records");
    let rows = tx.query_all(
        "SELECT seq, reason FROM quarantine
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq >= $4 AND seq <= $5
         ORDER BY seq DESC LIMIT $6",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            int(from),
            int(to),
            limit
        ],
    )?;
    rows.iter()
        .map(|row| {
            Ok(RecordVerdict {
                seq: unsigned(row, 0)?,
                verdict: Verdict::Quarantined,
                reason: Some(row.read(1)?),
            })
        })
        .collect()
}

/// Returns which records of a run are known to be set aside, in few bytes; nothing if none are.
pub(super) fn refused_known(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
) -> Result<Option<RefusedKnown>, DbError> {
    let rows = tx.query_all(
        "SELECT seq FROM quarantine WHERE direction = $1 AND peer = $2 AND feed = $3",
        params![stream.direction.word(), stream.peer.0, feed.0],
    )?;
    let mut known = RefusedKnown::default();
    for row in &rows {
        known.count = known.count.saturating_add(1);
        known.sum = known.sum.wrapping_add(unsigned(row, 0)?);
    }
    Ok((known.count > 0).then_some(known))
}

/// Returns how many records of a stream with this change stand in quarantine.
fn times_refused(tx: &mut Tx, stream: Stream, change: ChangeHash) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM quarantine q
         JOIN feed_records r ON r.direction = q.direction AND r.peer = q.peer
             AND r.feed = q.feed AND r.seq = q.seq
         WHERE q.direction = $1 AND q.peer = $2 AND r.change_hash = $3",
        params![stream.direction.word(), stream.peer.0, change.0],
    )?;
    row.read(0)
}

impl Replica {
    /// Notes which of our records the peer could not believe, and closes the segments they are in;
    /// an order's document stays open, for it has other writers.
    pub(super) fn note_refused(
        &self,
        tx: &mut Tx,
        stream: Stream,
        feed: FeedId,
        verdicts: &[RecordVerdict],
    ) -> Result<(), DbError> {
        if seeded::has(Bug::RefusalNotNoted) {
            return Ok(());
        }
        let refused = verdicts
            .iter()
            .filter(|told| told.verdict == Verdict::Quarantined);
        for told in refused.take(BATCH_RECORDS_MAX) {
            let reason = told.reason.as_deref().unwrap_or("the peer gave no reason");
            let Some(chain) = chain_at(tx, stream, feed, told.seq)? else {
                continue;
            };
            let at = FeedHead {
                feed,
                seq: told.seq,
                chain,
            };
            if !put_quarantine(tx, stream, at, reason, None, self.now_ms())? {
                continue;
            }
            tx.execute(
                "UPDATE documents SET state = 'closed' WHERE document < 'order' AND document = (
                     SELECT document FROM feed_records
                     WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq = $4)",
                params![
                    stream.direction.word(),
                    stream.peer.0,
                    feed.0,
                    int(told.seq)
                ],
            )?;
            // The next fact opens a new segment: what is remembered is no longer true.
            tx.scratch::<OpenFeeds>().feeds.remove(&stream.peer);
            self.send_again(tx, stream, at)?;
        }
        Ok(())
    }

    /// Sends a change of an order that the peer could not use once more, as a new record: others in
    /// the document follow it, and what damaged it may have been the way.
    fn send_again(&self, tx: &mut Tx, stream: Stream, at: FeedHead) -> Result<(), DbError> {
        let me = self.identity(tx)?;
        let found = records_after(tx, stream, at.feed, at.seq - 1, 1)?.pop();
        let (Some(me), Some(stored)) = (me, found) else {
            return Ok(());
        };
        let record = stored.record;
        let is_order = matches!(record.document, DocumentId::Order(_));
        if !is_order || times_refused(tx, stream, record.change)? > 1 {
            return Ok(());
        }
        let head = append_entry(tx, &me, stream.peer, &Entry::again(&record))?;
        self.wake(tx, stream.peer, head.seq);
        Ok(())
    }

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
