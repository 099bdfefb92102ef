//! A change of ours as what determines it, and back: the same bytes, or nothing.
//!
//! One change is one put of bytes at the root, so its bytes follow from few values. A sender leaves
//! them out of a frame where the receiver can compute them, and whoever reads a change knows by
//! writing it again that there is no other spelling. It does not say whether a change is believed.

use sha2::{Digest as _, Sha256};

use super::Actor;
use super::layout::{number, take};

/// What begins every chunk of Automerge's.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The type of an uncompressed change.
const CHANGE: u8 = 1;
/// What is hashed begins behind magic and checksum.
const HASHED_AT: usize = 8;
/// In a value's column: the type of bytes, below their length.
const BYTES: u64 = 7;
/// A run of one literal.
const ONE: u8 = 0x7f;

/// What determines the bytes of a change that puts one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape<'a> {
    /// The changes it follows, by Automerge's hash.
    pub deps: Vec<[u8; 32]>,
    /// Who wrote it.
    pub actor: Actor,
    /// Counts its writer's changes in the document from 1.
    pub seq: u64,
    /// Its operation's number, from 1.
    pub start_op: u64,
    /// The key it puts the fact under.
    pub key: &'a str,
    /// The fact's bytes.
    pub fact: &'a [u8],
}

impl<'a> Shape<'a> {
    /// Reads a change; nothing if it is not spelled exactly as [`Shape::write`] spells it.
    #[must_use]
    pub fn read(change: &'a [u8]) -> Option<Self> {
        let shape = Self::parse(change)?;
        (shape.write() == change).then_some(shape)
    }

    fn parse(change: &'a [u8]) -> Option<Self> {
        let mut rest = change.get(HASHED_AT + 1..)?;
        let _length = number(&mut rest)?;
        let count = number(&mut rest)?;
        let hashes = take(&mut rest, count.checked_mul(32)?)?;
        let deps = hashes.chunks_exact(32).map(|dep| {
            let dep: [u8; 32] = dep.try_into().expect("a chunk of 32 bytes");
            dep
        });
        let deps = deps.collect();
        if number(&mut rest)? != 16 {
            return None;
        }
        let actor = Actor(take(&mut rest, 16)?.try_into().ok()?);
        let (seq, start_op) = (number(&mut rest)?, number(&mut rest)?);
        // Time, message, other actors, and six columns with the lengths of their bytes.
        take(&mut rest, 4)?;
        let mut lengths = [0; 6];
        for length in &mut lengths {
            take(&mut rest, 1)?;
            *length = number(&mut rest)?;
        }
        let mut columns = [&[][..]; 6];
        for (column, length) in columns.iter_mut().zip(lengths) {
            *column = take(&mut rest, length)?;
        }
        let [mut key, _, _, _, fact, _] = columns;
        take(&mut key, 1)?;
        let _length = number(&mut key)?;
        Some(Self {
            deps,
            actor,
            seq,
            start_op,
            key: std::str::from_utf8(key).ok()?,
            fact,
        })
    }

    /// Returns the change's bytes, as Automerge writes them.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut key = vec![ONE];
        put_number(&mut key, self.key.len() as u64);
        key.extend_from_slice(self.key.as_bytes());
        let mut value = vec![ONE];
        put_number(&mut value, (self.fact.len() as u64) << 4 | BYTES);
        // The numbers are Automerge's column specifications; see `layout.rs`.
        let columns: [(u8, &[u8]); 6] = [
            (0x15, &key),
            (0x34, &[1]),
            (0x42, &[ONE, 1]),
            (0x56, &value),
            (0x57, self.fact),
            (0x70, &[ONE, 0]),
        ];
        let mut body = Vec::with_capacity(self.fact.len() + self.key.len() + 96);
        put_number(&mut body, self.deps.len() as u64);
        for dep in &self.deps {
            body.extend_from_slice(dep);
        }
        body.push(16);
        body.extend_from_slice(&self.actor.0);
        put_number(&mut body, self.seq);
        put_number(&mut body, self.start_op);
        body.extend_from_slice(&[0, 0, 0, 6]);
        for (column, bytes) in &columns {
            body.push(*column);
            put_number(&mut body, bytes.len() as u64);
        }
        for (_, bytes) in &columns {
            body.extend_from_slice(bytes);
        }
        let mut change = Vec::with_capacity(body.len() + 16);
        change.extend_from_slice(&MAGIC);
        change.extend_from_slice(&[0; 4]);
        change.push(CHANGE);
        put_number(&mut change, body.len() as u64);
        change.extend_from_slice(&body);
        let hash = head_of(&change);
        change[MAGIC.len()..HASHED_AT].copy_from_slice(&hash[..4]);
        change
    }
}

