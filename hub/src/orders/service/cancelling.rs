//! Cancels an order: taken back alone while no store has seen it, asked for otherwise.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{FulfilmentId, OrderId};
use counterpart_protocol::orders::{
    CancelReason, CancelRequested, Fulfilment, OrderCancelled, Units, Withdrawal,
};
use counterpart_protocol::quantity::Milli;

use super::failed::OrderFailed;
use super::placing::taking_back;
use super::restored::waits_for;
use super::{folded, place_at, places, tell};
use crate::context::Context;
use crate::orders::{rules, store};

/// What came of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::orders) enum Cancelling {
    /// Nothing of the order is left.
    Cancelled,
    /// A store was asked and answers once it has heard.
    Asked,
}

/// What came of taking a part back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Withdrawn {
    /// It is back: nobody had seen it.
    Yes,
    /// Its custody was framed to the store, which decides from here on.
    Sent,
}

impl Cancelling {
    /// Returns its word in the API.
    #[must_use]
    pub(in crate::orders) const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Asked => "cancel_requested",
        }
    }
}

/// Cancels what nobody has consumed of an order.
pub(in crate::orders) fn cancel_in(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    because: CancelReason,
) -> Result<Cancelling, OrderFailed> {
    let unknown = || OrderFailed::Unknown(id.to_string());
    let before = folded(context, tx, id)?.ok_or_else(unknown)?;
    rules::allowed(&before.order).cancel?;
    // What looks as if nobody served it may have been given to a store since.
    let unheard = waits_for(context, tx, &before.facts)?;
    if !unheard.is_empty() && !rules::unrouted(&before.order).is_empty() {
        return Err(OrderFailed::Unheard(unheard));
    }
    for (fulfilment, part) in &before.order.fulfilments {
        if remaining(part).is_empty() {
            continue;
        }
        match withdraw(context, tx, id, (*fulfilment, part), Withdrawal::Cancelled)? {
            Withdrawn::Yes => {}
            Withdrawn::Sent => ask(context, tx, id, (*fulfilment, part), because)?,
        }
    }
    let after = folded(context, tx, id)?.ok_or_else(unknown)?;
    let units = rules::unrouted(&after.order);
    if !units.is_empty() {
        cancel_units(context, tx, id, units, because)?;
    }
    tell(context, tx);
    let waits = after
        .order
        .fulfilments
        .values()
        .any(Fulfilment::cancel_waits);
    tracing::info!(order.id = %id, waits, "cancelled an order, or asked its store to");
    Ok(match waits {
        true => Cancelling::Asked,
        false => Cancelling::Cancelled,
    })
}

/// States that units are cancelled for good.
pub(super) fn cancel_units(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    units: Vec<Units>,
    because: CancelReason,
) -> Result<(), OrderFailed> {
    let place = place_at(context, &places(tx)?, None);
    let body = OrderCancelled { units, because };
    context.replica().record_order(tx, id, 0, place, &body)?;
    Ok(())
}

/// Takes a part back if its custody was never framed. Every engine lets one transaction write at a
/// time, so nothing is framed between the look and the deed.
pub(super) fn withdraw(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    (fulfilment, part): (FulfilmentId, &Fulfilment),
    because: Withdrawal,
) -> Result<Withdrawn, OrderFailed> {
    let (Some(edge), units) = (part.edge, remaining(part)) else {
        return Ok(Withdrawn::Sent);
    };
    let sent_seq = context.replica().sent_seq(tx, edge)?;
    match store::custody(tx, fulfilment, part.epoch)? {
        Some(custody) if sent_seq < custody.feed_seq => {}
        Some(_) | None => return Ok(Withdrawn::Sent),
    }
    let place = place_at(context, &places(tx)?, part.store.as_ref());
    let body = taking_back(fulfilment, edge, units, because);
    let epoch = part.epoch;
    context
        .replica()
        .record_order(tx, id, epoch, place, &body)?;
    Ok(Withdrawn::Yes)
}

/// Asks the holder of custody to cancel what is left; what was asked before is not asked again.
fn ask(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    (fulfilment_id, part): (FulfilmentId, &Fulfilment),
    because: CancelReason,
) -> Result<(), OrderFailed> {
    let units: Vec<Units> = part
        .lines
        .iter()
        .filter_map(|(line, count)| {
            let left = count.remaining().0 - count.cancel_open().0;
            (left > 0).then(|| Units::of(*line, &count.sku, Milli(left)))
        })
        .collect();
    if units.is_empty() {
        return Ok(());
    }
    let place = place_at(context, &places(tx)?, part.store.as_ref());
    let body = CancelRequested {
        fulfilment_id,
        units,
        because,
    };
    context
        .replica()
        .record_order(tx, id, part.epoch, place, &body)?;
    Ok(())
}

pub(super) fn remaining(part: &Fulfilment) -> Vec<Units> {
    part.lines
        .iter()
        .filter_map(|(line, count)| {
            let left = count.remaining();
            (left.0 > 0).then(|| Units::of(*line, &count.sku, left))
        })
        .collect()
}
