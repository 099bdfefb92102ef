//! Reads ESC/POS the way a printer does: byte by byte, from the Epson command reference.
//!
//! It shares no code with the encoder, so that the two can be wrong only independently. It keeps
//! no paper and no state beyond the command it is reading.

mod lengths;

use counterpart_paper::Picture;

use self::lengths::{Need, need};

/// One thing a printer was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A byte of the selected character table.
    Character(u8),
    /// `LF`.
    LineFeed,
    /// `ESC @`.
    Initialise,
    /// `ESC E`.
    Bold(bool),
    /// `GS !`: cells across and down.
    Size(u8, u8),
    /// `ESC !` with its bits.
    Mode(u8),
    /// `ESC a`: 0 left, 1 centre, 2 right.
    Justify(u8),
    /// `ESC t`.
    SelectTable(u8),
    /// `ESC d`: prints and feeds lines.
    FeedLines(u8),
    /// `GS V`.
    Cut,
    /// `ESC p`: pin, on and off in units of 2 ms.
    DrawerPulse(u8, u8, u8),
    /// `GS k`: which kind, and the code as a scanner would read it.
    Barcode(SymbolKind, Vec<u8>),
    /// `GS w`.
    ModuleWidth(u8),
    /// `GS ( k` function 167: dots of a square.
    QrSquare(u8),
    /// `GS ( k` function 180: the payload.
    QrStore(Vec<u8>),
    /// `GS ( k` function 181.
    QrPrint,
    /// `GS ( H` function 48.
    ReportProcess([u8; 4]),
    /// `GS a`.
    ReportChanges(u8),
    /// `GS r`.
    TellStatus(u8),
    /// `GS I`.
    TellIdentity(u8),
    /// `GS v 0`: its dots, already as large as they are printed.
    Picture(Picture),
    /// `GS ( L` and `GS 8 L` function 112: dots that are printed later.
    GraphicsStore(Picture),
    /// `GS ( L` function 50.
    GraphicsPrint,
    /// `ESC $`: the head goes so many dots from the left.
    MoveTo(u16),
    /// `ESC \`: the head goes so many dots on, or back.
    MoveBy(i16),
    /// Understood, and without effect on a virtual printer.
    Setting,
    /// Not understood.
    Unknown(Vec<u8>),
}

/// Which symbol `GS k` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// `m` 2 or 67.
    Ean13,
    /// `m` 3 or 68.
    Ean8,
    /// `m` 73.
    Code128,
    /// Any other.
    Other(u8),
}

/// Puts commands together byte by byte.
#[derive(Debug, Default)]
pub struct Decoder {
    begun: Vec<u8>,
}

const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
const FS: u8 = 0x1C;
const DLE: u8 = 0x10;

impl Decoder {
    /// Takes one byte; returns the command it completed.
    pub fn push(&mut self, byte: u8) -> Option<Command> {
        // Most bytes are text, or dots' NULs between two jobs.
        if self.begun.is_empty() && !matches!(byte, ESC | GS | FS | DLE) {
            return understand(&[byte]);
        }
        self.begun.push(byte);
        match need(&self.begun) {
            Need::More => None,
            Need::Done => {
                let bytes = std::mem::take(&mut self.begun);
                understand(&bytes)
            }
        }
    }

    /// Returns whether a command has begun and not ended.
    pub fn is_inside_command(&self) -> bool {
        !self.begun.is_empty()
    }

    /// Forgets what has begun, as a printer does without power.
    pub fn clear(&mut self) {
        self.begun.clear();
    }
}

fn understand(bytes: &[u8]) -> Option<Command> {
    match bytes {
        [b'\n'] => Some(Command::LineFeed),
        // NUL, CR and other controls a printer in line-feed mode ignores.
        [control] if *control < 0x20 || *control == 0x7F => None,
        [character] => Some(Command::Character(*character)),
        [ESC, rest @ ..] => Some(understand_esc(bytes, rest)),
        [GS, rest @ ..] => Some(understand_gs(bytes, rest)),
        [FS, _, ..] => Some(Command::Setting),
        [DLE, ..] => Some(Command::Unknown(bytes.to_vec())),
        _ => Some(Command::Unknown(bytes.to_vec())),
    }
}

fn understand_esc(bytes: &[u8], rest: &[u8]) -> Command {
    match rest {
        [b'@'] => Command::Initialise,
        [b'E', n] => Command::Bold(n & 1 == 1),
        [b'!', n] => Command::Mode(*n),
        [b'a', n] => Command::Justify(n % 48),
        [b't', n] => Command::SelectTable(*n),
        [b'd', n] => Command::FeedLines(*n),
        [b'p', m, on, off] => Command::DrawerPulse(m % 48, *on, *off),
        [
            b'J' | b'3' | b'-' | b'M' | b'G' | b'{' | b'V' | b'R' | b' ' | b'r' | b'=' | b'%',
            _,
        ] => Command::Setting,
        [b'2' | b'S' | b'L'] => Command::Setting,
        [b'$', low, high] => Command::MoveTo(word(*low, *high)),
        [b'\\', low, high] => Command::MoveBy(i16::from_le_bytes([*low, *high])),
        [b'D' | b'c', ..] => Command::Setting,
        _ => Command::Unknown(bytes.to_vec()),
    }
}

