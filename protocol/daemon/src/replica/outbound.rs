//! The open end of our own feeds, kept on the writing thread between transactions.
//!
//! Any rollback empties it (see [`Tx::scratch`]), and it is read back from the tables.

use std::collections::HashMap;

use counterpart_protocol::documents::{ChangeHash, Segment};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{DocumentId, EdgeNumber, SegmentId};
use counterpart_protocol::sync::{FeedHead, FeedId, Record};
use counterpart_protocol::time::BusinessDate;

use super::batches::own_head;
use super::feeds::{Direction, Stream, latest_hlc, newest_head, put_head, put_record};
use super::identity::Identity;
use super::packing::{PACK_OF_RECORD, Packs};
use super::record::ReplicaFailed;
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// What the writing thread remembers of our own feeds.
#[derive(Default)]
pub(super) struct OpenFeeds {
    pub(super) hlc: Option<Hlc>,
    pub(super) feeds: HashMap<EdgeNumber, OpenFeed>,
    /// The last day that is sealed, once it was looked up.
    pub(super) sealed: Option<Option<BusinessDate>>,
    /// The document that the batch which is being taken in went into last.
    pub(super) joined: Option<Joined>,
}

/// A peer's document as its row says, while nothing else writes it.
pub(super) struct Joined {
    pub(super) document: DocumentId,
    pub(super) head: [u8; 32],
    pub(super) state: String,
}

/// The end of one of our feeds.
pub(super) struct OpenFeed {
    pub(super) head: FeedHead,
    pub(super) segment: Segment,
    /// The heads of the segment before, until this segment's first fact has named them.
    pub(super) follows: Option<[u8; 32]>,
}

/// Reads back the end of our feed for `peer`, or starts it.
pub(super) fn open_feed(
    tx: &mut Tx,
    me: &Identity,
    peer: EdgeNumber,
) -> Result<OpenFeed, ReplicaFailed> {
    let stream = Stream {
        direction: Direction::Out,
        peer,
    };
    let feed = FeedId(me.writer.incarnation.0);
    let head = match newest_head(tx, stream)? {
        Some(row) if row.head.feed == feed => FeedHead {
            seq: row.head.seq + u64::from(seeded::has(Bug::NumberSkipped)),
            ..row.head
        },
        Some(_) | None => FeedHead::start(feed),
    };
    let about = (me.writer.edge == EdgeNumber::HUB).then_some(peer);
    let first = SegmentId {
        writer: me.writer,
        about,
        segment: 0,
    };
    let Some(Last {
        document,
        head: stored_head,
        facts,
        state,
    }) = last_segment(tx, stream, feed)?
    else {
        let segment = Segment::begin(first, me.actor);
        return Ok(OpenFeed {
            head,
            segment,
            follows: None,
        });
    };
    if state != "open" {
        let segment = Segment::begin(document.next_segment(), me.actor);
        return Ok(OpenFeed {
            head,
            segment,
            follows: Some(stored_head),
        });
    }
    let changes = changes_of(tx, stream, feed, document, facts)?;
    let (segment, follows) = match Segment::resume(document, me.actor, changes, stored_head) {
        Ok(segment) => (segment, None),
        Err(damage) => {
            // A damaged segment is left behind: it must not stop the facts that come next.
            tracing::error!(%document, error = %damage, "could not go on in our open segment");
            leave_incomplete(tx, document.into())?;
            let next = Segment::begin(document.next_segment(), me.actor);
            (next, Some(stored_head))
        }
    };
    Ok(OpenFeed {
        head,
        segment,
        follows,
    })
}

/// Marks a document as one that cannot be loaded whole.
pub(super) fn leave_incomplete(tx: &mut Tx, document: DocumentId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE documents SET state = 'incomplete' WHERE document = $1",
        params![document.to_string()],
    )?;
    tx.scratch::<OpenFeeds>().joined = None;
    Ok(())
}

/// Returns the latest hybrid timestamp, from memory or the tables.
pub(super) fn last_hlc(tx: &mut Tx) -> Result<Hlc, DbError> {
    match tx.scratch::<OpenFeeds>().hlc {
        Some(hlc) => Ok(hlc),
        None => latest_hlc(tx),
    }
}

