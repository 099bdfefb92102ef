//! Where ink meets paper: commands become lines, and a cut ends a receipt.
//!
//! It knows nothing of connections, buffers and faults; they decide which commands arrive.

use std::sync::Arc;

use counterpart_paper::{Align, Face, Paper, cells};
use oem_cp::code_table::DECODING_TABLE_CP_MAP;

use super::decoder::Command;
use super::reading::read_line;
use super::receipt::{PrintedLine, PrintedReceipt};

/// How a receipt comes off the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperEnd {
    /// A cutter cuts it when told to.
    #[default]
    Cutter,
    /// A person tears it off once it is fed out.
    TearBar,
}

/// The paper under the print head.
#[derive(Debug)]
pub(super) struct Platen {
    paper: Paper,
    end: PaperEnd,
    lines: Vec<PrintedLine>,
    line: String,
    line_cells: usize,
    face: Face,
    line_face: Face,
    align: Align,
    table: u8,
    module_dots: u8,
    qr_square: u8,
    qr_payload: Vec<u8>,
    torn: bool,
    pieces: u64,
}

/// What a command did to the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing to see.
    None,
    /// One line more.
    Line,
    /// A piece came off.
    Piece(Arc<PrintedReceipt>),
}

impl Platen {
    pub(super) fn new(paper: Paper, end: PaperEnd) -> Self {
        Self {
            paper,
            end,
            lines: Vec::new(),
            line: String::new(),
            line_cells: 0,
            face: Face::default(),
            line_face: Face::default(),
            align: Align::Left,
            table: 0,
            module_dots: 3,
            qr_square: 3,
            qr_payload: Vec::new(),
            torn: false,
            pieces: 0,
        }
    }

    /// Does what a command says; commands that print nothing are the machine's.
    pub(super) fn obey(&mut self, command: &Command) -> Effect {
        match command {
            Command::Character(byte) => self.character(*byte),
            Command::LineFeed => self.end_line(),
            // At a tear bar somebody takes the receipt once it is fed past it.
            Command::FeedLines(count) if self.end == PaperEnd::TearBar && *count >= 4 => self.cut(),
            Command::FeedLines(count) => {
                let first = self.end_line();
                for _ in 1..*count {
                    self.end_line();
                }
                first
            }
            Command::Barcode(kind, code) => self.symbol(PrintedLine::Barcode {
                kind: *kind,
                code: String::from_utf8_lossy(code).into_owned(),
                module_dots: self.module_dots,
            }),
            Command::QrPrint => self.symbol(PrintedLine::Qr {
                payload: String::from_utf8_lossy(&self.qr_payload).into_owned(),
                module_dots: self.qr_square,
            }),
            Command::Picture(picture) => self.symbol(PrintedLine::Picture {
                words: read_line(picture),
                picture: picture.clone(),
                align: self.align,
            }),
            Command::Cut => self.cut(),
            other => {
                self.adjust(other);
                Effect::None
            }
        }
    }

    /// Something was lost or interrupted: the piece under the head is not whole.
    pub(super) fn tear(&mut self) {
        if !self.is_blank() {
            self.torn = true;
        }
    }

    /// Without power the line not yet printed is lost, and so are all settings.
    pub(super) fn lose_power(&mut self) {
        if !self.line.is_empty() {
            self.torn = true;
        }
        self.tear();
        self.initialise();
    }

    /// Returns whether nothing has been printed since the last cut.
    pub(super) fn is_blank(&self) -> bool {
        self.lines.is_empty() && self.line.is_empty()
    }

    /// Returns what hangs out of the printer.
    pub(super) fn unfinished(&self) -> Option<PrintedReceipt> {
        let complete = false;
        (!self.lines.is_empty()).then(|| self.receipt(self.lines.clone(), complete))
    }

    /// Changes how what follows is printed.
    fn adjust(&mut self, command: &Command) {
        match command {
            Command::Initialise => self.initialise(),
            Command::Bold(on) => self.face.bold = *on,
            Command::Size(across, down) => {
                (self.face.wide, self.face.tall) = (*across > 1, *down > 1);
            }
            Command::Mode(bits) => {
                let on = |place: u8| bits >> place & 1 == 1;
                self.face = Face {
                    bold: on(3),
                    tall: on(4),
                    wide: on(5),
                };
            }
            Command::Justify(1) => self.align = Align::Centre,
            Command::Justify(2) => self.align = Align::Right,
            Command::Justify(_) => self.align = Align::Left,
            Command::SelectTable(n) => self.table = *n,
            Command::ModuleWidth(dots) => self.module_dots = *dots,
            Command::QrSquare(dots) => self.qr_square = *dots,
            Command::QrStore(payload) => self.qr_payload.clone_from(payload),
            Command::Character(_)
            | Command::LineFeed
            | Command::FeedLines(_)
            | Command::Cut
            | Command::Barcode(..)
            | Command::QrPrint
            | Command::Picture(..)
            | Command::DrawerPulse(..)
            | Command::ReportProcess(_)
            | Command::ReportChanges(_)
            | Command::TellStatus(_)
            | Command::TellIdentity(_)
            | Command::Setting
            | Command::Unknown(_) => {}
        }
    }

