//! Damage to bytes: blind, by splicing honest inputs, and by the items of CBOR.

use crate::sim::dice::Dice;

/// Numbers at the edges of what fields hold.
const EDGES: [u64; 14] = [
    0,
    1,
    23,
    24,
    255,
    256,
    65_535,
    65_536,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

/// Damages bytes one to four times; `others` are honest inputs to splice with.
pub fn damage(bytes: &mut Vec<u8>, others: &[Vec<u8>], dice: &mut Dice) {
    for _ in 0..1 + dice.below(4) {
        match dice.below(8) {
            0 | 1 => flip(bytes, dice),
            2 => set(bytes, dice),
            3 => cut_or_repeat(bytes, dice),
            4 => splice(bytes, others, dice),
            _ => edit_item(bytes, dice),
        }
    }
}

fn flip(bytes: &mut [u8], dice: &mut Dice) {
    if !bytes.is_empty() {
        let at = dice.place(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
}

fn set(bytes: &mut [u8], dice: &mut Dice) {
    const LIKELY: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, 0xa0, 0x60, 0x5b];
    if !bytes.is_empty() {
        let at = dice.place(bytes.len());
        bytes[at] = LIKELY[dice.place(LIKELY.len())];
    }
}

fn cut_or_repeat(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.is_empty() {
        return;
    }
    let from = dice.place(bytes.len());
    let to = (from + 1 + dice.place(32)).min(bytes.len());
    match dice.below(3) {
        0 => bytes.truncate(from),
        1 => drop(bytes.drain(from..to)),
        _ => {
            let piece = bytes[from..to].to_vec();
            let at = dice.place(bytes.len() + 1);
            bytes.splice(at..at, piece);
        }
    }
}

fn splice(bytes: &mut Vec<u8>, others: &[Vec<u8>], dice: &mut Dice) {
    let other = &others[dice.place(others.len())];
    let head = dice.place(bytes.len() + 1);
    let tail = dice.place(other.len() + 1);
    bytes.truncate(head);
    bytes.extend_from_slice(&other[tail..]);
}

/// Gives one item of CBOR another argument, type or content, in its one spelling.
fn edit_item(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let heads = heads(bytes);
    if heads.is_empty() {
        return;
    }
    let (at, length) = heads[dice.place(heads.len())];
    let major = bytes[at] >> 5;
    let mut item = Vec::new();
    match dice.below(4) {
        0 => put_head(&mut item, major, EDGES[dice.place(EDGES.len())]),
        1 => put_head(&mut item, major, dice.below(64)),
        2 => {
            let other = u8::try_from(dice.below(8)).expect("a small number");
            put_head(&mut item, other, dice.below(4));
        }
        // The forms nobody writes: an indefinite length, a long number, a tag.
        _ => item.push([0x9f, 0xbf, 0x5f, 0x18, 0xc2, 0xf7][dice.place(6)]),
    }
    bytes.splice(at..at + length, item);
}

/// Returns where items begin and how long their heads are, as far as the bytes are CBOR.
fn heads(bytes: &[u8]) -> Vec<(usize, usize)> {
    let (mut heads, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let short = bytes[at] & 0x1f;
        let wide = match short {
            24..=27 => 1_usize << (short - 24),
            _ => 0,
        };
        let Some(argument) = bytes.get(at + 1..at + 1 + wide) else {
            break;
        };
        let argument = match wide {
            0 => u64::from(short),
            _ => argument
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        heads.push((at, 1 + wide));
        let content = match bytes[at] >> 5 {
            2 | 3 => usize::try_from(argument).unwrap_or(usize::MAX),
            _ => 0,
        };
        at = at.saturating_add(1 + wide).saturating_add(content);
    }
    heads
}

fn put_head(into: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..24 => into.push(major | bytes[7]),
        24..0x100 => into.extend([major | 24, bytes[7]]),
        0x100..0x1_0000 => into.extend([&[major | 25], &bytes[6..]].concat()),
        0x1_0000..0x1_0000_0000 => into.extend([&[major | 26], &bytes[4..]].concat()),
        _ => into.extend([&[major | 27], &bytes[..]].concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::{damage, heads, put_head};
    use crate::sim::dice::Dice;

    #[test]
    fn heads_are_found_and_written_as_they_were() {
        let bytes = [0xa2, 0x00, 0x19, 0x01, 0x00, 0x01, 0x62, b'h', b'i'];
        assert_eq!(heads(&bytes), [(0, 1), (1, 1), (2, 3), (5, 1), (6, 1)]);
        for number in [0, 23, 24, 255, 256, 65_536, u64::MAX] {
            let mut item = Vec::new();
            put_head(&mut item, 0, number);
            assert_eq!(heads(&item), [(0, item.len())]);
        }
    }

    #[test]
    fn one_seed_makes_one_damage() {
        let made = |seed| {
            let mut bytes = vec![0xa1, 0x00, 0x62, b'h', b'i'];
            damage(&mut bytes, &[vec![0x80]], &mut Dice::new(seed));
            bytes
        };
        assert_eq!(made(4), made(4));
        assert!((0..20).any(|seed| made(seed) != made(4)));
    }
}
