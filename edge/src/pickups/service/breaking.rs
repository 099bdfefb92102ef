//! Breaking an allocation: reserved units are gone by a fact nobody may refuse.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{FactId, FulfilmentId, Sku};
use counterpart_protocol::orders::{AllocationBroken, Units};
use counterpart_protocol::quantity::Milli;

use super::loading::load;
use super::{PickupError, state, wake};
use crate::context::Context;
use crate::pickups::rules::PickupRefused;
use crate::pickups::store;

/// Names who loses `wanted` units of a product that `cause` took: the youngest parts that nobody
/// has picked, one fact a part. Returns how much was broken; less than wanted when all that is left
/// lies in bags, which belong to their customers.
///
/// # Errors
///
/// [`PickupError`].
pub fn break_allocation(
    ctx: &Context,
    tx: &mut Tx,
    sku: &Sku,
    wanted: Milli,
    cause: FactId,
) -> Result<Milli, PickupError> {
    let mut broken = Milli::ZERO;
    while broken < wanted {
        let Some(victim) = store::youngest_unpicked(tx, sku)? else {
            break;
        };
        let most = Milli(wanted.0 - broken.0);
        let taken = break_one(ctx, tx, victim.fulfilment_id, (victim.line, most), cause)?;
        broken = Milli(broken.0 + taken.0);
    }
    if broken > Milli::ZERO {
        wake(ctx, tx);
    }
    Ok(broken)
}

fn break_one(
    ctx: &Context,
    tx: &mut Tx,
    id: FulfilmentId,
    (line, most): (u16, Milli),
    cause: FactId,
) -> Result<Milli, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let line = loaded.work.line(line)?;
    // The view named it from the same facts.
    let taken = line.count.to_pick().min(most);
    if taken.0 <= 0 {
        return Err(PickupRefused::NotReserved.into());
    }
    let units = vec![Units::of(line.line, &line.count.sku, taken)];
    let broken = AllocationBroken {
        fulfilment_id: id,
        units,
        cause,
    };
    state(ctx, tx, &loaded, None, &broken)?;
    tracing::warn!(
        order.id = %loaded.order_id,
        sku = %line.count.sku,
        quantity = %taken,
        "a reserved unit is gone: the order needs another way"
    );
    Ok(taken)
}
