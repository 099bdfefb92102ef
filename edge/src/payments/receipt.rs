//! The slip that says what a terminal counted when its till was closed, beside what the store
//! holds.

use counterpart_daemon::web::text::{Lang, date_time, money_plain};
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::{CardCount, TerminalCounted};

use crate::context::StoreProfile;

/// Lays the slip out.
#[must_use]
pub(super) fn count_slip(
    profile: &StoreProfile,
    lang: &Lang,
    register: RegisterId,
    (counted, at_ms): (&TerminalCounted, i64),
) -> Document {
    let decimals = profile.currency.decimals();
    let amount = |minor: Minor| money_plain(minor.0, decimals, lang.locale());
    let mut paper = Document::new();
    paper
        .styled(&lang.word("terminal-count"), Style::title())
        .centred(&profile.name)
        .rule()
        .columns(&lang.word("cash-register"), &register.to_string())
        .columns(
            &lang.word("cash-when"),
            &date_time(at_ms, &profile.time_zone, lang.locale()),
        );
    let mut side = |word: &str, count: &CardCount| {
        let line = |what: &str, times: u32| {
            let what = lang.word(&format!("terminal-{what}"));
            format!("  {what} ({})", lang.count(i64::from(times)))
        };
        paper
            .rule()
            .text(&lang.word(word))
            .columns(&line("payments", count.payments), &amount(count.paid_minor));
        if count.reversals > 0 {
            let back = Minor(count.reversed_minor.0.saturating_neg());
            paper.columns(&line("given-back", count.reversals), &amount(back));
        }
    };
    side("terminal-store", &counted.store);
    if let Some(terminal) = &counted.terminal {
        side("terminal-terminal", terminal);
    }
    paper.rule();
    match (counted.over_short_minor(), &counted.unknown_because) {
        (Some(difference), _) => {
            let word = lang.word("terminal-difference");
            paper.columns_styled(&word, &amount(difference), Style::bold());
            if !counted.agrees() {
                paper.text(&lang.word("terminal-differs"));
            }
        }
        (None, why) => {
            if let Some(why) = why {
                paper.text(&lang.t("terminal-not-known", &[("why", why.as_str().into())]));
            }
            paper.text(&lang.word("terminal-not-known-todo"));
        }
    }
    paper.feed(1).cut();
    paper
}
