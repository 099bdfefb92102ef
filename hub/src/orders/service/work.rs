//! What the hub does about orders by itself: writes what is cancelled once every store has
//! answered, finds a store for what nobody serves, and settles exceptions when a person says so.

use counterpart_daemon::db::Tx;
use counterpart_protocol::exceptions::{ExceptionId, ExceptionResolved, Resolution};
use counterpart_protocol::ids::OrderId;

use super::cancelling::cancel_units;
use super::failed::OrderFailed;
use super::placing::{Because, Placing, place_units};
use super::restored::{take_back_untold, waits_for};
use super::{Folded, folded, place_at, places, tell, understood};
use crate::context::{Context, Progress};
use crate::orders::rules::{self, Todo};
use crate::orders::store;

/// Orders looked at by one reading.
const PAGE: u32 = 200;
/// What routing by itself is called.
const ITSELF: &str = "the hub itself";

/// Does what is due: each order in a transaction of its own, so that one that cannot be written
/// stops no other.
///
/// # Errors
/// Those of reading the lists.
pub async fn run_once(context: &Context) -> Result<Progress, OrderFailed> {
    let mut progress = take_back_untold(context).await?;
    for todo in ["cancel", "route"] {
        let mut after = None;
        loop {
            let page = context
                .db()
                .read(move |tx| store::due(tx, todo, after, PAGE).map_err(OrderFailed::from))
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for (_, id) in page {
                let within = context.clone();
                match context.db().write(move |tx| settle(&within, tx, id)).await {
                    Ok(Progress::Moved) => progress = Progress::Moved,
                    Ok(Progress::Idle) => {}
                    Err(error) => {
                        tracing::warn!(
                            order.id = %id,
                            error = %error,
                            "could not go on with an order"
                        );
                    }
                }
            }
        }
    }
    Ok(progress)
}

fn settle(context: &Context, tx: &mut Tx, id: OrderId) -> Result<Progress, OrderFailed> {
    let Some(Folded { order, facts }) = folded(context, tx, id)? else {
        return Ok(Progress::Idle);
    };
    match rules::todo(&order, &facts)? {
        Todo::Nothing => Ok(Progress::Idle),
        // Another store may have it, and a hub that was restored has not heard from it.
        Todo::Cancel { .. } | Todo::Route { .. } if !waits_for(context, tx, &facts)?.is_empty() => {
            Ok(Progress::Idle)
        }
        Todo::Cancel { units, because } => {
            cancel_units(context, tx, id, units, because)?;
            tracing::info!(order.id = %id, "what was left of an order is cancelled for good");
            tell(context, tx);
            Ok(Progress::Moved)
        }
        Todo::Route { units, failed } => {
            understood(context, tx, id)?;
            let places = places(tx)?;
            let placing = Placing {
                order_id: id,
                units,
                failed,
                only: None,
                because: Because::Rights,
                by: ITSELF.to_owned(),
            };
            match place_units(context, tx, placing, &places)? {
                Some(placed) => {
                    tracing::info!(
                        order.id = %id,
                        store.id = %placed.store_id,
                        "found a store for an order"
                    );
                    tell(context, tx);
                    Ok(Progress::Moved)
                }
                None => Ok(Progress::Idle),
            }
        }
    }
}

/// States in an order's document that a person settled an exception of it.
///
/// # Errors
/// [`OrderFailed::Unknown`] when there is no such order; those of writing it.
pub fn resolve_in(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    exception_id: ExceptionId,
    how: Resolution,
) -> Result<(), OrderFailed> {
    if folded(context, tx, id)?.is_none() {
        return Err(OrderFailed::Unknown(id.to_string()));
    }
    let place = place_at(context, &places(tx)?, None);
    let body = ExceptionResolved { exception_id, how };
    context.replica().record_order(tx, id, 0, place, &body)?;
    tell(context, tx);
    Ok(())
}
