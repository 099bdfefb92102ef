//! Decides which names and passwords operators may have, how long guessing is held up, and what a
//! role may do.

mod key;
mod permission;

pub(super) use key::{KeyRefused, check_key};
pub(super) use permission::who_may;
pub use permission::{ConsoleRole, Permission, WordUnknown};

/// Why a text is no operator's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no operator's name: 2 to 32 characters, a to z, 0 to 9, dots and hyphens, beginning \
     with a letter"
)]
pub struct NameRefused(pub String);

/// Why a password cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// It falls to a patient guesser.
    #[error(
        "a password has at least {} characters: three or four words do well",
        LENGTH_MIN
    )]
    Short,
    /// It is longer than we hash.
    #[error("a password has at most {} characters", LENGTH_MAX)]
    Long,
    /// It is the name.
    #[error("a password must not contain the operator's own name")]
    HoldsName,
}

/// NIST SP 800-63B-4, section 3.1.1.2 asks for 15 characters where a password is the only factor
/// and 8 otherwise; behind a lock on guessing, and on a network of one's own, 12 is our measure.
const LENGTH_MIN: usize = 12;
/// In bytes, as the hash takes at most 256.
const LENGTH_MAX: usize = 128;
/// Wrong passwords in a row before a name is held up.
const FREE_FAILURES: u32 = 5;
/// The first time a name is held up, in milliseconds.
const LOCK_FIRST_MS: i64 = 30_000;
/// The longest, in milliseconds.
const LOCK_LAST_MS: i64 = 15 * 60_000;

/// Checks an operator's name.
///
/// # Errors
/// [`NameRefused`].
pub(super) fn check_name(name: &str) -> Result<(), NameRefused> {
    let fits = (2..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-');
    match fits {
        true => Ok(()),
        false => Err(NameRefused(name.to_owned())),
    }
}

/// Checks a new password.
///
/// # Errors
/// [`PasswordRefused`].
pub(super) fn check_password(name: &str, password: &str) -> Result<(), PasswordRefused> {
    if password.chars().count() < LENGTH_MIN {
        return Err(PasswordRefused::Short);
    }
    if password.len() > LENGTH_MAX {
        return Err(PasswordRefused::Long);
    }
    match password.to_lowercase().contains(name) {
        true => Err(PasswordRefused::HoldsName),
        false => Ok(()),
    }
}

/// Returns how long a name is held up after so many wrong passwords in a row, in milliseconds.
#[must_use]
pub(super) fn held_up_ms(failures: u32) -> i64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(more) => (LOCK_FIRST_MS << more.min(10)).min(LOCK_LAST_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordRefused, check_name, check_password, held_up_ms};

    #[test]
    fn a_name_is_what_can_be_said_on_the_telephone() {
        for good in ["admin", "a.b", "mo-2"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "a", "Admin", "1a", "a b", "é1", &"x".repeat(33)] {
            assert!(check_name(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_name() {
        #[track_caller]
        fn check(password: &str, expected: Result<(), PasswordRefused>) {
            assert_eq!(check_password("admin", password), expected, "{password}");
        }
        check("correct horse", Ok(()));
        check("short", Err(PasswordRefused::Short));
        check("the Admin of all", Err(PasswordRefused::HoldsName));
        check(&"x".repeat(129), Err(PasswordRefused::Long));
    }

    #[test]
    fn guessing_takes_longer_and_longer() {
        let waits: Vec<i64> = [0, 4, 5, 6, 9, 10, 11, 4_000].map(held_up_ms).to_vec();
        assert_eq!(
            waits,
            [0, 0, 30_000, 60_000, 480_000, 900_000, 900_000, 900_000]
        );
    }
}
