//! The number of a gift card or a credit: who knows it may spend it, so it cannot be guessed.
//!
//! `GC` or `SC`, eighteen random digits and a check digit (GS1 General Specifications §7.9.1, as on
//! every barcode of the till). Eighteen digits: with a million cards out one guess in 10¹² finds
//! one, and a hub or a till answers a few guesses a second. The check digit catches every mistyped
//! digit and most swapped ones before anybody is asked. Letters in front keep it apart from all
//! numbers that are printed on goods.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{StoredCard, StoredKind};
use crate::barcode::check_digit;
use crate::ids::StoredId;

/// Digits of a number, the check digit included.
pub const NUMBER_DIGITS: usize = 19;
/// What the hash of a number begins with, so that it is no other hash of the same digits.
const DOMAIN: &[u8] = b"counterpart stored value 1\0";

/// A number in its one spelling. It is not shown by `Debug`, and no fact holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredNumber {
    kind: StoredKind,
    digits: String,
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberRefused {
    /// It does not look like one.
    #[error(
        "this is no number of a gift card or credit: scan it, or type GC or SC and its \
         {NUMBER_DIGITS} digits"
    )]
    Form,
    /// Its check digit is wrong.
    #[error("this number was mistyped, its check digit does not fit: scan it or type it again")]
    CheckDigit,
}

impl StoredNumber {
    /// Draws a number from 80 random bits.
    ///
    /// # Panics
    /// Never: eighteen digits have a check digit.
    #[must_use]
    pub fn draw(kind: StoredKind, random: u128) -> Self {
        let body = format!("{:018}", random % 10_u128.pow(18));
        let check = check_digit(&body).expect("eighteen digits");
        Self {
            kind,
            digits: format!("{body}{check}"),
        }
    }

    /// Reads a number as it was scanned or typed: blanks, hyphens and case do not matter.
    ///
    /// # Errors
    /// [`NumberRefused`].
    pub fn read(text: &str) -> Result<Self, NumberRefused> {
        let plain = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let plain: String = plain.take(40).map(|c| c.to_ascii_uppercase()).collect();
        let begins = |kind: &StoredKind| plain.starts_with(prefix(*kind));
        let kind = StoredKind::ALL.into_iter().find(begins);
        let kind = kind.ok_or(NumberRefused::Form)?;
        let digits = &plain[prefix(kind).len()..];
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        if digits.len() != NUMBER_DIGITS || !is_plain {
            return Err(NumberRefused::Form);
        }
        let (body, check) = digits.split_at(NUMBER_DIGITS - 1);
        let expected = check_digit(body).map(|digit| digit.to_string());
        match expected.as_deref() == Some(check) {
            true => Ok(Self {
                kind,
                digits: digits.to_owned(),
            }),
            false => Err(NumberRefused::CheckDigit),
        }
    }

    /// Returns what its code holds.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{}{}", prefix(self.kind), self.digits)
    }

    /// Returns it as people read it: in groups.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut text = prefix(self.kind).to_owned();
        for (at, digit) in self.digits.chars().enumerate() {
            if at % 4 == 0 {
                text.push(' ');
            }
            text.push(digit);
        }
        text
    }

    /// Returns what facts call the card.
    #[must_use]
    pub fn card(&self) -> StoredCard {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(self.code().as_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        StoredCard {
            id: StoredId::from_bytes(id),
            kind: self.kind,
            last_four: self.digits[NUMBER_DIGITS - 4..].to_owned(),
        }
    }
}

const fn prefix(kind: StoredKind) -> &'static str {
    match kind {
        StoredKind::GiftCard => "GC",
        StoredKind::StoreCredit => "SC",
    }
}

impl fmt::Debug for StoredNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredNumber(…{})", &self.digits[NUMBER_DIGITS - 4..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{NumberRefused, StoredNumber};
    use crate::stored::StoredKind;

    #[test]
    fn a_number_reads_back_however_it_is_typed_and_shows_itself_to_nobody() {
        let number = StoredNumber::draw(StoredKind::GiftCard, 123_456_789_012_345_678);
        assert_eq!(number.code(), "GC1234567890123456789");
        assert_eq!(number.grouped(), "GC 1234 5678 9012 3456 789");
        for typed in ["gc1234567890123456789", " GC-1234 5678 9012 3456 789"] {
            assert_eq!(StoredNumber::read(typed), Ok(number.clone()));
        }
        assert_eq!(number.card().last_four, "6789");
        assert!(!format!("{number:?}").contains("1234"));
        let credit = StoredNumber::draw(StoredKind::StoreCredit, 123_456_789_012_345_678);
        assert_ne!(credit.card().id, number.card().id);
    }

    #[test]
    fn what_is_no_number_says_so() {
        for text in [
            "",
            "GC",
            "4012345678901",
            "GC12345678901234567890",
            "GCé234567890123456789",
        ] {
            assert_eq!(StoredNumber::read(text), Err(NumberRefused::Form), "{text}");
        }
        let wrong = StoredNumber::read("GC1234567890123456784");
        assert_eq!(wrong, Err(NumberRefused::CheckDigit));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(random: u128, at in 2_usize..21, by in 1_u8..10) {
            let number = StoredNumber::draw(StoredKind::GiftCard, random);
            prop_assert_eq!(StoredNumber::read(&number.code()), Ok(number.clone()));
            let mut typed = number.code().into_bytes();
            typed[at] = b'0' + (typed[at] - b'0' + by) % 10;
            let typed = String::from_utf8(typed).unwrap();
            prop_assert!(StoredNumber::read(&typed).is_err());
        }
    }
}
