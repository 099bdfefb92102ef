//! Adds and changes the places where stores are taxed, and tells every store of one that was
//! changed.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{JurisdictionId, StoreId};
use counterpart_protocol::tax::Jurisdiction;

use super::editing::publish_store;
use super::{StoreFailed, publish_on_commit};
use crate::context::Context;
use crate::stores::rules::{
    JurisdictionDraft, JurisdictionWords, check_jurisdiction, check_jurisdiction_words, taxes_store,
};
use crate::stores::store;

/// Adds a jurisdiction inside the caller's transaction.
///
/// # Errors
/// [`StoreFailed::Refused`] with every field that is wrong, [`StoreFailed::JurisdictionTaken`];
/// those of the database.
pub(in crate::stores) fn add_jurisdiction_in(
    context: &Context,
    tx: &mut Tx,
    draft: &JurisdictionDraft,
) -> Result<Jurisdiction, StoreFailed> {
    let jurisdiction = check_jurisdiction(draft, context.tax_classes())?;
    let id = &jurisdiction.jurisdiction_id;
    if store::jurisdiction(tx, id)?.is_some() {
        return Err(StoreFailed::JurisdictionTaken(id.clone()));
    }
    store::add_jurisdiction(tx, &jurisdiction, context.now_ms())?;
    tracing::info!(jurisdiction.id = %id, "added a jurisdiction");
    publish_on_commit(context, tx);
    Ok(jurisdiction)
}

/// Changes a jurisdiction inside the caller's transaction, and tells each store that is taxed
/// there.
pub(in crate::stores) fn change_jurisdiction_in(
    context: &Context,
    tx: &mut Tx,
    id: &JurisdictionId,
    words: &JurisdictionWords,
) -> Result<Jurisdiction, StoreFailed> {
    known_jurisdiction(tx, id)?;
    let jurisdiction = check_jurisdiction_words(id.clone(), words, context.tax_classes())?;
    store::change_jurisdiction(tx, &jurisdiction)?;
    for row in store::all(tx)? {
        if taxes_store(id, &row.identity) {
            publish_store(context, tx, &row.identity)?;
        }
    }
    tracing::info!(jurisdiction.id = %id, "changed a jurisdiction");
    publish_on_commit(context, tx);
    Ok(jurisdiction)
}

/// Returns a jurisdiction, or says that there is none.
pub(in crate::stores) fn known_jurisdiction(
    tx: &mut Tx,
    id: &JurisdictionId,
) -> Result<Jurisdiction, StoreFailed> {
    let found = store::jurisdiction(tx, id)?;
    found.ok_or_else(|| StoreFailed::JurisdictionUnknown(id.clone()))
}

/// Returns every jurisdiction with the stores that are taxed there, both by slug.
pub(in crate::stores) fn jurisdictions(
    tx: &mut Tx,
) -> Result<Vec<(Jurisdiction, Vec<StoreId>)>, DbError> {
    let stores = store::all(tx)?;
    let all = store::jurisdictions(tx)?.into_iter();
    Ok(all
        .map(|jurisdiction| {
            let id = &jurisdiction.jurisdiction_id;
            let taxed = stores.iter().filter(|row| taxes_store(id, &row.identity));
            let taxed = taxed.map(|row| row.identity.store_id.clone()).collect();
            (jurisdiction, taxed)
        })
        .collect())
}
