//! What kind of symbol a scanner says it read (ISO/IEC 15424), and what such a symbol holds.
//!
//! It reads no values: what stands in a symbol is not known here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a kind of symbol holds, by its standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// An EAN-13, UPC-A or UPC-E.
    Ean,
    /// An EAN-8.
    Ean8,
    /// An EAN or UPC together with its add-on.
    EanWithAddOn,
    /// Digits that are a trade item number if they check as one: interleaved 2 of 5.
    Digits,
    /// GS1 element strings.
    Elements,
    /// Anything.
    Text,
}

/// A symbology identifier such as `]E0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Aim {
    letter: u8,
    modifier: u8,
}

/// Why a text is no symbology identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no symbology identifier: a letter and a digit or letter, with or without a bracket \
     before them, as in ]E0"
)]
pub struct AimRefused(pub String);

impl Aim {
    /// Returns what such a symbol holds.
    pub(super) fn holds(self) -> Holds {
        match (self.letter, self.modifier) {
            (b'E', b'3') => Holds::EanWithAddOn,
            (b'E', b'4') => Holds::Ean8,
            // An add-on read alone says nothing of the goods.
            (b'E', b'1' | b'2') => Holds::Text,
            (b'E', _) => Holds::Ean,
            (b'I', _) => Holds::Digits,
            // The five that hold GS1 element strings: GS1-128, DataBar, DataMatrix, QR, DotCode.
            (b'C', b'1') | (b'e', _) | (b'd', b'2') | (b'Q', b'3') | (b'J', b'1') => {
                Holds::Elements
            }
            _ => Holds::Text,
        }
    }
}

impl FromStr for Aim {
    type Err = AimRefused;

    /// Takes it with or without its bracket.
    fn from_str(text: &str) -> Result<Self, AimRefused> {
        match text.strip_prefix(']').unwrap_or(text).as_bytes() {
            [letter, modifier]
                if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                Ok(Self {
                    letter: *letter,
                    modifier: *modifier,
                })
            }
            _ => Err(AimRefused(text.chars().take(16).collect())),
        }
    }
}

impl TryFrom<String> for Aim {
    type Error = AimRefused;

    fn try_from(text: String) -> Result<Self, AimRefused> {
        text.parse()
    }
}

impl From<Aim> for String {
    fn from(aim: Aim) -> Self {
        aim.to_string()
    }
}

impl fmt::Display for Aim {
    /// Writes it with its bracket.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [letter, modifier] = [self.letter, self.modifier].map(char::from);
        write!(f, "]{letter}{modifier}")
    }
}

#[cfg(test)]
mod tests {
    use super::Aim;

    #[test]
    fn an_identifier_is_written_as_scanners_send_it() {
        for (written, read) in [("]E0", "E0"), ("]E0", "]E0"), ("]d2", "d2")] {
            assert_eq!(read.parse::<Aim>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused_in_words() {
        for bad in ["", "]", "E", "]]E0", "E00", "0E", "E-", "ä0"] {
            assert!(bad.parse::<Aim>().is_err(), "{bad:?}");
        }
        let refused = "EAN".parse::<Aim>().unwrap_err();
        assert!(refused.to_string().contains("as in ]E0"), "{refused}");
    }
}
