//! A secret of 32 random bytes in a file of the data folder: made once, read at every start.
//!
//! It knows no use of it.

use std::io;
use std::path::Path;

use super::error::TlsError;
use super::identity::{read, write_private};
use crate::entropy::{Entropy, random_bytes};

const BYTES: usize = 32;

/// Reads the secret in `folder/file`, or draws it and writes it there, readable by its owner only
/// (mode 0600).
///
/// # Errors
///
/// [`TlsError::File`], also when the file holds something else: a new secret would make worthless
/// whatever the lost one had sealed or signed.
pub fn keep_secret(
    folder: &Path,
    file: &str,
    entropy: &dyn Entropy,
) -> Result<[u8; BYTES], TlsError> {
    let path = folder.join(file);
    match read(&path)? {
        Some(text) => from_digits(text.trim()).ok_or_else(|| TlsError::File {
            doing: "read",
            path,
            cause: io::Error::new(
                io::ErrorKind::InvalidData,
                "it does not hold 64 hexadecimal digits: restore it from a copy",
            ),
        }),
        None => {
            let secret = random_bytes::<BYTES>(entropy);
            let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            write_private(&path, &digits)?;
            Ok(secret)
        }
    }
}

fn from_digits(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != BYTES * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut secret = [0; BYTES];
    for (at, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::keep_secret;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_secret_is_made_once_and_a_damaged_one_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::shared(9);
        let kept = |file: &str| keep_secret(folder.path(), file, entropy.as_ref());
        let first = kept("a.key").unwrap();
        assert_eq!(kept("a.key").unwrap(), first);
        assert_ne!(kept("b.key").unwrap(), first);
        fs::write(folder.path().join("a.key"), "é".repeat(32)).unwrap();
        let refused = kept("a.key").unwrap_err().to_string();
        assert!(refused.contains("could not read"), "{refused}");
    }
}