/// The newest segment of our journal.
struct Last {
    document: SegmentId,
    head: [u8; 32],
    facts: u32,
    state: String,
}

fn last_segment(tx: &mut Tx, stream: Stream, feed: FeedId) -> Result<Option<Last>, DbError> {
    let row = tx.query_opt(
        "SELECT d.document, d.head, d.facts, d.state FROM feed_heads h
         JOIN documents d ON d.document = h.segment
         WHERE h.direction = $1 AND h.peer = $2 AND h.feed = $3",
        params![stream.direction.word(), stream.peer.0, feed.0],
    )?;
    let Some(row) = row else { return Ok(None) };
    let document: String = row.read(0)?;
    let document = document
        .parse()
        .expect("only checked document ids are stored");
    Ok(Some(Last {
        document,
        head: row.read(1)?,
        facts: row.read(2)?,
        state: row.read(3)?,
    }))
}

/// Returns the changes of our own open segment, which are our newest in a journal.
fn changes_of(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    document: SegmentId,
    facts: u32,
) -> Result<Vec<Vec<u8>>, DbError> {
    let sql = format!(
        "SELECT r.change_hash, c.bytes, CASE WHEN c.bytes IS NULL THEN {PACK_OF_RECORD} END
         FROM feed_records r LEFT JOIN changes c ON c.change_hash = r.change_hash
         WHERE r.direction = $1 AND r.peer = $2 AND r.feed = $3 AND r.document = $4
         ORDER BY r.seq DESC LIMIT $5"
    );
    let rows = tx.query_all(
        &sql,
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            document.to_string(),
            facts,
        ],
    )?;
    // The hub seals nothing: days of its open segment may be packed.
    let (mut packs, mut changes) = (Packs::default(), Vec::new());
    for row in rows.iter().rev() {
        let hash = ChangeHash(row.read(0)?);
        changes.extend(packs.bytes(tx, hash, row.read(1)?, row.read(2)?)?);
    }
    Ok(changes)
}

/// What a feed says of a change, before it has its number there.
pub(super) struct Entry {
    pub(super) kind_number: u32,
    pub(super) schema: u32,
    pub(super) document: DocumentId,
    pub(super) change: ChangeHash,
    pub(super) business_date: BusinessDate,
    pub(super) hlc: Hlc,
}

impl Entry {
    /// Returns what a feed says of a change that holds `fact`.
    pub(super) fn of(fact: &Fact, document: DocumentId, change: ChangeHash) -> Self {
        Self {
            kind_number: fact.kind_number,
            schema: fact.schema,
            document,
            change,
            business_date: fact.header.business_date,
            hlc: fact.header.hlc,
        }
    }

    /// Returns what a record said, to say it again under another number.
    pub(super) fn again(record: &Record) -> Self {
        Self {
            kind_number: record.kind_number,
            schema: record.schema,
            document: record.document,
            change: record.change,
            business_date: record.business_date,
            hlc: record.hlc,
        }
    }

    pub(super) fn numbered(&self, seq: u64) -> Record {
        Record {
            seq,
            kind_number: self.kind_number,
            schema: self.schema,
            document: self.document,
            change: self.change,
            business_date: self.business_date,
            hlc: self.hlc,
        }
    }
}

/// Appends a change of an order to our feed for `peer`, whoever wrote it, and returns the feed's
/// head. Its bytes are stored already.
pub(super) fn append_entry(
    tx: &mut Tx,
    me: &Identity,
    peer: EdgeNumber,
    entry: &Entry,
) -> Result<FeedHead, DbError> {
    let stream = Stream {
        direction: Direction::Out,
        peer,
    };
    let before = own_head(tx, me, stream)?;
    let record = entry.numbered(before.seq + 1);
    let head = before.after(&record);
    put_record(tx, stream, &record, head)?;
    // What was forwarded may be older than what this feed has seen: its time never goes back.
    let hlc = last_hlc(tx)?;
    put_head(tx, stream, head, me.actor, hlc)?;
    if let Some(open) = tx.scratch::<OpenFeeds>().feeds.get_mut(&peer) {
        open.head = head;
    }
    Ok(head)
}
