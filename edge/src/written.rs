//! Amounts and moments as they stand where no reader's language is known: in refusals and JSON.
//!
//! Pages and receipts write them in the language of their reader, by the kit's own texts.

use counterpart_protocol::money::{Currency, Minor};
use jiff::Timestamp;

/// Returns an amount as `1234.50 EUR`.
#[must_use]
pub fn spelled(amount: Minor, currency: Currency) -> String {
    let digits = usize::from(currency.decimals());
    let sign = if amount.0 < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", amount.0.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    let point = if digits == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{fraction} {currency}")
}

/// Returns a moment (milliseconds UTC) as RFC 3339: `2026-11-23T14:05:42Z`; one outside every
/// calendar is written as the nearest there is.
#[must_use]
pub fn moment(at_ms: i64) -> String {
    let nearest = if at_ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(nearest)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{moment, spelled};
    use counterpart_protocol::money::Minor;

    #[track_caller]
    fn check(minor: i64, code: &str, expected: &str) {
        assert_eq!(spelled(Minor(minor), code.parse().unwrap()), expected);
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        check(123_450, "EUR", "1234.50 EUR");
        check(5, "EUR", "0.05 EUR");
        check(-200, "EUR", "-2.00 EUR");
        check(0, "EUR", "0.00 EUR");
        check(1_500, "JPY", "1500 JPY");
        check(1_500, "KWD", "1.500 KWD");
        check(i64::MIN, "JPY", "-9223372036854775808 JPY");
    }

    #[test]
    fn a_moment_is_written_in_utc() {
        assert_eq!(moment(1_795_439_142_000), "2026-11-23T13:05:42Z");
        assert_eq!(moment(i64::MAX), "9999-12-30T22:00:00.999999999Z");
    }
}
