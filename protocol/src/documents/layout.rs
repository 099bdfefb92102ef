//! The bytes of a change, read just far enough to know that decoding them is cheap and safe.
//!
//! Automerge's columns are run-length encoded: 60 bytes can claim 2⁵⁰ operations, which it would
//! go through one by one, so this is checked before it reads any. It decodes no value.

/// The columns of one put of bytes under a map key, with the content it has where that is fixed.
/// The numbers are Automerge's column specifications: id << 4 | type.
const COLUMNS: [(u64, Option<&[u8]>); 6] = [
    // The key: a run-length encoded text.
    (0x15, None),
    // Insert: one `false`.
    (0x34, Some(&[0x01])),
    // Action: one literal, 1 (put). Its runs are what says how many operations there are.
    (0x42, Some(&[0x7f, 0x01])),
    // The value's type and length, and its bytes.
    (0x56, None),
    (VALUE_BYTES, None),
    // Predecessors: one literal, 0.
    (0x70, Some(&[0x7f, 0x00])),
];

/// The column of a put's value.
const VALUE_BYTES: u64 = 0x57;

/// Where the checksum, the type and with them the chunk's length begin: after 4 bytes of magic, 4
/// of checksum and 1 of type.
const LENGTH_AT: usize = 9;

/// Returns whether `change` is laid out as exactly one put, without message, time, other actors,
/// or bytes that Automerge would carry along unread.
pub(super) fn is_one_put(change: &[u8]) -> bool {
    put_bytes(change).is_some()
}

/// Returns the bytes that a change laid out as one put puts, whatever they are said to be.
pub(super) fn put_bytes(change: &[u8]) -> Option<&[u8]> {
    let (put, rest) = change.get(LENGTH_AT..).and_then(one_put)?;
    rest.is_empty().then_some(put)
}

fn one_put(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    let length = number(&mut rest)?;
    if usize::try_from(length).ok()? != rest.len() {
        return None;
    }
    let dependencies = number(&mut rest)?;
    take(&mut rest, dependencies.checked_mul(32)?)?;
    let actor = number(&mut rest)?;
    take(&mut rest, actor)?;
    let (_sequence, _first_operation) = (number(&mut rest)?, number(&mut rest)?);
    // Time, message and other actors: none.
    if take(&mut rest, 3)? != [0, 0, 0] || number(&mut rest)? != COLUMNS.len() as u64 {
        return None;
    }
    let mut lengths = [0; COLUMNS.len()];
    for (length, (column, _)) in lengths.iter_mut().zip(COLUMNS) {
        if number(&mut rest)? != column {
            return None;
        }
        *length = number(&mut rest)?;
    }
    let mut put = &[][..];
    for (length, (column, content)) in lengths.into_iter().zip(COLUMNS) {
        let found = take(&mut rest, length)?;
        if content.is_some_and(|content| content != found) {
            return None;
        }
        if column == VALUE_BYTES {
            put = found;
        }
    }
    Some((put, rest))
}

/// Reads an unsigned LEB128 number.
pub(crate) fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let byte = take(rest, 1)?[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Takes `count` bytes from the front, if there are as many.
pub(crate) fn take<'a>(rest: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::is_one_put;
    use crate::documents::{Actor, Segment};
    use crate::ids::{EdgeNumber, Incarnation, SegmentId, Writer};

    fn changes() -> [Vec<u8>; 2] {
        let document = SegmentId {
            writer: Writer {
                edge: EdgeNumber(7),
                incarnation: Incarnation(1),
            },
            about: None,
            segment: 0,
        };
        let mut segment = Segment::begin(document, Actor([5; 16]));
        [(1, &[0xa0; 8][..]), (2, &[0xa0; 900][..])]
            .map(|(seq, fact)| segment.append(seq, fact).unwrap().change)
    }

    #[test]
    fn what_we_write_is_one_put() {
        for change in changes() {
            assert!(is_one_put(&change), "{change:02x?}");
        }
    }

    /// A change whose columns claim `runs` (a signed LEB128 number) operations in a few bytes; its
    /// checksum is not right, which Automerge does not look at.
    fn claiming(runs: &[u8]) -> Vec<u8> {
        let columns: [(u8, &[u8], &[u8]); 5] = [
            (0x15, runs, &[1, b'k']),
            (0x34, runs, &[]),
            (0x42, runs, &[1]),
            (0x56, runs, &[0]),
            (0x70, runs, &[0]),
        ];
        // No dependencies, actor 5, sequence 1, first operation 1, no time, message, other actor.
        let mut body = vec![0, 1, 5, 1, 1, 0, 0, 0, 5];
        for (column, runs, value) in columns {
            body.extend([column, u8::try_from(runs.len() + value.len()).unwrap()]);
        }
        for (_, runs, value) in columns {
            body.extend([runs, value].concat());
        }
        let length = u8::try_from(body.len()).unwrap();
        assert!(length < 0x80);
        [
            &[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, length],
            body.as_slice(),
        ]
        .concat()
    }

    #[test]
    fn runs_that_claim_any_number_of_operations_are_refused_unread() {
        // It is a change: Automerge finds three operations in it, and would find as many as said.
        let three = automerge::Change::from_bytes(claiming(&[3])).unwrap();
        assert_eq!(three.len(), 3);
        assert!(!is_one_put(&claiming(&[3])));
        let two_to_the_55th = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
        assert!(!is_one_put(&claiming(&two_to_the_55th)));
    }

    #[test]
    fn nothing_hides_behind_the_last_column() {
        let [mut hiding, _] = changes();
        hiding.push(0);
        assert!(!is_one_put(&hiding));
        // The chunk's length, one byte here, says so too.
        hiding[super::LENGTH_AT] += 1;
        assert!(!is_one_put(&hiding));
    }

    #[test]
    fn no_piece_of_a_change_makes_it_panic() {
        for change in changes() {
            for end in 0..change.len() {
                assert!(!is_one_put(&change[..end]));
            }
        }
    }
}
