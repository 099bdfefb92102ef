//! Books, magazines and their issues: ISBN, ISSN and the add-on beside a magazine's bars.
//!
//! Hyphens are dropped, not checked: where they stand is the registration agencies' affair.
//! Rules: ISO 2108 (ISBN), ISO 3297 (ISSN), GS1 General Specifications, section 2.1.7 to 2.1.9.

use std::fmt;

use super::check;
use super::gtin::{Gtin, GtinRefused};

/// An international standard book number, as the trade item number it is sold under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Isbn(Gtin);

/// An international standard serial number: a magazine, without its issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Issn([u8; 7]);

/// The two or five digits beside the bars of a magazine or a book: an issue, or a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddOn {
    /// Two digits: the issue of a magazine, from 0 to 99.
    Two(u8),
    /// Five digits, from 0 to 99999.
    Five(u32),
}

/// Why a text is no book or magazine number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookRefused {
    /// It has not the characters of one.
    #[error("a book number has 10 or 13 digits, a magazine number 8; the last may be an X")]
    Length,
    /// Its last character is not the check character of the others.
    #[error("the check character is {found}, it should be {expected}")]
    CheckCharacter {
        /// The last character.
        found: char,
        /// What it should be.
        expected: char,
    },
    /// It is a trade item number of something else.
    #[error("the number of a book begins with 978 or 979")]
    NotBook,
}

impl Isbn {
    /// Reads 10 or 13 characters, with or without hyphens and spaces; an ISBN-10 becomes the 978
    /// number of the same book.
    ///
    /// # Errors
    /// [`BookRefused`].
    pub fn read(text: &str) -> Result<Self, BookRefused> {
        let plain = plain(text);
        match plain.len() {
            10 => {
                let body = ends_in_mod_11(&plain)?;
                let whole = Gtin::with_check_digit(&format!("978{body}"));
                whole.map(Self).map_err(|_| BookRefused::Length)
            }
            13 => match Gtin::read(&plain) {
                Ok(gtin) => Self::of(gtin).ok_or(BookRefused::NotBook),
                Err(GtinRefused::CheckDigit { found, expected }) => {
                    let [found, expected] = [found, expected].map(|digit| char::from(b'0' + digit));
                    Err(BookRefused::CheckCharacter { found, expected })
                }
                Err(GtinRefused::NotDigits | GtinRefused::Length) => Err(BookRefused::Length),
            },
            _ => Err(BookRefused::Length),
        }
    }

    /// Returns the book sold under a trade item number, if that is a book's: 978, or 979 but for
    /// the printed music under 979-0.
    #[must_use]
    pub fn of(gtin: Gtin) -> Option<Self> {
        let digits = gtin.to_14();
        let is_book = digits.starts_with("0978")
            || (digits.starts_with("0979") && !digits.starts_with("09790"));
        is_book.then_some(Self(gtin))
    }

    /// Returns the number it is sold under.
    #[must_use]
    pub fn gtin(self) -> Gtin {
        self.0
    }

    /// Returns its ten old characters, if it has any: only 978 numbers do.
    #[must_use]
    pub fn to_10(self) -> Option<String> {
        let digits = self.0.to_14();
        let body = digits.strip_prefix("0978")?.get(..9)?;
        let check = check::mod_11(&check::digits(body)?);
        Some(format!("{body}{check}"))
    }
}

impl Issn {
    /// Reads eight characters, with or without its hyphen.
    ///
    /// # Errors
    /// [`BookRefused`].
    pub fn read(text: &str) -> Result<Self, BookRefused> {
        let plain = plain(text);
        if plain.len() != 8 {
            return Err(BookRefused::Length);
        }
        let body = ends_in_mod_11(&plain)?;
        let digits = check::digits(body).ok_or(BookRefused::Length)?;
        Ok(Self(digits.try_into().map_err(|_| BookRefused::Length)?))
    }

    /// Returns the magazine sold under a trade item number, if it is one: 977 in front.
    #[must_use]
    pub fn of(gtin: Gtin) -> Option<Self> {
        let digits = gtin.to_14();
        let body = check::digits(digits.strip_prefix("0977")?.get(..7)?)?;
        body.try_into().ok().map(Self)
    }

    /// Returns the number the magazine is sold under; `variant` is 0 for the usual edition and
    /// price, at most 99.
    #[must_use]
    pub fn gtin(self, variant: u8) -> Gtin {
        let body: String = self
            .0
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect();
        let variant = variant.min(99);
        Gtin::with_check_digit(&format!("977{body}{variant:02}"))
            .expect("three, seven and two digits are twelve")
    }
}

