//! The exceptions an order's facts raise: facts beat intentions, and what met is shown side by
//! side.

use std::collections::BTreeMap;

use super::fact::{CancelRequested, OrderCancelled, Units};
use super::state::{Order, OrderFact};
use super::store_fact::{AllocationBroken, HandedOver, LinesShorted};
use crate::exceptions::{ExceptionId, Raised, Rule, Standing};
use crate::facts::{Body, BodyRefused, Kind};
use crate::ids::{FactId, FulfilmentId, Sku};
use crate::quantity::Milli;

/// Returns the exceptions of an order, the same at every replica that holds these facts.
///
/// # Errors
/// [`BodyRefused`] when a body of a known kind cannot be read.
pub fn exceptions(facts: &[OrderFact]) -> Result<Vec<Raised>, BodyRefused> {
    let order = Order::fold(facts)?;
    let mut raised = Vec::new();
    for (id, body) in bodies::<LinesShorted>(facts, Kind::LinesShorted)? {
        let settled = body
            .units
            .iter()
            .all(|unit| order.unrouted(unit.line).0 == 0);
        let part = Some(body.fulfilment_id);
        raised.push(raise(Rule::ShortPick, vec![id], part, &body.units, settled));
    }
    for (id, body) in bodies::<AllocationBroken>(facts, Kind::AllocationBroken)? {
        let settled = body
            .units
            .iter()
            .all(|unit| order.unrouted(unit.line).0 == 0);
        let part = Some(body.fulfilment_id);
        let met = vec![id, body.cause];
        raised.push(raise(Rule::OverSale, met, part, &body.units, settled));
    }
    cancelled_too_late(facts, &order, &mut raised)?;
    handed_over_twice(facts, &order, &mut raised)?;
    for raised in &mut raised {
        if order.resolved.contains_key(&raised.exception_id) {
            raised.standing = Standing::Resolved;
        }
    }
    raised.sort_by_key(|raised| raised.exception_id);
    raised.dedup_by_key(|raised| raised.exception_id);
    Ok(raised)
}

/// A cancellation that met goods in the customer's hand, and money that went back for them.
fn cancelled_too_late(
    facts: &[OrderFact],
    order: &Order,
    raised: &mut Vec<Raised>,
) -> Result<(), BodyRefused> {
    let handovers = bodies::<HandedOver>(facts, Kind::HandedOver)?;
    for (id, body) in bodies::<CancelRequested>(facts, Kind::CancelRequested)? {
        let Some(part) = order.fulfilments.get(&body.fulfilment_id) else {
            continue;
        };
        let too_late = |unit: &&Units| {
            part.lines.get(&unit.line).is_some_and(|line| {
                let kept = line.allocated.0 - line.handed_over.0;
                line.handed_over.0 > 0 && line.cancel_asked.0 > kept
            })
        };
        let late: Vec<Units> = body.units.iter().filter(too_late).cloned().collect();
        let mut met: Vec<FactId> = handovers
            .iter()
            .filter(|(_, handover)| {
                handover.fulfilment_id == body.fulfilment_id && share_a_line(&handover.units, &late)
            })
            .map(|(id, _)| *id)
            .collect();
        if !late.is_empty() && !met.is_empty() {
            met.push(id);
            let part = Some(body.fulfilment_id);
            raised.push(raise(Rule::CancelTooLate, met, part, &late, false));
        }
    }
    for (id, body) in bodies::<OrderCancelled>(facts, Kind::OrderCancelled)? {
        let both = |unit: &&Units| {
            let cancelled = order.cancelled.get(&unit.line).map_or(0, |sum| sum.0);
            ordered(order, unit.line) < cancelled + order.handed_over(unit.line).0
        };
        let late: Vec<Units> = body.units.iter().filter(both).cloned().collect();
        let mut met: Vec<FactId> = handovers
            .iter()
            .filter(|(_, handover)| share_a_line(&handover.units, &late))
            .map(|(id, _)| *id)
            .collect();
        if !late.is_empty() && !met.is_empty() {
            met.push(id);
            raised.push(raise(Rule::RefundAfterHandover, met, None, &late, false));
        }
    }
    Ok(())
}

