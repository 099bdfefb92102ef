//! What a scanned code means: one function from bytes and an AIM identifier to [`Scanned`].
//!
//! It knows codes, not products: whether anything is sold under a number is the catalogue's answer.

mod gtin;

pub use gtin::{Gtin, GtinRefused};

/// What a scan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// A trade item number with a right check digit.
    Gtin(Gtin),
    /// Any other printable code: a SKU, a receipt number, a badge.
    Text(String),
}

/// Why a scan says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanRefused {
    /// Nothing was read.
    #[error("nothing was read: scan again")]
    Empty,
    /// The symbol holds a trade item number whose check digit is wrong.
    #[error("{code} has a wrong check digit: scan again, or type the number below the bars")]
    CheckDigit {
        /// What was read.
        code: String,
    },
    /// The code is not text a shop uses.
    #[error("the code holds {bytes} bytes that are not text: scan again")]
    NotText {
        /// How many bytes were read.
        bytes: usize,
    },
}

/// Reads what a scanner delivered. `aim` is the symbology identifier without its leading `]`, such
/// as `E0`, if the scanner sends one (ISO/IEC 15424).
///
/// Without an identifier, 8, 12, 13 or 14 digits are a trade item number.
///
/// # Errors
/// [`ScanRefused`], in a sentence for the person who scanned.
pub fn read(bytes: &[u8], aim: Option<&str>) -> Result<Scanned, ScanRefused> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .map(str::trim)
        .filter(|text| !text.chars().any(|c| c.is_control() && c != '\u{1d}'))
        .ok_or(ScanRefused::NotText { bytes: bytes.len() })?;
    if text.is_empty() {
        return Err(ScanRefused::Empty);
    }
    let symbology = aim.and_then(|aim| aim.chars().next());
    // E: EAN/UPC, always a trade item number. I: interleaved 2 of 5, which carries GTIN-14.
    let surely = symbology == Some('E');
    let perhaps = matches!(symbology, None | Some('I'));
    if !(surely || perhaps) {
        return Ok(Scanned::Text(text.to_owned()));
    }
    match Gtin::read(text) {
        Ok(gtin) => Ok(Scanned::Gtin(gtin)),
        Err(GtinRefused::CheckDigit { .. }) => Err(ScanRefused::CheckDigit {
            code: text.to_owned(),
        }),
        Err(GtinRefused::NotDigits | GtinRefused::Length) => Ok(Scanned::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{ScanRefused, Scanned, read};

    #[track_caller]
    fn check(bytes: &[u8], aim: Option<&str>, expected: Result<Scanned, ScanRefused>) {
        assert_eq!(read(bytes, aim), expected, "{bytes:?} {aim:?}");
    }

    #[test]
    fn digits_are_a_trade_item_number_unless_the_symbol_says_otherwise() {
        let gtin = || Ok(Scanned::Gtin("4006381333931".parse().unwrap()));
        let text = |text: &str| Ok(Scanned::Text(text.to_owned()));
        check(b"4006381333931", None, gtin());
        check(b"4006381333931", Some("E0"), gtin());
        check(b"4006381333931\r", Some("E0"), gtin());
        check(b"4006381333930", Some("C0"), text("4006381333930"));
        check(b"TEE-M", None, text("TEE-M"));
        check(b"12345", None, text("12345"));
    }

    #[test]
    fn a_misread_is_refused_in_words() {
        let code = "4006381333930".to_owned();
        check(
            code.as_bytes(),
            None,
            Err(ScanRefused::CheckDigit { code: code.clone() }),
        );
        check(b"", None, Err(ScanRefused::Empty));
        check(b"\xff\xfe", None, Err(ScanRefused::NotText { bytes: 2 }));
        check(b"\x1bp0", None, Err(ScanRefused::NotText { bytes: 3 }));
    }
}
