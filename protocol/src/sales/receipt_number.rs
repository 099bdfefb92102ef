//! The number printed on a receipt, as people and scanners read it.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::ids::RegisterId;

/// The number printed on a receipt: gap-free within its register's series.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[cbor(map)]
pub struct ReceiptNumber {
    /// The register.
    #[n(0)]
    pub register: RegisterId,
    /// The series: a new incarnation opens a new one.
    #[n(1)]
    pub series: u32,
    /// Counts receipts of the series from 1.
    #[n(2)]
    pub number: u32,
}

impl ReceiptNumber {
    /// The first series of a training store. A real one counts its lives from 1 and begins a new
    /// one with a new machine or a backup: none gets here.
    pub const TRAINING_SERIES: u32 = 9_001;

    /// Tells whether a training store printed it: nothing was sold with it.
    #[must_use]
    pub const fn is_of_training(self) -> bool {
        self.series >= Self::TRAINING_SERIES
    }
}

impl fmt::Display for ReceiptNumber {
    /// Writes `register-series-number`, such as `1-1-000042`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:06}", self.register, self.series, self.number)
    }
}

/// A text that is no number of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no number of a receipt, such as 1-1-000042")]
pub struct ReceiptNumberRefused(pub String);

impl FromStr for ReceiptNumber {
    type Err = ReceiptNumberRefused;

    /// Reads what [`Self::fmt`](fmt::Display) writes; zeros before the number may be left out.
    fn from_str(text: &str) -> Result<Self, ReceiptNumberRefused> {
        let digits = |part: Option<&str>| -> Option<u32> {
            let part = part.filter(|part| part.len() <= 10)?;
            let all = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            all.then(|| part.parse().ok())?
        };
        let mut parts = text.split('-');
        let mut read = || {
            let register = u16::try_from(digits(parts.next())?).ok()?;
            let (series, number) = (digits(parts.next())?, digits(parts.next())?);
            parts.next().is_none().then_some(Self {
                register: RegisterId(register),
                series,
                number,
            })
        };
        read().ok_or_else(|| ReceiptNumberRefused(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::ReceiptNumber;
    use crate::ids::RegisterId;

    #[test]
    fn a_receipt_of_training_shows_it_by_its_series() {
        let is_of_training = |text: &str| text.parse::<ReceiptNumber>().unwrap().is_of_training();
        assert!(!is_of_training("1-1-000001"));
        assert!(!is_of_training("1-9000-000001"));
        assert!(is_of_training("1-9001-000001"));
        assert!(is_of_training("2-9123-000007"));
    }

    #[test]
    fn a_number_is_read_as_it_is_printed() {
        let number = ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 417,
        };
        assert_eq!(number.to_string(), "2-1-000417");
        assert_eq!("2-1-000417".parse(), Ok(number));
        assert_eq!("2-1-417".parse(), Ok(number));
        for bad in [
            "",
            "2-1",
            "2-1-",
            "2-1-x",
            "2-1-1-1",
            "-2-1-1",
            "70000-1-1",
            "2-1-+1",
        ] {
            assert!(bad.parse::<ReceiptNumber>().is_err(), "{bad:?}");
        }
    }
}
