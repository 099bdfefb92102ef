//! A fact's bytes without what the facts before it tell: ids that came before, and times.
//!
//! The bytes stay a row of CBOR items. In some places stands something a fact never holds (a tag, a
//! simple value) instead: an id that was there before, a new id, a time, a number that follows from
//! numbers before it, as an amount does from price and quantity. What cannot be guessed at all (an
//! id's random part, hashes, signatures) goes aside, where it does not disturb the compressor.
//!
//! It judges nothing: the sender unfolds what it folded, and sends the bytes as they are if they
//! differ. The table of what came before must be the same at both ends.

use crate::documents::{FACT_BYTES_MAX, number, put_number, take};

/// How many numbers are remembered.
const NUMBERS: usize = 8;
/// From which number on one is remembered: a smaller one has one byte anyway.
const NUMBER_MIN: u64 = 24;
/// The last number times the one before it, in thousandths: what so much at this price costs.
const PRODUCT: u8 = 0xe0;
/// All such products of this fact together.
const TOTAL: u8 = 0xe1;
/// The last number less the one before it.
const LESS: u8 = 0xe2;
/// One of the numbers before, by its place.
const AGAIN: u8 = 0xe4;
/// How many ids are remembered.
const IDS_MAX: usize = 16;
/// How many times are remembered.
const TIMES: usize = 4;
/// An id that is remembered, by its place; behind it a new id, by the time it is near.
const ID_SEEN: u8 = 0xc0;
const ID_NEW: u8 = 0xd0;
/// A number that is milliseconds << 16 | counter, by the time it is near.
const STAMP: u8 = 0xd4;
/// A number that is milliseconds, by the time it is near.
const MILLIS: u8 = 0xd8;
/// A time no further than this from one that came before takes its place, in milliseconds.
const NEAR_MS: u64 = 1 << 31;
/// From how many bytes on a byte string goes aside.
const NOISE_MIN: u64 = 8;

/// What a frame is written into.
#[derive(Debug, Default)]
pub(super) struct Out {
    /// What a compressor can do something about.
    pub(super) plain: Vec<u8>,
    /// What none can.
    pub(super) noise: Vec<u8>,
}

impl Out {
    pub(super) fn number(&mut self, number: u64) {
        put_number(&mut self.plain, number);
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.plain.extend_from_slice(text);
    }
}

/// What a frame is read from.
#[derive(Debug, Clone, Copy)]
pub(super) struct In<'a> {
    pub(super) plain: &'a [u8],
    pub(super) noise: &'a [u8],
}

impl<'a> In<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        take(&mut self.plain, 1).map(|byte| byte[0])
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        number(&mut self.plain)
    }

    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        take(&mut self.plain, length)
    }

    pub(super) fn noise<const N: usize>(&mut self) -> Option<[u8; N]> {
        take(&mut self.noise, N as u64)?.try_into().ok()
    }
}

/// The ids, times and numbers that came before, the newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    ids: Vec<[u8; 16]>,
    times: [u64; TIMES],
    numbers: [u64; NUMBERS],
    /// The products of the fact that is being read, together.
    total: u64,
}

/// An item's head: its first byte, its major type and its argument.
struct Head {
    first: u8,
    major: u8,
    argument: u64,
}

impl Seen {
    /// Returns the time seen last, in milliseconds.
    pub(super) const fn time_ms(&self) -> u64 {
        self.times[0]
    }

