//! What several pages of the stores show: how one stands, what its receipts prove.

use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use maud::{Markup, html};

use crate::sales::Proof;
use crate::stores::rules::Standing;
use crate::stores::service::StoreView;

/// Returns how a standing is to be felt, and its words.
pub(super) fn standing_words(lang: &Lang, standing: Standing) -> (Tone, String) {
    match standing {
        Standing::NotEnrolled => (Tone::Quiet, "no edge yet".to_owned()),
        Standing::Blocked => (Tone::Bad, "blocked".to_owned()),
        Standing::Refused => (Tone::Bad, "refused".to_owned()),
        Standing::Connected => (Tone::Good, "connected".to_owned()),
        Standing::Away(ago_ms) => (Tone::Waiting, format!("away, seen {}", lang.age(ago_ms))),
        Standing::Silent(ago_ms) => (Tone::Bad, format!("silent, seen {}", lang.age(ago_ms))),
        Standing::NeverCalled => (Tone::Waiting, "never called".to_owned()),
    }
}

pub(super) fn standing_badge(lang: &Lang, view: &StoreView, now_ms: i64) -> Markup {
    let (tone, words) = standing_words(lang, view.standing(now_ms));
    badge(tone, &words)
}

/// Says how many receipts arrived: `48 arrived`.
pub(super) fn arrived_words(lang: &Lang, proof: Proof) -> String {
    match proof.issued {
        0 => "none yet".to_owned(),
        issued => format!("{} arrived", lang.count(issued - proof.missing)),
    }
}

/// Returns what the numbers of receipts prove: how it is to be felt, and its words.
pub(super) fn proof_words(lang: &Lang, proof: Proof) -> (Tone, String) {
    let mut words = format!("{} missing", lang.count(proof.missing));
    if proof.doubled > 0 {
        words += &format!(", {} doubled", lang.count(proof.doubled));
    }
    let tone = match (proof.issued, proof.is_complete()) {
        (0, _) => Tone::Quiet,
        (_, true) => Tone::Good,
        (_, false) => Tone::Bad,
    };
    (tone, words)
}

/// Shows what the numbers of receipts prove: `48 arrived, 0 missing`.
pub(super) fn proof_shown(lang: &Lang, proof: Proof) -> Markup {
    let (tone, words) = proof_words(lang, proof);
    html! {
        (arrived_words(lang, proof))
        @if proof.issued > 0 { " " (badge(tone, &words)) }
    }
}

pub(super) fn money(lang: &Lang, minor: i64, currency: Currency) -> String {
    lang.money(minor, currency.code(), currency.decimals())
}

/// Says how far a clock is off, once it matters: `3 min ahead`. Half a minute is the way and the
/// clock's usual drift.
pub(super) fn clock_words(lang: &Lang, off_ms: Option<i64>) -> Option<String> {
    let off_ms = off_ms?;
    let length = counterpart_daemon::web::text::duration(lang, off_ms.saturating_abs());
    match off_ms {
        ..=-30_000 => Some(format!("{length} behind")),
        30_000.. => Some(format!("{length} ahead")),
        _ => None,
    }
}
