//! The number of an issued coupon: who knows it may use it, so it cannot be guessed.
//!
//! `CU` and sixteen characters of Crockford's base 32: fifteen random ones, 75 bits, and one that
//! checks them (the Luhn algorithm modulo 32, which finds every wrong character and most swapped
//! ones). With a million coupons out one guess in 10¹⁶ finds one. The alphabet has no U, so the
//! letters in front keep it apart from what is printed on goods.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::SingleCoupon;
use super::fact::CouponTaken;
use crate::ids::CouponId;

/// Characters of a number after its prefix, the checking one included.
pub const NUMBER_CHARS: usize = 16;
const PREFIX: &str = "CU";
/// Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// What the hash of a number begins with, so that it is no other hash of the same characters.
const DOMAIN: &[u8] = b"counterpart coupon number 1\0";

/// A number in its one spelling. It is not shown by `Debug`, and no fact holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct CouponNumber(String);

/// Why a text is no number of a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CouponNumberRefused {
    /// It does not look like one.
    #[error("this is no number of a coupon: it is CU and {NUMBER_CHARS} letters and digits")]
    Form,
    /// Its checking character is wrong.
    #[error("this number was mistyped: scan the coupon, or type it again as it is printed")]
    Check,
}

impl CouponNumber {
    /// Draws a number from 75 random bits.
    #[must_use]
    pub fn draw(random: u128) -> Self {
        let mut left = random;
        let mut values = [0_u8; NUMBER_CHARS - 1];
        for value in &mut values {
            *value = (left % 32) as u8;
            left /= 32;
        }
        let mut text: String = values.iter().map(|value| letter(*value)).collect();
        text.push(letter(check(&values)));
        Self(text)
    }

    /// Reads a number as it was scanned or typed: blanks, hyphens and case do not matter, and
    /// neither does which of 0 and O, of 1, I and L was meant.
    ///
    /// # Errors
    /// [`CouponNumberRefused`].
    pub fn read(text: &str) -> Result<Self, CouponNumberRefused> {
        let plain = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let plain: String = plain.take(40).map(|c| c.to_ascii_uppercase()).collect();
        let body = plain.strip_prefix(PREFIX);
        let body = body.ok_or(CouponNumberRefused::Form)?;
        let values: Option<Vec<u8>> = body.chars().map(value_of).collect();
        let values = values.ok_or(CouponNumberRefused::Form)?;
        let Some((last, rest)) = values.split_last().filter(|_| values.len() == NUMBER_CHARS)
        else {
            return Err(CouponNumberRefused::Form);
        };
        match check(rest) == *last {
            true => Ok(Self(values.iter().map(|value| letter(*value)).collect())),
            false => Err(CouponNumberRefused::Check),
        }
    }

    /// Returns what is typed: the number with its prefix.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    /// Returns it as people read it: in groups.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut text = PREFIX.to_owned();
        for (at, c) in self.0.chars().enumerate() {
            if at % 4 == 0 {
                text.push(' ');
            }
            text.push(c);
        }
        text
    }

    /// Returns what facts call the coupon.
    #[must_use]
    pub fn id(&self) -> CouponId {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(self.code().as_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        CouponId::from_bytes(id)
    }

    /// Returns its last four characters, by which people tell it from another.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[NUMBER_CHARS - 4..]
    }

    /// Returns it as a fact names it.
    #[must_use]
    pub fn single(&self, taken: CouponTaken) -> SingleCoupon {
        SingleCoupon {
            id: self.id(),
            last_four: self.last_four().to_owned(),
            taken,
        }
    }
}

fn letter(value: u8) -> char {
    char::from(ALPHABET[usize::from(value % 32)])
}

fn value_of(c: char) -> Option<u8> {
    let c = match c {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let at = ALPHABET.iter().position(|known| char::from(*known) == c)?;
    u8::try_from(at).ok()
}

/// The Luhn algorithm modulo 32: every second value from the right is doubled, and what is 32 or
/// more counts as the sum of its two digits to the base 32.
fn check(values: &[u8]) -> u8 {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(at, value)| {
            let doubled = u32::from(*value) * if at % 2 == 0 { 2 } else { 1 };
            doubled / 32 + doubled % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

impl fmt::Debug for CouponNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CouponNumber(…{})", self.last_four())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{CouponNumber, CouponNumberRefused};

    #[test]
    fn a_number_reads_back_however_it_is_typed_and_shows_itself_to_nobody() {
        let number = CouponNumber::draw(0x1234_5678_9abc_def0_1234);
        let typed = number.grouped().to_ascii_lowercase();
        assert_eq!(CouponNumber::read(&typed), Ok(number.clone()));
        let sloppy = number.code().replace('0', "O").replace('1', "l");
        assert_eq!(CouponNumber::read(&sloppy), Ok(number.clone()));
        assert!(!format!("{number:?}").contains(&number.code()[..8]));
        assert_ne!(number.id(), CouponNumber::draw(7).id());
    }

    #[test]
    fn what_is_no_number_says_so() {
        for text in [
            "",
            "CU",
            "4006381333931",
            "SUMMER10",
            "CU0000000000000000000",
        ] {
            let read = CouponNumber::read(text);
            assert_eq!(read, Err(CouponNumberRefused::Form), "{text}");
        }
        let wrong = CouponNumber::read("CU0000000000000001");
        assert_eq!(wrong, Err(CouponNumberRefused::Check));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(random: u128, at in 2_usize..18, by in 1_u8..32) {
            let number = CouponNumber::draw(random);
            prop_assert_eq!(CouponNumber::read(&number.code()), Ok(number.clone()));
            let mut typed = number.code().into_bytes();
            let value = super::value_of(char::from(typed[at])).unwrap();
            typed[at] = super::ALPHABET[usize::from((value + by) % 32)];
            let typed = String::from_utf8(typed).unwrap();
            prop_assert!(CouponNumber::read(&typed).is_err());
        }
    }
}
