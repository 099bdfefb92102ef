//! The one layout pass: blocks become lines of at most the paper's width.
//!
//! Text, SVG and ESC/POS print these lines and decide nothing about them, so that what is seen
//! on the screen is what comes out of the printer.

use crate::{Align, Barcode, Block, Face, Picture, Qr, RuleKind, Style, Symbology, Words, cells};

/// The narrowest paper laid out for; amounts would not fit less.
pub const COLUMNS_MIN: usize = 16;

/// Dots of one column: font A is 12 dots wide (TM-T20III technical reference).
pub(crate) const CELL_DOTS: usize = 12;

/// One line as it stands on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GridLine {
    /// A line of characters; spaces on the left already place it.
    Text {
        /// The characters, without spaces at the end.
        text: String,
        /// How they look.
        face: Face,
    },
    /// A barcode in the middle, its code below it.
    Barcode {
        /// The barcode.
        barcode: Barcode,
        /// Width of one module in dots.
        module_dots: u8,
    },
    /// A QR code in the middle.
    Qr {
        /// The QR code.
        qr: Qr,
        /// Width of one square in dots.
        module_dots: u8,
    },
    /// A picture, no wider than the paper.
    Picture {
        /// Its dots.
        picture: Picture,
        /// White dots on its left.
        before_dots: usize,
    },
    /// The end of a piece of paper.
    Cut,
}

impl GridLine {
    /// Returns how many cells of the paper the line takes; a symbol takes none.
    pub fn cells(&self) -> usize {
        match self {
            Self::Text { text, face } => {
                let normal: usize = text.chars().map(cells).sum();
                if face.wide { normal * 2 } else { normal }
            }
            Self::Barcode { .. } | Self::Qr { .. } | Self::Picture { .. } | Self::Cut => 0,
        }
    }
}

/// Lays blocks out on paper of `columns` characters.
pub(crate) fn lay_out(blocks: &[Block], columns: usize) -> Vec<GridLine> {
    let columns = columns.max(COLUMNS_MIN);
    let mut lines = Vec::with_capacity(blocks.len());
    for block in blocks {
        match block {
            Block::Text { words, style } => lay_text(words, *style, columns, &mut lines),
            Block::Columns { left, right, style } => {
                lay_columns(left, right, style.face, columns, &mut lines);
            }
            Block::Rule(kind) => {
                let stroke = match kind {
                    RuleKind::Single => "-",
                    RuleKind::Double => "=",
                };
                lines.push(text_line(stroke.repeat(columns), Face::default()));
            }
            Block::Barcode(barcode) => lay_barcode(barcode, columns, &mut lines),
            Block::Qr(qr) => {
                let module_dots = qr.module_dots(columns * CELL_DOTS);
                lines.push(GridLine::Qr {
                    qr: qr.clone(),
                    module_dots,
                });
            }
            Block::Picture { picture, align } => {
                lines.push(lay_picture(picture, *align, columns * CELL_DOTS));
            }
            Block::Feed(count) => {
                let empty = text_line(String::new(), Face::default());
                lines.extend(std::iter::repeat_n(empty, usize::from(*count)));
            }
            Block::Cut => lines.push(GridLine::Cut),
        }
    }
    lines
}

fn lay_text(words: &Words, style: Style, columns: usize, lines: &mut Vec<GridLine>) {
    let room = room(columns, style.face);
    for piece in wrap(words.as_str(), room) {
        let free = room - width(&piece).min(room);
        let before = before(free, style.align);
        lines.push(text_line(
            format!("{}{piece}", " ".repeat(before)),
            style.face,
        ));
    }
}