impl AddOn {
    /// Splits an EAN or UPC read together with its add-on.
    pub(super) fn split(text: &str) -> Option<(&str, Self)> {
        let behind = match text.len() {
            18 | 17 => 5,
            15 | 14 => 2,
            _ => return None,
        };
        let (number, issue) = text.split_at_checked(text.len() - behind)?;
        check::digits(issue)?;
        Some(match behind {
            2 => (number, Self::Two(issue.parse().ok()?)),
            _ => (number, Self::Five(issue.parse().ok()?)),
        })
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '-' | '\u{2010}' | ' '))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Returns what stands before a right check character modulo 11.
fn ends_in_mod_11(plain: &str) -> Result<&str, BookRefused> {
    let found = plain.chars().next_back().ok_or(BookRefused::Length)?;
    let body = plain.strip_suffix(found).ok_or(BookRefused::Length)?;
    if !found.is_ascii_digit() && found != 'X' {
        return Err(BookRefused::Length);
    }
    let digits = check::digits(body).ok_or(BookRefused::Length)?;
    let expected = check::mod_11(&digits);
    if found == expected {
        Ok(body)
    } else {
        Err(BookRefused::CheckCharacter { found, expected })
    }
}

impl fmt::Display for Isbn {
    /// Writes its 13 digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Issn {
    /// Writes it with its hyphen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body: String = self
            .0
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect();
        let (one, two) = body.split_at(4);
        write!(f, "{one}-{two}{}", check::mod_11(&self.0))
    }
}

impl fmt::Display for AddOn {
    /// Writes its digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Two(issue) => write!(f, "{issue:02}"),
            Self::Five(issue) => write!(f, "{issue:05}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{AddOn, BookRefused, Isbn, Issn};

    #[test]
    fn a_book_has_two_numbers() {
        let book = Isbn::read("3-16-148410-X").unwrap();
        assert_eq!(book, Isbn::read("978-3-16-148410-0").unwrap());
        assert_eq!(book.to_string(), "9783161484100");
        assert_eq!(book.to_10().unwrap(), "316148410X");
        assert_eq!(
            Isbn::read("0-8044-2957-x").unwrap().to_10().unwrap(),
            "080442957X"
        );
        // A 979 number never had ten characters.
        assert_eq!(Isbn::read("9791090636071").unwrap().to_10(), None);
    }

    #[test]
    fn a_magazine_is_sold_under_977() {
        let magazine = Issn::read("0378-5955").unwrap();
        assert_eq!(magazine.to_string(), "0378-5955");
        assert_eq!(magazine.gtin(0).to_string(), "9770378595002");
        assert_eq!(Issn::of(magazine.gtin(5)), Some(magazine));
        assert_eq!(Issn::read("2434561X").unwrap().to_string(), "2434-561X");
    }

    #[test]
    fn what_is_no_book_is_refused_in_words() {
        let wrong = BookRefused::CheckCharacter {
            found: '1',
            expected: '0',
        };
        let wrong_10 = BookRefused::CheckCharacter {
            found: '1',
            expected: 'X',
        };
        assert_eq!(Isbn::read("3161484101"), Err(wrong_10));
        assert_eq!(Isbn::read("9783161484101"), Err(wrong));
        assert_eq!(Isbn::read("4006381333931"), Err(BookRefused::NotBook));
        assert_eq!(Isbn::read("9790060115615"), Err(BookRefused::NotBook));
        assert_eq!(Isbn::read("x161484100"), Err(BookRefused::Length));
        assert_eq!(Issn::read("0378-595"), Err(BookRefused::Length));
    }

    #[test]
    fn an_add_on_is_split_off() {
        assert_eq!(
            AddOn::split("977037859500212"),
            Some(("9770378595002", AddOn::Two(12)))
        );
        assert_eq!(
            AddOn::split("978316148410054995"),
            Some(("9783161484100", AddOn::Five(54_995)))
        );
        assert_eq!(AddOn::split("9783161484100"), None);
        assert_eq!(AddOn::Two(5).to_string(), "05");
    }

    proptest! {
        #[test]
        fn a_made_book_reads_back_and_one_wrong_digit_is_found(
            body in "[0-9]{9}",
            at in 0_usize..9,
            by in 1_u8..10,
        ) {
            let digits = super::check::digits(&body).unwrap();
            let ten = format!("{body}{}", super::check::mod_11(&digits));
            let book = Isbn::read(&ten).unwrap();
            prop_assert_eq!(book.to_10(), Some(ten.clone()));
            let mut text = ten.into_bytes();
            text[at] = b'0' + (text[at] - b'0' + by) % 10;
            prop_assert!(Isbn::read(std::str::from_utf8(&text).unwrap()).is_err());
        }
    }
}
