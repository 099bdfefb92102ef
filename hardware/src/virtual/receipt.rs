//! A piece of paper that came off a virtual printer: its lines, and it as text and picture.
//!
//! What stands on it was decoded from bytes; only the drawing is the paper crate's.

use counterpart_paper::{Align, Barcode, Document, Face, Qr, Style, svg, text};

use super::decoder::SymbolKind;

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
    /// A picture of so many dots.
    Picture {
        /// Across.
        width: u16,
        /// Down.
        height: u16,
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
    /// It as a picture.
    pub svg: String,
    /// It came in one go over one connection, with nothing lost, and was cut.
    pub complete: bool,
}

impl PrintedReceipt {
    pub(super) fn new(
        number: u64,
        lines: Vec<PrintedLine>,
        complete: bool,
        columns: usize,
    ) -> Self {
        let document = redraw(&lines);
        let (text, svg) = (text(&document, columns), svg(&document, columns));
        Self {
            number,
            lines,
            text,
            svg,
            complete,
        }
    }
}

/// Draws what was decoded; a symbol the paper crate refuses is shown as its code.
fn redraw(lines: &[PrintedLine]) -> Document {
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
            PrintedLine::Picture { width, height } => {
                document.centred(&format!("[picture {width} x {height} dots]"));
            }
        }
    }
    document
}
