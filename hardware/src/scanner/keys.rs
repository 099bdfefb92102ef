//! Keys pressed become characters, as the computer would have typed them, or a named loss.
//!
//! Pure: it is given the kernel's events (`input.rs` reads them) and the scanner's layout. It does
//! not know where a code ends: that is the framer's.

mod layout;

pub use layout::KeyLayout;

use layout::{Level, composed};

use super::LostReason;

/// One event of an input device (`struct input_event` without its time).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputEvent {
    /// What it is about, such as a key.
    pub kind: u16,
    /// Which key.
    pub code: u16,
    /// What about it: 0 let go, 1 pressed, 2 held down for so long that it repeats.
    pub value: i32,
}

/// What a key meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A character, control characters among them.
    Character(char),
    /// From here to the code's end nothing can be relied on.
    Lost(LostReason),
}

/// Turns the keys of one scanner into characters.
#[derive(Debug)]
pub struct KeyDecoder {
    layout: KeyLayout,
    held: Held,
    caps: bool,
    /// An accent that waits for its letter.
    accent: Option<char>,
    /// The digits typed on the keypad while Alt is held.
    number: String,
    /// The kernel has thrown events away, and what comes up to the next report is torn.
    torn: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Held {
    shift_left: bool,
    shift_right: bool,
    ctrl: bool,
    alt: bool,
    alt_right: bool,
}

/// Kinds and codes of events, and keys by their numbers (Linux, `input-event-codes.h`).
mod code {
    pub(super) const SYN: u16 = 0;
    pub(super) const KEY: u16 = 1;
    pub(super) const SYN_REPORT: u16 = 0;
    pub(super) const SYN_DROPPED: u16 = 3;
    pub(super) const SIX: u16 = 7;
    pub(super) const MINUS: u16 = 12;
    pub(super) const TAB: u16 = 15;
    pub(super) const LEFT_BRACE: u16 = 26;
    pub(super) const RIGHT_BRACE: u16 = 27;
    pub(super) const ENTER: u16 = 28;
    pub(super) const BACKSLASH: u16 = 43;
    pub(super) const KEYPAD_TIMES: u16 = 55;
    pub(super) const SPACE: u16 = 57;
    pub(super) const CAPS_LOCK: u16 = 58;
    pub(super) const NUM_LOCK: u16 = 69;
    pub(super) const SCROLL_LOCK: u16 = 70;
    pub(super) const KEYPAD_ENTER: u16 = 96;
    pub(super) const KEYPAD_OVER: u16 = 98;
}

impl Held {
    fn shift(self) -> bool {
        self.shift_left || self.shift_right
    }

    fn any(self) -> bool {
        self != Self::default()
    }

    /// Notes a modifier and tells whether the key is one.
    fn note(&mut self, key: u16, down: bool) -> bool {
        match key {
            42 => self.shift_left = down,
            54 => self.shift_right = down,
            29 | 97 => self.ctrl = down,
            56 => self.alt = down,
            100 => self.alt_right = down,
            // The keys with a window or an apple on them choose no character.
            125 | 126 => {}
            _ => return false,
        }
        true
    }
}

impl KeyDecoder {
    /// Starts with no key held.
    #[must_use]
    pub fn new(layout: KeyLayout) -> Self {
        Self {
            layout,
            held: Held::default(),
            caps: false,
            accent: None,
            number: String::new(),
            torn: false,
        }
    }

    /// Takes an event and adds what it means to `typed`.
    pub fn push(&mut self, event: InputEvent, typed: &mut Vec<Typed>) {
        match (event.kind, event.code) {
            (code::SYN, code::SYN_DROPPED) => {
                // Which keys are held is not known any more. A scanner lets all of them go after
                // each code, and what comes before the code's end is not delivered.
                self.rest();
                self.torn = true;
                typed.push(Typed::Lost(LostReason::Overrun));
            }
            (code::SYN, code::SYN_REPORT) => self.torn = false,
            (code::KEY, key) if !self.torn => match event.value {
                0 => self.release(key, typed),
                1 => self.press(key, typed),
                // A key that repeats was held down too long by a slow wire, not pressed again.
                _ => {}
            },
            _ => {}
        }
    }

    /// Says that nothing came for longer than a scanner ever pauses: no key is held by then.
    pub fn rest(&mut self) {
        self.held = Held::default();
        self.caps = false;
        self.accent = None;
        self.number.clear();
    }

    fn release(&mut self, key: u16, typed: &mut Vec<Typed>) {
        let alt_was_held = self.held.alt;
        let is_modifier = self.held.note(key, false);
        if is_modifier && alt_was_held && !self.held.alt && !self.number.is_empty() {
            let number = std::mem::take(&mut self.number);
            typed.push(match by_number(&number) {
                Some(character) => Typed::Character(character),
                None => Typed::Lost(LostReason::KeyUnknown),
            });
        }
    }

