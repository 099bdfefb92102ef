//! Decides which texts may go to the stores' screens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest notice: what a till shows in two lines (the fact's own limit).
const TEXT_CHARS_MAX: usize = 280;
/// The longest a notice stays on screens, in milliseconds: a month.
const LIVES_MS_MAX: i64 = 31 * 86_400_000;

/// A notice as a person wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeDraft {
    /// The text.
    pub text: String,
    /// For which store; for all of them if nothing.
    #[serde(default)]
    pub store_id: Option<String>,
    /// Until when screens show it, in milliseconds UTC; until the end of the store's day if
    /// nothing.
    #[serde(default)]
    pub until_ms: Option<i64>,
}

/// Why a notice was not posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefused {
    /// There is nothing to read.
    #[error("a notice needs a text")]
    Empty,
    /// It does not fit the screens.
    #[error("a notice has at most {TEXT_CHARS_MAX} characters")]
    Long,
    /// It would never be shown.
    #[error("the time until which the notice is shown is over already")]
    Over,
    /// It would be shown for ever.
    #[error("a notice is shown for a month at most")]
    Endless,
}

/// Checks a notice at `now_ms`, and returns its text as it is shown: one line.
///
/// # Errors
/// [`NoticeRefused`].
pub(super) fn check(draft: &NoticeDraft, now_ms: i64) -> Result<String, NoticeRefused> {
    let words: Vec<&str> = draft.text.split_whitespace().collect();
    let text: String = words
        .join(" ")
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    if text.is_empty() {
        return Err(NoticeRefused::Empty);
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(NoticeRefused::Long);
    }
    match draft.until_ms {
        Some(until_ms) if until_ms <= now_ms => Err(NoticeRefused::Over),
        Some(until_ms) if until_ms > now_ms + LIVES_MS_MAX => Err(NoticeRefused::Endless),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{NoticeDraft, NoticeRefused, check};

    #[track_caller]
    fn checked(text: &str, until_ms: Option<i64>, expected: Result<&str, NoticeRefused>) {
        let draft = NoticeDraft {
            text: text.to_owned(),
            store_id: None,
            until_ms,
        };
        assert_eq!(check(&draft, 1_000), expected.map(str::to_owned));
    }

    #[test]
    fn a_notice_is_one_line_that_fits_and_ends() {
        checked(" Doors open\r\n at nine ", None, Ok("Doors open at nine"));
        checked("x", Some(1_001), Ok("x"));
        checked(" \u{7} ", None, Err(NoticeRefused::Empty));
        checked(&"x".repeat(281), None, Err(NoticeRefused::Long));
        checked("x", Some(1_000), Err(NoticeRefused::Over));
        checked("x", Some(40 * 86_400_000), Err(NoticeRefused::Endless));
    }
}
