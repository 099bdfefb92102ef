//! A node's own journal as it was stated, life after life, for whoever hands it out.
//!
//! It reads records in order and decides nothing; orders' documents are not in it.

use counterpart_protocol::documents::{Expected, admit};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{DocumentId, EdgeNumber};

use super::Replica;
use super::feeds::{Direction, head_of, records_after};
use super::rebuild::{runs, taken_under};
use super::record::ReplicaFailed;
use crate::db::Tx;

/// A record of this node's own journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The life that stated it.
    pub run: u32,
    /// Its number in that life's feed.
    pub seq: u64,
    /// What it says, or why that cannot be read.
    pub fact: Result<Fact, String>,
}

/// Some of a journal, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalPage {
    /// The records, in the order they were stated. What an earlier life had stated already and a
    /// later one stated again is there once.
    pub stated: Vec<Stated>,
    /// The place after the last one looked at; nothing when that was the end.
    pub next: Option<(u32, u64)>,
}

impl Replica {
    /// Returns what this node stated in its journals after `after` (run and number), looking at
    /// most at `limit` records.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn journal_after(
        &self,
        tx: &mut Tx,
        after: Option<(u32, u64)>,
        limit: u32,
    ) -> Result<JournalPage, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let (from_run, from_seq) = after.unwrap_or((0, 0));
        for (stream, feed) in runs(tx)? {
            let is_own = stream.direction == Direction::Out && stream.peer == EdgeNumber::HUB;
            if !is_own || feed.0 < from_run {
                continue;
            }
            let seq = if feed.0 == from_run { from_seq } else { 0 };
            let actor = head_of(tx, stream, feed)?.map_or(me.actor, |row| row.actor);
            let records = records_after(tx, stream, feed, seq, limit)?;
            let Some(last) = records.last() else {
                continue;
            };
            let next = Some((feed.0, last.record.seq));
            let mut stated = Vec::with_capacity(records.len());
            for stored in records {
                let DocumentId::Segment(document) = stored.record.document else {
                    continue;
                };
                let seq = stored.record.seq;
                let expected = Expected {
                    document,
                    actor,
                    seq,
                };
                let bytes = stored.change.ok_or("its bytes are gone".to_owned());
                let fact = bytes
                    .and_then(|bytes| admit(&bytes, &expected).map_err(|why| why.to_string()))
                    .map(|admitted| admitted.fact);
                let first = match &fact {
                    Ok(fact) => taken_under(tx, fact.header.id)?,
                    Err(_) => None,
                };
                if first.is_none_or(|first| first == stored.record.change) {
                    let run = feed.0;
                    stated.push(Stated { run, seq, fact });
                }
            }
            return Ok(JournalPage { stated, next });
        }
        Ok(JournalPage {
            stated: Vec::new(),
            next: None,
        })
    }
}
