//! The texts of the pages: Fluent resources per locale, the kit's own and the slices'.
//!
//! Sources are compiled in, so a broken one is found by the first test that builds [`Texts`], and
//! [`Texts::missing`] tells which locale lacks which key. It formats no numbers: amounts arrive as
//! texts already made by this module's neighbours.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Locale;

const KIT: [(Locale, &str); 3] = [
    (Locale::En, include_str!("../../../locales/en/kit.ftl")),
    (Locale::De, include_str!("../../../locales/de/kit.ftl")),
    (Locale::Fr, include_str!("../../../locales/fr/kit.ftl")),
];

/// The messages of one locale, each with the names of the arguments it uses.
type Keys = BTreeMap<String, BTreeSet<String>>;

/// Every text of a daemon's pages in every locale.
pub struct Texts {
    bundles: BTreeMap<Locale, FluentBundle<FluentResource>>,
    keys: BTreeMap<Locale, Keys>,
}

/// A Fluent source that cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum TextsInvalid {
    /// It is not well-formed Fluent.
    #[error("reading the {} texts: {reason}", locale.tag())]
    Malformed {
        /// The locale it was given for.
        locale: Locale,
        /// What the parser said, and near which entry.
        reason: String,
    },
    /// Two sources of one locale define the same message.
    #[error("reading the {} texts: {reason}", locale.tag())]
    Repeated {
        /// The locale it was given for.
        locale: Locale,
        /// Which message was defined twice.
        reason: String,
    },
}

/// One value put into a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    /// A whole number, which also chooses the plural form.
    Count(i64),
    /// A text, already formatted for the reader.
    Text(Cow<'a, str>),
}

impl From<i64> for Arg<'_> {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl Texts {
    /// Gathers the kit's own texts and `sources`, several per locale if need be.
    ///
    /// # Errors
    /// [`TextsInvalid`] if a source is malformed or defines a message a second time.
    pub fn new(sources: &[(Locale, &[&str])]) -> Result<Self, TextsInvalid> {
        let mut texts = Self {
            bundles: BTreeMap::new(),
            keys: BTreeMap::new(),
        };
        for locale in Locale::ALL {
            let mut bundle = FluentBundle::new_concurrent(vec![locale.language_identifier()]);
            // The isolation marks would land in attributes and in what a screen reader spells out.
            bundle.set_use_isolating(false);
            texts.bundles.insert(locale, bundle);
            texts.keys.insert(locale, Keys::new());
        }
        for (locale, source) in KIT {
            texts.add(locale, source)?;
        }
        for (locale, sources) in sources {
            for source in *sources {
                texts.add(*locale, source)?;
            }
        }
        Ok(texts)
    }

    /// Returns the text of `key` in `locale`, else in English, else the key itself.
    pub fn text(&self, locale: Locale, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        for speaker in [locale, Locale::En] {
            if let Some(text) = self.text_in(speaker, key, args) {
                return text;
            }
        }
        tracing::error!(text.key = key, "no locale has the text of this key");
        key.to_owned()
    }

    /// Lists every `locale: key` that English has and this locale lacks, the other way round, and
    /// texts that use other arguments than the English one; empty is complete.
    pub fn missing(&self) -> Vec<String> {
        let english = &self.keys[&Locale::En];
        let mut missing = Vec::new();
        for (locale, keys) in &self.keys {
            for (key, arguments) in english {
                match keys.get(key) {
                    None => missing.push(format!("{}: {key}", locale.tag())),
                    Some(same) if same == arguments => {}
                    Some(_) => missing.push(format!("{}: {key} (arguments)", locale.tag())),
                }
            }
            for key in keys.keys().filter(|key| !english.contains_key(*key)) {
                missing.push(format!("en: {key}"));
            }
        }
        missing
    }

    fn text_in(&self, locale: Locale, key: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
        let bundle = self.bundles.get(&locale)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut fluent_args = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            fluent_args.set(*name, fluent_value(arg));
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&fluent_args), &mut errors);
        if let Some(error) = errors.first() {
            // The text still reads, with the argument's name in its place.
            tracing::error!(text.key = key, %error, "a text was given the wrong arguments");
        }
        Some(text.into_owned())
    }

    fn add(&mut self, locale: Locale, source: &str) -> Result<(), TextsInvalid> {
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
            let reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
            TextsInvalid::Malformed {
                locale,
                reason: reasons.join("; "),
            }
        })?;
        let keys = self
            .keys
            .get_mut(&locale)
            .expect("every locale was put in by new");
        keys.extend(message_keys(source));
        let bundle = self
            .bundles
            .get_mut(&locale)
            .expect("every locale was put in by new");
        bundle.add_resource(resource).map_err(|errors| {
            let reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
            TextsInvalid::Repeated {
                locale,
                reason: reasons.join("; "),
            }
        })
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: BTreeMap<Locale, usize> = self
            .keys
            .iter()
            .map(|(locale, keys)| (*locale, keys.len()))
            .collect();
        formatter
            .debug_struct("Texts")
            .field("keys", &counts)
            .finish()
    }
}

