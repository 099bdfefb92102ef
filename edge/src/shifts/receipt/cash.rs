//! The slip that goes into the bag or the drawer when cash leaves.

use counterpart_daemon::web::text::{Lang, date_time, money_plain};
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::shifts::{CashMoved, CashMovement};

use crate::context::StoreProfile;
use crate::shifts::rules::CashReason;

/// What stands on the slip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CashSlip<'a> {
    /// The register.
    pub register: RegisterId,
    /// What moved.
    pub moved: &'a CashMoved,
    /// Why.
    pub reason: Option<CashReason>,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// Who did it.
    pub by: &'a str,
}

/// Lays the slip out.
#[must_use]
pub(crate) fn cash_slip(profile: &StoreProfile, lang: &Lang, slip: &CashSlip<'_>) -> Document {
    let (moved, locale) = (slip.moved, lang.locale());
    let title = match moved.movement {
        CashMovement::PaidIn => "cash-paid-in",
        CashMovement::PaidOut => "cash-paid-out",
        CashMovement::Dropped => "cash-dropped",
    };
    let amount = money_plain(moved.amount_minor.0, profile.currency.decimals(), locale);
    let amount = format!("{} {amount}", profile.currency);
    let mut paper = Document::new();
    paper
        .styled(&lang.word(title), Style::title())
        .centred(&profile.name)
        .rule()
        .columns_styled(&lang.word("cash-amount"), &amount, Style::bold())
        .columns(&lang.word("cash-register"), &slip.register.to_string())
        .columns(
            &lang.word("cash-when"),
            &date_time(slip.at_ms, &profile.time_zone, locale),
        )
        .columns(&lang.word("cash-by"), slip.by);
    if let Some(reason) = slip.reason {
        let word = lang.word(&format!("cash-reason-{}", reason.word()));
        paper.columns(&lang.word("cash-why"), &word);
    }
    if let Some(reference) = &moved.reference {
        paper.columns(&lang.word("cash-reference"), reference);
    }
    let signature = lang.word("cash-signature");
    paper.feed(2).text(&signature).feed(1).rule().cut();
    paper
}
