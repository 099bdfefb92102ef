//! The character tables a printer can switch between, and which byte a character is in each.
//!
//! The number a printer knows a table by differs by maker and stands in its profile.

use oem_cp::code_table::ENCODING_TABLE_CP_MAP;

/// A table of 256 characters, the first 128 of them ASCII.
///
/// The tables are those of `oem_cp`, compared with Python's for every cell (evidence in
/// `DESIGN.md`); those of the `escpos` crate put a soft hyphen in place of `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePage {
    /// USA and standard Europe.
    Pc437,
    /// Greek.
    Pc737,
    /// Baltic.
    Pc775,
    /// Western Europe.
    Pc850,
    /// Central Europe.
    Pc852,
    /// Turkish.
    Pc857,
    /// Western Europe with the euro sign.
    Pc858,
    /// Cyrillic.
    Pc866,
    /// Western Europe as Windows has it: the only one with `œ`, which French needs.
    Wpc1252,
}

impl CodePage {
    /// Every page.
    pub const ALL: [Self; 9] = [
        Self::Pc437,
        Self::Pc737,
        Self::Pc775,
        Self::Pc850,
        Self::Pc852,
        Self::Pc857,
        Self::Pc858,
        Self::Pc866,
        Self::Wpc1252,
    ];

    /// Returns the byte that prints `character`, if the table has it.
    pub fn byte_of(self, character: char) -> Option<u8> {
        if character.is_ascii() {
            return (!character.is_ascii_control()).then_some(character as u8);
        }
        if self == Self::Wpc1252 {
            return windows_byte_of(character);
        }
        let table = ENCODING_TABLE_CP_MAP
            .get(&self.number())
            .expect("the crate has a table for each variant, as a test shows");
        table.get(&character).copied()
    }

    /// Returns the page commonly called by a number, if it is one of these.
    pub fn by_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.number() == number)
    }

    /// Returns the number Epson's printers and displays know the page by (ESC/POS command
    /// reference, "Select character code table").
    pub fn epson_table(self) -> u8 {
        match self {
            Self::Pc437 => 0,
            Self::Pc737 => 14,
            Self::Pc775 => 33,
            Self::Pc850 => 2,
            Self::Pc852 => 18,
            Self::Pc857 => 13,
            Self::Pc858 => 19,
            Self::Pc866 => 17,
            Self::Wpc1252 => 16,
        }
    }

    /// Returns the number the page is commonly called by.
    pub fn number(self) -> u16 {
        match self {
            Self::Pc437 => 437,
            Self::Pc737 => 737,
            Self::Pc775 => 775,
            Self::Pc850 => 850,
            Self::Pc852 => 852,
            Self::Pc857 => 857,
            Self::Pc858 => 858,
            Self::Pc866 => 866,
            Self::Wpc1252 => 1252,
        }
    }
}

/// Windows-1252 (WHATWG Encoding Standard, index windows-1252): Latin-1 from A0, and these below.
fn windows_byte_of(character: char) -> Option<u8> {
    /// The characters of 80 to 9F; a space where there is none.
    const LOW: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
    match character {
        ' ' => None,
        '\u{A0}'..='\u{FF}' => u8::try_from(u32::from(character)).ok(),
        other => {
            let place = LOW.chars().position(|known| known == other)?;
            u8::try_from(0x80 + place).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: CodePage, character: char, expected: Option<u8>) {
        assert_eq!(
            page.byte_of(character),
            expected,
            "{character:?} in {page:?}"
        );
    }

    #[test]
    fn every_page_is_found_by_its_number() {
        for page in CodePage::ALL {
            assert_eq!(CodePage::by_number(page.number()), Some(page));
        }
        assert_eq!(CodePage::by_number(1), None);
    }

    #[test]
    fn ascii_is_itself_on_every_page() {
        for page in CodePage::ALL {
            for byte in 0x20..0x7F_u8 {
                check(page, char::from(byte), Some(byte));
            }
        }
    }

    #[test]
    fn no_page_turns_text_into_a_control_byte() {
        for page in CodePage::ALL {
            for character in '\u{1}'..='\u{FFFF}' {
                let byte = page.byte_of(character);
                assert!(
                    byte.is_none_or(|byte| byte >= 0x20 && byte != 0x7F),
                    "{character:?}"
                );
            }
        }
    }

    #[test]
    fn characters_stand_where_the_standards_put_them() {
        check(CodePage::Pc858, '€', Some(0xD5));
        check(CodePage::Pc850, '€', None);
        check(CodePage::Pc437, 'ß', Some(0xE1));
        check(CodePage::Pc852, 'Ł', Some(0x9D));
        check(CodePage::Pc866, 'Ж', Some(0x86));
        check(CodePage::Pc857, 'ğ', Some(0xA7));
        check(CodePage::Pc737, 'Ω', Some(0x97));
        check(CodePage::Pc775, 'ā', Some(0x83));
        check(CodePage::Pc858, '®', Some(0xA9));
        check(CodePage::Pc858, '日', None);
        check(CodePage::Pc858, 'œ', None);
        // WHATWG Encoding Standard, index windows-1252.
        check(CodePage::Wpc1252, '€', Some(0x80));
        check(CodePage::Wpc1252, 'Œ', Some(0x8C));
        check(CodePage::Wpc1252, 'Ž', Some(0x8E));
        check(CodePage::Wpc1252, '‘', Some(0x91));
        check(CodePage::Wpc1252, 'œ', Some(0x9C));
        check(CodePage::Wpc1252, 'Ÿ', Some(0x9F));
        check(CodePage::Wpc1252, 'ÿ', Some(0xFF));
        check(CodePage::Wpc1252, 'Ł', None);
    }
}