fn understand_gs(bytes: &[u8], rest: &[u8]) -> Command {
    match rest {
        [b'!', n] => Command::Size((n >> 4 & 7) + 1, (n & 7) + 1),
        [b'V', ..] => Command::Cut,
        [b'w', n] => Command::ModuleWidth(*n),
        [b'k', kind, payload @ ..] => understand_barcode(*kind, payload),
        [b'(', b'k', _, _, 49, function, parameters @ ..] => match (function, parameters) {
            (67, [square]) => Command::QrSquare(*square),
            (80, [_, payload @ ..]) => Command::QrStore(payload.to_vec()),
            (81, _) => Command::QrPrint,
            (65 | 69, _) => Command::Setting,
            _ => Command::Unknown(bytes.to_vec()),
        },
        [b'(', b'H', 6, 0, 48, 48, a, b, c, d] => Command::ReportProcess([*a, *b, *c, *d]),
        [b'(', b'L', _, _, function @ ..] | [b'8', b'L', _, _, _, _, function @ ..] => {
            understand_graphics(function).unwrap_or_else(|| Command::Unknown(bytes.to_vec()))
        }
        [b'a', n] => Command::ReportChanges(*n),
        [b'r', n] => Command::TellStatus(n % 48),
        [b'I', n] => Command::TellIdentity(*n),
        [b'v', b'0', mode, xl, xh, _, _, dots @ ..] => {
            understand_picture(*mode, word(*xl, *xh), dots)
                .unwrap_or_else(|| Command::Unknown(bytes.to_vec()))
        }
        [b'h' | b'H' | b'f' | b'B' | b'b', _] => Command::Setting,
        [b'L' | b'W' | b'P', _, _] => Command::Setting,
        _ => Command::Unknown(bytes.to_vec()),
    }
}

fn understand_barcode(kind: u8, payload: &[u8]) -> Command {
    // Function A ends with NUL, function B begins with its length.
    let (symbol, code) = match kind {
        0..=6 => (kind, payload.strip_suffix(&[0]).unwrap_or(payload)),
        _ => (kind.wrapping_sub(65), payload.get(1..).unwrap_or_default()),
    };
    match symbol {
        2 => Command::Barcode(SymbolKind::Ean13, checked(code, 12)),
        3 => Command::Barcode(SymbolKind::Ean8, checked(code, 7)),
        8 => Command::Barcode(SymbolKind::Code128, read_code128(code)),
        _ => Command::Barcode(SymbolKind::Other(kind), code.to_vec()),
    }
}

/// Adds the check digit to an EAN of `digits` digits that came without it, as a printer does.
fn checked(code: &[u8], digits: usize) -> Vec<u8> {
    let mut whole = code.to_vec();
    if code.len() == digits && code.iter().all(u8::is_ascii_digit) {
        // The digit beside the check digit counts three times, the next once, and so on.
        let weighed = code.iter().rev().enumerate();
        let weighed = weighed.map(|(place, digit)| {
            let weight = if place % 2 == 0 { 3 } else { 1 };
            weight * u32::from(digit - b'0')
        });
        let check = (10 - weighed.sum::<u32>() % 10) % 10;
        whole.extend(check.to_string().into_bytes());
    }
    whole
}

/// Reads the functions of `GS ( L`: dots in one colour, and the order to print them.
fn understand_graphics(function: &[u8]) -> Option<Command> {
    match function {
        [48, 112, 48, across, down, _, xl, xh, _, _, dots @ ..] => {
            let width = usize::from(word(*xl, *xh));
            let rows = Picture::of_rows(width, dots.to_vec())?;
            let times = (usize::from(*across).max(1), usize::from(*down).max(1));
            Some(Command::GraphicsStore(enlarged(rows, times)))
        }
        [48, 2 | 50] => Some(Command::GraphicsPrint),
        _ => None,
    }
}

/// Reads the sets `{A`, `{B`, `{C` and `{{` of CODE128 data.
fn read_code128(code: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut pairs = false;
    let mut bytes = code.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => match bytes.next() {
                Some(b'C') => pairs = true,
                Some(b'A' | b'B') => pairs = false,
                Some(b'1') => read.push(GS),
                Some(other) => read.push(other),
                None => {}
            },
            pair if pairs => read.extend(format!("{pair:02}").into_bytes()),
            single => read.push(single),
        }
    }
    read
}

/// Bit 0 of the mode is every dot twice across, bit 1 twice down.
fn understand_picture(mode: u8, bytes_across: u16, dots: &[u8]) -> Option<Command> {
    let read = Picture::of_rows(8 * usize::from(bytes_across), dots.to_vec())?;
    let times = (1 + usize::from(mode & 1), 1 + usize::from(mode >> 1 & 1));
    Some(Command::Picture(enlarged(read, times)))
}

/// Returns a picture with each dot so many times across and down.
fn enlarged(read: Picture, (across, down): (usize, usize)) -> Picture {
    if (across, down) == (1, 1) {
        return read;
    }
    let mut large = Picture::blank(read.width() * across, read.height() * down);
    for (column, row) in read.dots() {
        for dot in 0..across * down {
            large.darken(column * across + dot % across, row * down + dot / across);
        }
    }
    large
}

fn word(low: u8, high: u8) -> u16 {
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests;
