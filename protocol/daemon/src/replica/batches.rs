//! What both halves of an exchange need: our own heads, and batches of what we stored.

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::sync::{
    BATCH_BYTES_MAX, Batch, FeedHead, FeedId, WireRecord, WithHashes,
};

use super::Replica;
use super::feeds::{Stream, head_of, put_head, records_after};
use super::identity::Identity;
use super::outbound::last_hlc;
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

/// Returns our own feed's head for a peer, stored or just starting.
pub(super) fn own_head(tx: &mut Tx, me: &Identity, stream: Stream) -> Result<FeedHead, DbError> {
    let feed = FeedId(me.writer.incarnation.0);
    match head_of(tx, stream, feed)? {
        Some(row) => Ok(row.head),
        None => {
            let start = FeedHead::start(feed);
            let hlc = last_hlc(tx)?;
            put_head(tx, stream, start, me.actor, hlc)?;
            Ok(start)
        }
    }
}

impl Replica {
    /// Makes a batch of the records after `after_seq`: at most as many as the protocol allows, or
    /// as the replica was told, and about [`BATCH_BYTES_MAX`] of changes; nothing when there is no
    /// such record. Changes damaged at rest go with hashes even if nobody asked, so that they cost
    /// the reader themselves only.
    pub(super) fn batch_after(
        &self,
        tx: &mut Tx,
        stream: Stream,
        feed: FeedId,
        after_seq: u64,
        with_hashes: WithHashes,
    ) -> Result<Option<Batch>, DbError> {
        let limit = u32::try_from(self.inner.batch_records_max)
            .expect("a batch holds a few hundred records");
        let mut records = Vec::new();
        let mut hashes = Vec::new();
        let mut end_chain = None;
        let mut bytes = 0;
        let mut damaged = false;
        for stored in records_after(tx, stream, feed, after_seq, limit)? {
            let change = stored.change.unwrap_or_else(Vec::new);
            bytes += change.len();
            if bytes > BATCH_BYTES_MAX && !records.is_empty() {
                break;
            }
            damaged |= ChangeHash::of(&change) != stored.record.change;
            hashes.push(stored.record.change);
            end_chain = Some(stored.after.chain);
            records.push(WireRecord {
                kind_number: stored.record.kind_number,
                schema: stored.record.schema,
                document: stored.record.document.to_string(),
                business_date: stored.record.business_date,
                hlc: stored.record.hlc,
                change: change.into(),
            });
        }
        if seeded::has(Bug::TailDropped) && records.len() > 2 {
            records.pop();
            hashes.pop();
        }
        Ok(end_chain.map(|end_chain| Batch {
            feed,
            first_seq: after_seq + 1,
            records,
            end_chain,
            hashes: (damaged || with_hashes == WithHashes::Yes).then_some(hashes),
        }))
    }
}
