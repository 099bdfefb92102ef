//! The hub's half of a comparison: sum what it has, say what differs, take what it lacks.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    COMPARED_MAX, ComparisonAsked, ComparisonTold, HANDED_BYTES_MAX, SPAN_RECORDS_MAX, SPANS_MAX,
    Way,
};

use super::sums::{leaf, mend, sum_of};
use super::{Replica, Stream};
use crate::db::{DbError, Tx};
use crate::replica::feeds::{Direction, head_of};
use crate::replica::record::ReplicaFailed;

/// Why a question about what both ends have is not answered.
#[derive(Debug, thiserror::Error)]
pub enum ComparisonRefused {
    /// It asks for more than one question may.
    #[error(
        "a question about records names at most {SPANS_MAX} spans, each of 1 to \
         {SPAN_RECORDS_MAX} records, and {COMPARED_MAX} records in all"
    )]
    TooMuch,
    /// The database failed, or a view that lacked what was mended could not be made anew.
    #[error("could not compare what both ends have")]
    Failed(#[from] ReplicaFailed),
}

impl From<DbError> for ComparisonRefused {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

/// Returns whether answering changes anything; if not, it needs no turn at writing.
#[must_use]
pub fn needs_writing(asked: &ComparisonAsked) -> bool {
    !asked.mend.is_empty()
}

impl Replica {
    /// Answers an edge that compares, at the hub: `edge` is the one the certificate names. Spans
    /// that lie beyond what is held here are passed over: the feed brings what is missing. One that
    /// reaches beyond it differs, so that its parts are asked about.
    ///
    /// # Errors
    ///
    /// [`ComparisonRefused`].
    pub fn answer_comparison(
        &self,
        tx: &mut Tx,
        edge: EdgeNumber,
        asked: &ComparisonAsked,
    ) -> Result<ComparisonTold, ComparisonRefused> {
        check(asked)?;
        let stream = Stream {
            direction: match asked.way {
                Way::Up => Direction::In,
                Way::Down => Direction::Out,
            },
            peer: edge,
        };
        let held = head_of(tx, stream, asked.feed)?.map_or(0, |row| row.head.seq);
        let mut told = ComparisonTold {
            looked: 0,
            differ: Vec::new(),
            leaves: Vec::new(),
            mended: Vec::new(),
        };
        for lost in &asked.mend {
            if let Some(bytes) = &lost.change
                && mend(tx, stream, asked.feed, lost.seq, bytes)?
            {
                tracing::warn!(
                    edge.id = edge.0,
                    seq = lost.seq,
                    "mended a record of a store's"
                );
                told.mended.push(lost.seq);
            }
        }
        self.fold_mended(tx)?;
        let mut handed = 0;
        for theirs in &asked.spans {
            let span = theirs.span;
            if span.last() > held {
                if span.first <= held {
                    told.differ.push(span.first);
                }
            } else {
                let ours = sum_of(tx, stream, asked.feed, span)?;
                // Both may lack the same.
                let is_whole = ours == theirs.digest && ours.count == span.records;
                if !is_whole {
                    if span.records == 1 {
                        let here = leaf(tx, stream, asked.feed, span.first)?;
                        handed += here.change.as_ref().map_or(0, Vec::len);
                        if handed > HANDED_BYTES_MAX && !told.leaves.is_empty() {
                            break;
                        }
                        told.leaves.push(here);
                    }
                    told.differ.push(span.first);
                }
            }
            told.looked += 1;
        }
        Ok(told)
    }
}

fn check(asked: &ComparisonAsked) -> Result<(), ComparisonRefused> {
    let sizes = asked.spans.iter().map(|one| one.span.records);
    let each = sizes
        .clone()
        .all(|size| (1..=SPAN_RECORDS_MAX).contains(&size));
    let places = asked.spans.iter().map(|one| one.span.first);
    let placed = places
        .chain(asked.mend.iter().map(|one| one.seq))
        .all(is_place);
    let fits = asked.spans.len() <= SPANS_MAX && asked.mend.len() <= SPANS_MAX;
    match each && placed && fits && sizes.sum::<u64>() <= COMPARED_MAX {
        true => Ok(()),
        false => Err(ComparisonRefused::TooMuch),
    }
}

/// Whether a peer's number can be one of a record.
fn is_place(seq: u64) -> bool {
    (1..=i64::MAX as u64 / 2).contains(&seq)
}
