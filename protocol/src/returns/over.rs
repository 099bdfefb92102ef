//! Names what was refunded beyond what was sold.

use std::collections::{BTreeMap, BTreeSet};

use super::{LineBack, SoldUnits};
use crate::exceptions::{ExceptionId, Raised, Rule, Standing};
use crate::ids::{FactId, Sku};
use crate::quantity::Milli;

/// Returns the exception of a sale of which more was refunded than was sold: of any of its lines,
/// by whichever store, with the right to or without. `refunds` are the facts with what came back by
/// each; one that is named twice counts once.
///
/// It names the facts that refunded the lines in question. With one more of them it is another
/// exception, as there is more to look into.
#[must_use]
pub fn over_refund<'a>(
    sold: &[SoldUnits],
    refunds: impl IntoIterator<Item = (FactId, &'a [LineBack])>,
) -> Option<Raised> {
    let once: BTreeMap<FactId, &[LineBack]> = refunds.into_iter().collect();
    let mut back: BTreeMap<u16, i64> = BTreeMap::new();
    for line in once.values().copied().flatten() {
        let sum = back.entry(line.line).or_default();
        *sum = sum.saturating_add(line.quantity_milli.0);
    }
    let sold_of = |line: u16| sold.iter().find(|it| it.line == line);
    let mut lines: BTreeSet<u16> = BTreeSet::new();
    let mut units: Vec<(Sku, Milli)> = Vec::new();
    for (line, back) in back {
        let sold = sold_of(line);
        let over = back.saturating_sub(sold.map_or(0, |it| it.quantity_milli.0));
        if over > 0 {
            lines.insert(line);
            // A line nobody sold has no name either: its facts are named all the same.
            units.extend(sold.map(|it| (it.sku.clone(), Milli(over))));
        }
    }
    if lines.is_empty() {
        return None;
    }
    let concerns = |of: &[LineBack]| of.iter().any(|line| lines.contains(&line.line));
    let facts = once.iter().filter(|(_, of)| concerns(of));
    let facts: Vec<FactId> = facts.map(|(fact, _)| *fact).collect();
    Some(Raised {
        exception_id: ExceptionId::of(Rule::OverRefund, &facts),
        rule: Rule::OverRefund,
        facts,
        fulfilment_id: None,
        units,
        standing: Standing::Open,
    })
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::over_refund;
    use crate::ids::FactId;
    use crate::money::Minor;
    use crate::quantity::Milli;
    use crate::returns::{LineBack, SoldUnits};
    use crate::tax::Rate;

    fn fact(number: u64) -> FactId {
        FactId::from_parts(number, u128::from(number))
    }

    fn sold(quantities: &[i64]) -> Vec<SoldUnits> {
        let lines = (1..).zip(quantities).map(|(line, quantity)| SoldUnits {
            line,
            sku: format!("SKU-{line}").parse().unwrap(),
            quantity_milli: Milli(*quantity),
        });
        lines.collect()
    }

    fn back(line: u16, quantity: i64) -> LineBack {
        LineBack {
            line,
            quantity_milli: Milli(quantity),
            amount_minor: Minor(quantity),
            tax_rate: Rate(21_000),
        }
    }

    #[test]
    fn both_refunds_are_named_whichever_arrived_first_and_others_are_not() {
        let sold = sold(&[2_000, 1_000]);
        let (a, b, c) = ([back(1, 2_000)], [back(1, 1_000)], [back(2, 1_000)]);
        let (a, b, c) = ((fact(1), &a[..]), (fact(2), &b[..]), (fact(3), &c[..]));
        assert_eq!(over_refund(&sold, [a, c]), None);
        assert_eq!(over_refund(&sold, [a, a, c]), None, "one fact counts once");
        let raised = over_refund(&sold, [a, b, c]).unwrap();
        assert_eq!(over_refund(&sold, [c, b, a, b]), Some(raised.clone()));
        assert_eq!(raised.facts, [fact(1), fact(2)]);
        assert_eq!(raised.units, [("SKU-1".parse().unwrap(), Milli(1_000))]);
        let unknown = [back(7, 1_000)];
        let raised = over_refund(&sold, [a, (fact(4), &unknown[..])]).unwrap();
        assert_eq!((raised.facts, raised.units), (vec![fact(4)], Vec::new()));
    }

    proptest! {
        #[test]
        fn more_came_back_of_some_line_exactly_where_one_exception_says_so(
            quantities in proptest::collection::vec(1_i64..4, 1..4),
            refunds in proptest::collection::vec((1_u16..4, 1_i64..3), 0..7),
        ) {
            let sold = sold(&quantities);
            let lines = refunds.iter().map(|(line, quantity)| [back(*line, *quantity)]);
            let lines: Vec<[LineBack; 1]> = lines.collect();
            let facts: Vec<_> = (1..).map(fact).zip(lines.iter().map(|it| &it[..])).collect();
            let raised = over_refund(&sold, facts.clone());
            // In other code: what each line has left, one refund after the other.
            let mut left: Vec<i64> = (1..=3)
                .map(|line| quantities.get(line - 1).copied().unwrap_or(0))
                .collect();
            for (line, quantity) in &refunds {
                left[usize::from(*line) - 1] -= quantity;
            }
            prop_assert_eq!(raised.is_some(), left.iter().any(|left| *left < 0));
            let mut backwards = facts;
            backwards.reverse();
            prop_assert_eq!(over_refund(&sold, backwards), raised);
        }
    }
}
