//! The open end of our own feeds, kept on the writing thread between transactions.
//!
//! Any rollback empties it (see [`Tx::scratch`]), and it is read back from the tables.

use std::collections::HashMap;

use counterpart_protocol::documents::Segment;
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{DocumentId, EdgeNumber};
use counterpart_protocol::sync::{FeedHead, FeedId};

use super::feeds::{Direction, Stream, latest_hlc, newest_head, unsigned};
use super::identity::Identity;
use super::record::ReplicaFailed;
use crate::db::{DbError, Tx};
use crate::params;

/// What the writing thread remembers of our own feeds.
#[derive(Default)]
pub(super) struct OpenFeeds {
    pub(super) hlc: Option<Hlc>,
    pub(super) feeds: HashMap<EdgeNumber, OpenFeed>,
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
        Some(row) if row.head.feed == feed => row.head,
        Some(_) | None => FeedHead::start(feed),
    };
    let about = (me.writer.edge == EdgeNumber::HUB).then_some(peer);
    let first = DocumentId {
        writer: me.writer,
        about,
        segment: 0,
    };
    let Some((document, stored_head, state)) = last_segment(tx, stream, feed)? else {
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
    let changes = changes_of(tx, stream, feed, document)?;
    let (segment, follows) = match Segment::resume(document, me.actor, changes, stored_head) {
        Ok(segment) => (segment, None),
        Err(damage) => {
            // A damaged segment is left behind: it must not stop the facts that come next.
            tracing::error!(%document, error = %damage, "could not go on in our open segment");
            leave_incomplete(tx, document)?;
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
    Ok(())
}

/// Returns the latest hybrid timestamp, from memory or the tables.
pub(super) fn last_hlc(tx: &mut Tx) -> Result<Hlc, DbError> {
    match tx.scratch::<OpenFeeds>().hlc {
        Some(hlc) => Ok(hlc),
        None => latest_hlc(tx),
    }
}

fn last_segment(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
) -> Result<Option<(DocumentId, [u8; 32], String)>, DbError> {
    let row = tx.query_opt(
        "SELECT d.document, d.head, d.state FROM feed_records r
         JOIN documents d ON d.document = r.document
         WHERE r.direction = $1 AND r.peer = $2 AND r.feed = $3 ORDER BY r.seq DESC LIMIT 1",
        params![stream.direction.word(), stream.peer.0, feed.0],
    )?;
    let Some(row) = row else { return Ok(None) };
    let document: String = row.read(0)?;
    let document = document
        .parse()
        .expect("only checked document ids are stored");
    Ok(Some((document, row.read(1)?, row.read(2)?)))
}

/// Returns the changes of our own open segment; it holds the last records of the feed.
fn changes_of(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    document: DocumentId,
) -> Result<Vec<Vec<u8>>, DbError> {
    let rows = tx.query_all(
        "SELECT r.seq, r.document, c.bytes FROM feed_records r
         JOIN changes c ON c.change_hash = r.change_hash
         WHERE r.direction = $1 AND r.peer = $2 AND r.feed = $3
         ORDER BY r.seq DESC LIMIT $4",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            counterpart_protocol::documents::SEGMENT_FACTS_MAX,
        ],
    )?;
    let name = document.to_string();
    let mut changes = Vec::new();
    for row in &rows {
        let _seq = unsigned(row, 0)?;
        if row.read::<String>(1)? != name {
            break;
        }
        changes.push(row.read(2)?);
    }
    changes.reverse();
    Ok(changes)
}
