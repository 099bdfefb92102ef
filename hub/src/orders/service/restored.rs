//! Orders at a hub that was restored: what may not be decided before stores were heard, and orders
//! that came back from them without what was kept beside.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{CustomerId, FulfilmentId, OrderId, StoreId};
use counterpart_protocol::orders::{Delivery, Order, OrderFact, OrderPlaced, Stage, Withdrawal};
use jiff::Timestamp;

use super::cancelling::remaining;
use super::capturing::{CaptureAnswer, CapturedPart, checked, content};
use super::failed::{OrderFailed, differs};
use super::placing::taking_back;
use super::{folded, place_at, places, tell};
use crate::context::{Context, Progress};
use crate::customers;
use crate::orders::rules::{Content, DeliveryDraft, OrderDraft};
use crate::orders::store::{self, Capture};
use crate::sync::hearing::{self, CLOCKS_OFF_MS, Listening};

/// Parts looked at by one reading.
const PAGE: u32 = 200;
/// For how long after a store was heard what it told is gone through, in milliseconds: many turns.
const JUST_HEARD_MS: i64 = 600_000;

/// Returns the stores that must be heard before anything final is decided about an order: none once
/// all were heard, and none for an order that this generation of the hub has taken itself.
pub(super) fn waits_for(
    context: &Context,
    tx: &mut Tx,
    facts: &[OrderFact],
) -> Result<Vec<StoreId>, OrderFailed> {
    let Some(listening) = hearing::listening(context, tx)? else {
        return Ok(Vec::new());
    };
    let me = context.replica().identity(tx)?;
    let me = me.ok_or(ReplicaFailed::NoIdentity)?.writer;
    let placed = facts
        .iter()
        .find(|stated| stated.fact.kind() == Some(Kind::OrderPlaced));
    let is_own = placed.is_some_and(|placed| placed.writer == me);
    // A hub that is an old state and does not know it has nothing of its own.
    match is_own && listening.opened_at_ms.is_some() {
        true => Ok(Vec::new()),
        false => Ok(listening.stores),
    }
}

/// Refuses, for now, an order that may have been captured before the hub was restored, and sent to
/// a store that has not told of it yet. One that its channel placed later is new.
pub(super) fn may_be_known(
    context: &Context,
    tx: &mut Tx,
    draft: &OrderDraft,
) -> Result<(), OrderFailed> {
    let Some(Listening {
        opened_at_ms,
        stores,
    }) = hearing::listening(context, tx)?
    else {
        return Ok(());
    };
    let placed_at_ms = draft.placed_at.map(Timestamp::as_millisecond);
    let is_new = placed_at_ms
        .zip(opened_at_ms)
        .is_some_and(|(placed, opened)| placed >= opened.saturating_add(CLOCKS_OFF_MS));
    match is_new {
        true => Ok(()),
        false => Err(OrderFailed::Unheard(stores)),
    }
}

/// Answers an order that came back from a store without its capture, which is kept from now on.
pub(super) fn known_from_facts(
    context: &Context,
    tx: &mut Tx,
    draft: &OrderDraft,
    request_sha256: [u8; 32],
) -> Result<Option<CaptureAnswer>, OrderFailed> {
    let (channel, reference) = (&draft.channel, &draft.channel_reference);
    let Some(order_id) = store::by_reference(tx, channel, reference)? else {
        return Ok(None);
    };
    let Some(known) = folded(context, tx, order_id)? else {
        return Ok(None);
    };
    let Some(placed) = &known.order.placed else {
        return Ok(None);
    };
    let (then, now) = (content_of(placed), content(draft));
    if then != now {
        return Err(OrderFailed::ReferenceTaken {
            channel: channel.clone(),
            reference: reference.clone(),
            order_id,
            differs: differs(&then, &now),
        });
    }
    let answer = answer_of(order_id, reference, &known.order);
    let capture = Capture {
        channel: channel.clone(),
        channel_reference: reference.clone(),
        order_id,
        request_sha256,
        content: serde_json::to_string(&then)?,
        answer: serde_json::to_string(&answer)?,
        captured_at_ms: placed.placed_at_ms,
        captured_by: "a hub before a restore".to_owned(),
    };
    store::add_capture(tx, &capture)?;
    if let Some(id) = placed.customer_id {
        know_again(context, tx, draft, id)?;
    }
    tracing::info!(order.id = %order_id, "an order came again that a store had told of");
    Ok(Some(answer))
}

/// Keeps the customer's record that was lost with the hub, as the channel sends it.
fn know_again(
    context: &Context,
    tx: &mut Tx,
    draft: &OrderDraft,
    id: CustomerId,
) -> Result<(), OrderFailed> {
    let places = places(tx)?;
    match checked(context, tx, draft, &places) {
        Ok(checked) => match &checked.customer {
            Some(customer) => Ok(customers::add_again(context, tx, id, customer)?),
            None => Ok(()),
        },
        // What was right once may not be now: a product that is gone, say.
        Err(OrderFailed::Refused(_)) => Ok(()),
        Err(failed) => Err(failed),
    }
}

