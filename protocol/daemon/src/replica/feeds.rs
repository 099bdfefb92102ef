//! The SQL of feeds: heads, records, changes and digests, both directions alike.

use counterpart_protocol::documents::{Actor, ChangeHash};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, SegmentId};
use counterpart_protocol::sync::{Chain, DayDigest, FeedHead, FeedId, Record};
use counterpart_protocol::time::BusinessDate;
use serde::Serialize;

pub(super) use super::stored::{StoredRecord, records_after};

use super::days::DayCounts;
use crate::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use crate::params;
use crate::seeded::{self, Bug};

/// Which way a feed flows, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// We write it, the peer reads it.
    Out,
    /// The peer writes it, we read it.
    In,
}

impl Direction {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
        }
    }
}

impl FromValue for Direction {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Text(word) if word == "out" => Ok(Self::Out),
            Value::Text(word) if word == "in" => Ok(Self::In),
            other => Err(ValueMismatch::new(other, "'out' or 'in'")),
        }
    }
}

/// A feed as seen from here: which way it flows, and to or from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Stream {
    pub(super) direction: Direction,
    pub(super) peer: EdgeNumber,
}

/// A row of `feed_heads`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HeadRow {
    pub(super) head: FeedHead,
    pub(super) actor: Actor,
    pub(super) hlc: Hlc,
    pub(super) acked_seq: u64,
    pub(super) contact_at_ms: Option<i64>,
}

const HEAD_COLUMNS: &str = "feed, seq, chain, actor, hlc, acked_seq, contact_at_ms";

/// Stores an unsigned number of our own; see `schema.rs` on why it fits. Not for a peer's numbers.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).expect("sequences and timestamps stay below 2^63")
}

/// Reads an unsigned number of the protocol.
pub(super) fn unsigned(row: &Row, index: usize) -> Result<u64, DbError> {
    row.read::<i64>(index).map(i64::cast_unsigned)
}

pub(super) fn read_date(row: &Row, index: usize) -> Result<BusinessDate, DbError> {
    let days: i32 = row.read(index)?;
    Ok(BusinessDate::from_days(days).expect("only checked dates are stored"))
}

fn head_row(row: &Row) -> Result<HeadRow, DbError> {
    Ok(HeadRow {
        head: FeedHead {
            feed: FeedId(row.read(0)?),
            seq: unsigned(row, 1)?,
            chain: Chain(row.read(2)?),
        },
        actor: Actor(row.read(3)?),
        hlc: Hlc(unsigned(row, 4)?),
        acked_seq: unsigned(row, 5)?,
        contact_at_ms: row.read(6)?,
    })
}

/// Returns the newest run of a stream.
pub(super) fn newest_head(tx: &mut Tx, stream: Stream) -> Result<Option<HeadRow>, DbError> {
    let sql = format!(
        "SELECT {HEAD_COLUMNS} FROM feed_heads WHERE direction = $1 AND peer = $2
         ORDER BY feed DESC LIMIT 1"
    );
    let row = tx.query_opt(&sql, params![stream.direction.word(), stream.peer.0])?;
    row.as_ref().map(head_row).transpose()
}

/// Returns one run of a stream.
pub(super) fn head_of(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
) -> Result<Option<HeadRow>, DbError> {
    let sql = format!(
        "SELECT {HEAD_COLUMNS} FROM feed_heads
         WHERE direction = $1 AND peer = $2 AND feed = $3"
    );
    let row = tx.query_opt(
        &sql,
        params![stream.direction.word(), stream.peer.0, feed.0],
    )?;
    row.as_ref().map(head_row).transpose()
}

/// Returns the latest hybrid timestamp this replica has written or believed.
pub(super) fn latest_hlc(tx: &mut Tx) -> Result<Hlc, DbError> {
    let row = tx.query_one("SELECT COALESCE(MAX(hlc), 0) FROM feed_heads", params![])?;
    Ok(Hlc(unsigned(&row, 0)?))
}

/// Stores a run's head, or moves it; what the peer acknowledged and its last contact stay.
pub(super) fn put_head(
    tx: &mut Tx,
    stream: Stream,
    head: FeedHead,
    actor: Actor,
    hlc: Hlc,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO feed_heads (direction, peer, feed, seq, chain, actor, hlc, acked_seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
         ON CONFLICT (direction, peer, feed)
         DO UPDATE SET seq = excluded.seq, chain = excluded.chain, hlc = excluded.hlc",
        params![
            stream.direction.word(),
            stream.peer.0,
            head.feed.0,
            int(head.seq),
            head.chain.0,
            actor.0,
            int(hlc.0),
        ],
    )?;
    Ok(())
}

/// Notes how far the peer says it holds our feed, and when it said so.
pub(super) fn put_acked(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    acked_seq: u64,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE feed_heads SET acked_seq = $4, contact_at_ms = $5
         WHERE direction = $1 AND peer = $2 AND feed = $3",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            int(acked_seq),
            now_ms
        ],
    )?;
    Ok(())
}

