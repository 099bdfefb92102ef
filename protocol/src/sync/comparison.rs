//! Whether both ends still have what they were told, down to single records.
//!
//! A chain proves that both ends were told the same. It does not prove that both still have it: a
//! disk forgets, a record may have been damaged on its way. So the edge asks, span by span of a
//! feed, for the sum over the bytes that are there and right; a span that differs is asked about in
//! 32 parts, down to one record, and whoever has that record right hands it to the other.
//!
//! ```text
//!  edge                                       hub
//!   │  ComparisonAsked{ spans of 1,024 }       │
//!   ├─────────────────────────────────────────▶│ sums the bytes it has right
//!   │  ComparisonTold{ differ }                │
//!   │◀─────────────────────────────────────────┤
//!   │  … of 32, of 1 …                         │
//!   │  ComparisonTold{ leaves: its own bytes } │
//!   │◀─────────────────────────────────────────┤
//!   │  ComparisonAsked{ mend: the hub's loss } │
//!   ├─────────────────────────────────────────▶│
//! ```
//!
//! It reads no bytes and writes none, and decides nothing about a record that both ends lack.

use minicbor::{Decode, Encode};

use super::digest::DayDigest;
use super::feed::FeedId;
use crate::ids::{EdgeNumber, Incarnation};

/// Into how many parts a span that differs is divided; 32 × 32 is [`SPAN_RECORDS_MAX`].
const PARTS: u64 = 32;
/// Records in the largest span: at 2,000 sales a day, half a day.
pub const SPAN_RECORDS_MAX: u64 = 1_024;
/// Spans of one question.
pub const SPANS_MAX: usize = 512;
/// Records that are summed for one question: some 8 MB are read, so that no sale waits long.
pub const COMPARED_MAX: u64 = 16_384;
/// Bytes of changes handed over in one message, unless a single one is larger.
pub const HANDED_BYTES_MAX: usize = 256 * 1_024;
/// Records found different at which a comparison ends: what differs so much is to be restored.
pub const DIFFERING_MAX: u64 = 1_000;

/// Whose feed is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Way {
    /// The edge's, up to the hub.
    #[n(0)]
    Up,
    /// The hub's, down to the edge.
    #[n(1)]
    Down,
}

/// Records of a feed that stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Span {
    /// The first one's number, from 1.
    #[n(0)]
    pub first: u64,
    /// How many, 1 to [`SPAN_RECORDS_MAX`].
    #[n(1)]
    pub records: u64,
}

impl Span {
    /// Returns the number of the last record.
    #[must_use]
    pub const fn last(self) -> u64 {
        self.first.saturating_add(self.records).saturating_sub(1)
    }

    /// Returns its parts, the first first.
    fn parts(self) -> impl DoubleEndedIterator<Item = Self> {
        let each = self.records.div_ceil(PARTS).max(1);
        let count = self.records.div_ceil(each);
        (0..count).map(move |nth| Self {
            first: self.first + nth * each,
            records: each.min(self.records - nth * each),
        })
    }
}

/// A span and what its sender has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SpanSum {
    /// Which records.
    #[n(0)]
    pub span: Span,
    /// How many of them have the right bytes here, and the sum of their hashes.
    #[n(1)]
    pub digest: DayDigest,
}

/// A record's change, if it is there and right.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Leaf {
    /// The record.
    #[n(0)]
    pub seq: u64,
    /// Its change's bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub change: Option<Vec<u8>>,
}

/// What an edge asks. Since 0.3.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ComparisonAsked {
    /// The edge, which must be the one its certificate names.
    #[n(0)]
    pub edge: EdgeNumber,
    /// Its life.
    #[n(1)]
    pub incarnation: Incarnation,
    /// Whose feed.
    #[n(2)]
    pub way: Way,
    /// Which run of it.
    #[n(3)]
    pub feed: FeedId,
    /// What the edge has, at most [`SPANS_MAX`] spans and [`COMPARED_MAX`] records.
    #[n(4)]
    pub spans: Vec<SpanSum>,
    /// Records that the hub lacks, as it last said, at most [`SPANS_MAX`].
    #[n(5)]
    pub mend: Vec<Leaf>,
}

