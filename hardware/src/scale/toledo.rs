//! The protocol of Toledo 8217 scales: one letter asks, a weight or a status answers.
//!
//! It names no unit: the scale is set to kilograms. Source: Mettler Toledo DIVA service manual,
//! section 6.1.4 ("8217 protocol"): `STX 01.235 CR`, with `N` behind a net weight, or `STX ? status
//! CR`.

use super::{NoWeight, Parsed, Said, Weight, WeightKind, grams_of_kilograms};

/// Asks for the weight.
pub(super) const WEIGH: &[u8] = b"W";

const STX: u8 = 0x02;
const CR: u8 = b'\r';
/// The longest weight: six digits, a point, N.
const WEIGHT_MAX: usize = 8;

/// The bits of the status byte (the same manual, table "Scale status byte bit definitions").
const MOVING: u8 = 1;
const OVER: u8 = 1 << 1;
const UNDER: u8 = 1 << 2;
const OUTSIDE_ZERO: u8 = 1 << 3;
const ALWAYS: u8 = 1 << 6;

/// Reads what came so far.
pub(super) fn parse(heard: &[u8]) -> Parsed {
    // A line that was not set to 7E1, behind a network adapter, leaves the parity bit on.
    let Some(plain) = heard
        .iter()
        .map(|byte| seven_bits(*byte))
        .collect::<Option<Vec<u8>>>()
    else {
        return Parsed::Garbage;
    };
    // The scale echoes its question on some lines.
    let body = plain.strip_prefix(b"W").unwrap_or(&plain);
    match body {
        [] | [STX] | [STX, b'?'] | [STX, b'?', _] => Parsed::More,
        [STX, b'?', status, CR] => status_says(*status),
        [STX, b'?', ..] => Parsed::Garbage,
        [STX, weight @ .., CR] => weight_says(weight),
        [STX, begun @ ..]
            if begun.len() <= WEIGHT_MAX
                && begun
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || b". N".contains(byte)) =>
        {
            Parsed::More
        }
        _ => Parsed::Garbage,
    }
}

/// Takes a parity bit off, if there is one and it is even.
fn seven_bits(byte: u8) -> Option<u8> {
    if byte & 0x80 != 0 && !byte.count_ones().is_multiple_of(2) {
        return None;
    }
    Some(byte & 0x7F)
}

fn weight_says(weight: &[u8]) -> Parsed {
    let text = std::str::from_utf8(weight).unwrap_or_default().trim();
    let (text, kind) = match text.strip_suffix('N') {
        Some(net) => (net, WeightKind::Net),
        None => (text, WeightKind::Gross),
    };
    match grams_of_kilograms(text) {
        Some(grams) => Parsed::Answer(Said::Stable(Weight { grams, kind })),
        None => Parsed::Garbage,
    }
}

fn status_says(status: u8) -> Parsed {
    if status & ALWAYS == 0 {
        return Parsed::Garbage;
    }
    let has = |bit: u8| status & bit != 0;
    // What can be trusted least comes first.
    let why = if has(OUTSIDE_ZERO) {
        NoWeight::NotZeroed
    } else if has(OVER) {
        NoWeight::TooHeavy
    } else if has(UNDER) {
        NoWeight::BelowZero
    } else if has(MOVING) {
        NoWeight::Moving
    } else {
        NoWeight::Unclear
    };
    Parsed::Answer(Said::Not(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(heard: &[u8], expected: Parsed) {
        assert_eq!(parse(heard), expected, "{heard:?}");
    }

    fn weight(grams: u32, kind: WeightKind) -> Parsed {
        Parsed::Answer(Said::Stable(Weight { grams, kind }))
    }

    #[test]
    fn a_weight_is_read_when_it_is_whole() {
        // As emupos 0.4.0 answered (evidence in DESIGN.md).
        let whole = b"\x0201.235\r";
        for cut in 0..whole.len() {
            check(&whole[..cut], Parsed::More);
        }
        check(whole, weight(1_235, WeightKind::Gross));
        check(b"\x0200.500N\r", weight(500, WeightKind::Net));
        check(b"W\x0200.000\r", weight(0, WeightKind::Gross));
        // 7E1 bytes read as 8N1: even parity on top.
        check(
            b"\x82\x30\xB1.\xB2\x33\x35\x8D",
            weight(1_235, WeightKind::Gross),
        );
    }

    #[test]
    fn a_status_says_why_there_is_no_weight() {
        let says = |why| Parsed::Answer(Said::Not(why));
        check(b"\x02?A\r", says(NoWeight::Moving));
        check(b"\x02?B\r", says(NoWeight::TooHeavy));
        check(b"\x02?D\r", says(NoWeight::BelowZero));
        check(b"\x02?H\r", says(NoWeight::NotZeroed));
        check(b"\x02?E\r", says(NoWeight::BelowZero));
        check(b"\x02?P\r", says(NoWeight::Unclear));
        check(b"\x02?A", Parsed::More);
    }

    #[test]
    fn what_is_no_answer_is_not_guessed_at() {
        for noise in [
            &b"hello"[..],
            b"\x02-1.000\r",
            b"\x02?\x01\r",
            b"\x02?AB",
            b"\x02\r",
            b"\x0201.2345\r",
            b"\xFF\xFE",
            b"\x02000000000",
            b"01.235\r",
            b"\x02N\r",
        ] {
            check(noise, Parsed::Garbage);
        }
    }
}
