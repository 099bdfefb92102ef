//! Looks after the shelves whose stock or rights moved: grants, asks back, names what is broken.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{ReplicaFailed, is_recovering, lacks_facts};
use counterpart_protocol::ids::{EdgeNumber, Sku};
use counterpart_protocol::policies::Policies;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::reference::ReferenceKind;
use counterpart_protocol::rights::{RightsAsked, RightsGranted, SkuUnits};
use tokio_util::sync::CancellationToken;

use super::rules::{Shelf, Wish, wish};
use super::{TOPIC, store};
use crate::context::Context;
use crate::pickups::{self, PickupError};
use crate::{reference, stock, transfers};

/// Products looked at in one transaction: some 10 ms, so that no sale waits.
const PRODUCTS_AT_ONCE: u32 = 200;
/// How long the hub has to answer before it is asked for the same product again.
const ASK_AGAIN_MS: i64 = 5 * 60_000;
/// How long movements are gathered before somebody looks: a delivery makes many at once.
const GATHER: Duration = Duration::from_millis(200);
/// How often somebody looks without being woken.
const LOOK: Duration = Duration::from_secs(30);

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Products of which the hub may promise more now.
    pub granted: usize,
    /// Products of which the hub was asked to give rights back.
    pub asked: usize,
    /// Products of which a customer's reserved units are gone.
    pub broken: usize,
    /// Whether more products wait for a look.
    pub more: bool,
}

