//! The bytes of a display; pure.
//!
//! Sources: Epson, ESC/POS command reference for customer displays (DM-D110 to DM-D210); CD5220
//! command set as in the manuals of the displays that speak it (Bixolon BCD-1100, Posiflex PD-300).

use counterpart_paper::cells;

use super::{DISPLAY_COLUMNS, DisplayDialect, DisplayText};
use crate::printer::{CodePage, look_alike};

const ESC: u8 = 0x1B;
const US: u8 = 0x1F;
const CLR: u8 = 0x0C;
const CR: u8 = b'\r';

/// Returns what a display is told when its line is opened: forget everything, no cursor.
pub(super) fn start(dialect: DisplayDialect, table: u8) -> Vec<u8> {
    match dialect {
        // ESC @, ESC t n, US MD1 (overwrite), US C 0 (cursor off), CLR.
        DisplayDialect::Epson => {
            vec![ESC, b'@', ESC, b't', table, US, 0x01, US, b'C', 0, CLR]
        }
        // ESC @, CLR, ESC _ 0 (cursor off).
        DisplayDialect::Cd5220 => vec![ESC, b'@', CLR, ESC, b'_', 0],
    }
}

/// Returns what shows both lines in place of what was there, without a flicker between.
pub(super) fn show(dialect: DisplayDialect, page: CodePage, text: &DisplayText) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (line, row) in text.lines().iter().zip(1_u8..) {
        let cells = row_bytes(page, line);
        match dialect {
            // US $ column row.
            DisplayDialect::Epson => {
                bytes.extend([US, b'$', 1, row]);
                bytes.extend(cells);
            }
            // ESC Q A and ESC Q B.
            DisplayDialect::Cd5220 => {
                bytes.extend([ESC, b'Q', b'@' + row]);
                bytes.extend(cells);
                bytes.push(CR);
            }
        }
    }
    bytes
}

fn row_bytes(page: CodePage, line: &str) -> Vec<u8> {
    let mut row = Vec::with_capacity(DISPLAY_COLUMNS);
    for character in line.chars() {
        let byte = page.byte_of(character).or_else(|| look_alike(character));
        match byte {
            Some(byte) => row.push(byte),
            None => row.extend(std::iter::repeat_n(b'?', cells(character))),
        }
    }
    row.resize(DISPLAY_COLUMNS, b' ');
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_golden_bytes() {
        assert_eq!(
            start(DisplayDialect::Epson, 19),
            b"\x1b@\x1bt\x13\x1f\x01\x1fC\x00\x0c"
        );
        assert_eq!(start(DisplayDialect::Cd5220, 19), b"\x1b@\x0c\x1b_\x00");
        let text = DisplayText::amount("Käse €", "1 x", "4.98");
        assert_eq!(
            show(DisplayDialect::Epson, CodePage::Pc858, &text),
            b"\x1f$\x01\x01K\x84se \xd5              \x1f$\x01\x021 x             4.98"
        );
        assert_eq!(
            show(DisplayDialect::Cd5220, CodePage::Pc858, &text),
            b"\x1bQAK\x84se \xd5              \r\x1bQB1 x             4.98\r"
        );
    }

    #[test]
    fn what_the_table_lacks_keeps_its_place() {
        let text = DisplayText::new("日本 ’x’", "");
        let bytes = show(DisplayDialect::Cd5220, CodePage::Pc437, &text);
        assert_eq!(&bytes[3..23], b"???? 'x'            ");
    }
}
