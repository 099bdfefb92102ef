//! Whole numbers and quantities as text, and back from what a person typed.
//!
//! Quantities are thousandths of a unit and stay integers all the way; nothing here is a float.

use super::Locale;

/// A typed amount or quantity that cannot be read, with what is wrong about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountUnreadable {
    /// The field was left empty.
    #[error("nothing was typed")]
    Missing,
    /// It holds something that is neither a digit nor this locale's marks.
    #[error("only digits and one decimal mark can be typed here")]
    NotANumber,
    /// It has more decimals than the currency or the unit knows.
    #[error("at most {decimals} decimals can be typed here")]
    TooManyDecimals {
        /// How many there may be.
        decimals: u8,
    },
    /// It is larger than any amount can be.
    #[error("the number is too large")]
    TooLarge,
}

/// Returns a whole number with thousands marks: `12,345`.
pub fn count(number: i64, locale: Locale) -> String {
    let mut text = sign(number).to_owned();
    push_grouped(&mut text, number.unsigned_abs(), locale);
    text
}

/// Returns a quantity given in thousandths, without idle zeros: 2000 is `2`, 1250 is `1.25`.
pub fn quantity(milli: i64, locale: Locale) -> String {
    let mut text = fixed(milli, 3, locale);
    let kept = text
        .trim_end_matches('0')
        .trim_end_matches(locale.decimal_mark());
    text.truncate(kept.len());
    text
}

/// Reads a quantity a person typed, in thousandths.
///
/// # Errors
/// Says which [`AmountUnreadable`] it is; a sign is not a number, because no field asks for one.
pub fn read_quantity(text: &str, locale: Locale) -> Result<i64, AmountUnreadable> {
    read_fixed(text, 3, locale)
}

/// Writes `value` as a decimal fraction with exactly `decimals` places and thousands marks.
pub(super) fn fixed(value: i64, decimals: u8, locale: Locale) -> String {
    let unit = power_of_ten(decimals);
    let magnitude = value.unsigned_abs();
    let mut text = sign(value).to_owned();
    push_grouped(&mut text, magnitude / unit, locale);
    if decimals > 0 {
        text.push(locale.decimal_mark());
        let fraction = (magnitude % unit).to_string();
        for _ in fraction.len()..usize::from(decimals) {
            text.push('0');
        }
        text.push_str(&fraction);
    }
    text
}

/// Reads an unsigned decimal fraction with at most `decimals` places.
///
/// Thousands marks count only where they stand before groups of three, and a numpad's dot is a
/// decimal mark in every language when it cannot be a thousands mark.
pub(super) fn read_fixed(
    text: &str,
    decimals: u8,
    locale: Locale,
) -> Result<i64, AmountUnreadable> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AmountUnreadable::Missing);
    }
    let (whole, fraction) = split_at_decimal_mark(text, locale);
    let whole = without_group_marks(whole, locale)?;
    if fraction.len() > usize::from(decimals) {
        return Err(AmountUnreadable::TooManyDecimals { decimals });
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(AmountUnreadable::NotANumber);
    }
    let mut digits = whole;
    digits.push_str(fraction);
    for _ in fraction.len()..usize::from(decimals) {
        digits.push('0');
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountUnreadable::NotANumber);
    }
    digits.parse().map_err(|_| AmountUnreadable::TooLarge)
}

fn split_at_decimal_mark(text: &str, locale: Locale) -> (&str, &str) {
    if let Some(split) = text.rsplit_once(locale.decimal_mark()) {
        return split;
    }
    // `12.50` typed on a German numpad; `1.250` stays twelve hundred and fifty.
    match text.rsplit_once('.') {
        Some((whole, fraction)) if !whole.contains('.') && fraction.len() != 3 => (whole, fraction),
        _ => (text, ""),
    }
}

fn without_group_marks(whole: &str, locale: Locale) -> Result<String, AmountUnreadable> {
    let is_mark = |mark: char| mark == locale.group_mark() || mark == '\u{a0}' || mark == ' ';
    let mut groups = whole.split(is_mark);
    let mut digits = groups.next().unwrap_or("").to_owned();
    for group in groups {
        if group.len() != 3 || digits.is_empty() {
            return Err(AmountUnreadable::NotANumber);
        }
        digits.push_str(group);
    }
    Ok(digits)
}

fn push_grouped(text: &mut String, magnitude: u64, locale: Locale) {
    let digits = magnitude.to_string();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(locale.group_mark());
        }
        text.push(digit);
    }
}

fn sign(value: i64) -> &'static str {
    if value < 0 { "-" } else { "" }
}

/// Ten to the power of `decimals`; 18 and more would not fit an `i64` amount, so it stops there.
fn power_of_ten(decimals: u8) -> u64 {
    10_u64.pow(u32::from(decimals.min(18)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_quantity(milli: i64, locale: Locale, expected: &str) {
        assert_eq!(quantity(milli, locale), expected);
    }

    #[test]
    fn a_quantity_shows_no_idle_zeros() {
        check_quantity(2_000, Locale::En, "2");
        check_quantity(1_250, Locale::En, "1.25");
        check_quantity(1_250, Locale::De, "1,25");
        check_quantity(5, Locale::Fr, "0,005");
        check_quantity(-1_500, Locale::En, "-1.5");
        check_quantity(100_000, Locale::En, "100");
        check_quantity(1_234_567_000, Locale::De, "1.234.567");
        check_quantity(0, Locale::En, "0");
        check_quantity(i64::MIN, Locale::En, "-9,223,372,036,854,775.808");
    }

    #[track_caller]
    fn check_read(text: &str, locale: Locale, expected: Result<i64, AmountUnreadable>) {
        assert_eq!(read_quantity(text, locale), expected, "{text:?}");
    }

    #[test]
    fn a_person_may_type_either_mark_on_the_numpad() {
        check_read("2", Locale::En, Ok(2_000));
        check_read(" 1.25 ", Locale::En, Ok(1_250));
        check_read("1,25", Locale::De, Ok(1_250));
        check_read("1.25", Locale::De, Ok(1_250));
        check_read("1.250", Locale::De, Ok(1_250_000));
        check_read("1.250,5", Locale::De, Ok(1_250_500));
        check_read("1 250,5", Locale::Fr, Ok(1_250_500));
        check_read(".5", Locale::En, Ok(500));
        check_read("5.", Locale::En, Ok(5_000));
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        check_read("", Locale::En, Err(AmountUnreadable::Missing));
        check_read("-1", Locale::En, Err(AmountUnreadable::NotANumber));
        check_read("1e3", Locale::En, Err(AmountUnreadable::NotANumber));
        check_read(".", Locale::En, Err(AmountUnreadable::NotANumber));
        check_read("1,25", Locale::En, Err(AmountUnreadable::NotANumber));
        check_read("1.2.3", Locale::De, Err(AmountUnreadable::NotANumber));
        check_read("٣", Locale::En, Err(AmountUnreadable::NotANumber));
        check_read(
            "0.0005",
            Locale::En,
            Err(AmountUnreadable::TooManyDecimals { decimals: 3 }),
        );
        check_read(
            "99999999999999999999",
            Locale::En,
            Err(AmountUnreadable::TooLarge),
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(milli in 0_i64..=i64::MAX) {
            for locale in Locale::ALL {
                prop_assert_eq!(read_fixed(&fixed(milli, 3, locale), 3, locale), Ok(milli));
            }
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,24}") {
            for locale in Locale::ALL {
                if let Ok(milli) = read_quantity(&text, locale) {
                    prop_assert!(milli >= 0);
                }
            }
        }
    }
}
