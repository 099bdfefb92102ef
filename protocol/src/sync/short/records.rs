//! The records of a batch without what the receiver can compute.
//!
//! A change of a journal is determined by its fact, its writer and its place. So a record goes as
//! its fact alone where both ends come to the same change, and as it is where they do not.

use std::collections::HashMap;

use super::fold::{In, Out, Seen, unzigzag, zigzag};
use crate::documents::{Actor, Shape, head_of, take};
use crate::facts::Fact;
use crate::hlc::Hlc;
use crate::ids::{DocumentId, SegmentId};
use crate::sync::frames::WireRecord;
use crate::sync::{BATCH_RECORDS_MAX, PLAIN_BYTES_MAX};
use crate::time::BusinessDate;

/// A record that both ends hold already, as context of those that follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The document the change belongs to.
    pub document: DocumentId,
    /// The change's bytes.
    pub change: Vec<u8>,
}

/// The change is sent as it is, with what its record says of it.
const WHOLE: u8 = 1;
/// The document is the segment after the last record's.
const NEXT: u8 = 2;
/// The document is named.
const NAMED: u8 = 4;
/// The key is not the one of a journal under the record's number.
const KEY: u8 = 8;
/// Another actor than the feed's wrote it.
const ACTOR: u8 = 16;
/// It does not count on from the change before it in the document.
const COUNTERS: u8 = 32;
/// It does not follow the change before it in the document alone.
const DEPS: u8 = 64;

/// How much of the folded facts that came before a compressor is told, in bytes, the last: reading
/// more would cost more than it gives.
const KNOWN_BYTES_MAX: usize = 16 * 1024;

/// The last change of a document.
#[derive(Debug, Clone, Copy)]
struct Tip {
    seq: u64,
    start_op: u64,
    head: [u8; 32],
}

/// What came before a record: the same at both ends.
#[derive(Debug, Clone)]
pub(super) struct Context {
    actor: Actor,
    segment: Option<SegmentId>,
    tips: HashMap<DocumentId, Tip>,
    pub(super) seen: Seen,
}

impl Context {
    /// Begins with the records both ends hold, and returns them folded: what a compressor may be
    /// told beforehand.
    pub(super) fn after(actor: Actor, before: &[Before]) -> (Self, Vec<u8>) {
        let mut context = Self {
            actor,
            segment: None,
            tips: HashMap::new(),
            seen: Seen::default(),
        };
        let mut out = Out::default();
        for one in before {
            let Some(shape) = Shape::read(&one.change) else {
                continue;
            };
            let mut seen = context.seen.clone();
            let from = out.plain.len();
            out.plain.push(0);
            match seen.fold(shape.fact, &mut out) {
                Some(()) => context.seen = seen,
                None => out.plain.truncate(from),
            }
            context.note(one.document, &shape, &one.change);
        }
        let cut = out.plain.len().saturating_sub(KNOWN_BYTES_MAX);
        out.plain.drain(..cut);
        (context, out.plain)
    }

    fn note(&mut self, document: DocumentId, shape: &Shape<'_>, change: &[u8]) {
        if let DocumentId::Segment(segment) = document {
            self.segment = Some(segment);
        }
        let tip = Tip {
            seq: shape.seq,
            start_op: shape.start_op,
            head: head_of(change),
        };
        self.tips.insert(document, tip);
    }

    /// Returns what a change of `document` would count as if it followed the one before it there.
    fn expected(&self, document: DocumentId) -> (u64, u64, Vec<[u8; 32]>) {
        self.tips.get(&document).map_or((1, 1, Vec::new()), |tip| {
            let next = |number: u64| number.saturating_add(1);
            (next(tip.seq), next(tip.start_op), vec![tip.head])
        })
    }

    /// Writes records whose first number is `first_seq`.
    pub(super) fn put_all(&mut self, records: &[WireRecord], first_seq: u64, out: &mut Out) {
        out.number(records.len() as u64);
        for (sent, seq) in records.iter().zip(first_seq..) {
            if self.put_short(sent, seq, out).is_none() {
                self.put_whole(sent, out);
            }
        }
    }

    /// Writes a record as its fact; nothing is written if the receiver would not get the same.
    fn put_short(&mut self, sent: &WireRecord, seq: u64, out: &mut Out) -> Option<()> {
        let shape = Shape::read(&sent.change)?;
        let fact = Fact::decode(shape.fact).ok()?;
        let document: DocumentId = sent.document.parse().ok()?;
        if document.to_string() != sent.document || !says(&fact, sent) {
            return None;
        }
        let mut short = Out::default();
        let flags = self.put_place(document, &shape, seq, &mut short);
        let mut seen = self.seen.clone();
        let folded = short.plain.len();
        let aside = short.noise.len();
        seen.fold(shape.fact, &mut short)?;
        let mut back = In {
            plain: &short.plain[folded..],
            noise: &short.noise[aside..],
        };
        let unfolded = self.seen.clone().unfold(&mut back, usize::MAX)?;
        if unfolded != shape.fact || !back.plain.is_empty() || !back.noise.is_empty() {
            return None;
        }
        out.plain.push(flags);
        out.plain.extend_from_slice(&short.plain);
        out.noise.extend_from_slice(&short.noise);
        self.seen = seen;
        self.note(document, &shape, &sent.change);
        Some(())
    }

