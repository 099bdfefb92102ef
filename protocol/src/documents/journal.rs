//! Writing a journal segment: one change per fact, the document checked before it is closed.
//!
//! It stores nothing. Whoever holds a [`Segment`] drops it when the transaction that wrote its
//! last change is rolled back, and resumes it from the stored changes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{Automerge, Change, ROOT, ReadDoc as _, ScalarValue};

use super::{Actor, CHANGE_BYTES_MAX, ChangeHash};
use crate::ids::SegmentId;

/// How many facts a segment holds before the next one is opened: at 100, applying one more change
/// costs 30 µs and the closed segment 3 KB (evidence/automerge.md, table B, option 5).
pub const SEGMENT_FACTS_MAX: u32 = 100;

/// The largest fact a segment takes, in bytes: what is around it in a change fits a kilobyte, and
/// a larger change would be refused by every reader for good.
pub const FACT_BYTES_MAX: usize = CHANGE_BYTES_MAX - 1024;

/// Why a segment could not be written or resumed. It means damage or a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum SegmentFailed {
    /// A stored change cannot be read or applied.
    #[error("change {at} of document {document} is damaged")]
    Damaged {
        /// The document.
        document: SegmentId,
        /// Which of its changes, from 0.
        at: usize,
        /// What Automerge said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The stored changes do not lead to the stored heads.
    #[error("document {0} does not have the heads that were stored with it")]
    OtherHeads(SegmentId),
    /// The fact is larger than [`FACT_BYTES_MAX`]; the segment is as it was.
    #[error("a fact of {bytes} bytes is too large for document {document}")]
    TooLarge {
        /// The document.
        document: SegmentId,
        /// The fact's size.
        bytes: usize,
    },
    /// The key is taken: this writer's sequence was used before.
    #[error("document {document} already holds a fact under the key {key}")]
    KeyTaken {
        /// The document.
        document: SegmentId,
        /// The key.
        key: String,
    },
    /// What was saved does not load again as what it was.
    #[error("document {0} does not survive saving and loading")]
    NotSound(SegmentId),
    /// Automerge refused the change.
    #[error("document {document} took no change")]
    Refused {
        /// The document.
        document: SegmentId,
        /// What Automerge said.
        source: Box<automerge::AutomergeError>,
    },
}

/// A journal segment that is open for writing by its one writer.
#[derive(Debug)]
pub struct Segment {
    document: SegmentId,
    doc: Automerge,
    facts: u32,
}

/// One change just appended: what to store, chain and send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The uncompressed change.
    pub change: Vec<u8>,
    /// Our hash of it.
    pub hash: ChangeHash,
    /// The document's heads after it: Automerge's hash of this change.
    pub heads: [u8; 32],
}

impl Segment {
    /// Opens a new, empty segment.
    #[must_use]
    pub fn begin(document: SegmentId, actor: Actor) -> Self {
        Self {
            document,
            doc: Automerge::new().with_actor(actor.automerge()),
            facts: 0,
        }
    }

    /// Opens a segment from its stored changes, in the order they were written.
    ///
    /// # Errors
    /// [`SegmentFailed::Damaged`] or [`SegmentFailed::OtherHeads`]: the stored bytes are not what
    /// was written.
    pub fn resume(
        document: SegmentId,
        actor: Actor,
        changes: impl IntoIterator<Item = Vec<u8>>,
        heads: [u8; 32],
    ) -> Result<Self, SegmentFailed> {
        // Automerge panics on some damaged bytes (evidence/automerge.md, "Fuzz").
        let read = AssertUnwindSafe(|| Self::read_back(document, actor, changes, heads));
        catch_unwind(read).unwrap_or(Err(SegmentFailed::OtherHeads(document)))
    }

    fn read_back(
        document: SegmentId,
        actor: Actor,
        changes: impl IntoIterator<Item = Vec<u8>>,
        heads: [u8; 32],
    ) -> Result<Self, SegmentFailed> {
        let mut parsed = Vec::new();
        for (at, bytes) in changes.into_iter().enumerate() {
            let change = Change::from_bytes(bytes).map_err(|source| SegmentFailed::Damaged {
                document,
                at,
                source: Box::new(source),
            })?;
            parsed.push(change);
        }
        let mut segment = Self::begin(document, actor);
        let count = parsed.len();
        segment
            .doc
            .apply_changes(parsed)
            .map_err(|source| SegmentFailed::Damaged {
                document,
                at: count,
                source: Box::new(source),
            })?;
        if segment.heads() != Some(heads) {
            return Err(SegmentFailed::OtherHeads(document));
        }
        segment.facts = u32::try_from(count).map_err(|_| SegmentFailed::OtherHeads(document))?;
        Ok(segment)
    }

    /// Returns the document's id.
    #[must_use]
    pub fn document(&self) -> SegmentId {
        self.document
    }

    /// Returns how many facts it holds.
    #[must_use]
    pub fn facts(&self) -> u32 {
        self.facts
    }

