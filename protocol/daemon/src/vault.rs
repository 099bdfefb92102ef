//! Seals what is about people, and what hands goods out, before it reaches the database: a copy of
//! the database alone tells nobody's name and opens no counter.
//!
//! ChaCha20-Poly1305 (RFC 8439) under one key in the data folder, the hub's or a store's own. It
//! knows no record; whoever seals says what for, and what was sealed for one thing does not open as
//! another.

use std::path::Path;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::entropy::{Entropy, random_bytes};
use crate::tls::{TlsError, keep_secret};

const KEY_FILE: &str = "vault.key";

/// Seals and opens.
pub struct Vault {
    key: LessSafeKey,
}

/// Sealed bytes that the key in this data folder does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was sealed for {0} does not open: the database belongs to another vault.key")]
pub struct NotOpened(&'static str);

impl Vault {
    /// Reads the key in a data folder, or makes it, readable by its owner only.
    ///
    /// # Errors
    /// Those of the file, also when it holds something else.
    pub fn open(folder: &Path, entropy: &dyn Entropy) -> Result<Self, TlsError> {
        Ok(Self::of(&keep_secret(folder, KEY_FILE, entropy)?))
    }

    /// Makes a key that is kept nowhere: what it seals opens until the program ends. For what is
    /// asked for again anyway.
    #[must_use]
    pub fn passing(entropy: &dyn Entropy) -> Self {
        Self::of(&random_bytes(entropy))
    }

    fn of(secret: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, secret).expect("the key has 32 bytes");
        Self {
            key: LessSafeKey::new(key),
        }
    }

    /// Seals `plain` for one `purpose` and one record: its `id` is not stored, and without it the
    /// bytes do not open, so that nobody can swap two records.
    ///
    /// The nonce is 96 random bits: after four thousand million records one in five thousand
    /// million such hubs would have used one twice (NIST SP 800-38D, section 8.3).
    #[must_use]
    pub fn seal(
        &self,
        purpose: &'static str,
        id: &[u8],
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random_bytes(entropy);
        let mut bytes = plain.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(unique, about(purpose, id), &mut bytes)
            .expect("a record is far below 256 GiB");
        [&nonce[..], &bytes].concat()
    }

    /// Opens what was sealed for the same purpose and record.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn unseal(
        &self,
        purpose: &'static str,
        id: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, NotOpened> {
        let refused = || NotOpened(purpose);
        let (nonce, bytes) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or_else(refused)?;
        let mut bytes = bytes.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .key
            .open_in_place(nonce, about(purpose, id), &mut bytes)
            .map_err(|_| refused())?;
        Ok(opened.to_vec())
    }
}

fn about(purpose: &str, id: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([purpose.as_bytes(), b"/", id].concat())
}

/// Shows nothing of the key.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

#[cfg(test)]
mod tests {
    use crate::entropy::SeededEntropy;

    use super::{NotOpened, Vault};

    #[test]
    fn what_is_sealed_opens_for_its_own_record_and_purpose_alone() {
        let entropy = SeededEntropy::shared(3);
        let (ours, theirs) = (Vault::of(&[7; 32]), Vault::of(&[8; 32]));
        let sealed = ours.seal("customer", &[1; 16], b"a name", entropy.as_ref());
        assert_ne!(
            sealed,
            ours.seal("customer", &[1; 16], b"a name", entropy.as_ref())
        );
        assert!(!sealed.windows(6).any(|part| part == b"a name"));
        assert_eq!(
            ours.unseal("customer", &[1; 16], &sealed),
            Ok(b"a name".to_vec())
        );
        let refused = Err(NotOpened("customer"));
        assert_eq!(ours.unseal("customer", &[2; 16], &sealed), refused);
        assert_eq!(theirs.unseal("customer", &[1; 16], &sealed), refused);
        assert_eq!(
            ours.unseal("pickup", &[1; 16], &sealed),
            Err(NotOpened("pickup"))
        );
        assert_eq!(ours.unseal("customer", &[1; 16], &sealed[..9]), refused);
    }
}
