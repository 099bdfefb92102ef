//! What this end has of a span of records, and how a lost one is made right.

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::ids::DocumentId;
use counterpart_protocol::sync::{DayDigest, FeedId, Leaf, Span};

use super::Stream;
use crate::db::{DbError, Tx};
use crate::params;
use crate::replica::feeds::{int, records_after};
use crate::replica::lacking::bytes_came;
use crate::replica::orders::reopen;
use crate::replica::packing::pack_anew;
use crate::seeded::{self, Bug};

/// What stands in the place of a reason once the right bytes of a damaged record have come.
const MENDED: &str = "it was damaged on its way and its right bytes have come since: let it in";

/// Sums the hashes of those records of a span whose bytes are here and right. A record that was set
/// aside counts with the bytes that were kept: they are what was sent.
pub(super) fn sum_of(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    span: Span,
) -> Result<DayDigest, DbError> {
    let limit = u32::try_from(span.records).unwrap_or(u32::MAX);
    let stored = records_after(tx, stream, feed, span.first.saturating_sub(1), limit)?;
    let digest = stored.iter().fold(DayDigest::default(), |digest, one| {
        let within = one.record.seq <= span.last();
        match &one.change {
            Some(bytes) if within && ChangeHash::of(bytes) == one.record.change => {
                digest.with(&one.record.change)
            }
            Some(_) | None if within && seeded::has(Bug::ComparedUnread) => {
                digest.with(&one.record.change)
            }
            Some(_) | None => digest,
        }
    });
    Ok(digest)
}

/// Returns what is here of one record.
pub(super) fn leaf(tx: &mut Tx, stream: Stream, feed: FeedId, seq: u64) -> Result<Leaf, DbError> {
    let stored = records_after(tx, stream, feed, seq.saturating_sub(1), 1)?.pop();
    let here = stored.filter(|one| one.record.seq == seq);
    let change = here.and_then(|one| {
        let bytes = one.change?;
        (ChangeHash::of(&bytes) == one.record.change).then_some(bytes)
    });
    Ok(Leaf { seq, change })
}

/// Puts the right bytes of a record in their place; false if they are not those its hash names, or
/// there is no such record.
pub(super) fn mend(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    seq: u64,
    bytes: &[u8],
) -> Result<bool, DbError> {
    let stored = records_after(tx, stream, feed, seq.saturating_sub(1), 1)?.pop();
    let Some(record) = stored.map(|one| one.record).filter(|one| one.seq == seq) else {
        return Ok(false);
    };
    if ChangeHash::of(bytes) != record.change {
        return Ok(false);
    }
    if seeded::has(Bug::MendedNotKept) {
        return Ok(true);
    }
    let place = stream.direction.word();
    let aside = tx.execute(
        "UPDATE quarantine SET bytes = $5, reason = $6
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq = $4 AND bytes IS NOT NULL",
        params![place, stream.peer.0, feed.0, int(seq), bytes, MENDED],
    )?;
    if aside == 0 {
        tx.execute(
            "INSERT INTO changes (change_hash, bytes) VALUES ($1, $2)
             ON CONFLICT (change_hash) DO UPDATE SET bytes = excluded.bytes",
            params![record.change.0, bytes],
        )?;
        bytes_came(tx, record.change)?;
        match record.document {
            DocumentId::Order(order) => reopen(tx, order)?,
            DocumentId::Segment(_) => pack_anew(tx, stream, feed, &record)?,
        }
    }
    Ok(true)
}
