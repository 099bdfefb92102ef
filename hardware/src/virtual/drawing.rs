//! Draws a piece of paper as it looks, dot by dot, and writes it as PNG.
//!
//! Characters stand in the printer's own font, for which the twin has GNU Unifont's letters;
//! pictures are the dots that came over the line.

use counterpart_paper::{Align, Barcode, Face, Modules, Picture, Qr, cells};

use super::decoder::SymbolKind;
use super::reading::shape;
use super::receipt::PrintedLine;

/// A line of font A with its spacing, and the letter in it.
const LINE_DOTS: usize = 30;
const LETTER_DOTS: usize = 24;
const CELL_DOTS: usize = 12;
/// Height of a barcode's bars.
const BARS_DOTS: usize = 80;
/// White around what is printed.
const MARGIN_DOTS: usize = 24;

/// Draws lines on paper of so many columns.
pub(super) fn draw(lines: &[PrintedLine], columns: usize) -> Picture {
    let drawn: Vec<(Picture, Align)> = lines.iter().map(|line| line_of(line, columns)).collect();
    let heights: usize = drawn.iter().map(|(picture, _)| picture.height()).sum();
    let width = columns * CELL_DOTS;
    let mut sheet = Picture::blank(width + 2 * MARGIN_DOTS, heights + 2 * MARGIN_DOTS);
    let mut top = MARGIN_DOTS;
    for (picture, align) in drawn {
        let free = width.saturating_sub(picture.width());
        let before = match align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        };
        sheet.put(&picture, MARGIN_DOTS + before, top);
        top += picture.height();
    }
    sheet
}

/// Writes a picture as PNG, a bit a dot, black on white.
pub(super) fn png(picture: &Picture) -> Vec<u8> {
    let size = |dots: usize| u32::try_from(dots).expect("no paper is that long");
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size(picture.width()), size(picture.height()));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let rows: Vec<u8> = picture.rows().iter().map(|byte| !byte).collect();
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&rows));
    written.expect("memory takes everything and the rows are whole");
    file
}

fn line_of(line: &PrintedLine, columns: usize) -> (Picture, Align) {
    match line {
        PrintedLine::Text { text, face, align } => (letters(text, *face), *align),
        PrintedLine::Barcode {
            kind,
            code,
            module_dots,
        } => (bars(*kind, code, usize::from(*module_dots)), Align::Centre),
        PrintedLine::Qr {
            payload,
            module_dots,
        } => (squares(payload, usize::from(*module_dots)), Align::Centre),
        PrintedLine::Picture { picture, align, .. } => {
            (picture.within(columns * CELL_DOTS), *align)
        }
    }
}

fn letters(text: &str, face: Face) -> Picture {
    let (across, down) = (1 + usize::from(face.wide), 1 + usize::from(face.tall));
    let taken: usize = text.chars().map(cells).sum();
    let height = LINE_DOTS + LETTER_DOTS * (down - 1);
    let mut line = Picture::blank(taken.max(1) * CELL_DOTS * across, height);
    let mut left = 0;
    for character in text.chars() {
        let width = cells(character).max(1) * CELL_DOTS;
        let rows = shape(character, width, face.bold).unwrap_or([0; 24]);
        for (y, row) in rows.iter().enumerate() {
            for x in (0..width).filter(|x| row >> (width - 1 - x) & 1 == 1) {
                for dot in 0..across * down {
                    let (dx, dy) = (dot % across, dot / across);
                    line.darken((left + x) * across + dx, y * down + dy);
                }
            }
        }
        left += cells(character) * CELL_DOTS;
    }
    line
}

fn bars(kind: SymbolKind, code: &str, module_dots: usize) -> Picture {
    let barcode = match kind {
        SymbolKind::Ean13 => Barcode::ean13(code).ok(),
        SymbolKind::Ean8 => Barcode::ean8(code).ok(),
        SymbolKind::Code128 => Barcode::code128(code).ok(),
        SymbolKind::Other(_) => None,
    };
    let caption = letters(code, Face::default());
    let Some(barcode) = barcode else {
        return caption;
    };
    let bars = modules(&barcode.modules(), module_dots, BARS_DOTS);
    let width = bars.width().max(caption.width());
    let mut whole = Picture::blank(width, BARS_DOTS + 4 + caption.height());
    whole.put(&bars, (width - bars.width()) / 2, 0);
    whole.put(&caption, (width - caption.width()) / 2, BARS_DOTS + 4);
    whole
}

fn squares(payload: &str, module_dots: usize) -> Picture {
    let Ok(qr) = Qr::new(payload) else {
        return letters(payload, Face::default());
    };
    let code = modules(&qr.modules(), module_dots, module_dots);
    let mut whole = Picture::blank(code.width(), code.height() + LINE_DOTS);
    whole.put(&code, 0, LINE_DOTS / 2);
    whole
}

fn modules(modules: &Modules, across: usize, down: usize) -> Picture {
    let height = modules.dark.len() / modules.width * down;
    let mut picture = Picture::blank(modules.width * across, height);
    for (place, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let (column, row) = (place % modules.width, place / modules.width);
        for dot in 0..across * down {
            let (x, y) = (dot % across, dot / across);
            picture.darken(column * across + x, row * down + y);
        }
    }
    picture
}