/// Notes the journal segment a feed of ours now writes to.
pub(super) fn put_segment(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    segment: SegmentId,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE feed_heads SET segment = $4
         WHERE direction = $1 AND peer = $2 AND feed = $3",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            segment.to_string()
        ],
    )?;
    Ok(())
}

/// Notes that records up to `seq` are about to leave for the peer; the mark never goes back.
pub(super) fn put_sent(tx: &mut Tx, stream: Stream, feed: FeedId, seq: u64) -> Result<(), DbError> {
    if seeded::has(Bug::SentMarkLost) {
        return Ok(());
    }
    tx.execute(
        "UPDATE feed_heads SET sent_seq = $4
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND sent_seq < $4",
        params![stream.direction.word(), stream.peer.0, feed.0, int(seq)],
    )?;
    Ok(())
}

/// Returns the highest record of our newest run that was ever framed to the peer.
pub(super) fn sent_of(tx: &mut Tx, stream: Stream) -> Result<u64, DbError> {
    let row = tx.query_opt(
        "SELECT sent_seq FROM feed_heads WHERE direction = $1 AND peer = $2
         ORDER BY feed DESC LIMIT 1",
        params![stream.direction.word(), stream.peer.0],
    )?;
    row.map_or(Ok(0), |row| unsigned(&row, 0))
}

/// Returns the chain after record `seq`, if the record is kept; record 0 is the start. `seq` may
/// be any number a peer said.
pub(super) fn chain_at(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    seq: u64,
) -> Result<Option<Chain>, DbError> {
    if seq == 0 {
        return Ok(Some(Chain::GENESIS));
    }
    let Ok(seq) = i64::try_from(seq) else {
        return Ok(None);
    };
    let row = tx.query_opt(
        "SELECT chain FROM feed_records
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq = $4",
        params![stream.direction.word(), stream.peer.0, feed.0, seq],
    )?;
    row.map(|row| row.read(0).map(Chain)).transpose()
}

/// Appends one record with the chain after it, and counts it in its day's digest.
pub(super) fn put_record(
    tx: &mut Tx,
    stream: Stream,
    record: &Record,
    after: FeedHead,
) -> Result<(), DbError> {
    let mut days = DayCounts::default();
    append_record(tx, stream, record, after, &mut days)?;
    days.write(tx, stream, after.feed)
}

/// Appends one record of several, whose days the caller writes at the end.
pub(super) fn append_record(
    tx: &mut Tx,
    stream: Stream,
    record: &Record,
    after: FeedHead,
    days: &mut DayCounts,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO feed_records (direction, peer, feed, seq, kind, schema_version, document,
             change_hash, business_date, hlc, chain)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            stream.direction.word(),
            stream.peer.0,
            after.feed.0,
            int(record.seq),
            record.kind_number,
            record.schema,
            record.document.to_string(),
            record.change.0,
            record.business_date.days(),
            record.hlc.0.cast_signed(),
            after.chain.0,
        ],
    )?;
    if seeded::has(Bug::DigestSkipsLate)
        && let Some((newest, _)) = newest_digests(tx, stream, after.feed, 1)?.first()
        && *newest > record.business_date
    {
        return Ok(());
    }
    days.count(tx, stream, record, after.feed)
}

/// Returns the digest of a day, empty if nothing counts for it.
pub(super) fn digest_of(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    date: BusinessDate,
) -> Result<DayDigest, DbError> {
    let row = tx.query_opt(
        "SELECT records, hash_sum FROM day_digests
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4",
        params![stream.direction.word(), stream.peer.0, feed.0, date.days()],
    )?;
    match row {
        Some(row) => Ok(DayDigest {
            count: unsigned(&row, 0)?,
            sum: row.read(1)?,
        }),
        None => Ok(DayDigest::default()),
    }
}

/// Returns the digests of the newest `days` days of a run, newest first.
pub(super) fn newest_digests(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    days: u32,
) -> Result<Vec<(BusinessDate, DayDigest)>, DbError> {
    let rows = tx.query_all(
        "SELECT business_date, records, hash_sum FROM day_digests
         WHERE direction = $1 AND peer = $2 AND feed = $3
         ORDER BY business_date DESC LIMIT $4",
        params![stream.direction.word(), stream.peer.0, feed.0, days],
    )?;
    rows.iter()
        .map(|row| {
            let digest = DayDigest {
                count: unsigned(row, 1)?,
                sum: row.read(2)?,
            };
            Ok((read_date(row, 0)?, digest))
        })
        .collect()
}

/// Stores a change's bytes once.
pub(super) fn put_change(tx: &mut Tx, hash: ChangeHash, bytes: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO changes (change_hash, bytes) VALUES ($1, $2)
         ON CONFLICT (change_hash) DO NOTHING",
        params![hash.0, bytes],
    )?;
    Ok(())
}
