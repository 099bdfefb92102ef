//! Barcodes and QR codes: what may stand in them, and the bars a preview draws.
//!
//! A printer draws its own bars from the code; the modules here are for the SVG form and to
//! decide, once for every renderer, whether a symbol fits the paper.

use thiserror::Error;

/// Which rules a linear barcode follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// 13 digits, the last a check digit.
    Ean13,
    /// 8 digits, the last a check digit.
    Ean8,
    /// Printable ASCII.
    Code128,
    /// CODE128 with FNC1 in front: GS1 element strings.
    Gs1128,
}

/// A linear barcode whose code has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Barcode {
    symbology: Symbology,
    code: String,
    /// What people read below it; nothing where that is the code itself.
    caption: Option<String>,
}

/// Which CODE128 set carries the code: B takes one character per symbol, C two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeSet {
    /// Printable ASCII.
    B,
    /// Pairs of digits.
    C,
}

/// A QR code whose payload has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Qr {
    payload: String,
}

/// Dark and light squares of a symbol, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// Squares in a row.
    pub width: usize,
    /// `true` is dark; as many as `width` times the number of rows.
    pub dark: Vec<bool>,
}

/// Why a symbol cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SymbolRefused {
    /// Nothing to encode.
    #[error("the code is empty")]
    Empty,
    /// A character the symbology has no bars for, or a control character.
    #[error("the code has the character {character:?} at place {place}, which cannot be encoded")]
    CharacterNotEncodable {
        /// The character.
        character: char,
        /// Its place, counted from 1.
        place: usize,
    },
    /// Not as long as the symbology wants.
    #[error("the code has {actual} digits where {expected} are needed")]
    LengthWrong {
        /// Digits needed.
        expected: usize,
        /// Digits given.
        actual: usize,
    },
    /// Longer than a scanner reads from a receipt.
    #[error("the code is {actual} bytes long, the most is {length_max}")]
    TooLong {
        /// The most bytes.
        length_max: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The last digit does not follow from the others.
    #[error("the check digit is {actual} where {expected} is right")]
    CheckDigitWrong {
        /// The right digit.
        expected: u32,
        /// The digit given.
        actual: u32,
    },
}

/// What separates values of variable length, as a scanner sends it.
const SEPARATOR: char = '\u{1D}';
/// How the crate that draws the bars spells FNC1; no code has this letter.
const FNC1: &str = "\u{179}";
/// Quiet zone each side, in modules (GS1 General Specifications 5.2.3.4: at most 11).
const QUIET_MODULES: usize = 11;
/// Quiet zone of a QR code each side, in modules (ISO/IEC 18004 6.3.8).
const QR_QUIET_MODULES: usize = 4;

impl Barcode {
    /// The longest CODE128 code; longer ones do not fit 80 mm paper at a readable width.
    pub const CODE128_LENGTH_MAX: usize = 42;
    /// The longest element strings of one GS1-128 (GS1 General Specifications, section 5.4.3.3).
    pub const GS1_LENGTH_MAX: usize = 48;

    /// Makes an EAN-13 of 13 digits.
    ///
    /// # Errors
    /// [`SymbolRefused::LengthWrong`], `CharacterNotEncodable`, `CheckDigitWrong`.
    pub fn ean13(code: &str) -> Result<Self, SymbolRefused> {
        check_ean(code, 13)?;
        Ok(Self {
            symbology: Symbology::Ean13,
            code: code.to_owned(),
            caption: None,
        })
    }

    /// Makes an EAN-8 of 8 digits.
    ///
    /// # Errors
    /// [`SymbolRefused::LengthWrong`], `CharacterNotEncodable`, `CheckDigitWrong`.
    pub fn ean8(code: &str) -> Result<Self, SymbolRefused> {
        check_ean(code, 8)?;
        Ok(Self {
            symbology: Symbology::Ean8,
            code: code.to_owned(),
            caption: None,
        })
    }

    /// Makes a CODE128 of printable ASCII.
    ///
    /// # Errors
    /// [`SymbolRefused::Empty`], `CharacterNotEncodable`, `TooLong`.
    pub fn code128(code: &str) -> Result<Self, SymbolRefused> {
        check_characters(code, |character| (' '..='~').contains(&character))?;
        if code.len() > Self::CODE128_LENGTH_MAX {
            return Err(SymbolRefused::TooLong {
                length_max: Self::CODE128_LENGTH_MAX,
                actual: code.len(),
            });
        }
        Ok(Self {
            symbology: Symbology::Code128,
            code: code.to_owned(),
            caption: None,
        })
    }

    /// Makes a GS1-128 of element strings: identifiers and values, GS (0x1D) behind those of
    /// variable length, FNC1 in front left out. `caption` is what people read below it, with
    /// brackets.
    ///
    /// # Errors
    /// [`SymbolRefused::Empty`], `CharacterNotEncodable`, `TooLong`.
    pub fn gs1_128(elements: &str, caption: &str) -> Result<Self, SymbolRefused> {
        check_characters(elements, |character| {
            (' '..='~').contains(&character) || character == SEPARATOR
        })?;
        if elements.len() > Self::GS1_LENGTH_MAX {
            return Err(SymbolRefused::TooLong {
                length_max: Self::GS1_LENGTH_MAX,
                actual: elements.len(),
            });
        }
        Ok(Self {
            symbology: Symbology::Gs1128,
            code: elements.to_owned(),
            caption: Some(crate::Words::new(caption).to_string()),
        })
    }

