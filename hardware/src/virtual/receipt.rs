//! A piece of paper that came off a virtual printer: its lines, and it as text and picture.
//!
//! What stands on it was decoded from bytes; only the drawing is the paper crate's.

use counterpart_paper::{Align, Barcode, Document, Face, Picture, Qr, Style, svg, text};

use super::decoder::SymbolKind;
use super::drawing;

/// One line as a customer would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintedLine {
    /// Characters.
    Text {
        /// What stands there, without spaces at the end.
        text: String,
        /// How it looks.
        face: Face,
        /// Where the printer was told to put it.
        align: Align,
    },
    /// A barcode.
    Barcode {
        /// Which rules it follows.
        kind: SymbolKind,
        /// What a scanner would read.
        code: String,
        /// Width of one module in dots.
        module_dots: u8,
    },
    /// A QR code.
    Qr {
        /// What a scanner would read.
        payload: String,
        /// Width of one square in dots.
        module_dots: u8,
    },
    /// Dots: a logo, or a line of text in letters the printer has not.
    Picture {
        /// The dots.
        picture: Picture,
        /// Where the printer was told to put it.
        align: Align,
        /// What a person reads there, if it is a line of text, and how it looks.
        words: Option<(String, Face)>,
    },
}

/// One piece of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedReceipt {
    /// Counts pieces from 1.
    pub number: u64,
    /// Its lines.
    pub lines: Vec<PrintedLine>,
    /// It as plain text.
    pub text: String,
    /// It as a picture; lines that came in dots are drawn in them.
    pub svg: String,
    /// It came in one go over one connection, with nothing lost, and was cut.
    pub complete: bool,
    columns: usize,
}

impl PrintedReceipt {
    pub(super) fn new(
        number: u64,
        lines: Vec<PrintedLine>,
        complete: bool,
        columns: usize,
    ) -> Self {
        let lines = joined(lines);
        let text = text(&redraw(&lines, Drawn::Read), columns);
        let svg = svg(&redraw(&lines, Drawn::AsDots), columns);
        Self {
            number,
            lines,
            text,
            svg,
            complete,
            columns,
        }
    }

    /// Returns it as a PNG file, a dot of the head a dot of the picture.
    pub fn png(&self) -> Vec<u8> {
        drawing::png(&drawing::draw(&self.lines, self.columns))
    }
}

/// Puts together a picture that came in pieces, one below the other.
fn joined(lines: Vec<PrintedLine>) -> Vec<PrintedLine> {
    let mut whole: Vec<PrintedLine> = Vec::with_capacity(lines.len());
    for line in lines {
        match (whole.last_mut(), &line) {
            (
                Some(PrintedLine::Picture {
                    picture: above,
                    align: Align::Left,
                    words: None,
                }),
                PrintedLine::Picture {
                    picture: below,
                    align: Align::Left,
                    words: None,
                },
            ) if above.width() == below.width() => {
                let rows = [above.rows(), below.rows()].concat();
                *above = Picture::of_rows(above.width(), rows).expect("both are whole rows");
            }
            _ => whole.push(line),
        }
    }
    whole
}

/// How a line that came in dots is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawn {
    /// As what a person reads there.
    Read,
    /// As it came.
    AsDots,
}

/// Draws what was decoded; a symbol the paper crate refuses is shown as its code.
fn redraw(lines: &[PrintedLine], drawn: Drawn) -> Document {
    let mut document = Document::new();
    for line in lines {
        match line {
            PrintedLine::Text { text, face, align } => {
                document.styled(
                    text,
                    Style {
                        face: *face,
                        align: *align,
                    },
                );
            }
            PrintedLine::Barcode { kind, code, .. } => {
                let barcode = match kind {
                    SymbolKind::Ean13 => Barcode::ean13(code).ok(),
                    SymbolKind::Ean8 => Barcode::ean8(code).ok(),
                    SymbolKind::Code128 => Barcode::code128(code).ok(),
                    SymbolKind::Other(_) => None,
                };
                match barcode {
                    Some(barcode) => document.barcode(barcode),
                    None => document.centred(code),
                };
            }
            PrintedLine::Qr { payload, .. } => {
                match Qr::new(payload) {
                    Ok(qr) => document.qr(qr),
                    Err(_) => document.centred(payload),
                };
            }
            PrintedLine::Picture {
                picture,
                align,
                words,
            } => {
                match words {
                    Some((text, face)) if drawn == Drawn::Read => {
                        let (face, align) = (*face, Align::Left);
                        document.styled(text, Style { face, align })
                    }
                    Some(_) | None => document.picture_at(picture.clone(), *align),
                };
            }
        }
    }
    document
}
