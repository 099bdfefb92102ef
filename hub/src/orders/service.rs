//! Captures, places, cancels and follows orders; the facts of each command stand in one
//! transaction with what is promised for them.

mod cancelling;
mod capturing;
mod failed;
mod folding;
mod importing;
mod names;
mod placing;
mod restored;
mod views;
mod work;

pub(super) use cancelling::cancel_in;
pub(super) use capturing::{CaptureAnswer, capture_in};
pub use failed::OrderFailed;
pub use folding::projections;
pub use importing::{Imported, OrderChecker, checker, import_one};
pub(super) use names::names_for;
pub(super) use placing::reroute_in;
pub use restored::forget_frames;
pub(super) use views::{OrderView, PartView, view};
pub use views::{ToldFact, told};
pub use work::{resolve_in, run_once};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Place, ReplicaFailed};
use counterpart_protocol::ids::{OrderId, StoreId};
use counterpart_protocol::orders::{Order, OrderFact};

use super::store;
use crate::context::{Context, StoreDays};
use crate::stores::{self, StorePlace};

/// The topic of pages that show orders.
pub(super) const ORDERS: &str = "orders";

/// An order with the facts it is made of.
pub(super) struct Folded {
    pub(super) order: Order,
    pub(super) facts: Vec<OrderFact>,
}

/// Reads an order; nothing if there is none.
pub(super) fn folded(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
) -> Result<Option<Folded>, OrderFailed> {
    let facts = context.replica().order_facts(tx, id)?;
    let order = Order::fold(&facts)?;
    Ok(order.placed.is_some().then_some(Folded { order, facts }))
}

/// Returns where the hub's facts about a store's part count: on the store's day.
fn place_at(context: &Context, places: &[StorePlace], store: Option<&StoreId>) -> Place {
    let found = store.and_then(|id| places.iter().find(|place| place.store_id == *id));
    context.place_on(&found.map_or_else(StoreDays::of_nobody, |place| place.days.clone()))
}

/// Shows what changed on open pages, and wakes what has to be done next, once it is durable.
fn tell(context: &Context, tx: &mut Tx) {
    let context = context.clone();
    tx.on_commit(Box::new(move || {
        context.live().publish(ORDERS);
        context.settling().wake.notify_one();
    }));
}

/// Returns how many orders are not over, and how many of them are late.
///
/// # Errors
/// Those of the database.
pub fn open_and_late(context: &Context, tx: &mut Tx) -> Result<(i64, i64), DbError> {
    store::open_and_late(tx, context.now_ms())
}

/// Returns the stores, for their zones, hours and places.
fn places(tx: &mut Tx) -> Result<Vec<StorePlace>, OrderFailed> {
    Ok(stores::places(tx)?)
}

/// Refuses to promise or hand over anything of an order this hub does not wholly understand.
fn understood(context: &Context, tx: &mut Tx, id: OrderId) -> Result<(), OrderFailed> {
    match context
        .replica()
        .is_blocked(tx, id)
        .map_err(ReplicaFailed::from)?
    {
        true => Err(OrderFailed::Newer(id)),
        false => Ok(()),
    }
}