    fn initialise(&mut self) {
        self.line.clear();
        self.line_cells = 0;
        self.face = Face::default();
        self.line_face = Face::default();
        self.align = Align::Left;
        self.table = 0;
        self.module_dots = 3;
        self.qr_square = 3;
        self.qr_payload.clear();
    }

    fn character(&mut self, byte: u8) -> Effect {
        let character = self.decode(byte);
        let width = cells(character) * if self.face.wide { 2 } else { 1 };
        // A printer breaks a line that is full by itself.
        let effect = if self.line_cells + width > self.paper.columns {
            self.end_line()
        } else {
            Effect::None
        };
        if self.line.is_empty() {
            self.line_face = self.face;
        }
        self.line.push(character);
        self.line_cells += width;
        effect
    }

    fn decode(&self, byte: u8) -> char {
        if byte < 0x80 {
            return char::from(byte);
        }
        if self.table == WINDOWS_1252 {
            return windows(byte);
        }
        let page = page_of_table(self.table).unwrap_or(437);
        let table = DECODING_TABLE_CP_MAP
            .get(&page)
            .expect("each page listed has a table");
        table.decode_char_checked(byte).unwrap_or('\u{FFFD}')
    }

    fn end_line(&mut self) -> Effect {
        let text = std::mem::take(&mut self.line)
            .trim_end_matches(' ')
            .to_owned();
        let face = if text.is_empty() {
            Face::default()
        } else {
            self.line_face
        };
        self.line_cells = 0;
        self.lines.push(PrintedLine::Text {
            text,
            face,
            align: self.align,
        });
        Effect::Line
    }

    fn symbol(&mut self, symbol: PrintedLine) -> Effect {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.lines.push(symbol);
        Effect::Line
    }

    fn cut(&mut self) -> Effect {
        if !self.line.is_empty() {
            self.end_line();
        }
        let lines = std::mem::take(&mut self.lines);
        let torn = std::mem::take(&mut self.torn);
        // A strip without ink falls into the bin; nobody counts it as a receipt.
        if lines.is_empty() {
            return Effect::None;
        }
        self.pieces += 1;
        Effect::Piece(Arc::new(self.receipt(lines, !torn)))
    }

    fn receipt(&self, lines: Vec<PrintedLine>, complete: bool) -> PrintedReceipt {
        PrintedReceipt::new(self.pieces, lines, complete, self.paper.columns)
    }
}

/// Table 16 of the same reference is Windows-1252, which is no OEM page.
const WINDOWS_1252: u8 = 16;

/// What a byte of Windows-1252 prints: Latin-1, but for thirty-two places.
fn windows(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x82 => '‚',
        0x83 => 'ƒ',
        0x84 => '„',
        0x85 => '…',
        0x86 => '†',
        0x87 => '‡',
        0x88 => 'ˆ',
        0x89 => '‰',
        0x8A => 'Š',
        0x8B => '‹',
        0x8C => 'Œ',
        0x8E => 'Ž',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x98 => '˜',
        0x99 => '™',
        0x9A => 'š',
        0x9B => '›',
        0x9C => 'œ',
        0x9E => 'ž',
        0x9F => 'Ÿ',
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D => '\u{FFFD}',
        latin => char::from(latin),
    }
}

/// The numbers of `ESC t` a TM-T20III knows (Epson command reference, "Select character code
/// table"); written from the reference, not from the encoder's profile.
fn page_of_table(table: u8) -> Option<u16> {
    Some(match table {
        0 => 437,
        2 => 850,
        3 => 860,
        4 => 863,
        5 => 865,
        13 => 857,
        14 => 737,
        17 => 866,
        18 => 852,
        19 => 858,
        33 => 775,
        34 => 855,
        35 => 861,
        36 => 862,
        37 => 864,
        38 => 869,
        _ => return None,
    })
}