/// Why rights could not be looked after.
#[derive(Debug, thiserror::Error)]
pub enum RightsFailed {
    /// The fact could not be stated.
    #[error("could not state who may promise what")]
    Replica(#[from] ReplicaFailed),
    /// Nobody could be named who loses what is gone.
    #[error("could not name the order that loses what is gone")]
    Broken(#[from] PickupError),
    /// The database failed.
    #[error("could not read or store rights")]
    Db(#[from] DbError),
}

/// Looks after the shelves until `stop`: when something moved, and in time under other policies.
pub async fn keep(context: Context, stop: CancellationToken) {
    let mut changes = context.live().changes();
    loop {
        match run_once(&context).await {
            Ok(Progress { more: true, .. }) if !stop.is_cancelled() => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(error = %error, "could not look after rights"),
        }
        let woken = async {
            tokio::select! {
                () = changes.any_of(&[TOPIC]) => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(LOOK) => {}
            }
        };
        if stop.run_until_cancelled(woken).await.is_none() {
            return;
        }
    }
}

/// Looks at the products that moved, at most 200, in one transaction.
///
/// # Errors
///
/// [`RightsFailed`]; nothing of the turn is kept then.
pub async fn run_once(context: &Context) -> Result<Progress, RightsFailed> {
    let within = context.clone();
    context.db().write(move |tx| look(&within, tx)).await
}

fn look(context: &Context, tx: &mut Tx) -> Result<Progress, RightsFailed> {
    // A new life does not know yet what the earlier ones promised: everything waits for it. Nor do
    // views that lack facts whose bytes are damaged.
    if is_recovering(tx)? || lacks_facts(tx, EdgeNumber::HUB)? {
        return Ok(Progress::default());
    }
    let goes_on = take_up(tx)?;
    let due = store::due(tx, PRODUCTS_AT_ONCE)?;
    let (now_ms, policies) = (context.now_ms(), reference::policies(tx)?);
    let (mut granted, mut asked) = (Vec::new(), Vec::new());
    for sku in &due {
        let shelf = shelf_under(context, tx, &policies, sku)?;
        let line = |quantity_milli| SkuUnits {
            sku: sku.clone(),
            quantity_milli,
        };
        match wish(&shelf) {
            Wish::Grant(quantity) => granted.push(line(quantity)),
            Wish::Ask(quantity) => {
                let before = store::asked_at(tx, sku)?;
                // A clock that was put back must not keep the store from asking.
                if before.is_none_or(|at_ms| (now_ms - at_ms).unsigned_abs() >= ASK_AGAIN_MS as u64)
                {
                    store::put_asked(tx, sku, quantity, now_ms)?;
                    asked.push(line(quantity));
                }
            }
            Wish::Nothing => {}
        }
    }
    let mut broken = 0;
    for sku in &due {
        broken += usize::from(name_broken(context, tx, &policies, sku)?);
    }
    let progress = Progress {
        broken,
        granted: granted.len(),
        asked: asked.len(),
        more: goes_on || due.len() == PRODUCTS_AT_ONCE as usize,
    };
    let (replica, place) = (context.replica(), context.place(None, None));
    if !granted.is_empty() {
        let said = RightsGranted { lines: granted };
        replica.record(tx, EdgeNumber::HUB, place, &said)?;
    }
    if !asked.is_empty() {
        let said = RightsAsked { lines: asked };
        replica.record(tx, EdgeNumber::HUB, place, &said)?;
    }
    // Last: stating the facts notes their products as due again, and they were just looked at.
    for sku in &due {
        store::drop_due(tx, sku)?;
    }
    Ok(progress)
}

/// Has the next products looked at, moved or not, since other policies came into use; returns
/// whether there may be more of them.
fn take_up(tx: &mut Tx) -> Result<bool, DbError> {
    let Some(policies) = reference::hash_in_use(tx, ReferenceKind::Policies)? else {
        return Ok(false);
    };
    let after = match store::looked_under(tx)? {
        Some((under, after)) if under == policies => after,
        Some(_) | None => Some(String::new()),
    };
    let Some(after) = after else {
        return Ok(false);
    };
    let next = stock::on_hand_after(tx, &after, PRODUCTS_AT_ONCE)?;
    for product in &next {
        store::put_due(tx, &product.sku)?;
    }
    let last = next.last().map(|product| product.sku.as_str());
    store::put_looked_under(tx, policies, last)?;
    Ok(last.is_some())
}

/// Names the order that loses units which a walk-in sale, an adjustment or a count took, whatever
/// rights the hub may still give back; returns whether there was one.
fn name_broken(
    context: &Context,
    tx: &mut Tx,
    policies: &Policies,
    sku: &Sku,
) -> Result<bool, RightsFailed> {
    let gone = shelf_under(context, tx, policies, sku)?.broken();
    if gone == Milli::ZERO {
        return Ok(false);
    }
    let Some(cause) = stock::last_taker(tx, sku)? else {
        return Ok(false);
    };
    let broken = pickups::break_allocation(context, tx, sku, gone, cause)?;
    Ok(broken > Milli::ZERO)
}

/// Returns a product as it stands in this store.
///
/// # Errors
///
/// Those of the database.
pub fn shelf_of(context: &Context, tx: &mut Tx, sku: &Sku) -> Result<Shelf, DbError> {
    let policies = reference::policies(tx)?;
    shelf_under(context, tx, &policies, sku)
}

/// Returns a product as it stands in this store under the policies in use, for whoever holds them.
///
/// # Errors
///
/// Those of the database.
pub fn shelf_under(
    context: &Context,
    tx: &mut Tx,
    policies: &Policies,
    sku: &Sku,
) -> Result<Shelf, DbError> {
    let me = context.replica().identity(tx)?;
    let edge = me.map_or(EdgeNumber::HUB, |me| me.writer.edge);
    let on_hand = stock::on_hand(tx, sku)?;
    let product = reference::find_by_sku(tx, sku)?;
    let department = product
        .as_ref()
        .map_or("", |product| product.department.as_str());
    let class = policies.class_of(sku, department);
    let rights = store::rights_of(tx, edge, sku)?;
    Ok(Shelf {
        on_hand,
        rights,
        keep: class.kept(on_hand),
        set_aside: transfers::set_aside(tx, sku)?,
        hub_is_low: class.is_low(rights.hub_may_promise()),
    })
}

/// Has a product looked at again at once, because what lies ready to leave changed: the hub is
/// asked even if it was asked a moment ago.
///
/// # Errors
///
/// Those of the database.
pub fn look_again(context: &Context, tx: &mut Tx, sku: &Sku) -> Result<(), DbError> {
    store::put_due(tx, sku)?;
    store::drop_asked(tx, sku)?;
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    Ok(())
}

/// Returns how much of a product the store may promise or send away by itself, in the transaction
/// of the fact that does so.
///
/// # Errors
///
/// Those of the database.
pub fn may_promise(context: &Context, tx: &mut Tx, sku: &Sku) -> Result<Milli, DbError> {
    Ok(shelf_of(context, tx, sku)?.may_promise())
}
