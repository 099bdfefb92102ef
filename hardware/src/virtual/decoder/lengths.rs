//! How long each ESC/POS command is, from its first bytes.
//!
//! It does not say what a command means; a command of unknown length ends at its second byte, as
//! printers take it.

use super::{DLE, ESC, FS, GS};

/// Whether a command is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// More bytes belong to it.
    More,
    /// It is complete.
    Done,
}

pub(super) fn need(begun: &[u8]) -> Need {
    let complete = match begun {
        [] => false,
        [ESC] | [GS] | [FS] | [DLE] => false,
        [ESC, rest @ ..] => esc(rest),
        [GS, rest @ ..] => gs(rest),
        [FS, rest @ ..] => match rest {
            [b'.' | b'&'] => true,
            [b'(', _, low, high, parameters @ ..] => {
                parameters.len() == usize::from(u16::from_le_bytes([*low, *high]))
            }
            [b'S', parameters @ ..] => parameters.len() == 2,
            [_] | [b'(', ..] => false,
            _ => true,
        },
        // Real-time commands are taken out before; what is left of one is not understood.
        [DLE, ..] => true,
        [_, ..] => true,
    };
    if complete { Need::Done } else { Need::More }
}

fn esc(rest: &[u8]) -> bool {
    match rest {
        [b'p', parameters @ ..] => parameters.len() == 3,
        [b'$' | b'\\', parameters @ ..] | [b'c', parameters @ ..] => parameters.len() == 2,
        // Tab stops end with NUL, at most 32 of them.
        [b'D', stops @ ..] => stops.last() == Some(&0) || stops.len() == 33,
        [
            b'E' | b'!' | b'a' | b't' | b'd' | b'J' | b'3' | b'-' | b'M' | b'G' | b'{' | b'V'
            | b'R' | b' ' | b'r' | b'=' | b'%',
            parameters @ ..,
        ] => parameters.len() == 1,
        _ => true,
    }
}

fn gs(rest: &[u8]) -> bool {
    match rest {
        // Function B and beyond feed first.
        [b'V', 65 | 66 | 97 | 98 | 103 | 104, parameters @ ..] => parameters.len() == 1,
        [b'V', _, ..] => true,
        [b'k', kind, payload @ ..] => match kind {
            0..=6 => payload.last() == Some(&0) || payload.len() == 255,
            _ => payload
                .first()
                .is_some_and(|length| payload.len() == usize::from(*length) + 1),
        },
        [b'(', _, low, high, parameters @ ..] => {
            parameters.len() == usize::from(u16::from_le_bytes([*low, *high]))
        }
        [b'8', b'L', length @ ..] if length.len() < 4 => false,
        [b'8', b'L', a, b, c, d, parameters @ ..] => {
            u32::try_from(parameters.len()) == Ok(u32::from_le_bytes([*a, *b, *c, *d]))
        }
        [b'v', b'0', _, xl, xh, yl, yh, dots @ ..] => {
            let across = usize::from(u16::from_le_bytes([*xl, *xh]));
            let down = usize::from(u16::from_le_bytes([*yl, *yh]));
            dots.len() == across * down
        }
        // Any other second byte names no command, and ends it.
        [b'v' | b'8'] | [b'v', b'0', ..] => false,
        [b'V' | b'k' | b'(', ..] => false,
        [b'L' | b'W' | b'P', parameters @ ..] => parameters.len() == 2,
        [
            b'!' | b'w' | b'a' | b'r' | b'I' | b'h' | b'H' | b'f' | b'B' | b'b',
            parameters @ ..,
        ] => parameters.len() == 1,
        _ => true,
    }
}
