//! Words, numbers, money and times as a person reads them, in the language of the page.
//!
//! It decides nothing and parses nothing but what a person typed; the wire and the database never
//! see a formatted text. [`Lang`] is what a page carries about: the texts and one locale.

mod age;
mod locale;
mod money;
mod number;
mod texts;

pub use age::{age, date, date_time, duration, time};
pub use locale::Locale;
pub use money::{money, money_plain, read_money};
pub use number::{AmountUnreadable, count, quantity, read_quantity};
pub use texts::{Arg, Texts, TextsInvalid};

use std::sync::Arc;

use jiff::tz::TimeZone;

/// Speaks one language: the registered texts and the locale chosen for this page.
///
/// It is cheap to clone, so a view or a render closure may keep its own.
#[derive(Clone, Debug)]
pub struct Lang {
    texts: Arc<Texts>,
    locale: Locale,
}

impl Lang {
    /// Speaks `locale` with the words of `texts`.
    pub fn new(texts: Arc<Texts>, locale: Locale) -> Self {
        Self { texts, locale }
    }

    /// Returns the locale being spoken.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// Returns the text of `key` with `args` filled in.
    ///
    /// A key this locale lacks is answered in English, and one that nobody has by the key itself:
    /// a wrong word on the page is better than a page that does not come.
    pub fn t(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.texts.text(self.locale, key, args)
    }

    /// Returns the text of `key`, which takes no arguments.
    pub fn word(&self, key: &str) -> String {
        self.t(key, &[])
    }

    /// Returns an amount with its currency sign; see [`money`].
    pub fn money(&self, minor: i64, currency_code: &str, decimals: u8) -> String {
        money(minor, currency_code, decimals, self.locale)
    }

    /// Returns a quantity given in thousandths; see [`quantity`].
    pub fn quantity(&self, milli: i64) -> String {
        quantity(milli, self.locale)
    }

    /// Returns a whole number with the locale's thousands marks; see [`count`].
    pub fn count(&self, number: i64) -> String {
        count(number, self.locale)
    }

    /// Returns how long ago something was, for `elapsed_ms` milliseconds; see [`age`].
    pub fn age(&self, elapsed_ms: i64) -> String {
        age(self, elapsed_ms)
    }

    /// Returns the time of day of a UTC instant in `zone`; see [`time()`].
    pub fn time(&self, at_ms: i64, zone: &TimeZone) -> String {
        time(at_ms, zone, self.locale)
    }

    /// Returns the calendar date of a UTC instant in `zone`; see [`date`].
    pub fn date(&self, at_ms: i64, zone: &TimeZone) -> String {
        date(at_ms, zone, self.locale)
    }

    /// Returns date and time of a UTC instant in `zone`; see [`date_time`].
    pub fn date_time(&self, at_ms: i64, zone: &TimeZone) -> String {
        date_time(at_ms, zone, self.locale)
    }
}

/// Returns the text of `key` in the language `lang` speaks, with `args` filled in.
pub fn t(lang: &Lang, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    lang.t(key, args)
}
