//! Where ink meets paper: commands become lines, and a cut ends a receipt.
//!
//! It knows nothing of connections, buffers and faults; they decide which commands arrive.

use std::sync::Arc;

use counterpart_paper::{Align, Face, Paper, Picture, cells};

use super::decoder::Command;
use super::reading::read_line;
use super::receipt::{PrintedLine, PrintedReceipt};
use super::tables;

/// Dots of the head that a character of font A takes across.
const CELL_DOTS: usize = 12;

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
    /// Where the next character goes, in dots from the left.
    head_dots: usize,
    face: Face,
    line_face: Face,
    align: Align,
    table: u8,
    module_dots: u8,
    qr_square: u8,
    qr_payload: Vec<u8>,
    /// Dots that wait for the command that prints them.
    graphics: Option<Picture>,
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
            head_dots: 0,
            face: Face::default(),
            line_face: Face::default(),
            align: Align::Left,
            table: 0,
            module_dots: 3,
            qr_square: 3,
            qr_payload: Vec::new(),
            graphics: None,
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
            Command::Picture(picture) => self.picture(picture.clone()),
            Command::GraphicsPrint => match self.graphics.take() {
                Some(picture) => self.picture(picture),
                None => Effect::None,
            },
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
            // A printer stays with its table when it is told one it has not.
            Command::SelectTable(n) if tables::has(*n) => self.table = *n,
            Command::SelectTable(_) => {}
            Command::MoveTo(dots) => self.head_dots = usize::from(*dots),
            Command::MoveBy(dots) => {
                self.head_dots = self.head_dots.saturating_add_signed(isize::from(*dots));
            }
            Command::GraphicsStore(picture) => self.graphics = Some(picture.clone()),
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
            | Command::GraphicsPrint
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
        (self.line_cells, self.head_dots) = (0, 0);
        self.graphics = None;
        self.face = Face::default();
        self.line_face = Face::default();
        self.align = Align::Left;
        self.table = 0;
        self.module_dots = 3;
        self.qr_square = 3;
        self.qr_payload.clear();
    }

    fn character(&mut self, byte: u8) -> Effect {
        let character = tables::decode(self.table, byte);
        let across = if self.face.wide { 2 } else { 1 };
        // Paper it was moved past stays white. What would be printed over stands beside it.
        while self.line_cells + across <= self.head_dots / CELL_DOTS {
            self.line.push(' ');
            self.line_cells += across;
        }
        let width = cells(character) * across;
        // A printer breaks a line that is full by itself.
        let effect = if self.line_cells + width > self.paper.columns {
            self.end_line()
        } else {
            Effect::None
        };
        if self.line.trim_end().is_empty() {
            self.line_face = self.face;
        }
        self.line.push(character);
        self.line_cells += width;
        self.head_dots = self.line_cells * CELL_DOTS;
        effect
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
        (self.line_cells, self.head_dots) = (0, 0);
        self.lines.push(PrintedLine::Text {
            text,
            face,
            align: self.align,
        });
        Effect::Line
    }

    fn picture(&mut self, picture: Picture) -> Effect {
        self.symbol(PrintedLine::Picture {
            words: read_line(&picture),
            picture,
            align: self.align,
        })
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
