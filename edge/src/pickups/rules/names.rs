//! Decides what of a customer's name is kept, printed and found, and when the hub is asked again.

use counterpart_protocol::customers::NAME_KEPT_MS;

/// The longest name kept, in characters: what the hub takes at most.
const CHARS_MAX: usize = 80;
/// How long an answer counts, in milliseconds: a day, so that an erasure at the hub reaches a store
/// that is never cut off within one.
const ANSWER_COUNTS_MS: i64 = 86_400_000;
/// How long to wait after the first time it came to nothing, in milliseconds; it doubles.
const FIRST_WAIT_MS: i64 = 30_000;
/// The longest wait, in milliseconds: an hour.
const LONGEST_WAIT_MS: i64 = 3_600_000;
/// Letters that are needed to look for a name.
const SOUGHT_CHARS_MIN: usize = 2;

/// What is known of a customer's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameStanding {
    /// The hub was asked and has not answered yet.
    Awaited,
    /// It is here.
    Known,
    /// The hub has erased it, for good.
    Erased,
    /// The hub tells this store no name.
    Unknown,
}

impl NameStanding {
    const ALL: [Self; 4] = [Self::Awaited, Self::Known, Self::Erased, Self::Unknown];

    /// Returns its word in SQL.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Known => "known",
            Self::Erased => "erased",
            Self::Unknown => "unknown",
        }
    }

    /// Returns which one a word is.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Returns when the hub is asked again, in milliseconds UTC, after it answered at `now_ms`.
pub(crate) fn ask_after_answer(now_ms: i64) -> i64 {
    now_ms.saturating_add(ANSWER_COUNTS_MS)
}

/// Returns when the hub is asked again, in milliseconds UTC, after it was asked to no avail
/// `attempts` times in a row.
pub(crate) fn ask_after_failure(now_ms: i64, attempts: u32) -> i64 {
    let doubled = FIRST_WAIT_MS << attempts.saturating_sub(1).min(10);
    now_ms.saturating_add(doubled.min(LONGEST_WAIT_MS))
}

/// Returns before which moment, in milliseconds UTC, a pickup must have been over for its
/// customer's name to be dropped.
pub(crate) fn forgotten_before(now_ms: i64) -> i64 {
    now_ms.saturating_sub(NAME_KEPT_MS)
}

/// Returns a name as it is kept: one line, not longer than the hub takes it.
pub(crate) fn kept_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let plain = words.join(" ");
    let plain = plain.chars().filter(|c| !c.is_control());
    plain.take(CHARS_MAX).collect()
}

/// Returns a name as it stands on paper: the first letter and the surname, `A. Peeters`.
pub(crate) fn short_name(name: &str) -> String {
    if let Some((surname, given)) = name.split_once(',') {
        return initialled(given.trim(), surname.trim());
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    // "Jan van den Berg" is called by all of "van den Berg".
    let is_particle = |word: &&str| word.chars().next().is_some_and(char::is_lowercase);
    let last = words.len().saturating_sub(1);
    let particles = words[..last]
        .iter()
        .skip(1)
        .rev()
        .take_while(|word| is_particle(word));
    let (given, surname) = words.split_at(last - particles.count());
    initialled(given.first().copied().unwrap_or(""), &surname.join(" "))
}

fn initialled(given: &str, surname: &str) -> String {
    match given.chars().find(|c| c.is_alphanumeric()) {
        Some(initial) if !surname.is_empty() => {
            format!("{}. {surname}", initial.to_uppercase())
        }
        Some(_) => given.to_owned(),
        None => surname.to_owned(),
    }
}

/// Tells whether a name is one that is looked for: every word that was typed begins a word of it,
/// whatever the accents and the case.
pub(crate) fn is_sought(name: &str, typed: &str) -> bool {
    let (name, typed) = (folded(name), folded(typed));
    let letters: usize = typed.iter().map(|word| word.chars().count()).sum();
    letters >= SOUGHT_CHARS_MIN
        && typed
            .iter()
            .all(|sought| name.iter().any(|word| word.starts_with(sought)))
}

/// Returns the words of a text in small letters without accents.
fn folded(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().map(unaccented).collect())
        .collect()
}

/// Returns the letter below an accent, for the languages of the pages and their neighbours.
fn unaccented(letter: char) -> String {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        other => return other.to_string(),
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{ask_after_failure, is_sought, kept_name, short_name};

    #[track_caller]
    fn check_short(name: &str, expected: &str) {
        assert_eq!(short_name(name), expected, "{name:?}");
    }

    #[test]
    fn paper_shows_the_first_letter_and_the_surname() {
        check_short("Ada Peeters", "A. Peeters");
        check_short("anna maria Peeters", "A. maria Peeters");
        check_short("Jan van den Berg", "J. van den Berg");
        check_short("Jan Willem de Vries", "J. de Vries");
        check_short("Peeters, Ada", "A. Peeters");
        check_short("Élodie Lefèvre", "É. Lefèvre");
        check_short("van Dyck", "V. Dyck");
        check_short("Ada", "Ada");
        check_short("Peeters,", "Peeters");
        check_short("", "");
    }

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        for typed in ["muller", "MÜL", "jürgen m", "m jurgen", "ju"] {
            assert!(is_sought("Jürgen Müller", typed), "{typed}");
        }
        for typed in ["", "j", "ller", "jürgen x", "5412345000013", "W-1"] {
            assert!(!is_sought("Jürgen Müller", typed), "{typed}");
        }
        assert!(is_sought("Seán O'Brien", "o'b"));
        assert!(is_sought("Anne-Marie Weiß", "marie weiss"));
    }

    #[test]
    fn what_is_asked_to_no_avail_is_asked_ever_more_seldom() {
        let waits: Vec<i64> = [1, 2, 3, 7, 8, 200]
            .into_iter()
            .map(|attempts| ask_after_failure(0, attempts) / 1_000)
            .collect();
        assert_eq!(waits, [30, 60, 120, 1_920, 3_600, 3_600]);
    }

    #[test]
    fn a_name_is_kept_as_one_line_that_fits() {
        assert_eq!(kept_name(" Ada \n Peeters\u{7}"), "Ada Peeters");
        assert_eq!(kept_name(&"x".repeat(200)).len(), 80);
    }
}
