//! What an X and a Z say of money that does not lie in the drawer.

use counterpart_daemon::web::text::Lang;
use counterpart_paper::Document;
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::ShiftTotals;

use super::written;
use crate::context::StoreProfile;

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
        let name = match sum.kind {
            TenderKind::Cash => "Cash",
            TenderKind::Card => "Cards",
        };
        let count = lang.count(i64::from(sum.payments));
        let taken = written(profile, lang, sum.taken_minor);
        paper.columns(&format!("{name} ({count})"), &taken);
        if sum.refunds > 0 {
            let count = lang.count(i64::from(sum.refunds));
            let back = written(profile, lang, Minor(-sum.back_minor.0));
            paper.columns(&format!("{name}, given back ({count})"), &back);
        }
    }
}