    /// Returns whether the next fact belongs to a new segment.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.facts >= SEGMENT_FACTS_MAX
    }

    /// Appends one fact under the writer's key for `seq`.
    ///
    /// # Errors
    /// [`SegmentFailed::TooLarge`] when nobody would take it,
    /// [`SegmentFailed::KeyTaken`] when this sequence was used before in this document,
    /// [`SegmentFailed::Refused`] when Automerge does not take it.
    pub fn append(&mut self, seq: u64, fact: &[u8]) -> Result<Appended, SegmentFailed> {
        let document = self.document;
        if fact.len() > FACT_BYTES_MAX {
            let bytes = fact.len();
            return Err(SegmentFailed::TooLarge { document, bytes });
        }
        let refused = |source: automerge::AutomergeError| SegmentFailed::Refused {
            document,
            source: Box::new(source),
        };
        let key = document.writer.key(seq);
        if self.doc.get(ROOT, &key).map_err(refused)?.is_some() {
            return Err(SegmentFailed::KeyTaken { document, key });
        }
        let mut tx = self.doc.transaction();
        tx.put(ROOT, key, ScalarValue::Bytes(fact.to_vec()))
            .map_err(refused)?;
        let (hash, _) = tx.commit_with(CommitOptions::default());
        let hash = hash.expect("putting a new key is always a change");
        let change = self
            .doc
            .get_change_by_hash(&hash)
            .expect("a change just committed is in its document")
            .raw_bytes()
            .to_vec();
        self.facts += 1;
        Ok(Appended {
            hash: ChangeHash::of(&change),
            change,
            heads: hash.0,
        })
    }

    /// Checks, before the segment is closed for good, that it loads again as what it is.
    ///
    /// # Errors
    /// [`SegmentFailed::NotSound`] when it does not.
    pub fn check_sound(&self) -> Result<(), SegmentFailed> {
        let not_sound = || SegmentFailed::NotSound(self.document);
        let loaded = Automerge::load(&self.doc.save()).map_err(|_| not_sound())?;
        if loaded.get_heads() == self.doc.get_heads() {
            Ok(())
        } else {
            Err(not_sound())
        }
    }

    /// Returns the one head of this single-writer document, if it holds a fact.
    #[must_use]
    pub fn heads(&self) -> Option<[u8; 32]> {
        match self.doc.get_heads().as_slice() {
            [one] => Some(one.0),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FACT_BYTES_MAX, Segment, SegmentFailed};
    use crate::documents::{Actor, CHANGE_BYTES_MAX, ChangeHash};
    use crate::ids::{EdgeNumber, Incarnation, SegmentId, Writer};

    fn document() -> SegmentId {
        let writer = Writer {
            edge: EdgeNumber(7),
            incarnation: Incarnation(1),
        };
        SegmentId {
            writer,
            about: None,
            segment: 0,
        }
    }

    #[test]
    fn a_segment_resumes_where_its_stored_changes_end() {
        let actor = Actor([3; 16]);
        let mut written = Segment::begin(document(), actor);
        let first = written.append(1, b"one").unwrap();
        let second = written.append(2, b"two").unwrap();
        assert_eq!(second.hash, ChangeHash::of(&second.change));

        let stored = [first.change.clone(), second.change.clone()];
        let mut resumed = Segment::resume(document(), actor, stored.clone(), second.heads).unwrap();
        assert_eq!(resumed.facts(), 2);
        assert_eq!(
            resumed.append(3, b"three").unwrap(),
            written.append(3, b"three").unwrap()
        );
        resumed.check_sound().unwrap();

        let other = Segment::resume(document(), actor, stored, first.heads);
        assert!(matches!(other, Err(SegmentFailed::OtherHeads(_))));
    }

    #[test]
    fn the_largest_fact_fits_the_largest_change_and_no_larger_one_is_written() {
        let mut segment = Segment::begin(document(), Actor([3; 16]));
        let largest = vec![0xa0; FACT_BYTES_MAX];
        let taken = segment.append(u64::MAX, &largest).unwrap();
        assert!(taken.change.len() <= CHANGE_BYTES_MAX);
        let larger = vec![0xa0; FACT_BYTES_MAX + 1];
        assert!(matches!(
            segment.append(2, &larger),
            Err(SegmentFailed::TooLarge { .. })
        ));
        assert_eq!(segment.facts(), 1);
    }

    #[test]
    fn damaged_changes_are_an_error_and_no_panic() {
        let mut written = Segment::begin(document(), Actor([3; 16]));
        let first = written.append(1, b"one").unwrap();
        for at in 0..first.change.len() {
            let mut damaged = first.change.clone();
            damaged[at] ^= 0xff;
            let _read = Segment::resume(document(), Actor([3; 16]), [damaged], [0; 32])
                .expect_err("these are no such heads");
        }
    }

    #[test]
    fn a_sequence_is_used_once() {
        let mut segment = Segment::begin(document(), Actor([3; 16]));
        segment.append(1, b"one").unwrap();
        assert!(matches!(
            segment.append(1, b"other"),
            Err(SegmentFailed::KeyTaken { .. })
        ));
    }
}
