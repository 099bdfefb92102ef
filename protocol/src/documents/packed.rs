//! Many changes of closed days in one blob: for a disk, never for the wire.
//!
//! ```text
//! byte 1  the form, 1
//! rest    one zstd frame (RFC 8878) with its size and checksum, of, for each change:
//!         length      LEB128, of what is written of it
//!         left out    one byte: 0, or the place of the parent's hash + 1; | 128 without checksum
//!         bytes       the change without what was left out
//! ```
//!
//! A change names its parent by 32 bytes of hash and carries 4 of its own: neither can be
//! compressed, and both follow from the change before it and from the rest. A blob can be read
//! alone. Nothing here says that the bytes are right: whoever unpacks compares their hashes.

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::{CHANGE_BYTES_MAX, head_of, number, put_number, take};

/// The largest blob once inflated, in bytes: 128 sales are some 60 KB, and one change may be large.
pub const PACK_PLAIN_MAX: usize = 1024 * 1024;
/// How many changes one blob holds at most: unpacking one costs unpacking all.
pub const PACK_CHANGES_MAX: usize = 128;
/// How many bytes of changes a blob begins another change below: the last may be the largest.
pub const PACK_BYTES_MAX: usize = PACK_PLAIN_MAX - CHANGE_BYTES_MAX - PACK_CHANGES_MAX * 8;

const FORM: u8 = 1;
/// zstd's level: a pack is written once and read seldom. The bench `pack` shows what it costs.
const LEVEL: i32 = 15;
/// The flag of a change without its checksum.
const WITHOUT_CHECKSUM: u8 = 128;
/// Where Automerge writes the first bytes of the hash: behind the four that name the format.
const CHECKSUM_AT: usize = 4;
const CHECKSUM_BYTES: usize = 4;
/// In how many of a change's first bytes the parent's hash is looked for.
const PARENT_WITHIN: usize = 64;
const HASH_BYTES: usize = 32;

/// Why changes cannot be packed, or a blob not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PackFailed {
    /// More or larger changes than a blob holds.
    #[error("a pack has at most {PACK_CHANGES_MAX} changes and {PACK_PLAIN_MAX} bytes")]
    TooLarge,
    /// The bytes are no blob of this form, or not the ones that were written.
    #[error("the pack is damaged")]
    Damaged,
    /// The compressor failed.
    #[error("could not compress a pack")]
    Compression(#[source] std::io::Error),
}

/// Packs changes, which need be nothing that anybody can read, in their order.
///
/// # Errors
///
/// [`PackFailed::TooLarge`], [`PackFailed::Compression`].
pub fn pack(changes: &[Vec<u8>]) -> Result<Vec<u8>, PackFailed> {
    let mut plain = Vec::new();
    let mut parent = None;
    for change in changes {
        let head = head_of(change);
        let (left_out, written) = shortened(change, parent, head);
        put_number(&mut plain, written.len() as u64);
        plain.push(left_out);
        plain.extend_from_slice(&written);
        parent = Some(head);
    }
    if changes.len() > PACK_CHANGES_MAX || plain.len() > PACK_PLAIN_MAX {
        return Err(PackFailed::TooLarge);
    }
    let compressed = || {
        let mut zstd = Compressor::new(LEVEL)?;
        zstd.set_parameter(CParameter::ChecksumFlag(true))?;
        zstd.compress(&plain)
    };
    let frame = compressed().map_err(PackFailed::Compression)?;
    Ok([&[FORM], frame.as_slice()].concat())
}

/// Unpacks changes in their order, never more than a blob may hold.
///
/// # Errors
///
/// [`PackFailed::Damaged`].
pub fn unpack(packed: &[u8]) -> Result<Vec<Vec<u8>>, PackFailed> {
    let frame = packed.strip_prefix(&[FORM]).ok_or(PackFailed::Damaged)?;
    let plain = Decompressor::new()
        .and_then(|mut zstd| zstd.decompress(frame, PACK_PLAIN_MAX))
        .map_err(|_| PackFailed::Damaged)?;
    let mut rest = plain.as_slice();
    let mut parent = None;
    let mut changes = Vec::new();
    while !rest.is_empty() {
        if changes.len() == PACK_CHANGES_MAX {
            return Err(PackFailed::Damaged);
        }
        let change = next(&mut rest, parent).ok_or(PackFailed::Damaged)?;
        parent = Some(head_of(&change));
        changes.push(change);
    }
    Ok(changes)
}

/// Leaves out what can be computed; what that was, and the rest.
fn shortened(change: &[u8], parent: Option<[u8; 32]>, head: [u8; 32]) -> (u8, Vec<u8>) {
    let mut written = change.to_vec();
    let mut left_out = 0;
    let within = change.len().min(PARENT_WITHIN + HASH_BYTES);
    let parent_at = parent.and_then(|parent| {
        let mut windows = change[..within].windows(HASH_BYTES);
        windows.position(|window| window == parent)
    });
    let behind = CHECKSUM_AT + CHECKSUM_BYTES;
    if let Some(at) = parent_at.filter(|at| *at >= behind && *at < PARENT_WITHIN) {
        written.drain(at..at + HASH_BYTES);
        left_out = u8::try_from(at + 1).expect("below 65");
    }
    if change.get(CHECKSUM_AT..behind) == Some(&head[..CHECKSUM_BYTES]) {
        written.drain(CHECKSUM_AT..behind);
        left_out |= WITHOUT_CHECKSUM;
    }
    (left_out, written)
}

