//! The public keys signed codes are checked with, and which of them count no longer.
//!
//! It signs and verifies nothing: that is `codes`. It says whose key a number names, and since when
//! and until when it may have signed.

use serde::{Deserialize, Serialize};

use crate::codes::{KeyId, PublicKey};
use crate::ids::EdgeNumber;
use crate::time::BusinessDate;

const DAY_MS: i64 = 86_400_000;

/// A text that is no key or no id of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {digits} hexadecimal digits")]
pub struct KeyRefused {
    text: String,
    digits: usize,
}

fn from_digits<const N: usize>(text: &str) -> Result<[u8; N], KeyRefused> {
    let refused = || KeyRefused {
        text: text.chars().take(80).collect(),
        digits: N * 2,
    };
    if text.len() != N * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refused());
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| refused())?;
    }
    Ok(bytes)
}

/// Reads the id of a key from its 16 hexadecimal digits.
///
/// # Errors
/// [`KeyRefused`].
pub fn key_id_of(text: &str) -> Result<KeyId, KeyRefused> {
    from_digits(text).map(KeyId)
}

/// A key's id in JSON: its hexadecimal digits.
mod id_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::{KeyId, key_id_of};

    pub(super) fn serialize<S: Serializer>(id: &KeyId, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<KeyId, D::Error> {
        key_id_of(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// A key's bytes in JSON: their hexadecimal digits.
mod key_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::{PublicKey, from_digits};
    use crate::reference::hash_text;

    pub(super) fn serialize<S: Serializer>(key: &PublicKey, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hash_text(&key.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PublicKey, D::Error> {
        let digits = String::deserialize(from)?;
        from_digits(&digits)
            .map(PublicKey)
            .map_err(D::Error::custom)
    }
}

/// A public key and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    /// Its id, which stands in what it signed.
    #[serde(with = "id_text")]
    pub key_id: KeyId,
    /// Who holds the secret half: 0 is the hub.
    pub owner: EdgeNumber,
    /// The public half.
    #[serde(with = "key_text")]
    pub public_key: PublicKey,
    /// From when on it may have signed, in milliseconds UTC.
    pub from_ms: i64,
    /// When it ends, in milliseconds UTC, exclusive; nothing means not yet known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// Since when it is not believed, whatever it signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
}

/// A key that is not believed any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Since when, in milliseconds UTC.
    pub at_ms: i64,
    /// Why, in a person's words; it must not speak about persons.
    pub reason: String,
}

/// Why a key's signature does not count at a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyUnfit {
    /// It was revoked; a thief signs with any date, so nothing it signed counts.
    #[error("the key that signed it was revoked: {0}")]
    Revoked(String),
    /// It did not exist yet.
    #[error("the key that signed it did not exist then")]
    TooEarly,
    /// It had ended.
    #[error("the key that signed it had ended then")]
    Over,
}

impl SigningKey {
    /// Decides whether something it signed at a moment in milliseconds UTC counts.
    ///
    /// # Errors
    /// [`KeyUnfit`].
    pub fn fits(&self, signed_at_ms: i64) -> Result<(), KeyUnfit> {
        if let Some(revoked) = &self.revoked {
            return Err(KeyUnfit::Revoked(revoked.reason.clone()));
        }
        if signed_at_ms < self.from_ms {
            return Err(KeyUnfit::TooEarly);
        }
        match self.until_ms {
            Some(until_ms) if signed_at_ms >= until_ms => Err(KeyUnfit::Over),
            Some(_) | None => Ok(()),
        }
    }
}

impl SigningKey {
    /// Decides whether something it signed on a business date counts: at some hour of it, in some
    /// time zone.
    ///
    /// # Errors
    /// [`KeyUnfit`].
    pub fn fits_on(&self, date: BusinessDate) -> Result<(), KeyUnfit> {
        let midnight_ms = i64::from(date.days()) * DAY_MS;
        let hours = [midnight_ms - DAY_MS / 2, midnight_ms + DAY_MS * 3 / 2];
        match hours.iter().any(|hour| self.fits(*hour).is_ok()) {
            true => Ok(()),
            // A key that lived for less than that is judged at noon.
            false => self.fits(midnight_ms + DAY_MS / 2),
        }
    }
}

/// Every key stores may meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyring {
    /// The keys, by ascending id.
    pub keys: Vec<SigningKey>,
}

#[cfg(test)]
mod tests {
    use super::{KeyUnfit, Keyring, Revoked, SigningKey, key_id_of};
    use crate::codes::PublicKey;
    use crate::ids::EdgeNumber;
    use crate::reference::Snapshot;

    fn key() -> SigningKey {
        SigningKey {
            key_id: PublicKey([7; 32]).id(),
            owner: EdgeNumber(3),
            public_key: PublicKey([7; 32]),
            from_ms: 100,
            until_ms: Some(200),
            revoked: None,
        }
    }

    #[test]
    fn a_key_counts_within_its_time_and_never_once_revoked() {
        let mut key = key();
        assert_eq!(key.fits(99), Err(KeyUnfit::TooEarly));
        assert_eq!(key.fits(100), Ok(()));
        assert_eq!(key.fits(200), Err(KeyUnfit::Over));
        key.revoked = Some(Revoked {
            at_ms: 150,
            reason: "stolen".to_owned(),
        });
        assert_eq!(key.fits(120), Err(KeyUnfit::Revoked("stolen".to_owned())));
    }

    #[test]
    fn a_ring_of_keys_reads_back_from_its_snapshot() {
        let ring = Keyring { keys: vec![key()] };
        let snapshot = Snapshot::of(&ring);
        let read = Snapshot::read::<Keyring>(&snapshot.bytes, &snapshot.sha256);
        assert_eq!(read.unwrap(), ring);
        assert_eq!(key_id_of(&key().key_id.to_string()), Ok(key().key_id));
        for bad in ["", "0g", "abcdef012345678", "ABCDEF0123456789x", "é"] {
            assert!(key_id_of(bad).is_err(), "{bad:?} must be refused");
        }
    }
}
