//! What an X says of each person who sold from the drawer.

use counterpart_daemon::web::text::Lang;
use counterpart_paper::Document;
use counterpart_protocol::money::Minor;

use super::written;
use crate::context::StoreProfile;
use crate::shifts::store::ByStaff;

/// Says what each person sold, gave back and left in cash; one person alone is the whole of it.
pub(super) fn by_cashier(
    paper: &mut Document,
    profile: &StoreProfile,
    lang: &Lang,
    cashiers: &[(String, ByStaff)],
) {
    if cashiers.len() < 2 {
        return;
    }
    paper.rule();
    for (name, sums) in cashiers {
        let count = lang.count(i64::from(sums.sales));
        let sold = written(profile, lang, sums.sales_minor);
        paper.columns(&format!("{name} ({count})"), &sold);
        if sums.returns > 0 {
            let count = lang.count(i64::from(sums.returns));
            let back = written(profile, lang, Minor(-sums.returned_minor.0));
            paper.columns(&format!("  Returns ({count})"), &back);
        }
        paper.columns("  Cash", &written(profile, lang, sums.cash_minor));
    }
}
