//! The amounts a customer is likely to hand over, for the buttons of the tender panel.
//!
//! They save typing and decide nothing: any amount may be typed.

use counterpart_protocol::money::{Currency, Minor};

/// How many buttons there are beside the exact amount.
const BUTTONS_MAX: usize = 5;

/// Returns the round amounts above `due`, smallest first, at most five: up to the next whole unit,
/// and to the next multiple of each usual note.
#[must_use]
pub(crate) fn quick_amounts(due: Minor, currency: Currency) -> Vec<Minor> {
    if due.0 <= 0 {
        return Vec::new();
    }
    let unit = 10_i64.pow(u32::from(currency.decimals()));
    // Currencies without decimals have notes about a hundred times larger (1000 yen, 5 euro).
    let unit = if unit == 1 { 100 } else { unit };
    let mut amounts: Vec<Minor> = [1, 5, 10, 20, 50, 100, 200]
        .into_iter()
        .filter_map(|note| next_multiple(due.0, note * unit))
        .filter(|amount| *amount > due.0)
        .map(Minor)
        .collect();
    amounts.sort_unstable();
    amounts.dedup();
    amounts.truncate(BUTTONS_MAX);
    amounts
}

fn next_multiple(amount: i64, step: i64) -> Option<i64> {
    let steps = amount / step + i64::from(amount % step != 0);
    steps.checked_mul(step)
}

#[cfg(test)]
mod tests {
    use super::quick_amounts;
    use counterpart_protocol::money::Minor;

    #[track_caller]
    fn check(due: i64, code: &str, expected: &[i64]) {
        let amounts = quick_amounts(Minor(due), code.parse().unwrap());
        let plain: Vec<i64> = amounts.iter().map(|amount| amount.0).collect();
        assert_eq!(plain, expected, "{due} {code}");
    }

    #[test]
    fn the_buttons_are_what_a_customer_may_hold_in_hand() {
        check(370, "EUR", &[400, 500, 1_000, 2_000, 5_000]);
        check(500, "EUR", &[1_000, 2_000, 5_000, 10_000, 20_000]);
        check(3_550, "EUR", &[3_600, 4_000, 5_000, 10_000, 20_000]);
        check(1_234, "JPY", &[1_300, 1_500, 2_000, 5_000, 10_000]);
        check(1_250, "KWD", &[2_000, 5_000, 10_000, 20_000, 50_000]);
    }

    #[test]
    fn nothing_due_needs_no_button() {
        check(0, "EUR", &[]);
        check(i64::MAX, "EUR", &[]);
    }
}
