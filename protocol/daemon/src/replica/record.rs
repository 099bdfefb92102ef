//! Stating a fact: the one way in for everything this node itself says happened.

use counterpart_protocol::documents::{
    Appended, ChangeHash, OrderDocumentFailed, Segment, SegmentFailed,
};
use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, FactId, OrderId, RegisterId, StaffId};
use counterpart_protocol::sync::Record;
use counterpart_protocol::time::BusinessDate;

use super::Replica;
use super::days::day_of;
use super::feeds::{Direction, Stream, put_change, put_head, put_record, put_segment};
use super::identity::Identity;
use super::outbound::{Entry, OpenFeed, OpenFeeds, last_hlc, leave_incomplete, open_feed};
use super::projection::{Origin, Projected, Projection, ProjectionFailed};
use crate::db::{DbError, Tx};
use crate::entropy::random_bytes;
use crate::params;
use crate::seeded::{self, Bug};

/// Where, when and by whom a fact is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The day it counts for, in the store's own calendar. At a store, a day that is sealed or
    /// before the last sealed one is over: the fact counts for the day after that and says for
    /// which one it is late.
    pub business_date: BusinessDate,
    /// The register, if it happened at one.
    pub register: Option<RegisterId>,
    /// The person, if one did it.
    pub staff: Option<StaffId>,
}

/// A fact that was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub fact_id: FactId,
    /// Its number in our feed for the peer; of a fact in an order, its number among what we wrote
    /// into that order.
    pub seq: u64,
    /// Its timestamp.
    pub hlc: Hlc,
}

