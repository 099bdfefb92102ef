//! Decides whether what arrived is what was sent.

use counterpart_protocol::exceptions::{ExceptionId, Raised, Rule, Standing};
use counterpart_protocol::ids::{FactId, Sku};
use counterpart_protocol::quantity::Milli;

/// One SKU of a transfer, as both ends say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sku: Sku,
    pub(super) sent: Milli,
    pub(super) counted: Milli,
}

/// Raises an exception when the two ends differ; its units are by how much more (positive) or less
/// (negative) arrived.
#[must_use]
pub(super) fn discrepancy(sent: FactId, received: FactId, lines: &[Line]) -> Option<Raised> {
    let differing = lines.iter().filter(|line| line.sent != line.counted);
    let units: Vec<(Sku, Milli)> = differing
        .map(|line| {
            let by = line.counted.0.saturating_sub(line.sent.0);
            (line.sku.clone(), Milli(by))
        })
        .collect();
    let mut facts = vec![sent, received];
    facts.sort_unstable();
    (!units.is_empty()).then(|| Raised {
        exception_id: ExceptionId::of(Rule::TransferDiscrepancy, &facts),
        rule: Rule::TransferDiscrepancy,
        facts,
        fulfilment_id: None,
        units,
        standing: Standing::Open,
    })
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::FactId;
    use counterpart_protocol::quantity::Milli;

    use super::{Line, discrepancy};

    fn line(sku: &str, sent: i32, counted: i32) -> Line {
        Line {
            sku: sku.parse().unwrap(),
            sent: Milli::units(sent),
            counted: Milli::units(counted),
        }
    }

    #[test]
    fn what_arrived_is_compared_line_by_line() {
        let (sent, received) = (FactId::from_parts(1, 1), FactId::from_parts(2, 2));
        assert_eq!(discrepancy(sent, received, &[line("PEN", 3, 3)]), None);
        let lines = [line("PEN", 3, 2), line("INK", 0, 1), line("TEA", 1, 1)];
        let raised = discrepancy(sent, received, &lines).unwrap();
        let units: Vec<(&str, Milli)> = raised
            .units
            .iter()
            .map(|(sku, by)| (sku.as_str(), *by))
            .collect();
        assert_eq!(units, [("PEN", Milli::units(-1)), ("INK", Milli::units(1))]);
    }
}
