//! Decides what may be said of a key that is not to be believed any more.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const REASON_CHARS_MAX: usize = 120;

/// A revocation as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct RevocationDraft {
    /// Why; it goes to every store and must not speak about a person.
    pub(super) reason: String,
}

/// Why a reason is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonRefused {
    /// There is none.
    #[error("say why the key is not to be believed: stores show it where a code is refused")]
    Empty,
    /// It is too long.
    #[error("a reason is one line of at most {REASON_CHARS_MAX} characters")]
    Long,
}

/// Checks a reason, and returns it as it is kept.
///
/// # Errors
/// [`ReasonRefused`].
pub(super) fn check(draft: &RevocationDraft) -> Result<String, ReasonRefused> {
    let reason = draft.reason.trim();
    if reason.is_empty() {
        return Err(ReasonRefused::Empty);
    }
    let plain = !reason.chars().any(char::is_control);
    match plain && reason.chars().count() <= REASON_CHARS_MAX {
        true => Ok(reason.to_owned()),
        false => Err(ReasonRefused::Long),
    }
}

#[cfg(test)]
mod tests {
    use super::{RevocationDraft, check};

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        let said = |reason: &str| {
            check(&RevocationDraft {
                reason: reason.to_owned(),
            })
        };
        assert_eq!(
            said(" the till was stolen ").unwrap(),
            "the till was stolen"
        );
        for bad in ["", "  ", "a\nb", &"x".repeat(121)] {
            assert!(said(bad).is_err(), "{bad:?} must be refused");
        }
    }
}
