//! The view of pickups: each fact of an order makes the rows of its parts here anew.

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, OrderFact, Projection, ProjectionFailed, order_facts};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{CustomerId, DocumentId, FulfilmentId, OrderId, StaffId};
use counterpart_protocol::orders::{
    CustodyGranted, Fulfilment, LineCount, Order, PickupAccepted, Stage, order_kinds,
};

use super::cards::List;
use crate::pickups::rules::held_until_ms;

/// Folds orders into the parts this store has custody of, and calls `changed` once that is durable.
pub(crate) struct Projected {
    pub(in crate::pickups) changed: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "pickups"
    }

    fn kinds(&self) -> &'static [Kind] {
        const KINDS: [Kind; 15] = order_kinds();
        &KINDS
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let DocumentId::Order(order_id) = projected.document else {
            // An exception of a journal was resolved: no order changed.
            return Ok(());
        };
        let Some(me) = replica::own_edge(tx)? else {
            return Ok(());
        };
        let facts = order_facts(tx, order_id)?;
        let order = Order::fold(&facts)?;
        clear_order(tx, order_id)?;
        for (id, part) in &order.fulfilments {
            if part.edge == Some(me) && part.epoch > 0 {
                put(tx, order_id, &order, (*id, part), &facts)?;
            }
        }
        let changed = self.changed.clone();
        tx.on_commit(Box::new(move || changed()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["pickup_lines", "pickups"]
    }
}

fn clear_order(tx: &mut Tx, order_id: OrderId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM pickup_lines WHERE fulfilment_id IN
             (SELECT fulfilment_id FROM pickups WHERE order_id = $1)",
        params![order_id.to_bytes()],
    )?;
    tx.execute(
        "DELETE FROM pickups WHERE order_id = $1",
        params![order_id.to_bytes()],
    )?;
    Ok(())
}

fn put(
    tx: &mut Tx,
    order_id: OrderId,
    order: &Order,
    (id, part): (FulfilmentId, &Fulfilment),
    facts: &[OrderFact],
) -> Result<(), ProjectionFailed> {
    let placed = order.placed.as_ref();
    let stage = part.stage();
    let (offered_at_ms, accepted_by) = offered(facts, id)?;
    let declines = part.lines.values().any(too_late);
    tx.execute(
        "INSERT INTO pickups (fulfilment_id, order_id, reference, channel, customer_id, stage,
             list, promise_at_ms, location, held_until_ms, cancel_waits, accepted_by,
             offered_at_ms, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            id.to_bytes(),
            order_id.to_bytes(),
            placed.map_or("", |placed| placed.channel_reference.as_str()),
            placed.map_or("", |placed| placed.channel.as_str()),
            placed
                .and_then(|placed| placed.customer_id)
                .map(CustomerId::to_bytes),
            stage.word(),
            List::of(stage).word(),
            part.promise_at_ms.unwrap_or(offered_at_ms),
            part.location.clone(),
            held_until_ms(part),
            part.cancel_waits() || declines,
            accepted_by.map(StaffId::to_bytes),
            offered_at_ms,
            facts.iter().map(at_ms).max().unwrap_or(0),
        ],
    )?;
    for (line, count) in &part.lines {
        let ordered = placed.and_then(|placed| placed.lines.iter().find(|one| one.line == *line));
        tx.execute(
            "INSERT INTO pickup_lines (fulfilment_id, line, sku, description, remaining_milli,
                 to_pick_milli, bag_milli, handed_over_milli, cancel_milli)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                id.to_bytes(),
                *line,
                count.sku.as_str(),
                ordered.map_or(count.sku.as_str(), |one| one.description.as_str()),
                count.remaining().0,
                count.to_pick().0,
                count.in_the_bag().0,
                count.handed_over.0,
                count.cancel_open().0,
            ],
        )?;
    }
    Ok(())
}

/// Tells whether a cancellation met units the customer has, and nobody has said so yet.
fn too_late(count: &LineCount) -> bool {
    let unanswered = count.cancel_asked.0 - count.released.0 - count.cancel_declined.0;
    unanswered > count.remaining().0 && count.handed_over.0 > count.cancel_declined.0
}

/// Returns when custody of a part came first, and who took it on.
fn offered(
    facts: &[OrderFact],
    part: FulfilmentId,
) -> Result<(i64, Option<StaffId>), ProjectionFailed> {
    let (mut since_ms, mut accepted_by) = (None, None);
    for stated in facts {
        match stated.fact.kind() {
            Some(Kind::CustodyGranted) => {
                let granted: CustodyGranted = stated.fact.read()?;
                if granted.fulfilment_id == part && since_ms.is_none() {
                    since_ms = Some(at_ms(stated));
                }
            }
            Some(Kind::PickupAccepted) => {
                let accepted: PickupAccepted = stated.fact.read()?;
                if accepted.fulfilment_id == part && accepted_by.is_none() {
                    accepted_by = stated.fact.header.staff;
                }
            }
            Some(_) | None => {}
        }
    }
    Ok((since_ms.unwrap_or(0), accepted_by))
}

fn at_ms(stated: &OrderFact) -> i64 {
    i64::try_from(stated.fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}

impl List {
    /// Returns the list a part stands in.
    pub(crate) fn of(stage: Stage) -> Self {
        match stage {
            Stage::Allocated
            | Stage::Offered
            | Stage::Accepted
            | Stage::Picking
            | Stage::Picked => Self::ToDo,
            Stage::Staged => Self::Ready,
            Stage::HandedOver | Stage::Released => Self::Done,
        }
    }
}
