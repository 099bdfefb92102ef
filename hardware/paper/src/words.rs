//! Text that is safe to print: control characters are gone before anything else sees it.
//!
//! It does not know code pages: whether a printer has a cell for a character is the encoder's
//! question.

use std::fmt;

use crate::compose::compose;

/// Text without control characters, in which one character is one printer cell (or two, or none).
///
/// Catalogue text is data: a product called `ESC p 0` must not open a drawer, and a line feed in
/// a name must not break the layout. Line breaks and tabs become a space; every other control
/// character, bidirectional override and invisible joiner is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Words(String);

impl Words {
    /// Returns the printable part of `text`.
    pub fn new(text: &str) -> Self {
        let mut kept = String::with_capacity(text.len());
        for character in text.chars() {
            match treatment(character) {
                Treatment::Keep => {
                    let composed = kept
                        .chars()
                        .last()
                        .and_then(|base| compose(base, character));
                    if let Some(composed) = composed {
                        kept.pop();
                        kept.push(composed);
                    } else {
                        kept.push(character);
                    }
                }
                Treatment::Space => kept.push(' '),
                Treatment::Drop => {}
            }
        }
        Self(kept)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns how many printer cells the text takes at normal width.
    pub fn cells(&self) -> usize {
        self.0.chars().map(cells).sum()
    }
}

impl fmt::Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Returns how many printer cells a character takes: 0 for a combining mark, 2 for the wide
/// characters of Unicode Standard Annex 11 (CJK, Hangul, full-width forms, emoji), else 1.
pub fn cells(character: char) -> usize {
    match character as u32 {
        0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF => 0,
        0xFE00..=0xFE0F | 0xFE20..=0xFE2F => 0,
        0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0x33FF | 0x3400..=0x4DBF => 2,
        0x4E00..=0x9FFF | 0xA000..=0xA4CF | 0xA960..=0xA97F | 0xAC00..=0xD7A3 => 2,
        0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 => 2,
        0x1F300..=0x1F64F | 0x1F680..=0x1F6FF | 0x1F900..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

enum Treatment {
    Keep,
    Space,
    Drop,
}

fn treatment(character: char) -> Treatment {
    match character {
        '\t' | '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            Treatment::Space
        }
        // No-break, typographic and ideographic spaces: no code page has more than one space.
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            Treatment::Space
        }
        // Soft hyphen, zero-width joiners and marks, bidirectional controls, byte order mark,
        // interlinear annotation, language tags.
        '\u{AD}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}' => Treatment::Drop,
        control if control.is_control() => Treatment::Drop,
        _ => Treatment::Keep,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Words::new(text).as_str(), expected, "{text:?}");
    }

    #[test]
    fn a_product_name_cannot_open_the_drawer() {
        check("Oat\u{1B}p\u{0}\u{19}\u{FA}milk", "Oatpúmilk");
        check("\u{10}\u{14}\u{1}\u{0}\u{1}Kick", "Kick");
        check("C1\u{9B}31m", "C131m");
    }

    #[test]
    fn line_breaks_and_tabs_become_a_space() {
        check("Oat\nmilk\t1 l", "Oat milk 1 l");
        check("7\u{A0}€", "7 €");
    }

    #[test]
    fn text_cannot_be_written_backwards_or_hidden() {
        check("ab\u{202E}cd\u{200B}e\u{FEFF}f", "abcdef");
        check("soft\u{AD}hyphen", "softhyphen");
    }

    #[test]
    fn a_letter_and_its_mark_become_one_cell() {
        check("Cafe\u{301}", "Café");
        check("Z\u{30C}elezo", "Železo");
        assert_eq!(Words::new("Cafe\u{301}").cells(), 4);
        assert_eq!(Words::new("q\u{301}").cells(), 1);
    }

    #[test]
    fn wide_characters_take_two_cells() {
        assert_eq!(Words::new("日本").cells(), 4);
        assert_eq!(Words::new("Łódź").cells(), 4);
    }

    proptest! {
        #[test]
        fn no_control_character_survives(text in "\\PC*|[\\x00-\\x1F\\x7F-\\x9F a-z]*") {
            prop_assert!(!Words::new(&text).as_str().chars().any(char::is_control));
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in ".*") {
            let once = Words::new(&text);
            prop_assert_eq!(Words::new(once.as_str()), once);
        }
    }
}
