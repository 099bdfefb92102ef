//! Rebuilding every view from the stored facts: view = fold, checked instead of believed.

use counterpart_protocol::documents::{ChangeHash, Expected, admit, stored_fact};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, FactId, Incarnation, OrderId, Writer};
use counterpart_protocol::sync::FeedId;

use super::feeds::{Direction, Stream, head_of, records_after};
use super::identity::Identity;
use super::lacking::{accept, accept_all, accepted, forget_uncounted, lacks_nothing, put_lacking};
use super::orders::{OrderRow, concerned, order_documents, rows_of};
use super::projection::{Origin, Projected};
use super::record::ReplicaFailed;
use super::{Projection, Replica};
use crate::db::{DbError, Tx};
use crate::params;

/// How many records are read at a time.
const PAGE: u32 = 500;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Facts folded.
    pub facts: u64,
    /// Records whose bytes hold no usable fact: those in quarantine, and those that are damaged
    /// and come in again once their bytes are mended.
    pub skipped: u64,
}

impl Replica {
    /// Empties every view and folds all stored facts into them again, the journals writer by
    /// writer, then the orders: each once, under the record it was first taken under, and nothing
    /// that stands in quarantine.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed`]; the caller's transaction keeps the views as they were.
    pub fn rebuild(&self, tx: &mut Tx) -> Result<Rebuilt, ReplicaFailed> {
        let all: Vec<&dyn Projection> = self.views().collect();
        let rebuilt = self.fold_anew(tx, &all)?;
        accept_all(tx)?;
        self.note_views(tx)?;
        self.forget_unread(tx)?;
        Ok(rebuilt)
    }

    /// Empties some views and folds into them what is stored.
    pub(super) fn fold_anew(
        &self,
        tx: &mut Tx,
        views: &[&dyn Projection],
    ) -> Result<Rebuilt, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        self.note_left_out(tx, views)?;
        let accepted = accepted(tx)?;
        for view in views {
            view.clear(tx)?;
            lacks_nothing(tx, *view)?;
        }
        let folding = Folding {
            replica: self,
            views,
        };
        let mut rebuilt = Rebuilt::default();
        for (stream, feed) in runs(tx)? {
            fold_run(tx, &folding, &me, (stream, feed), &mut rebuilt)?;
        }
        for view in views {
            forget_uncounted(tx, *view)?;
        }
        let mut after = None;
        loop {
            let page = order_documents(tx, after, PAGE)?;
            let Some(last) = page.last() else {
                accept(tx, &accepted)?;
                return Ok(rebuilt);
            };
            after = Some(*last);
            for order in page {
                fold_order(tx, &folding, &me, order, &mut rebuilt)?;
            }
        }
    }
}

/// Which views are folded, and by whom.
struct Folding<'a> {
    replica: &'a Replica,
    views: &'a [&'a dyn Projection],
}

impl Folding<'_> {
    fn folds(&self, view: &dyn Projection, kind_number: u32) -> bool {
        let kind = self.replica.known_kind(kind_number);
        kind.is_some_and(|kind| self.replica.folds(view, kind))
    }
}

fn fold_order(
    tx: &mut Tx,
    folding: &Folding<'_>,
    me: &Identity,
    order: OrderId,
    rebuilt: &mut Rebuilt,
) -> Result<(), ReplicaFailed> {
    let rows = rows_of(tx, order)?;
    note_damaged(tx, folding, me, (order, &rows))?;
    for row in rows {
        let Some(fact) = stored_fact(&row.bytes, row.hash) else {
            rebuilt.skipped += 1;
            continue;
        };
        let projected = Projected {
            fact: &fact,
            origin: Origin {
                writer: row.key.writer,
                seq: u64::from(row.key.seq),
            },
            document: DocumentId::Order(order),
            epoch: Some(row.key.epoch),
        };
        fold_first(tx, folding, &projected, row.hash, rebuilt)?;
    }
    Ok(())
}

/// Notes the damaged changes of an order for each view that folds anything of it: a view may read
/// all of the order at each of its facts, and then lacks the whole of it.
fn note_damaged(
    tx: &mut Tx,
    folding: &Folding<'_>,
    me: &Identity,
    (order, rows): (OrderId, &[OrderRow]),
) -> Result<(), DbError> {
    let damaged = rows
        .iter()
        .filter(|row| ChangeHash::of(&row.bytes) != row.hash);
    for one in damaged {
        for view in folding.views {
            let folds = |row: &OrderRow| folding.folds(*view, row.kind_number);
            if rows.iter().any(folds) {
                for peer in concerned(tx, me, order)? {
                    put_lacking(tx, *view, (one.hash, peer))?;
                }
            }
        }
    }
    Ok(())
}

