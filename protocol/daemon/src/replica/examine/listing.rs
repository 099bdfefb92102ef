//! What stands in the feeds: their runs, and the records of one.

use std::fmt;

use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::FeedId;
use serde::Serialize;

use super::super::Replica;
use super::super::feeds::{Direction, Stream, head_of, records_after};
use super::super::rebuild::runs;
use super::{Named, time};
use crate::db::{DbError, Tx};

/// A run of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedListed {
    /// `out` if this node writes it, `in` if the peer does.
    pub direction: Direction,
    /// The other node's number; 0 is the hub.
    pub peer: u32,
    /// The writer's incarnation.
    pub run: u32,
    /// Its last record's number.
    pub records: u64,
    /// How far the peer says it holds it; nothing for one that comes in.
    pub acknowledged: Option<u64>,
    /// When the peer last said so, as RFC 3339 in UTC.
    pub contact_at: Option<String>,
    /// The chain after the last record.
    pub chain: String,
}

impl fmt::Display for FeedListed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Named::of(self.direction, EdgeNumber(self.peer), self.run);
        write!(f, "{named}: {} records", self.records)?;
        if let Some(acknowledged) = self.acknowledged {
            write!(f, ", {acknowledged} acknowledged")?;
        }
        if let Some(contact) = &self.contact_at {
            write!(f, ", last heard of {contact}")?;
        }
        write!(f, "; chain {}", self.chain)
    }
}

/// A record of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordListed {
    /// Its number.
    pub seq: u64,
    /// The word for the fact's kind, or its number if a newer version wrote it.
    pub kind: String,
    /// The document it belongs to.
    pub document: String,
    /// The day it counts for.
    pub business_date: String,
    /// When, by the writer's clock, as RFC 3339 in UTC.
    pub at: String,
    /// The change, by its SHA-256.
    pub change: String,
    /// The chain after it.
    pub chain: String,
}

impl fmt::Display for RecordListed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seq,
            kind,
            document,
            at,
            chain,
            ..
        } = self;
        write!(f, "{seq:>8}  {at}  {kind:<22} {document}  {chain}")
    }
}

impl Replica {
    /// Returns every run of every feed, those this node writes first.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn feeds(&self, tx: &mut Tx) -> Result<Vec<FeedListed>, DbError> {
        let mut listed = Vec::new();
        for (stream, feed) in runs(tx)? {
            let Some(row) = head_of(tx, stream, feed)? else {
                continue;
            };
            listed.push(FeedListed {
                direction: stream.direction,
                peer: stream.peer.0,
                run: feed.0,
                records: row.head.seq,
                acknowledged: (stream.direction == Direction::Out).then_some(row.acked_seq),
                contact_at: row.contact_at_ms.map(time),
                chain: row.head.chain.to_string(),
            });
        }
        Ok(listed)
    }

    /// Returns at most `limit` records of a run after `after_seq`, in order.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn records(
        &self,
        tx: &mut Tx,
        (direction, peer, run): (Direction, EdgeNumber, u32),
        after_seq: u64,
        limit: u32,
    ) -> Result<Vec<RecordListed>, DbError> {
        let stream = Stream { direction, peer };
        let stored = records_after(tx, stream, FeedId(run), after_seq, limit)?;
        let listed = stored.iter().map(|stored| {
            let record = &stored.record;
            let kind = Kind::from_number(record.kind_number);
            let at_ms = i64::try_from(record.hlc.at_ms()).unwrap_or(i64::MAX);
            RecordListed {
                seq: record.seq,
                kind: kind.map_or_else(
                    || record.kind_number.to_string(),
                    |kind| kind.word().to_owned(),
                ),
                document: record.document.to_string(),
                business_date: record.business_date.to_string(),
                at: time(at_ms),
                change: record.change.to_string(),
                chain: stored.after.chain.to_string(),
            }
        });
        Ok(listed.collect())
    }
}
