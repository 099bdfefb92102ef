//! Hashes and checks passwords and PINs.
//!
//! It counts no attempts: whoever asks does, and must, because no hash protects four digits from
//! somebody who may try them all.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::entropy::{Entropy, random_bytes};

/// The longest secret taken, so that nobody can make us hash a megabyte.
const SECRET_BYTES_MAX: usize = 256;

/// How much work a hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// For passwords of the console: 19 MiB, two passes, one lane (OWASP Password Storage Cheat
    /// Sheet, Argon2id).
    Password,
    /// For PINs of the till: 4 MiB, one pass. A till must answer within 50 ms on a small machine,
    /// and a PIN of four to six digits falls to anyone who has the file, however dear the hash:
    /// PINs are protected by limited attempts and by the file's access rights.
    Pin,
}

/// Why a secret could not be hashed or checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The secret is empty or too long.
    #[error("a password or PIN has 1 to 256 bytes")]
    Length,
    /// What is stored is no hash.
    #[error("the stored password is damaged: set a new one")]
    Damaged,
    /// The machine has not enough memory.
    #[error("could not hash the password: free some memory")]
    Memory,
}

/// Returns the hash to store, a PHC string that names its own parameters and salt.
///
/// It takes some ten milliseconds of a processor: call it on a blocking thread.
///
/// # Errors
///
/// [`PasswordError::Length`], [`PasswordError::Memory`].
pub fn hash(
    secret: &str,
    strength: Strength,
    entropy: &dyn Entropy,
) -> Result<String, PasswordError> {
    if secret.is_empty() || secret.len() > SECRET_BYTES_MAX {
        return Err(PasswordError::Length);
    }
    let salt: [u8; 16] = random_bytes(entropy);
    let hash: PasswordHash = argon(strength)
        .hash_password_with_salt(secret.as_bytes(), &salt)
        .map_err(|_| PasswordError::Memory)?;
    Ok(hash.to_string())
}

/// Tells whether `secret` is the one that was hashed; the comparison takes the same time either
/// way. Call it on a blocking thread.
///
/// # Errors
///
/// [`PasswordError::Damaged`] when `stored` is no hash of ours.
pub fn matches(secret: &str, stored: &str) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(stored).map_err(|_| PasswordError::Damaged)?;
    let params = Params::try_from(&hash).map_err(|_| PasswordError::Damaged)?;
    // Someone who can write a hash must not be able to make a till compute for minutes.
    if params.m_cost() > 64 * 1024 || params.t_cost() > 8 || hash.hash.is_none() {
        return Err(PasswordError::Damaged);
    }
    if secret.is_empty() || secret.len() > SECRET_BYTES_MAX {
        return Ok(false);
    }
    match argon(Strength::Password).verify_password(secret.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(PasswordError::Damaged),
    }
}

fn argon(strength: Strength) -> Argon2<'static> {
    let (memory_kib, passes) = match strength {
        Strength::Password => (19 * 1024, 2),
        Strength::Pin => (4 * 1024, 1),
    };
    let params = Params::new(memory_kib, passes, 1, Some(32)).expect("these are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{OsEntropy, SeededEntropy};

    #[track_caller]
    fn check(strength: Strength, begins: &str) {
        let stored = hash("4711", strength, &OsEntropy).unwrap();
        assert!(stored.starts_with(begins), "{stored}");
        assert_eq!(matches("4711", &stored), Ok(true));
        assert_eq!(matches("4712", &stored), Ok(false));
        assert_eq!(matches("", &stored), Ok(false));
        assert_eq!(matches(&"4".repeat(257), &stored), Ok(false));
    }

    #[test]
    fn only_the_right_secret_matches() {
        check(Strength::Password, "$argon2id$v=19$m=19456,t=2,p=1$");
        check(Strength::Pin, "$argon2id$v=19$m=4096,t=1,p=1$");
    }

    #[test]
    fn one_pin_of_two_people_has_two_hashes() {
        let entropy = SeededEntropy::new(1);
        let first = hash("4711", Strength::Pin, &entropy).unwrap();
        assert_ne!(first, hash("4711", Strength::Pin, &entropy).unwrap());
    }

    #[test]
    fn an_empty_or_endless_secret_is_refused() {
        assert_eq!(
            hash("", Strength::Pin, &OsEntropy),
            Err(PasswordError::Length)
        );
        let endless = "x".repeat(257);
        assert_eq!(
            hash(&endless, Strength::Pin, &OsEntropy),
            Err(PasswordError::Length)
        );
    }

    #[test]
    fn a_damaged_or_dear_hash_is_refused() {
        let stored = hash("4711", Strength::Pin, &OsEntropy).unwrap();
        assert_eq!(matches("4711", ""), Err(PasswordError::Damaged));
        assert_eq!(matches("4711", &stored[..40]), Err(PasswordError::Damaged));
        let dear = stored.replace("m=4096", "m=1048576");
        assert_eq!(matches("4711", &dear), Err(PasswordError::Damaged));
        let foreign = stored.replace("argon2id", "scrypt");
        assert_eq!(matches("4711", &foreign), Err(PasswordError::Damaged));
    }
}
