//! The entry of a sale that took units others may have been promised.

use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::SaleLine;

use super::{Entries, Entry, EntryKind};

/// Says of a sale who let promised goods go, and what they were sold for before anything came off;
/// nothing where all of them were the store's own to sell.
pub(super) fn let_go(made: &mut Entries, blank: Entry, lines: &[SaleLine]) -> Option<Entry> {
    let mut sum = 0_i64;
    let mut said = None;
    for line in lines {
        let Some(promised) = line.promised() else {
            continue;
        };
        let part = promised.quantity_milli.0;
        let amount = line.unit_price_minor.scaled(part, Milli::ONE.0);
        sum = sum.saturating_add(amount.unwrap_or_default().0);
        made.item(EntryKind::Promised, &line.sku);
        said = said.or(Some(promised));
    }
    let said = said?;
    Some(Entry {
        kind: EntryKind::Promised,
        staff: Some(said.by),
        approved_by: said.approved_by,
        amount_minor: Some(Minor(sum)),
        ..blank
    })
}
