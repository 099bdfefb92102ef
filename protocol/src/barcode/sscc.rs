//! Serial shipping container codes: the number of one box, pallet or cage.
//!
//! Rules: GS1 General Specifications, section 3.3.1 and 7.9.1.

use std::fmt;
use std::str::FromStr;

use super::check;

/// How many digits one has.
const LENGTH: usize = 18;

/// The number of one logistic unit, with a right check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sscc(u64);

/// Why digits are no container code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SsccRefused {
    /// There are not 18 digits, or not only digits.
    #[error("a container code has 18 digits")]
    Length,
    /// The last digit is not the check digit of the others.
    #[error("the check digit is {found}, it should be {expected}")]
    CheckDigit {
        /// The last digit.
        found: u8,
        /// What it should be.
        expected: u8,
    },
    /// Extension, company prefix and serial do not have 17 digits together.
    #[error("an extension digit, the company prefix and the serial have 17 digits together")]
    Parts,
}

impl Sscc {
    /// Reads 18 digits.
    ///
    /// # Errors
    /// [`SsccRefused`].
    pub fn read(text: &str) -> Result<Self, SsccRefused> {
        let digits = check::digits(text).ok_or(SsccRefused::Length)?;
        if digits.len() != LENGTH {
            return Err(SsccRefused::Length);
        }
        check::ends_in_mod_10(&digits).map_err(|wrong| SsccRefused::CheckDigit {
            found: wrong.found,
            expected: wrong.expected,
        })?;
        let number = digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + u64::from(*digit));
        Ok(Self(number))
    }

    /// Makes the code of the `serial`th unit of a company; `extension` is a digit the company
    /// chooses, and the serial fills what its prefix leaves of 16 digits.
    ///
    /// # Errors
    /// [`SsccRefused::Parts`] when they do not fit.
    pub fn of(extension: u8, company_prefix: &str, serial: u64) -> Result<Self, SsccRefused> {
        // A company prefix has 4 to 12 digits (section 1.4.4).
        let left = 16_usize.checked_sub(company_prefix.len());
        let left = left
            .filter(|left| (4..=12).contains(left))
            .ok_or(SsccRefused::Parts)?;
        let body = format!("{extension}{company_prefix}{serial:0left$}");
        let mut digits = check::digits(&body).ok_or(SsccRefused::Parts)?;
        if digits.len() != LENGTH - 1 {
            return Err(SsccRefused::Parts);
        }
        digits.push(check::mod_10(&digits));
        let number = digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + u64::from(*digit));
        Ok(Self(number))
    }
}

impl fmt::Display for Sscc {
    /// Writes its 18 digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:018}", self.0)
    }
}

impl FromStr for Sscc {
    type Err = SsccRefused;

    fn from_str(text: &str) -> Result<Self, SsccRefused> {
        Self::read(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Sscc, SsccRefused};

    #[test]
    fn the_standard_s_example_reads() {
        // GS1 General Specifications, figure 7.9.1-1.
        assert_eq!(
            Sscc::read("376104250021234569").unwrap().to_string(),
            "376104250021234569"
        );
        let wrong = SsccRefused::CheckDigit {
            found: 8,
            expected: 9,
        };
        assert_eq!(Sscc::read("376104250021234568"), Err(wrong));
        assert_eq!(Sscc::read("37610425002123456"), Err(SsccRefused::Length));
        assert_eq!(Sscc::read("3761042500212345x9"), Err(SsccRefused::Length));
    }

    #[test]
    fn parts_that_do_not_fit_make_none() {
        assert_eq!(Sscc::of(10, "7610425", 1), Err(SsccRefused::Parts));
        assert_eq!(Sscc::of(0, "761", 1), Err(SsccRefused::Parts));
        assert_eq!(Sscc::of(0, "76104250021x", 1), Err(SsccRefused::Parts));
        assert_eq!(Sscc::of(0, "761042500212", 10_000), Err(SsccRefused::Parts));
    }

    proptest! {
        #[test]
        fn a_made_code_reads_and_one_wrong_digit_is_found(
            extension in 0_u8..10,
            prefix in "[0-9]{4,12}",
            serial in 0_u64..10_000,
            at in 0_usize..18,
            by in 1_u8..10,
        ) {
            let made = Sscc::of(extension, &prefix, serial).unwrap();
            prop_assert_eq!(made.to_string().parse(), Ok(made));
            let mut text = made.to_string().into_bytes();
            text[at] = b'0' + (text[at] - b'0' + by) % 10;
            prop_assert!(Sscc::read(std::str::from_utf8(&text).unwrap()).is_err());
        }
    }
}