    fn press(&mut self, key: u16, typed: &mut Vec<Typed>) {
        if self.held.note(key, true) {
            return;
        }
        match key {
            code::CAPS_LOCK => self.caps = !self.caps,
            code::NUM_LOCK | code::SCROLL_LOCK => {}
            code::ENTER | code::KEYPAD_ENTER => self.end('\r', typed),
            code::TAB => self.end('\t', typed),
            _ => {
                if let Some(digit) = keypad_digit(key).filter(|_| self.held.alt) {
                    self.number.push(digit);
                    return;
                }
                match self.character(key) {
                    Some((character, level)) => self.letter(character, level, typed),
                    None => typed.push(Typed::Lost(LostReason::KeyUnknown)),
                }
            }
        }
    }

    /// What ends a code is never pressed with another key held: whatever still is was let go
    /// without our hearing of it, and what came since may be another character.
    fn end(&mut self, end: char, typed: &mut Vec<Typed>) {
        if let Some(accent) = self.accent.take() {
            typed.push(Typed::Character(accent));
        }
        if self.held.any() {
            typed.push(Typed::Lost(LostReason::KeyStuck));
            self.held = Held::default();
        }
        self.number.clear();
        typed.push(Typed::Character(end));
    }

    fn character(&self, key: u16) -> Option<(char, Level)> {
        if let Some(digit) = keypad_digit(key) {
            return Some((digit, Level::Plain));
        }
        let keypad = match key {
            code::SPACE => Some(' '),
            code::KEYPAD_TIMES => Some('*'),
            code::KEYPAD_OVER => Some('/'),
            74 => Some('-'),
            78 => Some('+'),
            83 => Some('.'),
            _ => None,
        };
        if let Some(character) = keypad {
            return Some((character, Level::Plain));
        }
        let both = self.held.ctrl && self.held.alt;
        let alt_gr = self.layout.has_alt_gr() && (self.held.alt_right || both);
        if alt_gr {
            let found = self.layout.character(key, Level::AltGr)?;
            let is_control = self.held.ctrl && !both;
            let found = if is_control { control(found)? } else { found };
            return Some((found, Level::AltGr));
        }
        if self.held.alt || self.held.alt_right {
            return None;
        }
        let plain = self.layout.character(key, Level::Plain)?;
        let shift = self.layout.character(key, Level::Shift);
        // Caps Lock turns letters only, and a letter is what has a capital above it.
        let is_letter = shift.is_some_and(|above| plain.to_uppercase().eq([above]));
        let shifted = self.held.shift() != (self.caps && is_letter);
        let (found, level) = match shifted {
            true => (shift?, Level::Shift),
            false => (plain, Level::Plain),
        };
        if self.held.ctrl {
            let meant = control(found).or_else(|| control_by_place(key));
            return Some((meant?, level));
        }
        Some((found, level))
    }

    /// Types a character, behind or together with an accent that waited for it.
    fn letter(&mut self, character: char, level: Level, typed: &mut Vec<Typed>) {
        if let Some(accent) = self.accent.take() {
            if character == ' ' {
                typed.push(Typed::Character(accent));
                return;
            }
            if let Some(both) = composed(accent, character) {
                typed.push(Typed::Character(both));
                return;
            }
            typed.push(Typed::Character(accent));
            // The same accent again is how some keyboards spell it alone.
            if accent == character {
                return;
            }
        }
        if self.layout.is_dead(character, level) {
            self.accent = Some(character);
        } else {
            typed.push(Typed::Character(character));
        }
    }
}

/// The digit on a key of the keypad. Whether Num Lock is on is another keyboard's business:
/// scanners mean the digits.
fn keypad_digit(key: u16) -> Option<char> {
    let digits = [
        (71, '7'),
        (72, '8'),
        (73, '9'),
        (75, '4'),
        (76, '5'),
        (77, '6'),
        (79, '1'),
        (80, '2'),
        (81, '3'),
        (82, '0'),
    ];
    digits
        .iter()
        .find_map(|(code, digit)| (*code == key).then_some(*digit))
}

/// What Ctrl makes of a character: the control character 64 below its capital (ECMA-48, where
/// Ctrl with `]` is GS).
fn control(character: char) -> Option<char> {
    let capital = character.to_ascii_uppercase();
    ('@'..='_')
        .contains(&capital)
        .then(|| char::from(capital as u8 & 0x1F))
}

/// What Ctrl means on the keys that have these control characters on a US keyboard, whatever else
/// stands on them: scanners that know one place for GS use this one in every layout.
fn control_by_place(key: u16) -> Option<char> {
    match key {
        code::LEFT_BRACE => Some('\u{1B}'),
        code::BACKSLASH => Some('\u{1C}'),
        code::RIGHT_BRACE => Some('\u{1D}'),
        code::SIX => Some('\u{1E}'),
        code::MINUS => Some('\u{1F}'),
        _ => None,
    }
}

/// Returns the character of a number typed with Alt: ASCII, or Latin-1 where it begins with a zero.
/// Others depend on a code page nobody told us.
fn by_number(digits: &str) -> Option<char> {
    let number: u32 = digits.parse().ok()?;
    match number {
        1..=126 => char::from_u32(number),
        160..=255 if digits.starts_with('0') => char::from_u32(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
