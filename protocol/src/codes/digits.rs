//! Digits a customer can say or type. They hold no signature: they are checked against a salted
//! hash in the order's facts, and whoever checks them limits the attempts.

use std::fmt;

use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

/// How many digits there are: one in a million is guessed at the first try, and five tries are
/// what a counter allows.
pub const DIGITS: usize = 6;

/// What typed digits are checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TypedDigits {
    /// Makes equal digits of two orders look different.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// SHA-256 of salt and digits.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
}

/// A text that is not six digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a pickup number has {} digits: it stands below the code in the customer's message",
    DIGITS
)]
pub struct DigitsRefused;

impl TypedDigits {
    /// Makes new digits from eight random bytes, and what they are checked against from a random
    /// salt. The digits themselves are for the customer's message alone.
    #[must_use]
    pub fn draw(random: [u8; 8], salt: [u8; 16]) -> (String, Self) {
        let number = u64::from_be_bytes(random) % 10_u64.pow(DIGITS as u32);
        let digits = format!("{number:0DIGITS$}");
        let sha256 = hash(&salt, &digits);
        (digits, Self { salt, sha256 })
    }

    /// Tells whether these are the digits; blanks and hyphens between them do not count.
    ///
    /// # Errors
    /// [`DigitsRefused`] when the text is not six digits, which costs no attempt.
    pub fn check(&self, typed: &str) -> Result<bool, DigitsRefused> {
        let digits: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        let plain = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        match plain {
            true => Ok(hash(&self.salt, &digits) == self.sha256),
            false => Err(DigitsRefused),
        }
    }
}

fn hash(salt: &[u8; 16], digits: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(digits);
    hasher.finalize().into()
}

/// Shows that there are digits, not which.
impl fmt::Display for TypedDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("six digits")
    }
}

#[cfg(test)]
mod tests {
    use super::{DigitsRefused, TypedDigits};

    #[test]
    fn only_the_customers_own_digits_fit() {
        let (digits, check) = TypedDigits::draw([0, 0, 0, 0, 0, 0, 0, 7], [1; 16]);
        assert_eq!(digits, "000007");
        assert_eq!(check.check("000 007"), Ok(true));
        assert_eq!(check.check("00-00-07"), Ok(true));
        assert_eq!(check.check("000008"), Ok(false));
        for bad in ["", "7", "0000007", "00000a", "０００００７"] {
            assert_eq!(check.check(bad), Err(DigitsRefused), "{bad:?}");
        }
    }
}
