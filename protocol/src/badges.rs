//! Staff badges: a secret on a card, and the hash a store knows it by. Since version 0.1.0.
//!
//! It draws, reads and hashes; whose badge counts, and for what, is decided where it is shown.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::reference::{hash_of, hash_text};

/// What every badge begins with: a reader knows it from a product's number and from a customer's
/// code (`CP1`) by this.
const PREFIX: &str = "CPB1";
/// The bytes of the secret. 80 bits are beyond guessing, also against its hash, and their CODE128
/// still fits across a bank card's width at 0.25 mm a module.
pub const SECRET_BYTES: usize = 10;
/// The characters after the prefix: five bits each.
const SECRET_CHARS: usize = SECRET_BYTES * 8 / 5;
/// What is hashed besides the secret, so that the hash is good for nothing else.
const DOMAIN: &[u8] = b"counterpart badge 1";

/// A badge as it is scanned. It is shown to nobody but whoever prints the card.
#[derive(Clone, PartialEq, Eq)]
pub struct Badge([u8; SECRET_BYTES]);

/// What a badge is known by: SHA-256 of its secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BadgeHash(pub [u8; 32]);

/// The badges of somebody: the one that counts, and those that do so no longer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Badges {
    /// The one that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<BadgeHash>,
    /// Those that were taken back: whoever shows one is told so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<BadgeHash>,
}

impl Badge {
    /// Makes a badge of ten random bytes.
    #[must_use]
    pub const fn of_secret(secret: [u8; SECRET_BYTES]) -> Self {
        Self(secret)
    }

    /// Tells whether a scanned text claims to be a badge. It is then nothing else: no product, no
    /// customer's code, no text of a field.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        let text = text.trim().as_bytes();
        text.len() == PREFIX.len() + SECRET_CHARS
            && text[..PREFIX.len()].eq_ignore_ascii_case(PREFIX.as_bytes())
    }

    /// Reads a scanned text; nothing when it is no badge, or one that was read wrong. A keyboard
    /// with its capitals locked types small letters.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let packed = text.strip_prefix(PREFIX)?;
        let secret = BASE32_NOPAD.decode(packed.as_bytes()).ok()?;
        secret.try_into().ok().map(Self)
    }

    /// Returns what is printed: 20 capital letters and digits.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", BASE32_NOPAD.encode(&self.0))
    }

    /// Returns what it is known by.
    #[must_use]
    pub fn hash(&self) -> BadgeHash {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(self.0);
        BadgeHash(hasher.finalize().into())
    }
}

impl Badges {
    /// Tells whether somebody never had a badge.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.current.is_none() && self.revoked.is_empty()
    }
}

/// Shows that there is one, never which.
impl fmt::Debug for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Badge")
    }
}

impl fmt::Debug for BadgeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BadgeHash({})", hash_text(&self.0))
    }
}

impl Serialize for BadgeHash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hash_text(&self.0))
    }
}

impl<'de> Deserialize<'de> for BadgeHash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(from)?;
        let hash = hash_of(&digits);
        hash.map(Self)
            .ok_or_else(|| serde::de::Error::custom("a badge's hash has 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Badge, Badges};

    #[test]
    fn a_badge_reads_back_however_a_keyboard_types_it() {
        let badge = Badge::of_secret([7; 10]);
        let text = badge.text();
        assert_eq!(text.len(), 20);
        for typed in [
            text.clone(),
            text.to_ascii_lowercase(),
            format!(" {text}\r"),
        ] {
            assert!(Badge::is_one(&typed), "{typed:?}");
            assert_eq!(Badge::read(&typed), Some(badge.clone()), "{typed:?}");
        }
        assert_ne!(badge.hash(), Badge::of_secret([8; 10]).hash());
        assert_eq!(format!("{badge:?}"), "Badge");
    }

    #[test]
    fn what_is_no_badge_is_none() {
        for other in [
            "",
            "4711",
            "4006381333931",
            "CPB1",
            "CP1AAAAAAAAAAAAAAAAA",
            "äöüäöüäöüä",
        ] {
            assert!(!Badge::is_one(other), "{other:?}");
            assert_eq!(Badge::read(other), None, "{other:?}");
        }
        // It claims to be one, and was read wrong: 1, 8 and 9 are no digits of base 32.
        assert!(Badge::is_one("CPB11111111111111111"));
        assert_eq!(Badge::read("CPB11111111111111111"), None);
    }

    #[test]
    fn badges_are_their_hashes_in_a_roster() {
        let badges = Badges {
            current: Some(Badge::of_secret([1; 10]).hash()),
            revoked: vec![Badge::of_secret([2; 10]).hash()],
        };
        let text = serde_json::to_string(&badges).unwrap();
        assert_eq!(serde_json::from_str::<Badges>(&text).unwrap(), badges);
        assert_eq!(serde_json::to_string(&Badges::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Badges>(r#"{"current":"00"}"#).is_err());
    }
}
