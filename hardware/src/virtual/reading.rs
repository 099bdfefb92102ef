//! Reads a line of text back from its dots, as a person reads a picture on paper.
//!
//! It knows letters of GNU Unifont in cells of 12 by 24 dots and how a printer's driver may have
//! enlarged them; it shares the letters with the driver, and no code.

use std::collections::HashMap;
use std::sync::OnceLock;

use counterpart_paper::{Face, Picture};
use unifont::{Glyph, enumerate_glyphs, get_glyph};

/// A cell of font A, and a line of text with the white below it.
const CELL: (usize, usize) = (12, 24);
const LINE_DOTS: usize = 30;
/// The row of the font that differs most from letter to letter; an even one stands alone.
const TELLING: usize = 8;

/// A letter as bits: a row a number, its leftmost dot the highest of `width` bits.
pub(super) type Rows = [u32; 24];

/// Returns what stands on a picture and how it looks, if it is one line of text.
pub(super) fn read_line(picture: &Picture) -> Option<(String, Face)> {
    let tall = match picture.height() {
        LINE_DOTS => false,
        height if height == LINE_DOTS + CELL.1 => true,
        _ => return None,
    };
    let looks = [(false, false), (false, true), (true, false), (true, true)];
    looks.into_iter().find_map(|(wide, bold)| {
        let face = Face { bold, wide, tall };
        Some((read_as(picture, face)?, face))
    })
}

fn read_as(picture: &Picture, face: Face) -> Option<String> {
    let cell = CELL.0 * (1 + usize::from(face.wide));
    let mut text = String::new();
    let mut left = 0;
    while left < picture.width() {
        let one = cell_of(picture, left, CELL.0, face)?;
        let single = letter_of(&one, CELL.0, face.bold);
        if let Some(character) = single {
            text.push(character);
            left += cell;
            continue;
        }
        let two = cell_of(picture, left, 2 * CELL.0, face)?;
        text.push(letter_of(&two, 2 * CELL.0, face.bold)?);
        left += 2 * cell;
    }
    Some(text.trim_end_matches(' ').to_owned())
}

/// Returns a letter's rows at normal size; nothing where an enlarged dot is no whole square.
fn cell_of(picture: &Picture, left: usize, width: usize, face: Face) -> Option<Rows> {
    let (across, down) = (1 + usize::from(face.wide), 1 + usize::from(face.tall));
    let mut rows = [0; 24];
    for (y, row) in rows.iter_mut().enumerate() {
        for x in 0..width {
            let dots = (0..across * down).map(|part| {
                let (dx, dy) = (part % across, part / across);
                picture.is_dark(left + x * across + dx, y * down + dy)
            });
            let dark = dots.clone().filter(|dark| *dark).count();
            if dark != 0 && dark != across * down {
                return None;
            }
            *row = *row << 1 | u32::from(dark != 0);
        }
    }
    Some(rows)
}

/// Finds the letter drawn like this; of those that look alike the commonest, so that no Greek or
/// Cyrillic letter is read where a Latin one stands. What has no dot is a space.
fn letter_of(rows: &Rows, width: usize, bold: bool) -> Option<char> {
    if width == CELL.0 && rows.iter().all(|row| *row == 0) {
        return Some(' ');
    }
    let alike = index().get(&(rows[TELLING / 2 * 3], width, bold))?;
    let mut alike = alike.iter().copied();
    alike.find(|character| shape(*character, width, bold).as_ref() == Some(rows))
}

/// Returns the letters by one of their rows, their width in dots and whether they are bold, the
/// commonest first. It is made when the first picture is read.
fn index() -> &'static HashMap<(u32, usize, bool), Vec<char>> {
    static INDEX: OnceLock<HashMap<(u32, usize, bool), Vec<char>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: HashMap<_, Vec<char>> = HashMap::new();
        // The dash people type stands behind one drawn the same.
        let common = '–';
        let first = get_glyph(common).map(|glyph| (common, glyph));
        for (character, glyph) in first.into_iter().chain(enumerate_glyphs()) {
            let width = counterpart_paper::cells(character) * CELL.0;
            for bold in [false, true].into_iter().filter(|_| width > 0) {
                let row = row_of(glyph, TELLING, width, bold);
                index.entry((row, width, bold)).or_default().push(character);
            }
        }
        index
    })
}

/// Returns how a character looks in so many dots across; nothing when the font lacks it.
pub(super) fn shape(character: char, width: usize, bold: bool) -> Option<Rows> {
    get_glyph(character).map(|glyph| stretched(glyph, width, bold))
}

fn stretched(glyph: &Glyph, width: usize, bold: bool) -> Rows {
    let mut rows = [0; 24];
    for line in 0..16 {
        let row = row_of(glyph, line, width, bold);
        // Rows 0, 1, 2, 3 come to stand on 0-1, 1-2, 3-4, 4-5.
        let top = line / 2 * 3 + line % 2;
        rows[top] |= row;
        rows[top + 1] |= row;
    }
    rows
}

fn row_of(glyph: &Glyph, line: usize, width: usize, bold: bool) -> u32 {
    let row = across(glyph, line, width);
    match bold {
        true => row | (row >> 1 & !(row << 1)),
        false => row,
    }
}

/// One row of the font, each dot two dots wide, every other pair sharing one.
fn across(glyph: &Glyph, line: usize, width: usize) -> u32 {
    let mut bits = 0;
    let narrow = glyph.get_width() == 8;
    for dot in (0..glyph.get_width()).filter(|dot| glyph.get_pixel(*dot, line)) {
        let (first, second) = match (narrow, width) {
            // Sixteen dots on twelve: each two in the middle of four become one.
            (false, 12) => {
                let place = dot / 4 * 3 + [0, 1, 1, 2][dot % 4];
                (place, place)
            }
            (true, 24) => (6 + dot / 2 * 3 + dot % 2, 7 + dot / 2 * 3 + dot % 2),
            _ => (dot / 2 * 3 + dot % 2, 1 + dot / 2 * 3 + dot % 2),
        };
        bits |= 1 << (width - 1 - first) | 1 << (width - 1 - second);
    }
    bits
}