/// The value stands on the label's last line: the eye finds it under the one before.
fn lay_columns(left: &Words, right: &Words, face: Face, columns: usize, lines: &mut Vec<GridLine>) {
    let room = room(columns, face);
    let value_cells = right.cells();
    // A value that leaves less than a third for its label gets its own line below it.
    if value_cells + 1 + room / 3 > room {
        if !left.as_str().is_empty() {
            lay_text(
                left,
                Style {
                    face,
                    align: Align::Left,
                },
                columns,
                lines,
            );
        }
        return lay_text(
            right,
            Style {
                face,
                align: Align::Right,
            },
            columns,
            lines,
        );
    }
    let label_room = room - value_cells - usize::from(value_cells > 0);
    let mut label = wrap(left.as_str(), label_room);
    let last = label.pop().expect("wrapping always gives a line");
    for piece in label {
        lines.push(text_line(piece, face));
    }
    let gap = room - value_cells - width(&last);
    lines.push(text_line(format!("{last}{}{right}", " ".repeat(gap)), face));
}

/// A barcode too wide to be scanned from this paper is printed as text, never as unreadable bars.
fn lay_barcode(barcode: &Barcode, columns: usize, lines: &mut Vec<GridLine>) {
    match barcode.module_dots(columns * CELL_DOTS) {
        Some(module_dots) => lines.push(GridLine::Barcode {
            barcode: barcode.clone(),
            module_dots,
        }),
        None => lay_text(
            &Words::new(barcode.caption()),
            Style::centred(),
            columns,
            lines,
        ),
    }
}

fn lay_picture(picture: &Picture, align: Align, paper_dots: usize) -> GridLine {
    let picture = picture.within(paper_dots);
    let before_dots = before(paper_dots - picture.width(), align);
    GridLine::Picture {
        picture,
        before_dots,
    }
}

fn before(free: usize, align: Align) -> usize {
    match align {
        Align::Left => 0,
        Align::Centre => free / 2,
        Align::Right => free,
    }
}

fn room(columns: usize, face: Face) -> usize {
    if face.wide { columns / 2 } else { columns }
}

fn text_line(mut text: String, face: Face) -> GridLine {
    text.truncate(text.trim_end_matches(' ').len());
    GridLine::Text { text, face }
}

fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

/// Breaks at spaces, words longer than a line anywhere; later lines keep the first one's indent.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    // What fits stays as it is, the spaces inside it too.
    if width(text) <= room {
        return vec![text.trim_end_matches(' ').to_owned()];
    }
    let indent = text.len() - text.trim_start_matches(' ').len();
    // A quarter at most, so that a two-cell character always fits behind it.
    let indent = " ".repeat(indent.min(room / 4));
    let mut lines = Vec::new();
    let mut line = indent.clone();
    let mut line_is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let space = usize::from(!line_is_empty);
        if width(&line) + space + width(word) <= room {
            if !line_is_empty {
                line.push(' ');
            }
            line.push_str(word);
            line_is_empty = false;
            continue;
        }
        if !line_is_empty {
            lines.push(std::mem::replace(&mut line, indent.clone()));
        }
        for character in word.chars() {
            if width(&line) + cells(character) > room {
                lines.push(std::mem::replace(&mut line, indent.clone()));
            }
            line.push(character);
        }
        line_is_empty = false;
    }
    lines.push(line);
    lines
}

/// Splits a line at two spaces and more into pieces and the columns they start at.
pub(crate) fn runs(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut column = 0;
    for piece in text.split("  ") {
        let trimmed = piece.trim_matches(' ');
        if !trimmed.is_empty() {
            let before = piece.len() - piece.trim_start_matches(' ').len();
            found.push((column + before, trimmed));
        }
        column += piece.chars().map(cells).sum::<usize>() + 2;
    }
    found
}

/// Returns what a symbology is called on paper and screen.
pub(crate) fn symbology_name(symbology: Symbology) -> &'static str {
    match symbology {
        Symbology::Ean13 => "EAN-13",
        Symbology::Ean8 => "EAN-8",
        Symbology::Code128 => "CODE128",
        Symbology::Gs1128 => "GS1-128",
    }
}

#[cfg(test)]
mod tests;