/// Returns Automerge's own hash of a change: what comes after it names it so.
#[must_use]
pub fn head_of(change: &[u8]) -> [u8; 32] {
    Sha256::digest(change.get(HASHED_AT..).unwrap_or(&[])).into()
}

/// Writes an unsigned LEB128 number.
pub(crate) fn put_number(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

#[cfg(test)]
mod tests {
    use automerge::Change;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{Shape, head_of, put_number};
    use crate::documents::{Actor, OrderDocument, Segment, number};
    use crate::ids::{EdgeNumber, Incarnation, OrderId, SegmentId, Writer};

    fn writer(edge: u32, incarnation: u32) -> Writer {
        Writer {
            edge: EdgeNumber(edge),
            incarnation: Incarnation(incarnation),
        }
    }

    #[track_caller]
    fn check(change: &[u8], fact: &[u8]) {
        let shape = Shape::read(change).expect("a change of ours");
        assert_eq!(shape.fact, fact);
        assert_eq!(shape.write(), change);
        let parsed = Change::from_bytes(change.to_vec()).unwrap();
        assert_eq!(head_of(change), parsed.hash().0);
        assert_eq!(
            (shape.seq, shape.start_op),
            (parsed.seq(), parsed.start_op().get())
        );
        assert_eq!(shape.deps.len(), parsed.deps().len());
    }

    proptest! {
        #[test]
        fn what_automerge_writes_of_a_journal_is_what_we_write(
            edge in any::<u32>(),
            incarnation in any::<u32>(),
            actor in any::<[u8; 16]>(),
            first in 1..u64::MAX / 2,
            facts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..400), 1..5),
        ) {
            let document = SegmentId { writer: writer(edge, incarnation), about: None, segment: 3 };
            let mut segment = Segment::begin(document, Actor(actor));
            for (seq, fact) in (first..).zip(&facts) {
                check(&segment.append(seq, fact).unwrap().change, fact);
            }
        }

        #[test]
        fn what_automerge_writes_of_an_order_is_what_we_write(
            facts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..400), 1..5),
        ) {
            let order = OrderId::from_parts(1, 1);
            let mut ours = OrderDocument::begin(order, writer(0, 1), Actor([1; 16]));
            let first = ours.append(1, &facts[0]).unwrap();
            let load = |edge| {
                let stored = [first.change.clone()];
                OrderDocument::load(order, writer(edge, 1), Actor([2; 16]), stored, &[first.head])
            };
            let mut theirs = load(7).unwrap();
            for fact in &facts {
                check(&ours.append(2, fact).unwrap().change, fact);
                check(&theirs.append(2, fact).unwrap().change, fact);
            }
        }

        #[test]
        fn a_number_reads_back(value in 0..u64::MAX >> 1) {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            prop_assert_eq!(number(&mut bytes.as_slice()), Some(value));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            // Only the absence of a panic is asserted: random bytes are no change.
            let _read = Shape::read(&bytes);
        }
    }

    #[test]
    fn no_flipped_bit_reads_as_a_change() {
        let document = SegmentId {
            writer: writer(7, 1),
            about: None,
            segment: 0,
        };
        let mut segment = Segment::begin(document, Actor([5; 16]));
        for seq in 1..=2 {
            let change = segment.append(seq, &[0xa0; 40]).unwrap().change;
            for bit in 0..change.len() * 8 {
                let mut flipped = change.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Shape::read(&flipped), None, "bit {bit}");
            }
        }
    }
}
