//! What the pages of orders share: statuses and stages in words and colours, money, lateness.

use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use maud::Markup;

/// Returns the colour and words of a status.
pub(super) fn status_words(word: &str) -> (Tone, &'static str) {
    match word {
        "unrouted" => (Tone::Bad, "no store yet"),
        "routed" => (Tone::Waiting, "with a store"),
        "in_progress" => (Tone::Waiting, "in work"),
        "ready" => (Tone::Good, "ready"),
        "completed" => (Tone::Quiet, "completed"),
        "cancelled" => (Tone::Quiet, "cancelled"),
        _ => (Tone::Quiet, "unknown"),
    }
}

pub(super) fn status_badge(word: &str) -> Markup {
    let (tone, words) = status_words(word);
    badge(tone, words)
}

pub(super) fn stage_badge(word: &str) -> Markup {
    let (tone, words) = match word {
        "allocated" => (Tone::Waiting, "reserved"),
        "offered" => (Tone::Waiting, "not yet seen"),
        "accepted" => (Tone::Waiting, "accepted"),
        "picking" => (Tone::Waiting, "picking"),
        "picked" => (Tone::Waiting, "picked"),
        "staged" => (Tone::Good, "staged"),
        "handed_over" => (Tone::Quiet, "handed over"),
        "released" => (Tone::Quiet, "over"),
        _ => (Tone::Quiet, "unknown"),
    };
    badge(tone, words)
}

/// Tells whether an order was promised before now and is not ready.
pub(super) fn late(status: &str, promise_at_ms: Option<i64>, now_ms: i64) -> bool {
    matches!(status, "unrouted" | "routed" | "in_progress")
        && promise_at_ms.is_some_and(|at_ms| at_ms < now_ms)
}

pub(super) fn money(lang: &Lang, minor: i64, currency: &str) -> String {
    let decimals = currency
        .parse()
        .map_or(2, |currency: Currency| currency.decimals());
    lang.money(minor, currency, decimals)
}
