//! Believing a peer's record: the guard, its place, its views; what fails is quarantined alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use counterpart_protocol::documents::{Admitted, Expected, admit};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{DocumentId, Incarnation, SegmentId, Writer};
use counterpart_protocol::sync::{FeedId, Offered, RecordVerdict, Verdict};

use super::Replica;
use super::feeds::{Stream, put_change};
use super::outbound::{Joined, OpenFeeds, leave_incomplete};
use super::projection::{Origin, Projected, Projection, ProjectionFailed};
use super::quarantine::{put_quarantine, verdicts_between};
use super::sender::Sender;
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// What became of a record that was believed.
pub(super) enum Believed {
    /// It is what the verdict says.
    As(Verdict),
    /// It stands in its order's document, and no view could use it.
    Unfolded(String),
}

/// Why one record was not believed.
pub(super) enum NotTaken {
    /// Its content, its place or its view: it is quarantined.
    Content(String),
    /// The database: the whole batch is tried again.
    Db(DbError),
}

impl From<DbError> for NotTaken {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl Replica {
    /// Believes one record or quarantines it; returns a verdict unless it was simply stored.
    pub(super) fn take_record(
        &self,
        tx: &mut Tx,
        stream: Stream,
        sender: &Sender<'_>,
        offered: &Offered,
    ) -> Result<Option<RecordVerdict>, DbError> {
        let seq = offered.record.seq;
        match tx.savepoint(|tx| self.believe(tx, sender, offered)) {
            Ok(Believed::As(Verdict::Stored)) => Ok(None),
            Ok(Believed::As(verdict)) => Ok(Some(RecordVerdict {
                seq,
                verdict,
                reason: None,
            })),
            Ok(Believed::Unfolded(reason)) => self.put_aside(tx, stream, offered, &reason, None),
            Err(NotTaken::Db(error)) => Err(error),
            Err(NotTaken::Content(reason)) => {
                // A record may name any document; only its sender's own is the worse for it.
                if segment_of(sender, offered).is_some() {
                    leave_incomplete(tx, offered.record.document)?;
                }
                let bytes = Some(offered.change.as_slice());
                self.put_aside(tx, stream, offered, &reason, bytes)
            }
        }
    }

    /// Quarantines a record and returns the verdict on it.
    fn put_aside(
        &self,
        tx: &mut Tx,
        stream: Stream,
        offered: &Offered,
        reason: &str,
        bytes: Option<&[u8]>,
    ) -> Result<Option<RecordVerdict>, DbError> {
        let seq = offered.record.seq;
        tracing::error!(
            peer.id = stream.peer.0,
            seq,
            reason,
            "quarantined a record; what follows it is not affected"
        );
        if seeded::has(Bug::QuarantineDrops) {
            return Ok(None);
        }
        put_quarantine(tx, stream, offered.head, reason, bytes, self.now_ms())?;
        let mut told = verdicts_between(tx, stream, offered.head.feed, seq, seq)?;
        Ok(told.pop())
    }

    pub(super) fn believe(
        &self,
        tx: &mut Tx,
        sender: &Sender<'_>,
        offered: &Offered,
    ) -> Result<Believed, NotTaken> {
        if !offered.intact {
            let reason = "the change is not the one its sender chained".to_owned();
            return Err(NotTaken::Content(reason));
        }
        match (offered.record.document, segment_of(sender, offered)) {
            (DocumentId::Order(order), _) => self.believe_order(tx, sender, order, offered),
            (DocumentId::Segment(_), Some(segment)) => {
                let believed = self.believe_journal(tx, sender, segment, offered);
                believed.map(Believed::As)
            }
            (DocumentId::Segment(other), None) => Err(NotTaken::Content(format!(
                "the record names document {other}, not its writer's"
            ))),
        }
    }

