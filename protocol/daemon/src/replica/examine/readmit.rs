//! Taking a record that stands in quarantine in after all: after an upgrade that can read it, or
//! once the fault of a view is mended.

use std::fmt;

use counterpart_protocol::documents::{ChangeHash, admit_to_order};
use counterpart_protocol::ids::{DocumentId, EdgeNumber};
use counterpart_protocol::sync::{FeedId, Offered};

use super::super::Replica;
use super::super::feeds::{Direction, Stream, head_of, int, newest_head, records_after};
use super::super::inbound::{Believed, NotTaken};
use super::super::rebuild::Rebuilt;
use super::super::record::ReplicaFailed;
use super::super::sender::{Against, Sender};
use super::Named;
use crate::db::{DbError, Tx};
use crate::params;

/// What taking a record in again did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readmitted {
    /// Which record, in words.
    pub record: String,
    /// Every view was made anew, because what came after it was folded before it.
    pub rebuilt: Rebuilt,
}

impl fmt::Display for Readmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { record, rebuilt } = self;
        let facts = rebuilt.facts;
        write!(
            f,
            "{record} counts now: {facts} facts folded into every view"
        )
    }
}

/// Why a record was not taken in. It stays where it is, with its bytes.
#[derive(Debug, thiserror::Error)]
pub enum ReadmitRefused {
    /// No such record stands in quarantine.
    #[error("{0} does not stand in quarantine here: the command quarantine lists what does")]
    NotThere(String),
    /// It cannot be believed, for the same reason or another one.
    #[error("{record} still cannot be used: {reason}")]
    Still {
        /// Which, in words.
        record: String,
        /// Why.
        reason: String,
    },
    /// The database or a document failed.
    #[error("could not take the record in")]
    Failed(#[from] ReplicaFailed),
}

impl From<DbError> for ReadmitRefused {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl Replica {
    /// Checks a record of `peer` that was set aside once more, and lets it count if it holds now.
    /// Its place in the feed, its chain and its day's digest have counted it all the time. What the
    /// peer was told stays told: it lists the record as refused until somebody looks there.
    ///
    /// # Errors
    ///
    /// [`ReadmitRefused`]; the caller returns it, so that nothing is kept.
    pub fn readmit(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        run: u32,
        seq: u64,
    ) -> Result<Readmitted, ReadmitRefused> {
        let stream = Stream {
            direction: Direction::In,
            peer,
        };
        let feed = FeedId(run);
        let record = format!("{}, record {seq}", Named(stream, feed));
        let at = params![stream.direction.word(), peer.0, feed.0, int(seq)];
        let there = tx.query_opt(
            "SELECT CASE WHEN bytes IS NULL THEN 1 ELSE 0 END FROM quarantine
             WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq = $4",
            at,
        )?;
        let head = head_of(tx, stream, feed)?;
        let stored = records_after(tx, stream, feed, seq.saturating_sub(1), 1)?.pop();
        let (Some(there), Some(head), Some(stored)) = (there, head, stored) else {
            return Err(ReadmitRefused::NotThere(record));
        };
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let newest = newest_head(tx, stream)?.map_or(feed, |row| row.head.feed);
        let against = match feed < newest && peer != EdgeNumber::HUB {
            true => Against::Replaced,
            false => Against::Nothing,
        };
        let sender = Sender {
            peer,
            stream,
            held: head.head,
            actor: head.actor,
            about: (peer == EdgeNumber::HUB).then_some(me.writer.edge),
            against,
            me,
        };
        let change = stored.change.unwrap_or_else(Vec::new);
        let offered = Offered {
            intact: ChangeHash::of(&change) == stored.record.change,
            record: stored.record,
            head: stored.after,
            change,
        };
        // A change of an order that no view could use joined its document all the same.
        let joined: bool = there.read(0)?;
        let believed = match offered.record.document {
            DocumentId::Order(order) if joined => admit_to_order(&offered.change)
                .map_err(|refused| NotTaken::Content(refused.to_string()))
                .and_then(|change| self.fold_received(tx, order, &offered, &change)),
            DocumentId::Order(_) | DocumentId::Segment(_) => self.believe(tx, &sender, &offered),
        };
        match believed {
            Ok(Believed::As(_)) => {}
            Ok(Believed::Unfolded(reason)) | Err(NotTaken::Content(reason)) => {
                return Err(ReadmitRefused::Still { record, reason });
            }
            Err(NotTaken::Db(error)) => return Err(error.into()),
        }
        tx.execute(
            "DELETE FROM quarantine
             WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq = $4",
            at,
        )?;
        let rebuilt = self.rebuild(tx)?;
        tracing::warn!(peer.id = peer.0, seq, "took a quarantined record in");
        Ok(Readmitted { record, rebuilt })
    }
}
