//! What happens to pickups without a person: bells ring, cancellations are answered, waiting ends.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::orders::{ReleaseReason, UnitsReleased};
use tokio_util::sync::CancellationToken;

use super::handing::decline_late;
use super::loading::load;
use super::names::fetch_names;
use super::picking::state_scans;
use super::{PickupError, bell, shelf, state, wake};
use crate::context::Context;
use crate::pickups::rules;
use crate::pickups::store;
use crate::sync::HubClient;

/// How many pickups are looked at in one pass; the next pass takes the others.
const BATCH: u32 = 50;
/// How long nothing may wake the work: bags expire by the clock.
const TIMER: Duration = Duration::from_secs(30);

/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bells that began to ring.
    pub rung: u32,
    /// Parts of which a cancellation freed units at once.
    pub released: u32,
    /// Parts whose cancellation came too late.
    pub declined: u32,
    /// Parts of which something is to be put away now.
    pub to_put_away: u32,
    /// Parts that could not be dealt with; the log says why.
    pub failed: u32,
}

/// Does what is to be done now: idempotent, without input.
///
/// # Errors
///
/// Those of the database; a part that fails stops no other one.
pub async fn run_once(ctx: &Context) -> Result<Progress, DbError> {
    let mut progress = Progress::default();
    let unrung = ctx.db().read(|tx| store::unrung(tx, BATCH)).await?;
    for id in unrung {
        let rung = each(ctx, id, move |ctx, tx| bell::ring(ctx, tx, id)).await;
        count(&mut progress, rung, |progress, rung| {
            progress.rung += u32::from(rung);
        });
    }
    let cancelling = ctx.db().read(|tx| store::cancelling(tx, BATCH)).await?;
    for id in cancelling {
        let answered = each(ctx, id, move |ctx, tx| answer(ctx, tx, id)).await;
        count(&mut progress, answered, |progress, answered| {
            progress.released += answered.released;
            progress.declined += answered.declined;
            progress.to_put_away += answered.to_put_away;
        });
    }
    let now_ms = ctx.now_ms();
    let overdue = ctx
        .db()
        .read(move |tx| store::overdue(tx, now_ms, BATCH))
        .await?;
    for id in overdue {
        let ended = each(ctx, id, move |ctx, tx| expire(ctx, tx, id)).await;
        count(&mut progress, ended, |progress, tasks| {
            progress.to_put_away += tasks;
        });
    }
    Ok(progress)
}

/// Does it whenever the hub has news, a pickup changed, or time has passed. Names come first, so
/// that a pick list that is printed has one; the call for them is short.
pub async fn keep(ctx: Context, hub: HubClient, stop: CancellationToken) {
    let mut received = ctx.link().received();
    loop {
        let named = match stop.run_until_cancelled(fetch_names(&ctx, &hub)).await {
            Some(named) => named,
            None => return,
        };
        if let Err(error) = &named {
            tracing::warn!(error = %error, "could not look after customers' names");
        }
        if let Err(error) = run_once(&ctx).await {
            tracing::warn!(error = %error, "could not look after pickups");
        }
        if named.is_ok_and(|named| named.more) {
            continue;
        }
        let woken = async {
            tokio::select! {
                changed = received.changed() => changed.is_ok(),
                () = tokio::time::sleep(TIMER) => true,
            }
        };
        match stop.run_until_cancelled(woken).await {
            Some(true) => {}
            Some(false) | None => return,
        }
    }
}

async fn each<T: Send + 'static>(
    ctx: &Context,
    id: FulfilmentId,
    work: impl FnOnce(&Context, &mut Tx) -> Result<T, PickupError> + Send + 'static,
) -> Result<T, PickupError> {
    let context = ctx.clone();
    let worked = ctx.db().write(move |tx| work(&context, tx)).await;
    if let Err(error) = &worked {
        tracing::warn!(fulfilment.id = %id, error = %error, "a pickup could not be looked after");
    }
    worked
}

fn count<T>(
    progress: &mut Progress,
    worked: Result<T, PickupError>,
    add: impl FnOnce(&mut Progress, T),
) {
    match worked {
        Ok(worked) => add(progress, worked),
        // Logged where it failed.
        Err(_) => progress.failed += 1,
    }
}

/// Answers a cancellation: what nobody took from the shelf is free at once, what lies in the bag
/// becomes a task, and what the customer has is declined.
fn answer(ctx: &Context, tx: &mut Tx, id: FulfilmentId) -> Result<Progress, PickupError> {
    let mut answered = Progress::default();
    if decline_late(ctx, tx, id, None)? {
        answered.declined += 1;
    }
    let loaded = load(ctx, tx, id)?;
    // Somebody is picking it: what they scanned is in the bag.
    state_scans(ctx, tx, &loaded, None)?;
    let loaded = load(ctx, tx, id)?;
    let (free, in_bag) = (
        rules::cancelled_now(&loaded.work),
        rules::cancelled_in_bag(&loaded.work),
    );
    if !free.is_empty() {
        let released = UnitsReleased {
            fulfilment_id: id,
            units: free,
            because: ReleaseReason::Cancelled,
        };
        state(ctx, tx, &loaded, None, &released)?;
        answered.released += 1;
    }
    if !in_bag.is_empty() {
        for unit in &in_bag {
            store::want_put_away(tx, id, unit, ReleaseReason::Cancelled, ctx.now_ms())?;
        }
        answered.to_put_away += 1;
    }
    shelf::settle_tasks(ctx, tx, id)?;
    wake(ctx, tx);
    Ok(answered)
}

/// Ends the waiting for a customer who did not come.
fn expire(ctx: &Context, tx: &mut Tx, id: FulfilmentId) -> Result<u32, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let mut tasks = 0;
    for line in &loaded.work.lines {
        let quantity = line.to_hand_over();
        if quantity.0 > 0 {
            let unit = line.units(quantity);
            store::want_put_away(tx, id, &unit, ReleaseReason::Expired, ctx.now_ms())?;
            tasks = 1;
        }
    }
    wake(ctx, tx);
    Ok(tasks)
}