    /// Writes where a change stands, as far as it is not to be expected, and returns what is told.
    fn put_place(&self, document: DocumentId, shape: &Shape<'_>, seq: u64, out: &mut Out) -> u8 {
        let mut flags = 0;
        if Some(document) == self.segment.and_then(next_of).map(DocumentId::from) {
            flags |= NEXT;
        } else if Some(document) != self.segment.map(DocumentId::from) {
            flags |= NAMED;
            out.text(document.to_string().as_bytes());
        }
        if journal_key(document, seq).as_deref() != Some(shape.key) {
            flags |= KEY;
            out.text(shape.key.as_bytes());
        }
        if shape.actor != self.actor {
            flags |= ACTOR;
            out.noise.extend_from_slice(&shape.actor.0);
        }
        let (seq, start_op, deps) = self.expected(document);
        if (shape.seq, shape.start_op) != (seq, start_op) {
            flags |= COUNTERS;
            out.number(shape.seq);
            out.number(shape.start_op);
        }
        if shape.deps != deps {
            flags |= DEPS;
            out.number(shape.deps.len() as u64);
            out.noise.extend(shape.deps.iter().flatten());
        }
        flags
    }

    fn put_whole(&mut self, sent: &WireRecord, out: &mut Out) {
        out.plain.push(WHOLE);
        out.text(sent.document.as_bytes());
        out.number(u64::from(sent.kind_number));
        out.number(u64::from(sent.schema));
        out.number(zigzag(i64::from(sent.business_date.days())));
        out.plain.extend_from_slice(&sent.hlc.0.to_be_bytes());
        out.text(&sent.change);
        self.note_whole(sent);
    }

    fn note_whole(&mut self, sent: &WireRecord) {
        if let (Ok(document), Some(shape)) = (sent.document.parse(), Shape::read(&sent.change)) {
            self.note(document, &shape, &sent.change);
        }
    }

    /// Reads records whose first number is `first_seq`; they never take more than
    /// [`PLAIN_BYTES_MAX`] bytes.
    pub(super) fn take_all(
        &mut self,
        first_seq: u64,
        from: &mut In<'_>,
    ) -> Option<Vec<WireRecord>> {
        let count = usize::try_from(from.number()?).ok()?;
        if count > BATCH_RECORDS_MAX {
            return None;
        }
        let mut records = Vec::with_capacity(count);
        let mut left = PLAIN_BYTES_MAX;
        for seq in (first_seq..).take(count) {
            let flags = from.byte()?;
            let record = match flags & WHOLE {
                0 => self.take_short(flags, seq, left, from)?,
                _ => self.take_whole(from)?,
            };
            left = left.checked_sub(record.change.len())?;
            records.push(record);
        }
        (records.len() == count).then_some(records)
    }

    fn take_short(
        &mut self,
        flags: u8,
        seq: u64,
        bytes_max: usize,
        from: &mut In<'_>,
    ) -> Option<WireRecord> {
        let document = match (flags & NEXT, flags & NAMED) {
            (0, 0) => self.segment?.into(),
            (_, 0) => next_of(self.segment?)?.into(),
            _ => std::str::from_utf8(from.text()?).ok()?.parse().ok()?,
        };
        let key = match flags & KEY {
            0 => journal_key(document, seq)?,
            _ => std::str::from_utf8(from.text()?).ok()?.to_owned(),
        };
        let actor = match flags & ACTOR {
            0 => self.actor,
            _ => Actor(from.noise()?),
        };
        let (mut own_seq, mut start_op, mut deps) = self.expected(document);
        if flags & COUNTERS != 0 {
            (own_seq, start_op) = (from.number()?, from.number()?);
        }
        if flags & DEPS != 0 {
            let hashes = from.number()?.checked_mul(32)?;
            let hashes = take(&mut from.noise, hashes)?;
            let hash = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).expect("a chunk of 32 bytes");
            deps = hashes.chunks_exact(32).map(hash).collect();
        }
        let bytes = self.seen.unfold(from, bytes_max)?;
        let fact = Fact::decode(&bytes).ok()?;
        let shape = Shape {
            deps,
            actor,
            seq: own_seq,
            start_op,
            key: &key,
            fact: &bytes,
        };
        let change = shape.write();
        self.note(document, &shape, &change);
        Some(WireRecord {
            kind_number: fact.kind_number,
            schema: fact.schema,
            document: document.to_string(),
            business_date: fact.header.business_date,
            hlc: fact.header.hlc,
            change: change.into(),
        })
    }

    fn take_whole(&mut self, from: &mut In<'_>) -> Option<WireRecord> {
        let document = std::str::from_utf8(from.text()?).ok()?.to_owned();
        let kind_number = u32::try_from(from.number()?).ok()?;
        let schema = u32::try_from(from.number()?).ok()?;
        let days = i32::try_from(unzigzag(from.number()?)).ok()?;
        let hlc = take(&mut from.plain, 8)?;
        let sent = WireRecord {
            kind_number,
            schema,
            document,
            business_date: BusinessDate::from_days(days).ok()?,
            hlc: Hlc(u64::from_be_bytes(hlc.try_into().ok()?)),
            change: from.text()?.to_vec().into(),
        };
        self.note_whole(&sent);
        Some(sent)
    }
}

/// Returns the key of a journal's fact; orders have other keys.
fn journal_key(document: DocumentId, seq: u64) -> Option<String> {
    match document {
        DocumentId::Segment(segment) => Some(segment.writer.key(seq)),
        DocumentId::Order(_) => None,
    }
}

fn next_of(last: SegmentId) -> Option<SegmentId> {
    let segment = last.segment.checked_add(1)?;
    Some(SegmentId { segment, ..last })
}

/// Tells whether a record says of its fact what the fact says itself.
fn says(fact: &Fact, sent: &WireRecord) -> bool {
    fact.kind_number == sent.kind_number
        && fact.schema == sent.schema
        && fact.header.business_date == sent.business_date
        && fact.header.hlc == sent.hlc
}
