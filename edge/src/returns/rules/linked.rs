//! What goes back with goods: a deposit that was sold with them comes back with them.

use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::SaleRecorded;

use super::{Before, Brought, left_of};

/// Returns what is brought with what goes with it: as many pieces as come back, as far as they have
/// not come back already. Who names the deposit knows better, and it is left as said.
pub(super) fn with_linked(
    sale: &SaleRecorded,
    before: &Before,
    brought: &[Brought],
) -> Vec<Brought> {
    let mut whole = brought.to_vec();
    for line in &sale.lines {
        let with = line.remarks.as_ref().and_then(|it| it.goes_with);
        let leader = brought.iter().find(|one| Some(one.line) == with);
        let is_named = brought.iter().any(|one| one.line == line.line);
        let Some(leader) = leader.filter(|_| !is_named) else {
            continue;
        };
        let asked = match leader.quantity_milli.is_whole() {
            true => leader.quantity_milli,
            false => Milli::ONE,
        };
        let quantity_milli = asked.min(left_of(line, before));
        if quantity_milli > Milli::ZERO {
            whole.push(Brought {
                line: line.line,
                quantity_milli,
                ..*leader
            });
        }
    }
    whole
}
