//! The records of a feed as they are stored, with the bytes of their changes, wherever those are.

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::sync::{Chain, FeedHead, FeedId, Record};

use super::feeds::{Stream, int, read_date, unsigned};
use super::packing::{PACK_OF_RECORD, Packs};
use crate::db::{DbError, Row, Tx};
use crate::params;

/// A record as stored, with its change's bytes if they were kept.
pub(super) struct StoredRecord {
    pub(super) record: Record,
    pub(super) after: FeedHead,
    pub(super) change: Option<Vec<u8>>,
}

/// Returns at most `limit` records after `after_seq`, in order.
pub(super) fn records_after(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    after_seq: u64,
    limit: u32,
) -> Result<Vec<StoredRecord>, DbError> {
    let sql = format!(
        "SELECT r.seq, r.kind, r.schema_version, r.document, r.change_hash, r.business_date,
             r.hlc, r.chain, COALESCE(c.bytes, q.bytes),
             CASE WHEN c.bytes IS NULL AND q.bytes IS NULL THEN {PACK_OF_RECORD} END
         FROM feed_records r
         LEFT JOIN changes c ON c.change_hash = r.change_hash
         LEFT JOIN quarantine q ON q.direction = r.direction AND q.peer = r.peer
             AND q.feed = r.feed AND q.seq = r.seq
         WHERE r.direction = $1 AND r.peer = $2 AND r.feed = $3 AND r.seq > $4
         ORDER BY r.seq LIMIT $5"
    );
    let rows = tx.query_all(
        &sql,
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            int(after_seq),
            limit
        ],
    )?;
    let mut packs = Packs::default();
    rows.iter()
        .map(|row| stored_record(tx, &mut packs, row, feed))
        .collect()
}

fn stored_record(
    tx: &mut Tx,
    packs: &mut Packs,
    row: &Row,
    feed: FeedId,
) -> Result<StoredRecord, DbError> {
    let document: String = row.read(3)?;
    let record = Record {
        seq: unsigned(row, 0)?,
        kind_number: row.read(1)?,
        schema: row.read(2)?,
        document: document
            .parse()
            .expect("only checked document ids are stored"),
        change: ChangeHash(row.read(4)?),
        business_date: read_date(row, 5)?,
        hlc: Hlc(unsigned(row, 6)?),
    };
    let after = FeedHead {
        feed,
        seq: record.seq,
        chain: Chain(row.read(7)?),
    };
    Ok(StoredRecord {
        record,
        after,
        change: packs.bytes(tx, record.change, row.read(8)?, row.read(9)?)?,
    })
}
