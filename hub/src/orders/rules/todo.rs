//! Decides what the hub itself has still to do about an order: cancel what is over, or find another
//! way for what nobody serves.

use std::collections::BTreeMap;

use counterpart_protocol::facts::{BodyRefused, Kind};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::orders::{
    CancelReason, CancelRequested, Delivery, Order, OrderFact, ReleaseReason, Units, UnitsReleased,
};
use counterpart_protocol::quantity::Milli;

/// How often a parcel is tried at another store by itself: after that a person looks at it.
const FAILURES_MAX: usize = 1;

/// What is still to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) enum Todo {
    /// Nothing, or nothing a program may decide.
    Nothing,
    /// Say that these units are cancelled for good.
    Cancel {
        /// Which.
        units: Vec<Units>,
        /// Why.
        because: CancelReason,
    },
    /// Find a store for these units.
    Route {
        /// Which.
        units: Vec<Units>,
        /// The stores that could not serve them.
        failed: Vec<StoreId>,
    },
}

impl Todo {
    /// Returns its word in SQL.
    #[must_use]
    pub(in crate::orders) const fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Cancel { .. } => "cancel",
            Self::Route { .. } => "route",
        }
    }
}

/// Returns what of each line nobody serves.
#[must_use]
pub(in crate::orders) fn unrouted(order: &Order) -> Vec<Units> {
    let lines = order
        .placed
        .as_ref()
        .map_or(&[][..], |placed| &placed.lines);
    let units = lines.iter().filter_map(|line| {
        let open = order.unrouted(line.line);
        (open.0 > 0).then(|| Units::of(line.line, &line.sku, open))
    });
    units.collect()
}

/// Decides what is still to do.
///
/// # Errors
/// [`BodyRefused`] when a body of a known kind cannot be read.
pub(in crate::orders) fn todo(order: &Order, facts: &[OrderFact]) -> Result<Todo, BodyRefused> {
    let open = unrouted(order);
    let Some(placed) = order.placed.as_ref().filter(|_| !open.is_empty()) else {
        return Ok(Todo::Nothing);
    };
    // Whoever wants the order cancelled wants no other store to serve what is left of it.
    if let Some(because) = wish(facts)? {
        return Ok(Todo::Cancel {
            units: open,
            because,
        });
    }
    if let Some(over) = over(order, facts, &open)? {
        return Ok(over);
    }
    let failed = failed(order, facts)?;
    let by_itself = match placed.delivery {
        // A customer who comes to one store is asked before the order goes to another.
        Delivery::Pickup { .. } => failed.is_empty(),
        Delivery::Ship => failed.len() <= FAILURES_MAX,
    };
    Ok(match by_itself {
        true => Todo::Route {
            units: open,
            failed,
        },
        false => Todo::Nothing,
    })
}

/// Returns why the order's cancellation was asked for last, if it was.
fn wish(facts: &[OrderFact]) -> Result<Option<CancelReason>, BodyRefused> {
    let asked = facts
        .iter()
        .filter(|stated| stated.fact.kind() == Some(Kind::CancelRequested))
        .max_by_key(|stated| (stated.writer, stated.seq));
    asked
        .map(|stated| Ok(stated.fact.read::<CancelRequested>()?.because))
        .transpose()
}

/// Returns the cancelling of what a store released for good: nobody came for it, or nobody wanted
/// it at the counter.
fn over(order: &Order, facts: &[OrderFact], open: &[Units]) -> Result<Option<Todo>, BodyRefused> {
    let mut ended: BTreeMap<u16, Milli> = BTreeMap::new();
    let mut because = CancelReason::Customer;
    for (body, _) in released(facts)? {
        match body.because {
            ReleaseReason::Expired => because = CancelReason::Expired,
            ReleaseReason::Cancelled | ReleaseReason::Refused => {}
            ReleaseReason::Rejected => continue,
        }
        for unit in body.units {
            let sum = ended.entry(unit.line).or_default();
            sum.0 = sum.0.saturating_add(unit.quantity_milli.0);
        }
    }
    let due = open.iter().filter_map(|unit| {
        let ended = ended.get(&unit.line).map_or(0, |sum| sum.0);
        let cancelled = order.cancelled.get(&unit.line).map_or(0, |sum| sum.0);
        let due = unit.quantity_milli.0.min(ended - cancelled);
        (due > 0).then(|| Units::of(unit.line, &unit.sku, Milli(due)))
    });
    let units: Vec<Units> = due.collect();
    Ok((!units.is_empty()).then_some(Todo::Cancel { units, because }))
}

fn released(facts: &[OrderFact]) -> Result<Vec<(UnitsReleased, u64)>, BodyRefused> {
    facts
        .iter()
        .filter(|stated| stated.fact.kind() == Some(Kind::UnitsReleased))
        .map(|stated| Ok((stated.fact.read()?, stated.seq)))
        .collect()
}

/// Returns the stores that had a part and could not serve it.
///
/// # Errors
/// [`BodyRefused`] when a body of a known kind cannot be read.
pub(in crate::orders) fn failed(
    order: &Order,
    facts: &[OrderFact],
) -> Result<Vec<StoreId>, BodyRefused> {
    let rejected: Vec<_> = released(facts)?
        .into_iter()
        .filter(|(body, _)| body.because == ReleaseReason::Rejected)
        .map(|(body, _)| body.fulfilment_id)
        .collect();
    let mut failed: Vec<StoreId> = order
        .fulfilments
        .iter()
        .filter(|(id, part)| {
            let gone = part
                .lines
                .values()
                .any(|line| line.shorted.0 > 0 || line.broken.0 > 0);
            gone || rejected.contains(id)
        })
        .filter_map(|(_, part)| part.store.clone())
        .collect();
    failed.sort_unstable();
    failed.dedup();
    Ok(failed)
}
