//! Which character stands on which key, for the keyboard layouts a scanner can be set to.
//!
//! A scanner cannot send characters over a keyboard's wire, only places of keys; what they mean is
//! agreed on by both being set to the same layout. Key numbers are those of Linux
//! (`input-event-codes.h`), which name keys by what a US keyboard has on them.

/// A keyboard layout a scanner can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyLayout {
    /// US, what scanners are delivered with.
    #[default]
    Us,
    /// German, QWERTZ.
    De,
    /// French, AZERTY, whose digits want Shift.
    Fr,
}

/// The modifiers that choose among a key's characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Plain,
    Shift,
    AltGr,
}

/// A row of keys: the first key's number, and what stands on each from there on. A space is a key
/// without a character.
struct Row {
    first: u16,
    plain: &'static str,
    shift: &'static str,
    alt_gr: &'static str,
}

const fn row(first: u16, plain: &'static str, shift: &'static str, alt_gr: &'static str) -> Row {
    Row {
        first,
        plain,
        shift,
        alt_gr,
    }
}

/// Digits, the rows of letters from their left ends, the key left of 1, the one left of Enter on
/// European keyboards or above it on US ones, and the one beside the left Shift.
const US: [Row; 6] = [
    row(2, "1234567890-=", "!@#$%^&*()_+", ""),
    row(16, "qwertyuiop[]", "QWERTYUIOP{}", ""),
    row(30, "asdfghjkl;'", "ASDFGHJKL:\"", ""),
    row(41, "`", "~", ""),
    row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?", ""),
    row(86, "", "", ""),
];

const DE: [Row; 6] = [
    row(2, "1234567890ß´", "!\"§$%&/()=?`", " ²³   {[]}\\ "),
    row(16, "qwertzuiopü+", "QWERTZUIOPÜ*", "@ €        ~"),
    row(30, "asdfghjklöä", "ASDFGHJKLÖÄ", ""),
    row(41, "^", "°", ""),
    row(43, "#yxcvbnm,.-", "'YXCVBNM;:_", "       µ   "),
    row(86, "<", ">", "|"),
];

const FR: [Row; 6] = [
    row(2, "&é\"'(-è_çà)=", "1234567890°+", " ~#{[|`\\^@]}"),
    row(16, "azertyuiop^$", "AZERTYUIOP¨£", "  €        ¤"),
    row(30, "qsdfghjklmù", "QSDFGHJKLM%", ""),
    row(41, "²", "", ""),
    row(43, "*wxcvbn,;:!", "µWXCVBN?./§", ""),
    row(86, "<", ">", ""),
];

/// Accents and what they make of the letter typed after them.
const COMPOSED: [(char, &str, &str); 5] = [
    ('^', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
    ('`', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
    ('´', "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
    ('¨', "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
    ('~', "anoANO", "ãñõÃÑÕ"),
];

impl KeyLayout {
    /// Every layout.
    pub const ALL: [Self; 3] = [Self::Us, Self::De, Self::Fr];

    /// Returns its name, as an installer writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// Returns the layout of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }

    /// Returns what stands on a key, if anything does.
    pub(super) fn character(self, key: u16, level: Level) -> Option<char> {
        let rows = match self {
            Self::Us => &US,
            Self::De => &DE,
            Self::Fr => &FR,
        };
        let characters = |row: &Row| match level {
            Level::Plain => row.plain,
            Level::Shift => row.shift,
            Level::AltGr => row.alt_gr,
        };
        rows.iter()
            .filter(|row| row.first <= key)
            .find_map(|row| characters(row).chars().nth(usize::from(key - row.first)))
            .filter(|character| *character != ' ')
    }

    /// Returns whether Alt at the right of the space bar, or Ctrl with Alt, chooses a third
    /// character.
    pub(super) fn has_alt_gr(self) -> bool {
        match self {
            Self::Us => false,
            Self::De | Self::Fr => true,
        }
    }

    /// Returns whether an accent waits for the letter it belongs to.
    pub(super) fn is_dead(self, character: char, level: Level) -> bool {
        match self {
            Self::Us => false,
            Self::De => matches!(character, '^' | '´' | '`'),
            Self::Fr => match level {
                Level::Plain => character == '^',
                Level::Shift => character == '¨',
                Level::AltGr => matches!(character, '~' | '`'),
            },
        }
    }
}

/// Returns the one character of an accent and a letter, if there is one.
pub(super) fn composed(accent: char, letter: char) -> Option<char> {
    let (_, letters, made) = COMPOSED.iter().find(|(one, ..)| *one == accent)?;
    let place = letters.chars().position(|one| one == letter)?;
    made.chars().nth(place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all(layout: KeyLayout) -> Vec<char> {
        let keys = (0..128).flat_map(|key| {
            [Level::Plain, Level::Shift, Level::AltGr].map(|level| layout.character(key, level))
        });
        keys.flatten().collect()
    }

    #[test]
    fn every_layout_has_every_character_of_a_code() {
        for layout in KeyLayout::ALL {
            let typed: BTreeSet<char> = all(layout).into_iter().collect();
            for character in (b'!'..=b'~').map(char::from) {
                assert!(typed.contains(&character), "{layout:?} lacks {character:?}");
            }
        }
    }

    #[test]
    fn rows_have_as_many_characters_with_shift_as_without() {
        for rows in [&US, &DE, &FR] {
            for row in rows {
                let (plain, shift) = (row.plain.chars().count(), row.shift.chars().count());
                assert!(shift == plain || row.shift.is_empty(), "{}", row.plain);
                assert!(row.alt_gr.chars().count() <= plain, "{}", row.alt_gr);
            }
        }
    }

    #[test]
    fn accents_and_their_letters_come_in_pairs() {
        for (accent, letters, made) in COMPOSED {
            assert_eq!(letters.chars().count(), made.chars().count(), "{accent}");
        }
        assert_eq!(composed('^', 'e'), Some('ê'));
        assert_eq!(composed('^', '1'), None);
    }

    #[test]
    fn a_layout_goes_by_its_name() {
        for layout in KeyLayout::ALL {
            assert_eq!(KeyLayout::by_name(layout.name()), Some(layout));
        }
        assert_eq!(KeyLayout::by_name("dvorak"), None);
    }
}
