//! Draws a line of text in dots, for what a printer has in none of its character tables.
//!
//! The letters are GNU Unifont's, 8 by 16 dots a cell and 16 by 16 for wide characters, made half
//! as large again so that they fill font A's cells of 12 by 24. It lays nothing out and sends
//! nothing; scripts whose letters change with their neighbours or run from the right are not drawn.

use counterpart_paper::{Face, Picture, cells};
use unifont::{Glyph, get_glyph};

/// Font A (TM-T20III technical reference, "Character specifications").
const CELL_DOTS: usize = 12;
const LETTER_DOTS: usize = 24;
/// White below a line, so that it takes the room of a line of text: 1/6 inch at 180 dpi (`ESC 2`).
const GAP_DOTS: usize = 6;
/// Rows of a letter in the font.
const FONT_ROWS: usize = 16;

/// Returns whether a character can be drawn alone, cell by cell.
pub(super) fn can_draw(character: char) -> bool {
    !needs_shaping(character) && get_glyph(character).is_some()
}

/// Scripts that are written from the right or whose letters join (Unicode Standard, chapters 9, 12
/// and 13): drawn cell by cell, they would say something else or nothing.
fn needs_shaping(character: char) -> bool {
    matches!(
        u32::from(character),
        0x0590..=0x08FF | 0x0900..=0x0DFF | 0x0F00..=0x109F | 0x1780..=0x17FF
            | 0x1800..=0x18AF | 0x1A20..=0x1AAF | 0x1B00..=0x1C4F | 0xA800..=0xA8DF
            | 0xA980..=0xAADF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF
    )
}

/// Draws a line as wide as its text, each character in its cells; what cannot be drawn is `?` in as
/// many cells.
pub(super) fn draw(text: &str, face: Face) -> Picture {
    let (across, down) = (1 + usize::from(face.wide), 1 + usize::from(face.tall));
    let taken: usize = text.chars().map(cells).sum();
    let mut line = Picture::blank(taken * CELL_DOTS * across, LETTER_DOTS * down + GAP_DOTS);
    let (mut left, mut before) = (0, 0);
    for character in text.chars() {
        let taken = cells(character);
        // A combining mark stands over the letter before it.
        let place = if taken == 0 { before } else { left };
        let drawn = match can_draw(character) {
            true => vec![character],
            false => vec!['?'; taken],
        };
        for (nth, character) in drawn.into_iter().enumerate() {
            let room = cells(character).max(1) * CELL_DOTS;
            put(&mut line, character, place + nth * CELL_DOTS, room, face);
        }
        before = place;
        left += taken * CELL_DOTS;
    }
    line
}

/// Puts one character's dots into a line, `left` dots of normal width from its edge.
fn put(line: &mut Picture, character: char, left: usize, room: usize, face: Face) {
    let Some(glyph) = get_glyph(character) else {
        return;
    };
    let (across, down) = (1 + usize::from(face.wide), 1 + usize::from(face.tall));
    for (row, dots) in letter(glyph, room, face.bold).iter().enumerate() {
        for (column, _) in dots.iter().enumerate().filter(|(_, dark)| **dark) {
            for dot in 0..across * down {
                let (x, y) = (dot % across, dot / across);
                line.darken((left + column) * across + x, row * down + y);
            }
        }
    }
}

/// Returns a letter's rows at font A's size, `room` dots wide.
fn letter(glyph: &Glyph, room: usize, bold: bool) -> Vec<Vec<bool>> {
    let rows: Vec<Vec<bool>> = (0..FONT_ROWS)
        .map(|row| {
            let dots: Vec<bool> = (0..glyph.get_width())
                .map(|column| glyph.get_pixel(column, row))
                .collect();
            let row = fitted(&dots, room);
            if bold { thickened(&row) } else { row }
        })
        .collect();
    let mut letter = Vec::with_capacity(LETTER_DOTS);
    for pair in rows.chunks(2) {
        let (first, second) = (&pair[0], &pair[1]);
        let both = first.iter().zip(second).map(|(one, other)| one | other);
        letter.extend([first.clone(), both.collect(), second.clone()]);
    }
    letter
}

/// Makes a row of the font as wide as its cells: two dots become three, the middle one dark where
/// one of the two is. So every stroke is two dots thick and no gap closes. A wide letter in one
/// cell is squeezed, a narrow one in two stands in the middle.
fn fitted(dots: &[bool], room: usize) -> Vec<bool> {
    let larger = |dots: &[bool]| -> Vec<bool> {
        let pairs = dots.chunks(2);
        pairs
            .flat_map(|two| [two[0], two[0] | two[1], two[1]])
            .collect()
    };
    match (dots.len(), room) {
        (16, CELL_DOTS) => {
            let fours = dots.chunks(4);
            fours
                .flat_map(|four| [four[0], four[1] | four[2], four[3]])
                .collect()
        }
        (8, 24) => {
            let edge = [false; CELL_DOTS / 2];
            [&edge[..], &larger(dots), &edge[..]].concat()
        }
        _ => larger(dots),
    }
}

/// Adds a dot to the right of each stroke, where that closes no gap.
fn thickened(row: &[bool]) -> Vec<bool> {
    let dark = |place: Option<usize>| place.is_some_and(|at| row.get(at) == Some(&true));
    (0..row.len())
        .map(|at| row[at] || (dark(at.checked_sub(1)) && !dark(at.checked_add(1))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(character: char, face: Face) -> Vec<String> {
        let picture = draw(&character.to_string(), face);
        let row = |y| {
            let dot = |x| if picture.is_dark(x, y) { '#' } else { '.' };
            (0..picture.width()).map(dot).collect()
        };
        (0..picture.height()).map(row).collect()
    }

    #[test]
    fn a_letter_fills_font_a_s_cell_with_strokes_two_dots_thick() {
        insta::assert_snapshot!(rows('ł', Face::default()).join("\n"));
        insta::assert_snapshot!(rows('日', Face::default()).join("\n"));
    }

    #[test]
    fn double_size_is_every_dot_twice() {
        let plain = rows('₹', Face::default());
        let face = Face {
            wide: true,
            tall: true,
            bold: false,
        };
        let large = rows('₹', face);
        assert_eq!((large.len(), large[0].len()), (54, 24));
        for (y, row) in large[..48].iter().enumerate() {
            let wanted: String = plain[y / 2].chars().flat_map(|dot| [dot, dot]).collect();
            assert_eq!(*row, wanted, "row {y}");
        }
    }

    #[test]
    fn bold_adds_ink_and_closes_no_gap() {
        let bold = Face {
            bold: true,
            ..Face::default()
        };
        for (plain, bold) in rows('日', Face::default()).iter().zip(rows('日', bold)) {
            let gaps = |row: &str| row.trim_matches('.').matches(".#").count();
            assert_eq!(gaps(plain), gaps(&bold), "{plain} {bold}");
            assert!(plain.matches('#').count() <= bold.matches('#').count());
        }
    }

    #[test]
    fn what_must_be_shaped_is_not_drawn() {
        for character in ['ש', 'م', 'क', '😀'] {
            assert!(!can_draw(character), "{character}");
        }
        for character in [
            '日', '₹', 'ł', 'ş', 'Ω', 'ж', '…', '–', '•', '★', 'ก', '\u{301}',
        ] {
            assert!(can_draw(character), "{character}");
        }
    }
}