    fn believe_journal(
        &self,
        tx: &mut Tx,
        sender: &Sender<'_>,
        segment: SegmentId,
        offered: &Offered,
    ) -> Result<Verdict, NotTaken> {
        let record = &offered.record;
        let expected = Expected {
            document: segment,
            actor: sender.actor,
            seq: record.seq,
        };
        let admitted =
            admit(&offered.change, &expected).map_err(|e| NotTaken::Content(e.to_string()))?;
        check_record(&admitted.fact, offered)?;
        sender.against.check(&admitted.fact, record.seq)?;
        if seeded::has(Bug::UnknownDropped) && self.known_kind(record.kind_number).is_none() {
            return Ok(Verdict::Stored);
        }
        put_change(tx, record.change, &offered.change)?;
        join_document(tx, record.document, &admitted)?;
        if !put_fact(tx, &admitted.fact, offered)? {
            return Ok(Verdict::Duplicate);
        }
        let origin = Origin {
            writer: segment.writer,
            seq: record.seq,
        };
        let projected = Projected {
            fact: &admitted.fact,
            origin,
            document: record.document,
            epoch: None,
        };
        self.note_unread(tx, &admitted.fact)?;
        for view in self.interested(admitted.fact.kind()) {
            project(tx, view, &projected)?;
            if seeded::has(Bug::FoldedTwice) {
                project(tx, view, &projected)?;
            }
        }
        Ok(Verdict::Stored)
    }
}

/// Folds a peer's fact into one view. A rule of the schema that it breaks, or a panic, is about
/// this fact and would be the same at every try: it must not stop the facts behind it.
pub(super) fn project(
    tx: &mut Tx,
    view: &dyn Projection,
    projected: &Projected<'_>,
) -> Result<(), NotTaken> {
    let content = |reason: String| NotTaken::Content(format!("{}: {reason}", view.name()));
    // Unwind safety: the record's savepoint undoes whatever was left half-done.
    let folded = catch_unwind(AssertUnwindSafe(|| view.project(tx, projected)));
    match folded {
        Ok(Ok(())) => Ok(()),
        Ok(Err(ProjectionFailed::Content(reason))) => Err(content(reason)),
        Ok(Err(ProjectionFailed::Db(error @ DbError::Constraint { .. }))) => {
            Err(content(error.to_string()))
        }
        Ok(Err(ProjectionFailed::Db(error))) => Err(NotTaken::Db(error)),
        Err(_) => Err(content("it stopped with a bug".to_owned())),
    }
}

/// Returns the segment the record names, if its sender writes that one.
fn segment_of(sender: &Sender<'_>, offered: &Offered) -> Option<SegmentId> {
    match offered.record.document {
        DocumentId::Segment(segment)
            if segment.writer == writer_of(sender, offered.head.feed)
                && segment.about == sender.about =>
        {
            Some(segment)
        }
        DocumentId::Segment(_) | DocumentId::Order(_) => None,
    }
}

/// Returns the writer whose feed this is.
pub(super) fn writer_of(sender: &Sender<'_>, feed: FeedId) -> Writer {
    Writer {
        edge: sender.peer,
        incarnation: Incarnation(feed.0),
    }
}

/// Checks that the record says of the fact what the fact says itself.
pub(super) fn check_record(fact: &Fact, offered: &Offered) -> Result<(), NotTaken> {
    let record = &offered.record;
    let same = fact.kind_number == record.kind_number
        && fact.schema == record.schema
        && fact.header.business_date == record.business_date
        && fact.header.hlc == record.hlc;
    if same {
        Ok(())
    } else {
        Err(NotTaken::Content(
            "the record and its fact say different things".to_owned(),
        ))
    }
}

/// Stores the fact's id; false if the fact was known already, under whatever record.
pub(super) fn put_fact(tx: &mut Tx, fact: &Fact, offered: &Offered) -> Result<bool, DbError> {
    let stored = tx.execute(
        "INSERT INTO facts (fact_id, change_hash) VALUES ($1, $2)
         ON CONFLICT (fact_id) DO NOTHING",
        params![fact.header.id.to_bytes(), offered.record.change.0],
    )?;
    Ok(stored == 1)
}

/// Adds a change to its document's row; a change whose parent is missing marks it incomplete.
fn join_document(tx: &mut Tx, document: DocumentId, admitted: &Admitted) -> Result<(), NotTaken> {
    let name = document.to_string();
    let (last, state) = match tx.scratch::<OpenFeeds>().joined.take() {
        Some(joined) if joined.document == document => (Some(joined.head), joined.state),
        Some(_) | None => stored_document(tx, &name)?,
    };
    let state = if last == admitted.written_on {
        state
    } else if seeded::has(Bug::DepsRequired) {
        return Err(NotTaken::Content("its parent is missing".to_owned()));
    } else {
        "incomplete".to_owned()
    };
    tx.execute(
        "INSERT INTO documents (document, head, facts, state) VALUES ($1, $2, 1, $3)
         ON CONFLICT (document) DO UPDATE SET head = excluded.head,
             facts = documents.facts + 1, state = excluded.state",
        params![&name, admitted.head, &state],
    )?;
    tx.scratch::<OpenFeeds>().joined = Some(Joined {
        document,
        head: admitted.head,
        state,
    });
    Ok(())
}

/// Returns the head and the state of a document; it is open and has none before its first change.
fn stored_document(tx: &mut Tx, name: &str) -> Result<(Option<[u8; 32]>, String), DbError> {
    let known = tx.query_opt(
        "SELECT head, state FROM documents WHERE document = $1",
        params![name],
    )?;
    known.map_or(Ok((None, "open".to_owned())), |row| {
        Ok((Some(row.read(0)?), row.read(1)?))
    })
}
