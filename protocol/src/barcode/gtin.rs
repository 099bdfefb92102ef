//! Global trade item numbers: GTIN-8, -12, -13 and -14 and UPC-E, as one 14-digit number.
//!
//! Rules: GS1 General Specifications, section 7.9 (check digit) and 5.2.2.4.2 (UPC-E).

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::check;

/// A trade item number with a right check digit, compared as its 14-digit form.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[schema(value_type = String, pattern = "^[0-9]{8,14}$", example = "5412345678908")]
#[serde(try_from = "String", into = "String")]
#[cbor(transparent)]
pub struct Gtin(#[n(0)] u64);

/// Why digits are no trade item number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GtinRefused {
    /// There is something else than digits.
    #[error("a trade item number is made of digits only")]
    NotDigits,
    /// There are not 8, 12, 13 or 14 digits.
    #[error("a trade item number has 8, 12, 13 or 14 digits")]
    Length,
    /// The last digit is not the check digit of the others.
    #[error("the check digit is {found}, it should be {expected}")]
    CheckDigit {
        /// The last digit.
        found: u8,
        /// What it should be.
        expected: u8,
    },
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits; 8 digits that are no GTIN-8 are tried as UPC-E.
    ///
    /// # Errors
    /// [`GtinRefused`], naming what is wrong.
    pub fn read(text: &str) -> Result<Self, GtinRefused> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GtinRefused::NotDigits);
        }
        let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
        let whole = match digits.len() {
            8 | 12 | 13 | 14 => checked(&digits),
            _ => return Err(GtinRefused::Length),
        };
        match (whole, digits.as_slice()) {
            (Err(refused), [0 | 1, .., _]) if digits.len() == 8 => {
                checked(&expand_upc_e(&digits)).map_err(|_| refused)
            }
            (whole, _) => whole,
        }
    }

    /// Reads what an EAN-8 holds: 8 digits that are never taken for a UPC-E.
    ///
    /// # Errors
    /// [`GtinRefused`].
    pub fn read_8(text: &str) -> Result<Self, GtinRefused> {
        let digits = check::digits(text).ok_or(GtinRefused::NotDigits)?;
        if digits.len() != 8 {
            return Err(GtinRefused::Length);
        }
        checked(&digits)
    }

    /// Reads what a UPC-E holds as the UPC-A it stands for: 8 digits with number system and check
    /// digit, or the 6 below the bars, whose number system is 0 and whose check digit is made.
    ///
    /// # Errors
    /// [`GtinRefused`]; `Length` also for a number system other than 0 and 1.
    pub fn read_upc_e(text: &str) -> Result<Self, GtinRefused> {
        let digits = check::digits(text).ok_or(GtinRefused::NotDigits)?;
        match digits.as_slice() {
            [0 | 1, _, _, _, _, _, _, _] => checked(&expand_upc_e(&digits)),
            six @ [_, _, _, _, _, _] => {
                let whole = [&[0], six, &[0]].concat();
                let mut long = expand_upc_e(&whole);
                long.pop();
                long.push(check::mod_10(&long));
                checked(&long)
            }
            _ => Err(GtinRefused::Length),
        }
    }

    /// Makes a number from up to 13 digits by appending their check digit; leading zeros count.
    ///
    /// # Errors
    /// [`GtinRefused`] unless there are 7, 11, 12 or 13 digits.
    pub fn with_check_digit(body: &str) -> Result<Self, GtinRefused> {
        if !body.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GtinRefused::NotDigits);
        }
        let mut digits: Vec<u8> = body.bytes().map(|byte| byte - b'0').collect();
        if !matches!(digits.len(), 7 | 11 | 12 | 13) {
            return Err(GtinRefused::Length);
        }
        digits.push(check::mod_10(&digits));
        checked(&digits)
    }

    /// Returns the number with 14 digits, which is how it is stored and compared.
    #[must_use]
    pub fn to_14(self) -> String {
        format!("{:014}", self.0)
    }
}

fn checked(digits: &[u8]) -> Result<Gtin, GtinRefused> {
    check::ends_in_mod_10(digits).map_err(|wrong| GtinRefused::CheckDigit {
        found: wrong.found,
        expected: wrong.expected,
    })?;
    Ok(Gtin(
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + u64::from(*digit)),
    ))
}