/// What the hub tells. Since 0.3.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ComparisonTold {
    /// How many of the spans were looked at, from the first on; the rest is to be asked again.
    #[n(0)]
    pub looked: u64,
    /// The first records of those that differ.
    #[n(1)]
    pub differ: Vec<u64>,
    /// Of spans of one record that differ: what the hub has of it.
    #[n(2)]
    pub leaves: Vec<Leaf>,
    /// Which of the records handed over the hub took.
    #[n(3)]
    pub mended: Vec<u64>,
}

/// What a comparison came to, in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// Found different.
    pub differing: u64,
    /// Made right here with the hub's bytes.
    pub mended_here: u64,
    /// Made right at the hub with ours.
    pub mended_there: u64,
}

impl Compared {
    /// Returns how many records differ still: neither end has their bytes, or one did not take
    /// them.
    #[must_use]
    pub const fn lost(self) -> u64 {
        self.differing
            .saturating_sub(self.mended_here)
            .saturating_sub(self.mended_there)
    }
}

/// A comparison of one run of a feed: what is still to be asked, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Whose feed.
    pub way: Way,
    /// Which run.
    pub feed: FeedId,
    /// All of it.
    pub first: u64,
    /// Up to this record.
    pub last: u64,
    /// The next one last.
    waiting: Vec<Span>,
    /// What the hub lacks and we have.
    owed: Vec<u64>,
    compared: Compared,
}

impl Comparison {
    /// Begins to compare the records from `first` to `last`.
    #[must_use]
    pub fn new(way: Way, feed: FeedId, first: u64, last: u64) -> Self {
        let first = first.max(1);
        let count = (last + 1).saturating_sub(first);
        let spans = (0..count.div_ceil(SPAN_RECORDS_MAX)).map(|nth| Span {
            first: first + nth * SPAN_RECORDS_MAX,
            records: SPAN_RECORDS_MAX.min(count - nth * SPAN_RECORDS_MAX),
        });
        Self {
            way,
            feed,
            first,
            last,
            waiting: spans.rev().collect(),
            owed: Vec::new(),
            compared: Compared::default(),
        }
    }

    /// Returns whether everything was asked and handed over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.owed.is_empty() && (self.waiting.is_empty() || self.is_hopeless())
    }

    /// Returns whether so much differs that no more is asked.
    #[must_use]
    pub const fn is_hopeless(&self) -> bool {
        self.compared.differing >= DIFFERING_MAX
    }

    /// Returns what it came to so far.
    #[must_use]
    pub const fn compared(&self) -> Compared {
        self.compared
    }

    /// Returns the spans to ask about next.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        if self.is_hopeless() {
            return Vec::new();
        }
        let mut records = 0;
        let next = self.waiting.iter().rev().take(SPANS_MAX);
        let within = next.take_while(|span| {
            records += span.records;
            records <= COMPARED_MAX
        });
        within.copied().collect()
    }

    /// Returns the records to hand to the hub next.
    #[must_use]
    pub fn owed(&self) -> &[u64] {
        &self.owed
    }

    /// Takes the hub's answer in to a question with all of [`Comparison::spans`], and with the
    /// records `handed`, which are owed no more: what the hub did not take stays lost.
    pub fn told(&mut self, told: &ComparisonTold, handed: &[u64]) {
        let asked = self.spans();
        let looked = usize::try_from(told.looked).unwrap_or(usize::MAX);
        let looked = looked.min(asked.len());
        self.waiting.truncate(self.waiting.len() - looked);
        let differing = asked[..looked].iter().rev();
        for span in differing.filter(|span| told.differ.contains(&span.first)) {
            match span.records {
                1 => self.compared.differing += 1,
                _ => self.waiting.extend(span.parts().rev()),
            }
        }
        let taken = handed.iter().filter(|seq| told.mended.contains(seq));
        self.compared.mended_there += taken.count() as u64;
        self.owed.retain(|seq| !handed.contains(seq));
    }

    /// Takes note that we have a record that the hub lacks.
    pub fn owe(&mut self, seq: u64) {
        self.owed.push(seq);
    }

    /// Takes note that a record was made right here.
    pub fn mended_here(&mut self) {
        self.compared.mended_here += 1;
    }
}

#[cfg(test)]
mod tests;
