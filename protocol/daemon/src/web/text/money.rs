//! Money as text: minor units, a currency code and a small table of signs.
//!
//! The table follows CLDR as the browsers have it (checked against `Intl.NumberFormat` of Node 20);
//! a currency outside it shows its ISO 4217 code, which is what CLDR does too.

use super::Locale;
use super::number::{AmountUnreadable, fixed, read_fixed};

const NO_BREAK_SPACE: char = '\u{a0}';

/// Returns an amount with its currency: `$12.34`, `12,34 €`.
///
/// `decimals` is the currency's number of minor digits (ISO 4217), 2 for the euro.
pub fn money(minor: i64, currency_code: &str, decimals: u8, locale: Locale) -> String {
    let sign = currency_sign(currency_code, locale);
    match locale {
        Locale::En => {
            let amount = fixed(minor, decimals, locale);
            let (minus, magnitude) = match amount.strip_prefix('-') {
                Some(magnitude) => ("-", magnitude),
                None => ("", amount.as_str()),
            };
            match sign {
                Some(sign) => format!("{minus}{sign}{magnitude}"),
                None => format!("{minus}{currency_code}{NO_BREAK_SPACE}{magnitude}"),
            }
        }
        Locale::De | Locale::Fr => {
            let amount = fixed(minor, decimals, locale);
            format!("{amount}{NO_BREAK_SPACE}{}", sign.unwrap_or(currency_code))
        }
    }
}

/// Returns an amount without its currency, for columns that name it once: `1,234.50`.
pub fn money_plain(minor: i64, decimals: u8, locale: Locale) -> String {
    fixed(minor, decimals, locale)
}

/// Reads an amount a person typed, in minor units.
///
/// # Errors
/// Says which [`AmountUnreadable`] it is; a sign is not a number, because no field asks for one.
pub fn read_money(text: &str, decimals: u8, locale: Locale) -> Result<i64, AmountUnreadable> {
    read_fixed(text, decimals, locale)
}

fn currency_sign(currency_code: &str, locale: Locale) -> Option<&'static str> {
    match (currency_code, locale) {
        ("EUR", _) => Some("€"),
        ("USD", Locale::En | Locale::De) => Some("$"),
        ("USD", Locale::Fr) => Some("$US"),
        ("GBP", Locale::En | Locale::De) => Some("£"),
        ("GBP", Locale::Fr) => Some("£GB"),
        ("JPY", Locale::En | Locale::De) => Some("¥"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(minor: i64, currency_code: &str, decimals: u8, expected: [&str; 3]) {
        for (locale, expected) in Locale::ALL.into_iter().zip(expected) {
            let text = money(minor, currency_code, decimals, locale).replace('\u{a0}', "_");
            assert_eq!(text.replace('\u{202f}', "~"), expected, "{locale:?}");
        }
    }

    /// Expected texts are `Intl.NumberFormat(tag, {style: "currency", currency})` of Node 20
    /// (en-US, de-DE, fr-FR); `_` is U+00A0 and `~` is U+202F.
    #[test]
    fn money_reads_as_the_browser_writes_it() {
        check(
            -123_456_750,
            "EUR",
            2,
            ["-€1,234,567.50", "-1.234.567,50_€", "-1~234~567,50_€"],
        );
        check(
            -123_456_750,
            "USD",
            2,
            ["-$1,234,567.50", "-1.234.567,50_$", "-1~234~567,50_$US"],
        );
        check(1_234, "CHF", 2, ["CHF_12.34", "12,34_CHF", "12,34_CHF"]);
        check(
            -1_234_568,
            "JPY",
            0,
            ["-¥1,234,568", "-1.234.568_¥", "-1~234~568_JPY"],
        );
        check(
            -1_234_567_500,
            "KWD",
            3,
            [
                "-KWD_1,234,567.500",
                "-1.234.567,500_KWD",
                "-1~234~567,500_KWD",
            ],
        );
        check(5, "GBP", 2, ["£0.05", "0,05_£", "0,05_£GB"]);
    }

    #[test]
    fn a_typed_amount_is_read_in_minor_units() {
        assert_eq!(read_money("20", 2, Locale::De), Ok(2_000));
        assert_eq!(read_money("19,9", 2, Locale::De), Ok(1_990));
        assert_eq!(read_money("1,000", 0, Locale::En), Ok(1_000));
        assert_eq!(
            read_money("0.005", 2, Locale::En),
            Err(AmountUnreadable::TooManyDecimals { decimals: 2 }),
        );
    }
}