fn content_of(placed: &OrderPlaced) -> Content {
    Content {
        currency: placed.currency.code().to_owned(),
        total_minor: placed.total_minor.0,
        delivery: match &placed.delivery {
            Delivery::Pickup { store } => DeliveryDraft::Pickup {
                store: store.to_string(),
            },
            Delivery::Ship => DeliveryDraft::Ship,
        },
        payment: placed.payment,
        lines: placed
            .lines
            .iter()
            .map(|line| {
                let sku = line.sku.to_string();
                (sku, line.quantity_milli.0, line.amount_minor.0)
            })
            .collect(),
    }
}

/// Returns what the channel is answered: where the order is now.
fn answer_of(order_id: OrderId, reference: &str, order: &Order) -> CaptureAnswer {
    let mut parts: Vec<_> = order.fulfilments.iter().collect();
    // A part that is still open before one that is over.
    parts.sort_by_key(|(_, part)| part.stage() >= Stage::HandedOver);
    let part = parts.into_iter().find_map(|(id, part)| {
        Some(CapturedPart {
            fulfilment_id: id.to_string(),
            store_id: part.store.clone()?,
            promise_at: Timestamp::from_millisecond(part.promise_at_ms?).ok()?,
        })
    });
    CaptureAnswer {
        order_id,
        channel_reference: reference.to_owned(),
        status: match &part {
            Some(_) => "routed".to_owned(),
            None => "unrouted".to_owned(),
        },
        fulfilment: part,
    }
}

/// Takes back what an earlier generation of this hub gave to a store that was never told: another
/// store, which reads the order too, has told of it. Every store was heard, so the one it was for
/// knows nothing of it, no late word can tell it any more, and nobody knows that it was taken back
/// before; what it lets the hub promise may be promised again.
///
/// # Errors
/// Those of reading the list; an order that cannot be written is tried again.
pub(super) async fn take_back_untold(context: &Context) -> Result<Progress, OrderFailed> {
    let within = context.clone();
    if !context.db().read(move |tx| is_hearing(&within, tx)).await? {
        return Ok(Progress::Idle);
    }
    let (mut progress, mut after) = (Progress::Idle, None);
    loop {
        let page = context
            .db()
            .read(move |tx| store::offered(tx, after, PAGE).map_err(OrderFailed::from))
            .await?;
        let Some((last, _)) = page.last() else {
            return Ok(progress);
        };
        after = Some(*last);
        for (part, id) in page {
            let within = context.clone();
            let taken = context.db().write(move |tx| untold(&within, tx, id, part));
            match taken.await {
                Ok(Progress::Moved) => progress = Progress::Moved,
                Ok(Progress::Idle) => {}
                Err(error) => {
                    tracing::warn!(order.id = %id, error = %error, "could not take a part back");
                }
            }
        }
    }
}

/// Tells whether stores are still to be heard, or were heard just now.
fn is_hearing(context: &Context, tx: &mut Tx) -> Result<bool, OrderFailed> {
    if context.replica().generation(tx)?.is_none() {
        return Ok(false);
    }
    let since_ms = context.now_ms() - JUST_HEARD_MS;
    let hearings = context.replica().hearings(tx)?;
    let mut lately = hearings
        .iter()
        .map(|hearing| hearing.heard_at_ms.is_none_or(|at| at > since_ms));
    Ok(lately.any(|is_so| is_so))
}

fn untold(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    fulfilment: FulfilmentId,
) -> Result<Progress, OrderFailed> {
    let Some(known) = folded(context, tx, id)? else {
        return Ok(Progress::Idle);
    };
    let part = known.order.fulfilments.get(&fulfilment);
    let Some((part, edge)) = part.and_then(|part| Some((part, part.edge?))) else {
        return Ok(Progress::Idle);
    };
    let units = remaining(part);
    let is_told = context.replica().reads(tx, id, edge)?;
    if is_told || units.is_empty() || !hearing::unheard(context, tx)?.is_empty() {
        return Ok(Progress::Idle);
    }
    let place = place_at(context, &places(tx)?, part.store.as_ref());
    let body = taking_back(fulfilment, edge, units, Withdrawal::Rerouted);
    context
        .replica()
        .record_order(tx, id, part.epoch, place, &body)?;
    tracing::info!(order.id = %id, edge.id = edge.0, "took back what its store was never told");
    tell(context, tx);
    Ok(Progress::Moved)
}

/// Makes everything that an earlier generation of this hub gave into a store's custody count as
/// framed to it: nobody knows what was sent after the backup.
///
/// # Errors
/// Those of the database.
pub fn forget_frames(tx: &mut Tx) -> Result<(), DbError> {
    store::forget_frames(tx)
}
