//! What an X and a Z say of money that does not lie in the drawer.

use counterpart_daemon::web::text::{Lang, money_plain};
use counterpart_paper::{Document, Style};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::{ShiftClosed, ShiftTender, ShiftTotals};

use super::{over_or_short, written};
use crate::context::StoreProfile;

/// Returns what a report calls a kind of tender.
pub(crate) const fn tender_name(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => "Cash",
        TenderKind::Card => "Cards",
        TenderKind::GiftCard => "Gift cards",
        TenderKind::StoreCredit => "Store credit",
        TenderKind::Voucher => "Vouchers",
        TenderKind::ForeignCash => "Foreign cash",
        TenderKind::OnAccount => "On account",
        TenderKind::Exchanged => "Exchanged",
    }
}

/// Says what cash was rounded by, where it was.
pub(super) fn rounding(
    paper: &mut Document,
    profile: &StoreProfile,
    lang: &Lang,
    totals: &ShiftTotals,
) {
    if let Some(by) = totals.rounding_minor {
        paper.columns("Cash rounding", &written(profile, lang, by));
    }
}

/// Says what was paid other than in cash, and what went back so, where something did.
pub(super) fn other_tenders(
    paper: &mut Document,
    profile: &StoreProfile,
    lang: &Lang,
    totals: &ShiftTotals,
) {
    let all = totals.tenders.as_deref().unwrap_or_default();
    if !all.is_empty() {
        paper.rule();
    }
    for sum in all {
        let name = tender_name(sum.kind);
        let count = lang.count(i64::from(sum.payments));
        let taken = written(profile, lang, sum.taken_minor);
        paper.columns(&format!("{name} ({count})"), &taken);
        if sum.refunds > 0 {
            let count = lang.count(i64::from(sum.refunds));
            let back = written(profile, lang, Minor(-sum.back_minor.0));
            paper.columns(&format!("{name}, given back ({count})"), &back);
        }
        if let (Some(currency), Some(counts)) = (sum.currency, sum.counts_minor) {
            let amount = money_plain(counts.0, currency.decimals(), lang.locale());
            paper.columns(&format!("  in {currency}"), &amount);
        }
    }
}

/// Says what was counted beside cash and how it differs, and what nobody counted.
pub(super) fn counted_others(
    paper: &mut Document,
    profile: &StoreProfile,
    lang: &Lang,
    closed: &ShiftClosed,
) {
    let counted = closed.others.as_deref().unwrap_or_default();
    for one in counted {
        let currency = one.currency.unwrap_or(profile.currency);
        let amount = |minor: Minor| money_plain(minor.0, currency.decimals(), lang.locale());
        let name = named(one.kind, one.currency);
        paper
            .rule()
            .columns(&format!("{name}, should be"), &amount(one.expected_minor))
            .columns(&format!("{name}, counted"), &amount(one.counted_minor))
            .columns_styled(
                over_or_short(one.over_short_minor),
                &amount(one.over_short_minor),
                Style::bold(),
            );
    }
    let totals = closed.totals.as_ref();
    let all = totals.and_then(|totals| totals.tenders.as_deref());
    let is_counted = |sum: &&ShiftTender| {
        let mut counted = counted.iter();
        counted.any(|it| it.kind == sum.kind && it.currency == sum.currency)
    };
    let missing = all.unwrap_or_default().iter();
    // Goods for goods: there is nothing to count.
    let money = missing.filter(|sum| sum.kind != TenderKind::Exchanged);
    for sum in money.filter(|sum| !is_counted(sum)) {
        paper.columns(&named(sum.kind, sum.currency), "not counted");
    }
}

fn named(kind: TenderKind, currency: Option<Currency>) -> String {
    match currency {
        Some(currency) => format!("{} {currency}", tender_name(kind)),
        None => tender_name(kind).to_owned(),
    }
}
