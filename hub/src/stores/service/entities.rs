//! Adds and changes the companies that run stores, and tells every store of one that was changed.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EntityId, StoreId};

use super::editing::publish_store;
use super::{StoreFailed, publish_on_commit};
use crate::context::Context;
use crate::stores::rules::{
    self, Entity, EntityDraft, EntityWords, check_entity, check_entity_words,
};
use crate::stores::store;

/// Adds a company.
///
/// # Errors
/// [`StoreFailed::Refused`] with every field that is wrong, [`StoreFailed::EntityTaken`]; those of
/// the database.
pub async fn add_entity(context: &Context, draft: EntityDraft) -> Result<Entity, StoreFailed> {
    let within = context.clone();
    context
        .db()
        .write(move |tx| add_entity_in(&within, tx, &draft))
        .await
}

/// Does what [`add_entity`] does inside the caller's transaction.
pub(in crate::stores) fn add_entity_in(
    context: &Context,
    tx: &mut Tx,
    draft: &EntityDraft,
) -> Result<Entity, StoreFailed> {
    let entity = check_entity(draft)?;
    if store::entity(tx, &entity.entity_id)?.is_some() {
        return Err(StoreFailed::EntityTaken(entity.entity_id));
    }
    store::add_entity(tx, &entity, context.now_ms())?;
    tracing::info!(entity.id = %entity.entity_id, "added a company");
    publish_on_commit(context, tx);
    Ok(entity)
}

/// Changes a company inside the caller's transaction, and tells each of its stores.
pub(in crate::stores) fn change_entity_in(
    context: &Context,
    tx: &mut Tx,
    entity_id: &EntityId,
    words: &EntityWords,
) -> Result<Entity, StoreFailed> {
    known_entity(tx, entity_id)?;
    let entity = check_entity_words(entity_id.clone(), words)?;
    store::change_entity(tx, &entity)?;
    for row in store::all(tx)? {
        if entity.runs(&row.identity) {
            publish_store(context, tx, &row.identity)?;
        }
    }
    tracing::info!(entity.id = %entity_id, "changed a company");
    publish_on_commit(context, tx);
    Ok(entity)
}

/// Returns a company, or says that there is none.
pub(in crate::stores) fn known_entity(
    tx: &mut Tx,
    entity_id: &EntityId,
) -> Result<Entity, StoreFailed> {
    store::entity(tx, entity_id)?.ok_or_else(|| StoreFailed::EntityUnknown(entity_id.clone()))
}

/// Returns every company with the stores it runs, both by slug.
pub(in crate::stores) fn entities(tx: &mut Tx) -> Result<Vec<(Entity, Vec<StoreId>)>, DbError> {
    let stores = store::all(tx)?;
    let companies = store::entities(tx)?.into_iter();
    Ok(companies
        .map(|entity| {
            let run = stores.iter().filter(|row| entity.runs(&row.identity));
            let run = run.map(|row| row.identity.store_id.clone()).collect();
            (entity, run)
        })
        .collect())
}

/// Makes records of the companies that stores' own records still describe, as hubs before migration
/// 76 kept them: equal words are one company. What was done is not done again.
pub(crate) fn adopt_companies(tx: &mut Tx, now_ms: i64) -> Result<(), DbError> {
    for (store_id, details) in store::describing_companies(tx)? {
        let Some(described) = &details.entity else {
            continue;
        };
        let country = details.address.as_ref().map(|address| &*address.country);
        let all = store::entities(tx)?;
        let entity = match rules::adopted(described, country, &all) {
            rules::Adopted::Known(entity) => entity,
            rules::Adopted::New(entity) => {
                store::add_entity(tx, &entity, now_ms)?;
                entity
            }
        };
        store::give_company(tx, &store_id, &entity.entity_id, &details)?;
        let entity_id = &entity.entity_id;
        tracing::info!(store.id = %store_id, entity.id = %entity_id, "a company has a record now");
    }
    Ok(())
}