    /// Returns which rules the barcode follows.
    pub fn symbology(&self) -> Symbology {
        self.symbology
    }

    /// Returns the code as a scanner would read it.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns what people read below it.
    pub fn caption(&self) -> &str {
        self.caption.as_deref().unwrap_or(&self.code)
    }

    /// Returns the CODE128 set that carries the code: pairs of digits when it has only pairs.
    pub fn code_set(&self) -> CodeSet {
        let digits = self.code.bytes().all(|byte| byte.is_ascii_digit());
        if digits && self.code.len().is_multiple_of(2) {
            CodeSet::C
        } else {
            CodeSet::B
        }
    }

    /// Returns the bars.
    pub fn modules(&self) -> Modules {
        let bars = match self.symbology {
            Symbology::Ean13 => barcoders::sym::ean13::EAN13::new(&self.code)
                .expect("the constructor checked the digits")
                .encode(),
            Symbology::Ean8 => barcoders::sym::ean8::EAN8::new(&self.code)
                .expect("the constructor checked the digits")
                .encode(),
            Symbology::Code128 | Symbology::Gs1128 => {
                let (first, code) = match self.symbology {
                    Symbology::Gs1128 => (FNC1, self.code.replace(SEPARATOR, FNC1)),
                    Symbology::Ean13 | Symbology::Ean8 | Symbology::Code128 => {
                        ("", self.code.clone())
                    }
                };
                // The crate marks the sets with letters that are not ASCII, so no code has them.
                let set = match self.code_set() {
                    CodeSet::B => '\u{181}',
                    CodeSet::C => '\u{106}',
                };
                barcoders::sym::code128::Code128::new(format!("{set}{first}{code}"))
                    .expect("the constructor checked the characters")
                    .encode()
            }
        };
        Modules {
            width: bars.len(),
            dark: bars.into_iter().map(|bar| bar == 1).collect(),
        }
    }

    /// Returns how many dots wide one module is on paper of `paper_dots`: 3 where the symbol
    /// then fits, else 2 (0.25 mm at 203 dpi, the least a hand scanner reads), else nothing.
    pub fn module_dots(&self, paper_dots: usize) -> Option<u8> {
        let modules = self.modules().width + 2 * QUIET_MODULES;
        [3_u8, 2]
            .into_iter()
            .find(|dots| modules * usize::from(*dots) <= paper_dots)
    }
}

impl Qr {
    /// The longest payload; also bounds what a printer may still wait for after a torn job.
    pub const PAYLOAD_BYTES_MAX: usize = 512;

    /// Makes a QR code of text without control characters.
    ///
    /// # Errors
    /// [`SymbolRefused::Empty`], `CharacterNotEncodable`, `TooLong`.
    pub fn new(payload: &str) -> Result<Self, SymbolRefused> {
        check_characters(payload, |character| !character.is_control())?;
        if payload.len() > Self::PAYLOAD_BYTES_MAX {
            return Err(SymbolRefused::TooLong {
                length_max: Self::PAYLOAD_BYTES_MAX,
                actual: payload.len(),
            });
        }
        Ok(Self {
            payload: payload.to_owned(),
        })
    }

    /// Returns the payload as a scanner would read it.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// Returns the squares, without the quiet zone, at error correction level M.
    pub fn modules(&self) -> Modules {
        let code = qrcode::QrCode::with_error_correction_level(&self.payload, qrcode::EcLevel::M)
            .expect("512 bytes fit version 19, the crate goes to 40");
        let dark = code
            .to_colors()
            .into_iter()
            .map(|square| square == qrcode::Color::Dark);
        Modules {
            width: code.width(),
            dark: dark.collect(),
        }
    }

    /// Returns how many dots wide one square is on paper of `paper_dots`: the most from 3 to 6
    /// that leaves half of the paper free, and 3 where none does.
    pub fn module_dots(&self, paper_dots: usize) -> u8 {
        let modules = self.modules().width + 2 * QR_QUIET_MODULES;
        let fitting = (3..=6_u8)
            .rev()
            .find(|dots| modules * usize::from(*dots) * 2 <= paper_dots);
        fitting.unwrap_or(3)
    }
}

fn check_ean(code: &str, length: usize) -> Result<(), SymbolRefused> {
    check_characters(code, |character| character.is_ascii_digit())?;
    if code.len() != length {
        return Err(SymbolRefused::LengthWrong {
            expected: length,
            actual: code.len(),
        });
    }
    let digits: Vec<u32> = code.bytes().map(|byte| u32::from(byte - b'0')).collect();
    let (actual, others) = digits.split_last().expect("the length has been checked");
    // Weights 3 and 1 from the right (GS1 General Specifications 7.9.1).
    let sum: u32 = others
        .iter()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(d, w)| d * w)
        .sum();
    let expected = (10 - sum % 10) % 10;
    if *actual != expected {
        return Err(SymbolRefused::CheckDigitWrong {
            expected,
            actual: *actual,
        });
    }
    Ok(())
}

fn check_characters(code: &str, encodable: impl Fn(char) -> bool) -> Result<(), SymbolRefused> {
    if code.is_empty() {
        return Err(SymbolRefused::Empty);
    }
    match code
        .chars()
        .enumerate()
        .find(|(_, character)| !encodable(*character))
    {
        Some((place, character)) => Err(SymbolRefused::CharacterNotEncodable {
            character,
            place: place + 1,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
