//! What is printed on the keys of a keyboard, and which of them a scanner presses for a character.
//!
//! Written down key by key, apart from the driver's tables: the two are compared by scanning.

use crate::scanner::KeyLayout;

/// Keys pressed together for one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stroke {
    pub(super) key: u16,
    /// The keys held meanwhile.
    pub(super) with: &'static [u16],
}

const SHIFT: u16 = 42;
const CTRL: u16 = 29;
const ALT_GR: u16 = 100;
const ENTER: u16 = 28;
const TAB: u16 = 15;
const SPACE: u16 = 57;

/// A key's number, and what it types alone, with Shift and with AltGr.
type Key = (u16, &'static str);

const US: [Key; 48] = [
    (41, "`~"),
    (2, "1!"),
    (3, "2@"),
    (4, "3#"),
    (5, "4$"),
    (6, "5%"),
    (7, "6^"),
    (8, "7&"),
    (9, "8*"),
    (10, "9("),
    (11, "0)"),
    (12, "-_"),
    (13, "=+"),
    (16, "qQ"),
    (17, "wW"),
    (18, "eE"),
    (19, "rR"),
    (20, "tT"),
    (21, "yY"),
    (22, "uU"),
    (23, "iI"),
    (24, "oO"),
    (25, "pP"),
    (26, "[{"),
    (27, "]}"),
    (30, "aA"),
    (31, "sS"),
    (32, "dD"),
    (33, "fF"),
    (34, "gG"),
    (35, "hH"),
    (36, "jJ"),
    (37, "kK"),
    (38, "lL"),
    (39, ";:"),
    (40, "'\""),
    (43, "\\|"),
    (44, "zZ"),
    (45, "xX"),
    (46, "cC"),
    (47, "vV"),
    (48, "bB"),
    (49, "nN"),
    (50, "mM"),
    (51, ",<"),
    (52, ".>"),
    (53, "/?"),
    (57, " "),
];

const DE: [Key; 48] = [
    (41, "^°"),
    (2, "1!"),
    (3, "2\"²"),
    (4, "3§³"),
    (5, "4$"),
    (6, "5%"),
    (7, "6&"),
    (8, "7/{"),
    (9, "8(["),
    (10, "9)]"),
    (11, "0=}"),
    (12, "ß?\\"),
    (13, "´`"),
    (16, "qQ@"),
    (17, "wW"),
    (18, "eE€"),
    (19, "rR"),
    (20, "tT"),
    (21, "zZ"),
    (22, "uU"),
    (23, "iI"),
    (24, "oO"),
    (25, "pP"),
    (26, "üÜ"),
    (27, "+*~"),
    (30, "aA"),
    (31, "sS"),
    (32, "dD"),
    (33, "fF"),
    (34, "gG"),
    (35, "hH"),
    (36, "jJ"),
    (37, "kK"),
    (38, "lL"),
    (39, "öÖ"),
    (40, "äÄ"),
    (43, "#'"),
    (86, "<>|"),
    (44, "yY"),
    (45, "xX"),
    (46, "cC"),
    (47, "vV"),
    (48, "bB"),
    (49, "nN"),
    (50, "mMµ"),
    (51, ",;"),
    (52, ".:"),
    (53, "-_"),
];

const FR: [Key; 48] = [
    (41, "²"),
    (2, "&1"),
    (3, "é2~"),
    (4, "\"3#"),
    (5, "'4{"),
    (6, "(5["),
    (7, "-6|"),
    (8, "è7`"),
    (9, "_8\\"),
    (10, "ç9^"),
    (11, "à0@"),
    (12, ")°]"),
    (13, "=+}"),
    (16, "aA"),
    (17, "zZ"),
    (18, "eE€"),
    (19, "rR"),
    (20, "tT"),
    (21, "yY"),
    (22, "uU"),
    (23, "iI"),
    (24, "oO"),
    (25, "pP"),
    (26, "^¨"),
    (27, "$£¤"),
    (30, "qQ"),
    (31, "sS"),
    (32, "dD"),
    (33, "fF"),
    (34, "gG"),
    (35, "hH"),
    (36, "jJ"),
    (37, "kK"),
    (38, "lL"),
    (39, "mM"),
    (40, "ù%"),
    (43, "*µ"),
    (86, "<>"),
    (44, "wW"),
    (45, "xX"),
    (46, "cC"),
    (47, "vV"),
    (48, "bB"),
    (49, "nN"),
    (50, ",?"),
    (51, ";."),
    (52, ":/"),
    (53, "!§"),
];

/// Returns what a scanner set to a layout presses for a character; nothing where it has no key.
pub(super) fn strokes(layout: KeyLayout, character: char) -> Option<Vec<Stroke>> {
    let one = |key, with| Some(vec![Stroke { key, with }]);
    match character {
        '\r' => return one(ENTER, &[]),
        '\t' => return one(TAB, &[]),
        ' ' => return one(SPACE, &[]),
        // Where these stand on a US keyboard, whatever the layout.
        '\u{1C}' => return one(43, &[CTRL]),
        '\u{1D}' => return one(27, &[CTRL]),
        '\u{1E}' => return one(7, &[CTRL]),
        '\u{1F}' => return one(12, &[CTRL]),
        '\u{1}'..='\u{1A}' => {
            let letter = char::from(b'a' - 1 + character as u8);
            let key = place(layout, letter)?.0;
            return one(key, &[CTRL]);
        }
        _ => {}
    }
    let (key, level) = place(layout, character)?;
    let with: &[u16] = match level {
        0 => &[],
        1 => &[SHIFT],
        _ => &[ALT_GR],
    };
    let mut strokes = vec![Stroke { key, with }];
    let waits = match layout {
        KeyLayout::Us => "",
        KeyLayout::De => "^´`",
        KeyLayout::Fr => "¨~`",
    };
    // An accent of its own is spelt with a space behind it.
    if waits.contains(character) {
        strokes.push(Stroke {
            key: SPACE,
            with: &[],
        });
    }
    Some(strokes)
}

/// The key and the level of a character; the last of several, so that a French `^` is the one that
/// waits for no letter.
fn place(layout: KeyLayout, character: char) -> Option<(u16, usize)> {
    let keys = match layout {
        KeyLayout::Us => &US,
        KeyLayout::De => &DE,
        KeyLayout::Fr => &FR,
    };
    let found = keys.iter().filter_map(|(key, caps)| {
        let level = caps.chars().position(|one| one == character)?;
        Some((*key, level))
    });
    found.max_by_key(|(_, level)| *level)
}
