//! What a scanned code means: one function from bytes and an AIM identifier to [`Scanned`].
//!
//! It knows codes, not products: whether anything is sold under a number is the catalogue's answer.

mod aim;
mod gtin;

pub use aim::{Aim, AimRefused};
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

/// Reads what a scanner delivered. `aim` is what it says it read, if it says so.
///
/// Without an identifier, 8, 12, 13 or 14 digits are a trade item number.
///
/// # Errors
/// [`ScanRefused`], in a sentence for the person who scanned.
pub fn read(bytes: &[u8], aim: Option<Aim>) -> Result<Scanned, ScanRefused> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .map(str::trim)
        .filter(|text| !text.chars().any(|c| c.is_control() && c != '\u{1d}'))
        .ok_or(ScanRefused::NotText { bytes: bytes.len() })?;
    if text.is_empty() {
        return Err(ScanRefused::Empty);
    }
    let number = match aim {
        None => text,
        Some(aim) => match aim.number_in(text) {
            Some(number) => number,
            None => return Ok(Scanned::Text(text.to_owned())),
        },
    };
    match Gtin::read(number) {
        Ok(gtin) => Ok(Scanned::Gtin(gtin)),
        Err(GtinRefused::CheckDigit { .. }) => Err(ScanRefused::CheckDigit {
            code: number.to_owned(),
        }),
        Err(GtinRefused::NotDigits | GtinRefused::Length) => Ok(Scanned::Text(text.to_owned())),
    }
}

/// Returns what else a code may be that came without an identifier, from a scanner that types it as
/// a keyboard does or one nobody set right: the identifier it begins with, and the rest.
///
/// A product's own number may begin like that, so ask for the whole code first.
#[must_use]
pub fn split_aim(code: &[u8]) -> Option<(Aim, &[u8])> {
    let (aim, rest) = code.split_at_checked(3)?;
    let aim = std::str::from_utf8(aim).ok()?;
    let aim = aim.starts_with(']').then(|| aim.parse().ok())??;
    (!rest.is_empty()).then_some((aim, rest))
}

#[cfg(test)]
mod tests {
    use super::{ScanRefused, Scanned, read, split_aim};

    #[track_caller]
    fn check(bytes: &[u8], aim: Option<&str>, expected: Result<Scanned, ScanRefused>) {
        let parsed = aim.map(|aim| aim.parse().unwrap());
        assert_eq!(read(bytes, parsed), expected, "{bytes:?} {aim:?}");
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
    fn the_number_is_found_where_the_symbol_keeps_it() {
        let gtin = || Ok(Scanned::Gtin("4006381333931".parse().unwrap()));
        let text = |text: &str| Ok(Scanned::Text(text.to_owned()));
        // With the bracket or without.
        check(b"4006381333931", Some("]E0"), gtin());
        // A magazine's issue stands behind its number.
        check(b"400638133393112", Some("]E3"), gtin());
        check(b"0104006381333931", Some("]C1"), gtin());
        check(b"010400638133393110A\x1d21B", Some("]d2"), gtin());
        check(b"0104006381333931", Some("]Q3"), gtin());
        check(b"0104006381333931", Some("]e0"), gtin());
        check(b"04006381333931", Some("]I1"), gtin());
        // A shipping container, a serial number alone, and no element strings at all.
        check(
            b"00340123450000000018",
            Some("]C1"),
            text("00340123450000000018"),
        );
        check(b"21B", Some("]d2"), text("21B"));
        check(b"0104006381333931", Some("]d1"), text("0104006381333931"));
        check(b"4006381333931", Some("]X0"), text("4006381333931"));
        let code = "04006381333930".to_owned();
        check(
            b"0104006381333930",
            Some("]C1"),
            Err(ScanRefused::CheckDigit { code }),
        );
    }

    #[test]
    fn what_may_be_an_identifier_is_told_apart_from_the_code() {
        #[track_caller]
        fn check(code: &str, expected: Option<(&str, &str)>) {
            let expected = expected.map(|(aim, rest)| (aim.parse().unwrap(), rest.as_bytes()));
            assert_eq!(split_aim(code.as_bytes()), expected, "{code:?}");
        }
        check("]E04006381333931", Some(("]E0", "4006381333931")));
        check("]j04711", Some(("]j0", "4711")));
        check("]C0]E0-SCREW", Some(("]C0", "]E0-SCREW")));
        for whole in ["", "]", "]E", "]E0", "]-0A", "E04711", "ä]E0"] {
            check(whole, None);
        }
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