/// Takes one change and puts in again what was left out.
fn next(rest: &mut &[u8], parent: Option<[u8; 32]>) -> Option<Vec<u8>> {
    let length = number(rest)?;
    let left_out = take(rest, 1)?[0];
    let mut change = take(rest, length)?.to_vec();
    let has_checksum = left_out & WITHOUT_CHECKSUM == 0;
    if !has_checksum {
        if change.len() < CHECKSUM_AT {
            return None;
        }
        change.splice(CHECKSUM_AT..CHECKSUM_AT, [0; CHECKSUM_BYTES]);
    }
    if let Some(at) = usize::from(left_out & !WITHOUT_CHECKSUM).checked_sub(1) {
        if change.len() < at {
            return None;
        }
        change.splice(at..at, parent?);
    }
    if !has_checksum {
        let head = head_of(&change);
        change[CHECKSUM_AT..CHECKSUM_AT + CHECKSUM_BYTES].copy_from_slice(&head[..CHECKSUM_BYTES]);
    }
    Some(change)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::{
        CHANGE_BYTES_MAX, FORM, PACK_BYTES_MAX, PACK_CHANGES_MAX, PACK_PLAIN_MAX, PackFailed, pack,
        unpack,
    };
    use crate::documents::{Actor, Segment};
    use crate::ids::{EdgeNumber, Incarnation, SegmentId, Writer};

    fn journal(count: u64) -> Vec<Vec<u8>> {
        let writer = Writer {
            edge: EdgeNumber(7),
            incarnation: Incarnation(1),
        };
        let first = SegmentId {
            writer,
            about: None,
            segment: 0,
        };
        let mut segment = Segment::begin(first, Actor([9; 16]));
        let mut changes = Vec::new();
        for seq in 1..=count {
            let appended = segment.append(seq, format!("fact {seq}").as_bytes());
            changes.push(appended.unwrap().change);
        }
        changes
    }

    #[test]
    fn a_journal_comes_back_byte_by_byte_without_the_hashes_it_repeats() {
        let changes = journal(100);
        let packed = pack(&changes).unwrap();
        assert_eq!(unpack(&packed).unwrap(), changes);
        // Each change has 36 bytes of hash that no compressor takes from it.
        assert!(packed.len() < 100 * 36, "{} bytes", packed.len());
    }

    #[test]
    fn the_largest_changes_fit_and_no_more_than_a_pack_holds() {
        let large = vec![vec![1; PACK_BYTES_MAX], vec![2; CHANGE_BYTES_MAX]];
        assert_eq!(unpack(&pack(&large).unwrap()).unwrap(), large);
        let too_large = pack(&[vec![0; PACK_PLAIN_MAX]]);
        assert!(matches!(too_large, Err(PackFailed::TooLarge)));
        let too_many = pack(&vec![Vec::new(); PACK_CHANGES_MAX + 1]);
        assert!(matches!(too_many, Err(PackFailed::TooLarge)));
    }

    #[test]
    fn a_blob_that_would_inflate_beyond_its_bound_is_damaged() {
        let bomb = zstd::bulk::compress(&vec![0; PACK_PLAIN_MAX + 1], 3).unwrap();
        let unpacked = unpack(&[&[FORM], bomb.as_slice()].concat());
        assert!(matches!(unpacked, Err(PackFailed::Damaged)));
        // Two bytes a change: half a million empty ones.
        let many = zstd::bulk::compress(&vec![0; PACK_PLAIN_MAX], 3).unwrap();
        let unpacked = unpack(&[&[FORM], many.as_slice()].concat());
        assert!(matches!(unpacked, Err(PackFailed::Damaged)));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(
            changes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90), 0..40),
        ) {
            prop_assert_eq!(unpack(&pack(&changes).unwrap()).unwrap(), changes);
        }

        #[test]
        fn a_turned_bit_is_never_believed(place in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let changes = journal(12);
            let mut packed = pack(&changes).unwrap();
            let at = place.index(packed.len());
            packed[at] ^= 1 << bit;
            // A bit of the frame's header may mean nothing; then nothing is different.
            match unpack(&packed) {
                Err(PackFailed::Damaged) => {}
                Ok(read) => prop_assert_eq!(read, changes),
                Err(other) => prop_assert!(false, "{}", other),
            }
        }

        #[test]
        fn no_bytes_make_it_stop(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut plain = zstd::bulk::compress(&bytes, 1).unwrap();
            plain.insert(0, FORM);
            let _is_read_or_damaged = unpack(&plain);
        }
    }
}