fn fold_run(
    tx: &mut Tx,
    folding: &Folding<'_>,
    me: &Identity,
    (stream, feed): (Stream, FeedId),
    rebuilt: &mut Rebuilt,
) -> Result<(), ReplicaFailed> {
    // Each run has its own life and actor, our own earlier ones too.
    let writer = Writer {
        edge: match stream.direction {
            Direction::Out => me.writer.edge,
            Direction::In => stream.peer,
        },
        incarnation: Incarnation(feed.0),
    };
    let actor = head_of(tx, stream, feed)?.map_or(me.actor, |row| row.actor);
    let mut after = 0;
    loop {
        let page = records_after(tx, stream, feed, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.record.seq;
        for stored in page {
            // Orders are folded afterwards: a change of one may stand in several feeds.
            let DocumentId::Segment(document) = stored.record.document else {
                continue;
            };
            let seq = stored.record.seq;
            let change = stored.change.unwrap_or_else(Vec::new);
            if ChangeHash::of(&change) != stored.record.change {
                for view in folding.views {
                    if folding.folds(*view, stored.record.kind_number) {
                        put_lacking(tx, *view, (stored.record.change, stream.peer))?;
                    }
                }
                rebuilt.skipped += 1;
                continue;
            }
            let Ok(admitted) = admit(
                &change,
                &Expected {
                    document,
                    actor,
                    seq,
                },
            ) else {
                rebuilt.skipped += 1;
                continue;
            };
            let projected = Projected {
                fact: &admitted.fact,
                origin: Origin { writer, seq },
                document: stored.record.document,
                epoch: None,
            };
            fold_first(tx, folding, &projected, stored.record.change, rebuilt)?;
        }
    }
}

/// Folds a fact if this is the change it was first taken under.
fn fold_first(
    tx: &mut Tx,
    folding: &Folding<'_>,
    projected: &Projected<'_>,
    change: ChangeHash,
    rebuilt: &mut Rebuilt,
) -> Result<(), ReplicaFailed> {
    match taken_under(tx, projected.fact.header.id)? {
        Some(first) if first == change => {}
        // Another record stated it first.
        Some(_) => return Ok(()),
        None => {
            rebuilt.skipped += 1;
            return Ok(());
        }
    }
    if fold(tx, folding, projected)? {
        rebuilt.facts += 1;
    } else {
        rebuilt.skipped += 1;
    }
    Ok(())
}

/// Folds a fact into every view or, when one cannot use its content, into none.
fn fold(
    tx: &mut Tx,
    folding: &Folding<'_>,
    projected: &Projected<'_>,
) -> Result<bool, ReplicaFailed> {
    let kind = projected.fact.kind();
    let outcome = tx.savepoint(|tx| {
        let views = folding.views.iter();
        views
            .filter(|view| kind.is_some_and(|kind| folding.replica.folds(**view, kind)))
            .try_for_each(|view| {
                view.project(tx, projected)
                    .map_err(|failed| ReplicaFailed::of_view(*view, failed))
            })
    });
    match outcome {
        Ok(()) => Ok(true),
        Err(ReplicaFailed::Projection { .. }) => Ok(false),
        Err(failed) => Err(failed),
    }
}

/// Returns the change a fact was first taken under; nothing if it never was.
pub(super) fn taken_under(tx: &mut Tx, fact: FactId) -> Result<Option<ChangeHash>, DbError> {
    let row = tx.query_opt(
        "SELECT change_hash FROM facts WHERE fact_id = $1",
        params![fact.to_bytes()],
    )?;
    row.map(|row| row.read(0).map(ChangeHash)).transpose()
}

/// Returns every run of every feed: our own first, then each peer's in order.
pub(super) fn runs(tx: &mut Tx) -> Result<Vec<(Stream, FeedId)>, DbError> {
    let rows = tx.query_all(
        "SELECT direction, peer, feed FROM feed_heads ORDER BY direction DESC, peer, feed",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            let stream = Stream {
                direction: row.read(0)?,
                peer: EdgeNumber(row.read(1)?),
            };
            Ok((stream, FeedId(row.read(2)?)))
        })
        .collect()
}
