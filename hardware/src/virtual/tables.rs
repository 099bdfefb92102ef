//! The character tables of a virtual printer: which it has, and what a byte prints in each.
//!
//! Written from Epson's command reference ("Select character code table"), not from the encoder's
//! profiles.

use oem_cp::code_table::DECODING_TABLE_CP_MAP;

/// Table 1 is Katakana, which begins with the pieces frames are drawn of.
const KATAKANA: u8 = 1;
/// Table 15 is ISO 8859-7, Greek, which is no OEM page.
const GREEK: u8 = 15;
/// Table 16 is Windows-1252, which is no OEM page either.
const WINDOWS_1252: u8 = 16;

/// Returns whether the printer has this table.
pub(super) fn has(table: u8) -> bool {
    matches!(table, KATAKANA | GREEK | WINDOWS_1252) || page_of_table(table).is_some()
}

/// Returns what a byte prints while this table is selected; the replacement character where the
/// table has nothing.
pub(super) fn decode(table: u8, byte: u8) -> char {
    if byte < 0x80 {
        return char::from(byte);
    }
    if table == WINDOWS_1252 {
        return windows(byte);
    }
    if table == KATAKANA {
        return katakana(byte);
    }
    if table == GREEK {
        return greek(byte);
    }
    let page = page_of_table(table).unwrap_or(437);
    let table = DECODING_TABLE_CP_MAP
        .get(&page)
        .expect("each page listed has a table");
    table.decode_char_checked(byte).unwrap_or('\u{FFFD}')
}

/// What a byte of the Katakana table prints; the letters are as wide as others.
fn katakana(byte: u8) -> char {
    const FRAMES: &str = "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯";
    const SIGNS: &str = "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▒";
    let nth = |signs: &str, place: u8| signs.chars().nth(usize::from(place));
    let found = match byte {
        0x80..=0x9F => nth(FRAMES, byte - 0x80),
        0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(byte - 0xA1)),
        0xE0.. => nth(SIGNS, byte - 0xE0),
        _ => Some(' '),
    };
    found.unwrap_or('\u{FFFD}')
}

/// What a byte of ISO 8859-7:2003 prints: from 0xB4 on the letters lie as they do in Unicode.
fn greek(byte: u8) -> char {
    match byte {
        0xA1 => '‘',
        0xA2 => '’',
        0xA4 => '€',
        0xA5 => '₯',
        0xAA => 'ͺ',
        0xAF => '―',
        0x80..=0x9F | 0xAE | 0xD2 | 0xFF => '\u{FFFD}',
        0xA0..=0xB3 | 0xB7 | 0xBB | 0xBD => char::from(byte),
        letter => char::from_u32(0x0384 + u32::from(letter - 0xB4)).unwrap_or('\u{FFFD}'),
    }
}

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
