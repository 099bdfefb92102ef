//! The document as plain text: for mail, for reading aloud, for golden tests.
//!
//! Symbols are named, not drawn; looks are lost.

use crate::grid::{COLUMNS_MIN, GridLine, runs, symbology_name};
use crate::{Document, Style, Words};

/// Renders a document as lines of at most `columns` characters, each ended by a line feed.
pub fn text(document: &Document, columns: usize) -> String {
    let columns = columns.max(COLUMNS_MIN);
    let mut page = String::new();
    let lines = document.grid(columns);
    let last = lines.len().saturating_sub(1);
    for (place, line) in lines.iter().enumerate() {
        match line {
            GridLine::Text { text, face } => {
                if face.wide {
                    push_line(&mut page, &narrowed(text, columns));
                } else {
                    push_line(&mut page, text);
                }
            }
            GridLine::Barcode { barcode, .. } => {
                let name = symbology_name(barcode.symbology());
                push_centred(&mut page, &format!("[{name} {}]", barcode.code()), columns);
            }
            GridLine::Qr { qr, .. } => {
                push_centred(&mut page, &format!("[QR {}]", qr.payload()), columns);
            }
            GridLine::Picture { .. } => push_centred(&mut page, "[picture]", columns),
            GridLine::Cut if place == last => {}
            GridLine::Cut => push_line(&mut page, "- ".repeat(columns / 2).trim_end()),
        }
    }
    page
}

/// Sets wide text at normal width: what stood at an edge stays there, the rest keeps its middle.
fn narrowed(text: &str, columns: usize) -> String {
    let mut line = String::new();
    let mut filled = 0;
    for (column, piece) in runs(text) {
        let length = Words::new(piece).cells();
        let (from, to) = (column * 2, (column + length) * 2);
        let start = match (from, to) {
            (0, _) => 0,
            (_, to) if to + 1 >= columns => columns - length,
            _ => from + length / 2,
        };
        line.push_str(&" ".repeat(start - filled));
        line.push_str(piece);
        filled = start + length;
    }
    line
}

fn push_centred(page: &mut String, text: &str, columns: usize) {
    let mut block = Document::new();
    block.styled(text, Style::centred());
    for line in block.grid(columns) {
        if let GridLine::Text { text, .. } = line {
            push_line(page, &text);
        }
    }
}

fn push_line(page: &mut String, line: &str) {
    page.push_str(line);
    page.push('\n');
}