fn fluent_value<'a>(arg: &'a Arg<'_>) -> FluentValue<'a> {
    match arg {
        Arg::Count(count) => FluentValue::from(*count),
        Arg::Text(text) => FluentValue::from(text.as_ref()),
    }
}

/// Finds the messages of a source and the arguments each uses: a message begins its line with its
/// name (terms begin with `-`), and what follows indented belongs to it.
fn message_keys(source: &str) -> Keys {
    let mut keys = Keys::new();
    let mut last = None;
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let name = line.split('=').next().map_or("", str::trim_end);
            last = Some(keys.entry(name.to_owned()).or_default());
        }
        if let Some(arguments) = &mut last {
            arguments.extend(argument_names(line));
        }
    }
    keys
}

fn argument_names(line: &str) -> impl Iterator<Item = String> {
    let is_name = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
    line.split('$')
        .skip(1)
        .map(move |rest| rest.chars().take_while(is_name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locale_has_every_text_of_the_kit() {
        let texts = Texts::new(&[]).unwrap();
        assert_eq!(texts.missing(), Vec::<String>::new());
    }

    #[test]
    fn a_translation_that_uses_other_arguments_is_found() {
        let texts = Texts::new(&[
            (Locale::En, &["sold = { $count } sold"]),
            (Locale::De, &["sold = { $number } verkauft"]),
            (Locale::Fr, &["sold =\n    vendu : { $count }", "extra = x"]),
        ])
        .unwrap();
        assert_eq!(texts.missing(), ["de: sold (arguments)", "en: extra"]);
    }

    #[test]
    fn a_text_a_locale_lacks_is_told_in_english_and_then_by_its_key() {
        let texts = Texts::new(&[(Locale::En, &["only-english = Hello { $name }"])]).unwrap();
        let text = texts.text(Locale::De, "only-english", &[("name", "Ada".into())]);
        assert_eq!(text, "Hello Ada");
        assert_eq!(
            texts.text(Locale::De, "nobody-has-this", &[]),
            "nobody-has-this"
        );
        assert_eq!(texts.missing(), ["de: only-english", "fr: only-english"]);
    }

    #[test]
    fn a_broken_or_repeated_text_is_refused() {
        let broken = Texts::new(&[(Locale::De, &["greeting = { $"])]).unwrap_err();
        assert!(matches!(
            broken,
            TextsInvalid::Malformed {
                locale: Locale::De,
                ..
            }
        ));
        let repeated = Texts::new(&[(Locale::En, &["a = 1", "a = 2"])]).unwrap_err();
        assert!(matches!(
            repeated,
            TextsInvalid::Repeated {
                locale: Locale::En,
                ..
            }
        ));
    }

    #[test]
    fn a_count_chooses_its_plural() {
        let texts = Texts::new(&[]).unwrap();
        let waiting =
            |count: i64| texts.text(Locale::En, "kit-link-waiting", &[("count", count.into())]);
        assert_eq!(waiting(0), "all sent");
        assert_eq!(waiting(3), "3 waiting");
    }
}