/// Returns the 12 digits of UPC-A that 8 digits of UPC-E stand for.
fn expand_upc_e(short: &[u8]) -> Vec<u8> {
    let (system, d, check) = (short[0], &short[1..7], short[7]);
    let mut long = vec![system];
    match d[5] {
        last @ 0..=2 => long.extend([d[0], d[1], last, 0, 0, 0, 0, d[2], d[3], d[4]]),
        3 => long.extend([d[0], d[1], d[2], 0, 0, 0, 0, 0, d[3], d[4]]),
        4 => long.extend([d[0], d[1], d[2], d[3], 0, 0, 0, 0, 0, d[4]]),
        last => long.extend([d[0], d[1], d[2], d[3], d[4], 0, 0, 0, 0, last]),
    }
    long.push(check);
    long
}

impl FromStr for Gtin {
    type Err = GtinRefused;

    fn from_str(text: &str) -> Result<Self, GtinRefused> {
        Self::read(text)
    }
}

impl TryFrom<String> for Gtin {
    type Error = GtinRefused;

    fn try_from(text: String) -> Result<Self, GtinRefused> {
        Self::read(&text)
    }
}

impl From<Gtin> for String {
    fn from(gtin: Gtin) -> Self {
        gtin.to_string()
    }
}

impl fmt::Display for Gtin {
    /// Writes the shortest of 8, 12, 13 or 14 digits that holds the number; 13 for a 12-digit one
    /// that a European shop prints with a leading zero is still 12 here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..100_000_000 => write!(f, "{:08}", self.0),
            100_000_000..1_000_000_000_000 => write!(f, "{:012}", self.0),
            1_000_000_000_000..10_000_000_000_000 => write!(f, "{:013}", self.0),
            _ => write!(f, "{:014}", self.0),
        }
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Gtin, GtinRefused};

    #[track_caller]
    fn check(text: &str, to_14: &str) {
        assert_eq!(Gtin::read(text).unwrap().to_14(), to_14);
    }

    #[test]
    fn every_length_is_one_number_space() {
        check("4006381333931", "04006381333931");
        check("036000291452", "00036000291452");
        check("0036000291452", "00036000291452");
        check("96385074", "00000096385074");
        check("10614141000415", "10614141000415");
    }

    #[test]
    fn upc_e_stands_for_its_upc_a() {
        check("04252614", "00042100005264");
        check("01234505", "00012000003455");
        // The number system and the check digit are not always printed.
        for text in ["04252614", "425261"] {
            assert_eq!(Gtin::read_upc_e(text).unwrap().to_14(), "00042100005264");
        }
        assert_eq!(Gtin::read_upc_e("24252614"), Err(GtinRefused::Length));
        assert_eq!(Gtin::read_upc_e("4252x1"), Err(GtinRefused::NotDigits));
    }

    #[test]
    fn an_ean_8_is_never_taken_for_a_upc_e() {
        assert_eq!(Gtin::read_8("96385074").unwrap().to_14(), "00000096385074");
        assert!(matches!(
            Gtin::read_8("04252614"),
            Err(GtinRefused::CheckDigit { .. })
        ));
        assert_eq!(Gtin::read_8("9638507"), Err(GtinRefused::Length));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = GtinRefused::CheckDigit {
            found: 0,
            expected: 1,
        };
        assert_eq!(Gtin::read("4006381333930"), Err(wrong));
        assert_eq!(
            Gtin::read("400638133393"),
            Err(GtinRefused::CheckDigit {
                found: 3,
                expected: 0
            })
        );
        assert_eq!(Gtin::read("12345"), Err(GtinRefused::Length));
        assert_eq!(Gtin::read("40063813339x1"), Err(GtinRefused::NotDigits));
    }

    proptest! {
        #[test]
        fn a_made_number_reads_back(body in "[1-9][0-9]{11}") {
            let gtin = Gtin::with_check_digit(&body).unwrap();
            prop_assert_eq!(gtin.to_string().parse(), Ok(gtin));
        }

        #[test]
        fn one_wrong_digit_is_always_found(
            body in "[0-9]{7}|[0-9]{11}|[1-9][0-9]{11}|[1-9][0-9]{12}",
            at in 0_usize..14,
            by in 1_u8..10,
        ) {
            let digits = super::check::digits(&body).unwrap();
            let mut text = format!("{body}{}", super::check::mod_10(&digits)).into_bytes();
            let at = at % text.len();
            text[at] = b'0' + (text[at] - b'0' + by) % 10;
            let text = std::str::from_utf8(&text).unwrap();
            if text.len() == 8 {
                prop_assert!(Gtin::read_8(text).is_err());
            } else {
                prop_assert!(Gtin::read(text).is_err());
            }
        }
    }
}