/// Why a fact could not be stated; nothing of its transaction may be kept.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaFailed {
    /// The database failed.
    #[error("could not store a fact")]
    Db(#[from] DbError),
    /// Our own document is damaged.
    #[error("could not write a fact to its document")]
    Segment(#[from] SegmentFailed),
    /// An order's document is damaged, full, or does not take the fact.
    #[error("could not use the document of an order")]
    Order(#[from] OrderDocumentFailed),
    /// Facts of the order are missing that others in it follow.
    #[error("order {0} lacks facts that were sent and have not come: nothing is written to it yet")]
    OrderIncomplete(OrderId),
    /// A view could not be made of our own fact, which means a fault of ours.
    #[error("could not fold our own fact into the view {view}: {reason}")]
    Projection {
        /// The projection's name.
        view: &'static str,
        /// What it said of the fact.
        reason: String,
    },
    /// This node was not enrolled yet.
    #[error("this node has no identity yet: enrol it first")]
    NoIdentity,
}

impl ReplicaFailed {
    /// What a view's failure is to the command that stated the fact: the database's trouble stays
    /// the database's, which may be over in a moment; the rest is a fault of ours.
    pub(super) fn of_view(view: &dyn Projection, failed: ProjectionFailed) -> Self {
        match failed {
            ProjectionFailed::Db(error) => Self::Db(error),
            ProjectionFailed::Content(reason) => Self::Projection {
                view: view.name(),
                reason,
            },
        }
    }
}

impl Replica {
    /// States a fact for `peer` (an edge states all of its facts for [`EdgeNumber::HUB`]): change,
    /// document, feed, digest and views in the caller's transaction; the peer's waiters are woken
    /// once it is durable.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed`]; the caller returns it, so that the whole command is rolled back.
    pub fn record<B: Body>(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        place: Place,
        body: &B,
    ) -> Result<Recorded, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let day = day_of(tx, &me, place.business_date)?;
        let mut open = match tx.scratch::<OpenFeeds>().feeds.remove(&peer) {
            Some(open) => open,
            None => open_feed(tx, &me, peer)?,
        };
        let last = match seeded::has(Bug::HlcFromWall) {
            true => Hlc(0),
            false => last_hlc(tx)?,
        };
        let hlc = last.tick(self.wall_ms());
        let header = Header {
            id: self.new_fact_id(),
            hlc,
            business_date: day.counts_for,
            register: place.register,
            staff: place.staff,
        };
        let mut fact = Fact::new(header, body);
        fact.late_for = day.late_for;
        if open.segment.is_full() && !seeded::has(Bug::SegmentNeverFull) {
            close_segment(tx, &mut open, &me)?;
        }
        fact.follows = open.follows.take();
        let seq = open.head.seq + 1;
        let appended = open.segment.append(seq, &fact.encode())?;
        put_own_fact(tx, header.id, appended.hash)?;
        let record = store(tx, peer, &me, &mut open, &fact, &appended)?;
        let recorded = Recorded {
            fact_id: header.id,
            seq: record.seq,
            hlc,
        };
        let feeds = tx.scratch::<OpenFeeds>();
        feeds.hlc = Some(hlc);
        feeds.feeds.insert(peer, open);
        let projected = Projected {
            fact: &fact,
            origin: Origin {
                writer: me.writer,
                seq: record.seq,
            },
            document: record.document,
            epoch: None,
        };
        self.fold_own(tx, &projected)?;
        self.wake(tx, peer, record.seq);
        Ok(recorded)
    }

    /// States a fact of an earlier life of ours anew, under its own id, in this life's journal: the
    /// hub lacks it. Our views hold it already; from now on it counts under its new change.
    pub(super) fn state_again(
        &self,
        tx: &mut Tx,
        me: &Identity,
        mut fact: Fact,
        before: ChangeHash,
    ) -> Result<(), ReplicaFailed> {
        let peer = EdgeNumber::HUB;
        let mut open = match tx.scratch::<OpenFeeds>().feeds.remove(&peer) {
            Some(open) => open,
            None => open_feed(tx, me, peer)?,
        };
        if open.segment.is_full() {
            close_segment(tx, &mut open, me)?;
        }
        fact.follows = open.follows.take();
        let appended = open.segment.append(open.head.seq + 1, &fact.encode())?;
        tx.execute(
            "UPDATE facts SET change_hash = $3, pack = NULL
             WHERE fact_id = $1 AND change_hash = $2",
            params![fact.header.id.to_bytes(), before.0, appended.hash.0],
        )?;
        let record = store(tx, peer, me, &mut open, &fact, &appended)?;
        tx.scratch::<OpenFeeds>().feeds.insert(peer, open);
        self.wake(tx, peer, record.seq);
        Ok(())
    }

    /// Wakes who waits for a peer's feed, once it is durable.
    pub(super) fn wake(&self, tx: &mut Tx, peer: EdgeNumber, seq: u64) {
        let signals = self.inner.signals.clone();
        tx.on_commit(Box::new(move || signals.raise(peer, seq)));
    }

    pub(super) fn new_fact_id(&self) -> FactId {
        let random = match seeded::has(Bug::FactIdFromClock) {
            true => 0,
            false => u128::from_be_bytes(random_bytes(self.inner.entropy.as_ref())),
        };
        FactId::from_parts(self.wall_ms(), random)
    }

    pub(super) fn fold_own(
        &self,
        tx: &mut Tx,
        projected: &Projected<'_>,
    ) -> Result<(), ReplicaFailed> {
        self.note_unread(tx, projected.fact)?;
        for view in self.interested(projected.fact.kind()) {
            view.project(tx, projected)
                .map_err(|failed| ReplicaFailed::of_view(view, failed))?;
        }
        Ok(())
    }
}

/// Closes a full segment for good, after checking that it loads again, and opens the next. One
/// that does not is marked and left behind: its changes are stored and chained one by one, and no
/// fact that comes next may fail because of it.
pub(super) fn close_segment(
    tx: &mut Tx,
    open: &mut OpenFeed,
    me: &Identity,
) -> Result<(), DbError> {
    let document = open.segment.document();
    match open.segment.check_sound() {
        Ok(()) => {
            tx.execute(
                "UPDATE documents SET state = 'closed' WHERE document = $1",
                params![document.to_string()],
            )?;
        }
        Err(damage) => {
            tracing::error!(%document, error = %damage, "closed a segment that does not load");
            leave_incomplete(tx, document.into())?;
        }
    }
    open.follows = open.segment.heads();
    open.segment = Segment::begin(document.next_segment(), me.actor);
    Ok(())
}

fn store(
    tx: &mut Tx,
    peer: EdgeNumber,
    me: &Identity,
    open: &mut OpenFeed,
    fact: &Fact,
    appended: &Appended,
) -> Result<Record, DbError> {
    let stream = Stream {
        direction: Direction::Out,
        peer,
    };
    let document = open.segment.document();
    let record = Entry::of(fact, document.into(), appended.hash).numbered(open.head.seq + 1);
    open.head = open.head.after(&record);
    put_change(tx, appended.hash, &appended.change)?;
    put_document(
        tx,
        &document.to_string(),
        appended.heads,
        open.segment.facts(),
    )?;
    put_record(tx, stream, &record, open.head)?;
    put_head(tx, stream, open.head, me.actor, fact.header.hlc)?;
    if open.segment.facts() == 1 {
        put_segment(tx, stream, open.head.feed, document)?;
    }
    Ok(record)
}

/// Remembers under which change we stated a fact.
pub(super) fn put_own_fact(tx: &mut Tx, fact: FactId, change: ChangeHash) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO facts (fact_id, change_hash) VALUES ($1, $2)",
        params![fact.to_bytes(), change.0],
    )?;
    Ok(())
}

fn put_document(tx: &mut Tx, document: &str, head: [u8; 32], facts: u32) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO documents (document, head, facts, state) VALUES ($1, $2, $3, 'open')
         ON CONFLICT (document) DO UPDATE SET head = excluded.head, facts = excluded.facts",
        params![document, head, facts],
    )?;
    Ok(())
}
