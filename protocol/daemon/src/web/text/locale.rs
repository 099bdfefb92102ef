//! The languages the pages can speak, and how one is chosen for a visitor.
//!
//! A locale here is a language with one set of conventions; a store's currency and time zone are
//! facts about the store and come as arguments elsewhere.

use unic_langid::LanguageIdentifier;

/// One language a page can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    /// English, with the number conventions of en-US and day-month dates with the month in letters.
    #[default]
    En,
    /// German, as written in Germany.
    De,
    /// French, as written in France.
    Fr,
}

impl Locale {
    /// Every locale, in the order in which a language menu shows them.
    pub const ALL: [Self; 3] = [Self::En, Self::De, Self::Fr];

    /// Returns the BCP 47 language tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// Returns the language's own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
        }
    }

    /// Finds the locale of a language tag, looking at the language only (`de-AT` is `De`).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// Chooses the locale an `Accept-Language` header asks for (RFC 9110, section 12.5.4).
    ///
    /// The highest weight wins, the earlier of equals; a weight of 0 means "not this one". A header
    /// nobody can read chooses English: a page in the wrong language is still a page.
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best = (Self::default(), 0);
        for entry in accept_language.split(',') {
            let mut parts = entry.split(';');
            let Some(locale) = parts.next().and_then(|tag| Self::from_tag(tag.trim())) else {
                continue;
            };
            let weight = parts.find_map(weight_thousandths).unwrap_or(1000);
            if weight > best.1 {
                best = (locale, weight);
            }
        }
        best.0
    }

    pub(super) fn language_identifier(self) -> LanguageIdentifier {
        self.tag()
            .parse()
            .expect("our own tags are well-formed BCP 47")
    }

    pub(super) fn decimal_mark(self) -> char {
        match self {
            Self::En => '.',
            Self::De | Self::Fr => ',',
        }
    }

    pub(super) fn group_mark(self) -> char {
        match self {
            Self::En => ',',
            Self::De => '.',
            // CLDR has used the narrow no-break space for French since version 34.
            Self::Fr => '\u{202f}',
        }
    }
}

/// Reads `q=0.8` as 800; anything else in the parameter is no weight.
fn weight_thousandths(parameter: &str) -> Option<u32> {
    let value = parameter.trim().strip_prefix("q=")?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let mut digits: String = fraction.chars().take(3).collect();
    while digits.len() < 3 {
        digits.push('0');
    }
    let weight = whole.parse::<u32>().ok()? * 1000 + digits.parse::<u32>().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: Locale) {
        assert_eq!(Locale::negotiate(header), expected, "{header}");
    }

    #[test]
    fn the_visitor_gets_the_language_asked_for_most() {
        check("de-AT,de;q=0.9,en;q=0.8", Locale::De);
        check("en;q=0.4, fr;q=0.8", Locale::Fr);
        check("it, fr;q=0.5", Locale::Fr);
        check("de;q=0, en;q=0.1", Locale::En);
        check("FR", Locale::Fr);
    }

    #[test]
    fn an_unreadable_wish_is_answered_in_english() {
        check("", Locale::En);
        check("*", Locale::En);
        check(";;;q=,,", Locale::En);
        check("de;q=7", Locale::De);
        check("zh-Hant", Locale::En);
        check("de;q=99999999999999999999", Locale::De);
    }
}
