//! Decides how much a number from a store can still be believed.

use serde::Serialize;
use utoipa::ToSchema;

/// How old a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Freshness {
    /// The store is on the line, or was a minute ago.
    Fresh,
    /// It was heard of within the hour.
    Ageing,
    /// Nobody knows what was sold since.
    Old,
}

/// A store that was heard of within this time counts as fresh: one missed long poll and a retry.
const FRESH_MS: i64 = 60_000;
/// Within an hour a store sells a few of anything; after that the number is a guess.
const AGEING_MS: i64 = 3_600_000;

/// Judges a number by the time since its store was last heard of, in milliseconds; nothing means it
/// was never heard of.
#[must_use]
pub(super) const fn freshness(age_ms: Option<i64>) -> Freshness {
    match age_ms {
        Some(..=FRESH_MS) => Freshness::Fresh,
        Some(..=AGEING_MS) => Freshness::Ageing,
        Some(_) | None => Freshness::Old,
    }
}

/// Returns what people read of a movement by its word (`counterpart_protocol::stock::source`).
#[must_use]
pub(super) fn moved_words(kind: &str) -> &str {
    match kind {
        "sale" => "sold",
        "opening" => "there at the beginning",
        "delivery" => "received",
        "adjusted_counted" => "counted",
        "adjusted_damaged" => "damaged",
        "adjusted_missing" => "missing",
        "adjusted_found" => "found",
        "adjusted_own_use" => "used in the store",
        "adjusted_expired" => "past its date",
        "adjusted_other" => "put right",
        "transfer_out" => "sent to another store",
        "transfer_in" => "came from another store",
        "return" => "came back from a customer",
        "handed_over" => "handed over",
        "short_not_found" => "not found for an order",
        "short_damaged" => "damaged, for an order",
        "short_sold_meanwhile" => "sold before an order",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Freshness, freshness};

    #[test]
    fn a_number_grows_old_when_its_store_is_silent() {
        let judged = [Some(0), Some(60_000), Some(60_001), Some(3_600_001), None].map(freshness);
        assert_eq!(
            judged,
            [
                Freshness::Fresh,
                Freshness::Fresh,
                Freshness::Ageing,
                Freshness::Old,
                Freshness::Old
            ]
        );
    }
}
