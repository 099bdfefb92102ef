//! Cuts a stream of bytes into codes, and says what was lost rather than deliver a part.
//!
//! Pure: the time of each read is an argument, in milliseconds of any monotonic clock.

use std::fmt;
use std::time::Duration;

/// How a code begins and ends on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// The byte before each code, often STX (0x02); nothing where there is none.
    pub prefix: Option<u8>,
    /// What comes after each code.
    pub end: FrameEnd,
    /// A pause this long ends a code, rightly ([`FrameEnd::Gap`]) or as lost.
    pub gap: Duration,
    /// The longest code in bytes, identifier included.
    pub length_max: usize,
}

/// What comes after each code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameEnd {
    /// CR, LF or both.
    LineEnd,
    /// One byte, often ETX (0x03) or HT (0x09).
    Byte(u8),
    /// Nothing: a pause ends it. The last resort, since a slow line looks like two codes.
    Gap,
}

/// What came out of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framed {
    /// A whole code, identifier included.
    Code(String),
    /// Something that is not delivered.
    Lost(LostReason),
}

/// Why something read is not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LostReason {
    /// It never ended: longer than any code.
    TooLong,
    /// It stopped before its end.
    Unfinished,
    /// Another code began before it ended.
    Interrupted,
    /// It has bytes no code has: a wrong line speed or a bad cable.
    Garbled,
    /// It had no beginning.
    NoBeginning,
    /// The scanner went away in the middle.
    DeviceGone,
    /// The same code came again too soon to be a second piece.
    ReadTwice,
    /// The machine was too busy to take all of what the scanner typed.
    Overrun,
    /// The scanner pressed a key on which its layout has no character.
    KeyUnknown,
    /// A key such as Shift was still held at the end: what came before may be another character.
    KeyStuck,
}

/// Cuts a stream of bytes into codes.
#[derive(Debug)]
pub struct Framer {
    framing: Framing,
    state: State,
    bytes: Vec<u8>,
    last_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Inside,
    /// The rest of something already reported as lost.
    Skipping,
}

const CR: u8 = 0x0D;
const LF: u8 = 0x0A;

impl Default for Framing {
    /// CR or LF, 50 ms, 4096 bytes: what scanners are delivered with, the pause of a serial line
    /// and more than any 2D symbol holds in a shop (evidence behind `DESIGN.md`, section 9).
    fn default() -> Self {
        Self {
            prefix: None,
            end: FrameEnd::LineEnd,
            gap: Duration::from_millis(50),
            length_max: 4096,
        }
    }
}

impl Framer {
    /// Starts at the beginning of a stream.
    pub fn new(framing: Framing) -> Self {
        Self {
            framing,
            state: State::Waiting,
            bytes: Vec::new(),
            last_ms: 0,
        }
    }

    /// Takes the bytes that came in at `at_ms` and adds what they completed to `found`.
    pub fn push(&mut self, bytes: &[u8], at_ms: u64, found: &mut Vec<Framed>) {
        self.expire(at_ms, found);
        for byte in bytes {
            self.push_byte(*byte, found);
        }
        self.last_ms = at_ms;
    }

    /// Ends what a pause up to `at_ms` ends.
    pub fn expire(&mut self, at_ms: u64, found: &mut Vec<Framed>) {
        if self.deadline_ms().is_none_or(|deadline| at_ms < deadline) {
            return;
        }
        match (self.state, self.framing.end) {
            (State::Inside, FrameEnd::Gap) => self.finish(found),
            (State::Inside, FrameEnd::LineEnd | FrameEnd::Byte(_)) => {
                self.lose(LostReason::Unfinished, found);
            }
            (State::Waiting | State::Skipping, _) => {}
        }
        self.start_over();
    }

    /// Returns when [`Framer::expire`] has to be called, if nothing comes before.
    pub fn deadline_ms(&self) -> Option<u64> {
        let gap_ms = u64::try_from(self.framing.gap.as_millis()).unwrap_or(u64::MAX);
        (self.state != State::Waiting).then(|| self.last_ms.saturating_add(gap_ms))
    }

