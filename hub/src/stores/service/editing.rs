//! Changes who a store is, and tells the store: its receipts and pages say it without a restart.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::StoreId;
use jiff::tz::TimeZone;

use super::entities::adopt_companies;
use super::{StoreFailed, known, publish_on_commit};
use crate::context::Context;
use crate::stores::rules::{StoreChange, ZoneKnown, check_change};
use crate::stores::store;
use crate::sync::{Prepared, Scope, edges, publish};

/// Publishes to every store who it is, as far as that was not done: stores of an older hub know
/// only what enrolment told them, and their edges' table knew no end of the business day. What
/// their records still say of a company becomes that company's own record first.
///
/// # Errors
/// [`ReplicaFailed`].
pub async fn begin(context: &Context) -> Result<(), ReplicaFailed> {
    let within = context.clone();
    let published = context.db().write(move |tx| {
        adopt_companies(tx, within.now_ms())?;
        for row in store::all(tx)? {
            set_days(tx, &row.identity)?;
            publish_store(&within, tx, &row.identity)?;
        }
        Ok(())
    });
    published.await
}

fn set_days(tx: &mut Tx, store: &StoreIdentity) -> Result<(), DbError> {
    edges::set_days(tx, &store.store_id, &store.time_zone, store.details.day_end)
}

/// Tells a store who it is.
pub(super) fn publish_store(
    context: &Context,
    tx: &mut Tx,
    identity: &StoreIdentity,
) -> Result<(), ReplicaFailed> {
    let scope = Scope::Store(identity.store_id.clone());
    // Some hundred bytes by the bounds of the rules: packed within the transaction.
    let prepared = Prepared::of(identity).expect("a store's words are far below any bound");
    publish(context, tx, &scope, &prepared)?;
    Ok(())
}

/// Changes a store, and tells it.
///
/// # Errors
/// [`StoreFailed`], with every field a person must look at.
pub async fn change(
    context: &Context,
    store_id: &StoreId,
    change: StoreChange,
) -> Result<StoreIdentity, StoreFailed> {
    let (within, store_id) = (context.clone(), store_id.clone());
    context
        .db()
        .write(move |tx| change_in(&within, tx, &store_id, &change))
        .await
}

/// Does what [`change`] does inside the caller's transaction.
pub(in crate::stores) fn change_in(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    change: &StoreChange,
) -> Result<StoreIdentity, StoreFailed> {
    let was = known(tx, store_id)?.identity;
    let zone_known = match TimeZone::get(change.time_zone.trim()) {
        Ok(_) => ZoneKnown::Yes,
        Err(_) => ZoneKnown::No,
    };
    let (companies, jurisdictions) = (store::entities(tx)?, store::jurisdictions(tx)?);
    let identity = check_change(&was, change, zone_known, &companies, &jurisdictions)?;
    store::change(tx, &identity)?;
    publish_store(context, tx, &identity)?;
    set_days(tx, &identity)?;
    tracing::info!(store.id = %store_id, "changed a store");
    publish_on_commit(context, tx);
    Ok(identity)
}