    /// Folds a fact; nothing if it is not one item of CBOR, what was written then is of no use.
    pub(super) fn fold(&mut self, fact: &[u8], out: &mut Out) -> Option<()> {
        let mut rest = fact;
        let mut left = 1_u64;
        self.total = 0;
        while left > 0 {
            left -= 1;
            let before = rest;
            let head = read_head(&mut rest)?;
            let head_bytes = &before[..before.len() - rest.len()];
            match head {
                Head { first: 0x50, .. } => {
                    let id = take(&mut rest, 16)?.try_into().expect("16 bytes");
                    self.fold_id(id, out);
                }
                Head {
                    first: 0x1b,
                    argument,
                    ..
                } if argument >= 1 << 40 => {
                    self.fold_time(argument, out);
                }
                Head {
                    major: 2, argument, ..
                } if argument >= NOISE_MIN => {
                    out.plain.extend_from_slice(head_bytes);
                    out.noise.extend_from_slice(take(&mut rest, argument)?);
                }
                Head {
                    major: 2 | 3,
                    argument,
                    ..
                } => {
                    out.plain.extend_from_slice(head_bytes);
                    out.plain.extend_from_slice(take(&mut rest, argument)?);
                }
                Head {
                    major: 0, argument, ..
                } if argument >= NUMBER_MIN => {
                    match self.told(argument) {
                        Some(token) => out.plain.push(token),
                        None => out.plain.extend_from_slice(head_bytes),
                    }
                    self.remember_number(argument);
                }
                Head { major: 6, .. } => return None,
                // False, true and null; the rest stands for something else here.
                Head {
                    major: 7, argument, ..
                } if !(20..=22).contains(&argument) => return None,
                Head {
                    major, argument, ..
                } => {
                    out.plain.extend_from_slice(head_bytes);
                    left = left.checked_add(inner(major, argument)?)?;
                }
            }
        }
        rest.is_empty().then_some(())
    }

    /// Unfolds a fact of at most `bytes_max` bytes.
    pub(super) fn unfold(&mut self, from: &mut In<'_>, bytes_max: usize) -> Option<Vec<u8>> {
        let bytes_max = bytes_max.min(FACT_BYTES_MAX);
        let mut fact = Vec::new();
        let mut left = 1_u64;
        self.total = 0;
        while left > 0 {
            left -= 1;
            let before = from.plain;
            let first = *before.first()?;
            if first >> 5 == 6 || (PRODUCT..AGAIN + NUMBERS as u8).contains(&first) {
                from.plain = &before[1..];
                self.unfold_special(first, from, &mut fact)?;
            } else {
                let Head {
                    major, argument, ..
                } = read_head(&mut from.plain)?;
                fact.extend_from_slice(&before[..before.len() - from.plain.len()]);
                match major {
                    0 if argument >= NUMBER_MIN => self.remember_number(argument),
                    2 if argument >= NOISE_MIN => {
                        fact.extend_from_slice(take(&mut from.noise, argument)?);
                    }
                    2 | 3 => fact.extend_from_slice(take(&mut from.plain, argument)?),
                    _ => left = left.checked_add(inner(major, argument)?)?,
                }
            }
            if fact.len() > bytes_max {
                return None;
            }
        }
        Some(fact)
    }

