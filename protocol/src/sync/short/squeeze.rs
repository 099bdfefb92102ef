//! Bytes under zstd with the shipped dictionary and what both ends saw before.

use std::borrow::Cow;

use super::fold::{In, Out};
use crate::documents::{number, put_number, take};

/// The first byte of a body in short.
const FORM: u8 = 2;
/// The number of the shipped dictionary, which stands behind it. A dictionary is never changed: a
/// better one gets the next number, and a hub keeps those that older edges write with.
pub const DICTIONARY: u8 = 1;
/// The dictionary; `counterpart-tests --bin dictionary` makes it.
const BYTES: &[u8] = include_bytes!("../../../dictionaries/1.zdict");
/// The largest body in short once inflated, in bytes: a batch has 64 KiB of changes, or one larger
/// change.
const PLAIN_MAX: usize = 512 * 1024;
/// What begins a zstd frame (RFC 8878 §3.1.1), which is left out.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// zstd's levels, for little, which a till's news are, and for a batch. Measured on generated
/// trade: level 19 takes 1 byte in 110 from a sale alone, and 1 in 65 from a batch at 25 times the
/// time.
const LEVEL_SMALL: i32 = 12;
const LEVEL: i32 = 9;
/// Up to how many bytes are small.
const SMALL_MAX: usize = 4 * 1024;

/// Packs what was written; nothing if it is too large for a body in short.
pub(super) fn squeeze(out: &Out, before: &[u8]) -> Option<Vec<u8>> {
    if out.plain.len() > PLAIN_MAX {
        return None;
    }
    let level = match out.plain.len() {
        0..=SMALL_MAX => LEVEL_SMALL,
        _ => LEVEL,
    };
    let dictionary = dictionary(before);
    let mut zstd = zstd::bulk::Compressor::with_dictionary(level, &dictionary).ok()?;
    zstd.include_dictid(false).ok()?;
    zstd.include_checksum(false).ok()?;
    zstd.include_contentsize(false).ok()?;
    let packed = zstd.compress(&out.plain).ok()?;
    let packed = packed.strip_prefix(&MAGIC)?;
    let mut body = vec![FORM, DICTIONARY];
    put_number(&mut body, out.noise.len() as u64);
    body.extend_from_slice(&out.noise);
    body.extend_from_slice(packed);
    Some(body)
}

/// A body in short whose plain part is inflated.
pub(super) struct Inflated<'a> {
    plain: Vec<u8>,
    noise: &'a [u8],
}

impl Inflated<'_> {
    pub(super) fn open(&self) -> In<'_> {
        In {
            plain: &self.plain,
            noise: self.noise,
        }
    }
}

/// Tells whether a body is in short.
pub(super) fn is_short(body: &[u8]) -> bool {
    body.first() == Some(&FORM)
}

/// Inflates a body, never beyond what one in short may have.
pub(super) fn inflate<'a>(body: &'a [u8], before: &[u8]) -> Option<Inflated<'a>> {
    let mut rest = body.strip_prefix(&[FORM, DICTIONARY])?;
    let length = number(&mut rest)?;
    let noise = take(&mut rest, length)?;
    let frame = [&MAGIC, rest].concat();
    let mut zstd = zstd::bulk::Decompressor::with_dictionary(&dictionary(before)).ok()?;
    let plain = zstd.decompress(&frame, PLAIN_MAX).ok()?;
    Some(Inflated { plain, noise })
}

/// Returns the shipped dictionary with more of what is like to come at its end.
fn dictionary(before: &[u8]) -> Cow<'static, [u8]> {
    match before.is_empty() {
        true => Cow::Borrowed(BYTES),
        false => Cow::Owned([BYTES, before].concat()),
    }
}