    /// Says that something went wrong with what comes in at `at_ms`: no part of it is delivered, up
    /// to its end or a pause. What was reported as lost already is not reported again.
    pub fn break_off(&mut self, reason: LostReason, at_ms: u64, found: &mut Vec<Framed>) {
        self.expire(at_ms, found);
        if self.state != State::Skipping {
            self.skip(reason, found);
        }
        self.last_ms = at_ms;
    }

    /// Says that the stream ended in the middle of whatever it was.
    pub fn gone(&mut self, found: &mut Vec<Framed>) {
        if self.state == State::Inside {
            self.lose(LostReason::DeviceGone, found);
        }
        self.start_over();
    }

    fn push_byte(&mut self, byte: u8, found: &mut Vec<Framed>) {
        if self.is_end(byte) {
            if self.state == State::Inside {
                self.finish(found);
            }
            return self.start_over();
        }
        if self.framing.prefix == Some(byte) {
            if self.state == State::Inside {
                self.lose(LostReason::Interrupted, found);
            }
            self.start_over();
            self.state = State::Inside;
            return;
        }
        match self.state {
            State::Skipping => {}
            // Line ends between frames come from scanners set to send both.
            State::Waiting if self.framing.prefix.is_some() && matches!(byte, CR | LF) => {}
            State::Waiting if self.framing.prefix.is_some() => {
                self.skip(LostReason::NoBeginning, found);
            }
            State::Waiting | State::Inside if self.bytes.len() >= self.framing.length_max => {
                self.skip(LostReason::TooLong, found);
            }
            State::Waiting | State::Inside => {
                self.state = State::Inside;
                self.bytes.push(byte);
            }
        }
    }

    fn is_end(&self, byte: u8) -> bool {
        match self.framing.end {
            FrameEnd::LineEnd => matches!(byte, CR | LF),
            FrameEnd::Byte(end) => byte == end,
            FrameEnd::Gap => false,
        }
    }

    fn finish(&mut self, found: &mut Vec<Framed>) {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            return;
        }
        match String::from_utf8(bytes) {
            Ok(code) if code.chars().all(belongs_to_a_code) => found.push(Framed::Code(code)),
            Ok(_) | Err(_) => found.push(Framed::Lost(LostReason::Garbled)),
        }
    }

    fn lose(&self, reason: LostReason, found: &mut Vec<Framed>) {
        found.push(Framed::Lost(reason));
    }

    /// Reports a loss at once and stays quiet until it ends: noise is one event, not thousands.
    fn skip(&mut self, reason: LostReason, found: &mut Vec<Framed>) {
        self.lose(reason, found);
        self.bytes.clear();
        self.state = State::Skipping;
    }

    fn start_over(&mut self) {
        self.bytes.clear();
        self.state = State::Waiting;
    }
}

/// EOT, FS, GS, RS and US stand in GS1 and ISO/IEC 15434 messages; other controls are noise.
fn belongs_to_a_code(character: char) -> bool {
    matches!(character, '\u{4}' | '\u{1C}'..='\u{1F}') || !character.is_control()
}

impl fmt::Display for LostReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLong => "the read never ended, scan again",
            Self::Unfinished => "only a part of the code was read, scan again",
            Self::Interrupted => "two codes ran into each other, scan again",
            Self::Garbled => "the code arrived garbled, check the scanner's cable and speed",
            Self::NoBeginning => "the beginning of the code is missing, scan again",
            Self::DeviceGone => "the scanner was unplugged in the middle of a code",
            Self::ReadTwice => "the same code came twice at once, the second was ignored",
            Self::Overrun => "a part of the code was lost on its way, scan again",
            Self::KeyUnknown => {
                "the scanner pressed a key that means nothing here, check its keyboard layout"
            }
            Self::KeyStuck => "a shift key of the scanner was stuck, scan again",
        })
    }
}

#[cfg(test)]
mod tests;