    fn unfold_special(&mut self, first: u8, from: &mut In<'_>, fact: &mut Vec<u8>) -> Option<()> {
        match first {
            ID_SEEN..ID_NEW => {
                let at = usize::from(first - ID_SEEN);
                let id = *self.ids.get(at)?;
                self.remember_id(id, Some(at));
                fact.push(0x50);
                fact.extend_from_slice(&id);
            }
            ID_NEW..STAMP => {
                let ms = self.take_time(first - ID_NEW, from)?;
                if ms >> 48 != 0 {
                    return None;
                }
                let mut id = [0; 16];
                id[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
                id[6..].copy_from_slice(&from.noise::<10>()?);
                self.remember_id(id, None);
                fact.push(0x50);
                fact.extend_from_slice(&id);
            }
            STAMP..MILLIS => {
                let ms = self.take_time(first - STAMP, from)?;
                let counter = from.number()?;
                if ms >> 48 != 0 || counter >> 16 != 0 {
                    return None;
                }
                put_long(fact, ms << 16 | counter);
            }
            MILLIS..=0xdb => {
                let ms = self.take_time(first - MILLIS, from)?;
                put_long(fact, ms);
            }
            PRODUCT.. => {
                let number = self.guess(first)?;
                put_number_item(fact, number);
                self.remember_number(number);
            }
            _ => return None,
        }
        Some(())
    }

    /// Returns the token of a number that follows from those before it.
    fn told(&self, number: u64) -> Option<u8> {
        let again = (AGAIN..).take(NUMBERS);
        let mut tokens = [PRODUCT, TOTAL, LESS].into_iter().chain(again);
        tokens.find(|token| self.guess(*token) == Some(number))
    }

    /// Returns the number a token stands for.
    fn guess(&self, token: u8) -> Option<u64> {
        let [last, before, ..] = self.numbers;
        let number = match token {
            PRODUCT => self.product()?,
            TOTAL => self.total,
            LESS => last.checked_sub(before)?,
            _ => *self.numbers.get(usize::from(token.checked_sub(AGAIN)?))?,
        };
        // A smaller or a longer one is written otherwise.
        (NUMBER_MIN..1 << 40).contains(&number).then_some(number)
    }

    fn product(&self) -> Option<u64> {
        let [last, before, ..] = self.numbers;
        Some(last.checked_mul(before)? / 1_000)
    }

    fn remember_number(&mut self, number: u64) {
        if self.product() == Some(number) {
            self.total = self.total.saturating_add(number);
        }
        self.numbers.rotate_right(1);
        self.numbers[0] = number;
    }

    fn fold_id(&mut self, id: [u8; 16], out: &mut Out) {
        if let Some(at) = self.ids.iter().position(|seen| *seen == id) {
            out.plain
                .push(ID_SEEN + u8::try_from(at).expect("few are remembered"));
            self.remember_id(id, Some(at));
            return;
        }
        let mut ms = [0; 8];
        ms[2..].copy_from_slice(&id[..6]);
        self.put_time(ID_NEW, u64::from_be_bytes(ms), out);
        out.noise.extend_from_slice(&id[6..]);
        self.remember_id(id, None);
    }

    fn fold_time(&mut self, number: u64, out: &mut Out) {
        if number >= 1 << 48 {
            self.put_time(STAMP, number >> 16, out);
            out.number(number & 0xffff);
        } else {
            self.put_time(MILLIS, number, out);
        }
    }

    fn remember_id(&mut self, id: [u8; 16], at: Option<usize>) {
        match at {
            Some(at) => drop(self.ids.remove(at)),
            None => self.ids.truncate(IDS_MAX - 1),
        }
        self.ids.insert(0, id);
    }

    /// Writes a time as its distance from the nearest one seen.
    fn put_time(&mut self, token: u8, ms: u64, out: &mut Out) {
        let near = (0..TIMES).min_by_key(|at| self.times[*at].abs_diff(ms));
        let near = near.expect("some are remembered");
        out.plain
            .push(token + u8::try_from(near).expect("few are remembered"));
        out.number(zigzag(ms.wrapping_sub(self.times[near]).cast_signed()));
        self.remember_time(near, ms);
    }

    fn take_time(&mut self, near: u8, from: &mut In<'_>) -> Option<u64> {
        let near = usize::from(near);
        let ms = self.times[near].checked_add_signed(unzigzag(from.number()?))?;
        self.remember_time(near, ms);
        Some(ms)
    }

    fn remember_time(&mut self, near: usize, ms: u64) {
        let goes = match self.times[near].abs_diff(ms) < NEAR_MS {
            true => near,
            false => TIMES - 1,
        };
        self.times[..=goes].rotate_right(1);
        self.times[0] = ms;
    }
}

/// Returns how many items stand inside one; nothing for a form no fact has.
fn inner(major: u8, argument: u64) -> Option<u64> {
    match major {
        4 => Some(argument),
        5 => argument.checked_mul(2),
        _ => Some(0),
    }
}

fn read_head(rest: &mut &[u8]) -> Option<Head> {
    let first = take(rest, 1)?[0];
    let (major, short) = (first >> 5, first & 0x1f);
    let argument = match short {
        0..24 => u64::from(short),
        24..28 => {
            let bytes = take(rest, 1 << (short - 24))?;
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        }
        _ => return None,
    };
    Some(Head {
        first,
        major,
        argument,
    })
}

fn put_long(into: &mut Vec<u8>, number: u64) {
    into.push(0x1b);
    into.extend_from_slice(&number.to_be_bytes());
}

/// Writes a number in its shortest form.
fn put_number_item(into: &mut Vec<u8>, number: u64) {
    let bytes = number.to_be_bytes();
    let (first, width) = match number {
        0..0x100 => (0x18, 1),
        0x100..0x1_0000 => (0x19, 2),
        0x1_0000..0x1_0000_0000 => (0x1a, 4),
        _ => (0x1b, 8),
    };
    into.push(first);
    into.extend_from_slice(&bytes[8 - width..]);
}

/// Makes small numbers of either sign small numbers.
pub(super) const fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

pub(super) const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}