/// More handed over than ordered by several nodes, or more consumed than a node had.
fn handed_over_twice(
    facts: &[OrderFact],
    order: &Order,
    raised: &mut Vec<Raised>,
) -> Result<(), BodyRefused> {
    let handovers = bodies::<HandedOver>(facts, Kind::HandedOver)?;
    let lines = order
        .placed
        .as_ref()
        .map_or(&[][..], |placed| &placed.lines);
    for line in lines {
        let over = order.handed_over(line.line).0 - line.quantity_milli.0;
        let met: Vec<FactId> = handovers
            .iter()
            .filter(|(_, body)| body.units.iter().any(|unit| unit.line == line.line))
            .map(|(id, _)| *id)
            .collect();
        if over > 0 && met.len() > 1 {
            let twice = [Units::of(line.line, &line.sku, Milli(over))];
            raised.push(raise(Rule::DoubleHandover, met, None, &twice, false));
        }
    }
    let mut cloned: BTreeMap<FulfilmentId, Vec<Units>> = BTreeMap::new();
    for (id, part) in &order.fulfilments {
        for (line, count) in &part.lines {
            let over = count.over_consumed();
            // Before the allocation has arrived nothing can be said.
            if over.0 > 0 && part.edge.is_some() {
                let units = Units::of(*line, &count.sku, over);
                cloned.entry(*id).or_default().push(units);
            }
        }
    }
    for (id, units) in cloned {
        let met: Vec<FactId> = consuming(facts, id)?;
        raised.push(raise(Rule::ClonedEdge, met, Some(id), &units, false));
    }
    Ok(())
}

fn consuming(facts: &[OrderFact], of: FulfilmentId) -> Result<Vec<FactId>, BodyRefused> {
    let handed = bodies::<HandedOver>(facts, Kind::HandedOver)?;
    let shorted = bodies::<LinesShorted>(facts, Kind::LinesShorted)?;
    let handed = handed
        .iter()
        .filter(|(_, body)| body.fulfilment_id == of)
        .map(|(id, _)| *id);
    let shorted = shorted
        .iter()
        .filter(|(_, body)| body.fulfilment_id == of)
        .map(|(id, _)| *id);
    Ok(handed.chain(shorted).collect())
}

fn bodies<B: Body>(facts: &[OrderFact], kind: Kind) -> Result<Vec<(FactId, B)>, BodyRefused> {
    let of_kind = facts
        .iter()
        .filter(|stated| stated.fact.kind() == Some(kind));
    of_kind
        .map(|stated| Ok((stated.fact.header.id, stated.fact.read()?)))
        .collect()
}

fn ordered(order: &Order, line: u16) -> i64 {
    let lines = order
        .placed
        .as_ref()
        .map_or(&[][..], |placed| &placed.lines);
    let found = lines.iter().find(|ordered| ordered.line == line);
    found.map_or(i64::MAX, |found| found.quantity_milli.0)
}

fn share_a_line(some: &[Units], others: &[Units]) -> bool {
    some.iter()
        .any(|unit| others.iter().any(|other| other.line == unit.line))
}

fn raise(
    rule: Rule,
    mut facts: Vec<FactId>,
    fulfilment_id: Option<FulfilmentId>,
    units: &[Units],
    settled: bool,
) -> Raised {
    facts.sort_unstable();
    let about = |unit: &Units| -> (Sku, Milli) { (unit.sku.clone(), unit.quantity_milli) };
    Raised {
        exception_id: ExceptionId::of(rule, &facts),
        rule,
        fulfilment_id,
        units: units.iter().map(about).collect(),
        standing: if settled {
            Standing::Settled
        } else {
            Standing::Open
        },
        facts,
    }
}
