//! The three characters by which a scanner says what kind of symbol it read.
//!
//! ISO/IEC 15424: `]`, a letter for the symbology, a modifier. What the code means is not known
//! here.

use std::fmt;

/// An identifier such as `]E0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AimId {
    letter: u8,
    modifier: u8,
}

/// The kind of symbol, as far as a shop cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// EAN-13, UPC-A, UPC-E.
    Ean13,
    /// EAN-8.
    Ean8,
    /// CODE128.
    Code128,
    /// CODE128 with FNC1 first: GS1 element strings.
    Gs1128,
    /// GS1 DataBar.
    Gs1DataBar,
    /// Data Matrix.
    DataMatrix,
    /// Data Matrix with FNC1 first.
    Gs1DataMatrix,
    /// QR code.
    Qr,
    /// QR code with FNC1 first.
    Gs1Qr,
    /// CODE39.
    Code39,
    /// Interleaved 2 of 5.
    Interleaved2Of5,
    /// PDF417.
    Pdf417,
    /// Aztec.
    Aztec,
    /// Any other.
    Other,
}

/// Whether a scanner sends identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AimIds {
    /// A read that begins with a bracket, a letter the standard assigns and a modifier begins with
    /// an identifier. Right for every shop whose own codes do not begin like that.
    #[default]
    Detected,
    /// It always does: three characters with a bracket first are one, whatever the letter.
    Sent,
    /// It never does: a code may begin with a bracket and whatever follows.
    Off,
}

/// The letters ISO/IEC 15424 assigns.
const LETTERS: &[u8] = b"ABCDEFGHIKLMNOPQRSTUVXYZcdeghosz";

impl AimId {
    /// Splits a read of a scanner that sends identifiers like this into its identifier, if it
    /// begins with one, and the code. A modifier is a letter or a digit.
    pub fn split(read: &[u8], sends: AimIds) -> (Option<Self>, &[u8]) {
        let is_letter = |letter: &u8| match sends {
            AimIds::Detected => LETTERS.contains(letter),
            AimIds::Sent => letter.is_ascii_alphabetic(),
            AimIds::Off => false,
        };
        match read {
            [b']', letter, modifier, code @ ..]
                if is_letter(letter) && modifier.is_ascii_alphanumeric() =>
            {
                (
                    Some(Self {
                        letter: *letter,
                        modifier: *modifier,
                    }),
                    code,
                )
            }
            _ => (None, read),
        }
    }

    /// Returns the three characters.
    pub fn as_bytes(self) -> [u8; 3] {
        [b']', self.letter, self.modifier]
    }

    /// Returns the kind of symbol.
    pub fn symbology(self) -> Symbology {
        match (self.letter, self.modifier) {
            (b'E', b'4') => Symbology::Ean8,
            (b'E', _) => Symbology::Ean13,
            (b'C', b'1') => Symbology::Gs1128,
            (b'C', _) => Symbology::Code128,
            (b'e', _) => Symbology::Gs1DataBar,
            (b'd', b'2') => Symbology::Gs1DataMatrix,
            (b'd', _) => Symbology::DataMatrix,
            (b'Q', b'3') => Symbology::Gs1Qr,
            (b'Q', _) => Symbology::Qr,
            (b'A', _) => Symbology::Code39,
            (b'I', _) => Symbology::Interleaved2Of5,
            (b'L', _) => Symbology::Pdf417,
            (b'z', _) => Symbology::Aztec,
            _ => Symbology::Other,
        }
    }
}

impl fmt::Display for AimId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "]{}{}",
            char::from(self.letter),
            char::from(self.modifier)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_sent(sends: AimIds, read: &str, expected: Option<Symbology>, code: &str) {
        let (aim, rest) = AimId::split(read.as_bytes(), sends);
        assert_eq!(aim.map(AimId::symbology), expected, "{sends:?} {read:?}");
        assert_eq!(rest, code.as_bytes(), "{sends:?} {read:?}");
    }

    #[track_caller]
    fn check(read: &str, expected: Option<Symbology>, code: &str) {
        check_sent(AimIds::Detected, read, expected, code);
    }

    #[test]
    fn an_identifier_says_what_was_read() {
        check("]E04006381333931", Some(Symbology::Ean13), "4006381333931");
        check("]E496385074", Some(Symbology::Ean8), "96385074");
        check(
            "]C10104006381333931",
            Some(Symbology::Gs1128),
            "0104006381333931",
        );
        check("]C0S01-1-42", Some(Symbology::Code128), "S01-1-42");
        check(
            "]d2010400638133393110A\u{1D}21B",
            Some(Symbology::Gs1DataMatrix),
            "010400638133393110A\u{1D}21B",
        );
        check(
            "]Q1https://example.org",
            Some(Symbology::Qr),
            "https://example.org",
        );
        check("]X0?", Some(Symbology::Other), "?");
    }

    #[test]
    fn a_code_may_begin_with_a_bracket() {
        check("]", None, "]");
        check("]E", None, "]E");
        check("]j0", None, "]j0");
        check("]E-1", None, "]E-1");
        check("4006381333931", None, "4006381333931");
    }

    #[test]
    fn a_scanner_that_sends_none_leaves_brackets_in_the_code() {
        for code in ["]E0-SCREW", "]C1", "]d2X", "[A]"] {
            check_sent(AimIds::Off, code, None, code);
        }
    }

    #[test]
    fn a_scanner_that_sends_them_sends_unassigned_ones_too() {
        check_sent(AimIds::Sent, "]j04711", Some(Symbology::Other), "4711");
        check_sent(AimIds::Sent, "]E04711", Some(Symbology::Ean13), "4711");
        // What stands after it is the code's own, even if it begins with a bracket.
        check_sent(
            AimIds::Sent,
            "]C0]E0-SCREW",
            Some(Symbology::Code128),
            "]E0-SCREW",
        );
        check_sent(AimIds::Sent, "4711", None, "4711");
        check_sent(AimIds::Sent, "]-04711", None, "]-04711");
    }
}
