//! Publishes to every store what its neighbours have, every five minutes.

use std::collections::{BTreeMap, HashMap};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::neighbours::{NeighbourStock, StoreStock};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::reference::ReferenceKind;
use counterpart_protocol::reference::packing::PackingFailed;

use super::rules::{self, Site};
use crate::context::Context;
use crate::stores;
use crate::sync::reference::newest;
use crate::sync::{Prepared, Scope, publish};
use crate::{stock, sync};

/// How old what a store was told may become, in milliseconds.
const INTERVAL_MS: u64 = 300_000;
/// A store that was not heard of for so long is not written for, in milliseconds.
const AWAY_MS: i64 = 86_400_000;
/// SKUs told of one store: a large store's whole assortment in stock (product.md, sizes).
const SKUS_MAX: u32 = 50_000;
/// Stores whose numbers are held while others are written for.
const HELD_MAX: usize = 32;

/// Why stock nearby was not published.
#[derive(Debug, thiserror::Error)]
pub enum NeighboursFailed {
    /// It is too large.
    #[error(transparent)]
    Packing(#[from] PackingFailed),
    /// It could not be stored.
    #[error("could not publish what stores nearby have")]
    Replica(#[from] ReplicaFailed),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    /// The database.
    #[error("could not read what stores have")]
    Db(#[from] DbError),
}

/// Publishes what neighbours have to every store whose word of it is older than five minutes;
/// returns to how many.
///
/// # Errors
/// [`NeighboursFailed`]; the rest is done at the next turn.
pub async fn run_once(context: &Context) -> Result<usize, NeighboursFailed> {
    let within = context.clone();
    let sites = context.db().read(move |tx| sites(&within, tx));
    let sites: Vec<Site> = sites.await?;
    let now_ms = context.now_ms();
    let mut held: HashMap<StoreId, BTreeMap<Sku, Milli>> = HashMap::new();
    let mut told = 0;
    for site in &sites {
        let there = site.as_of_ms.is_some_and(|at_ms| now_ms - at_ms < AWAY_MS);
        let neighbours = rules::of(site, &sites);
        if !there || neighbours.is_empty() || !is_due(context, &site.store_id).await? {
            continue;
        }
        let mut stock = NeighbourStock { stores: Vec::new() };
        for neighbour in neighbours {
            if held.len() >= HELD_MAX && !held.contains_key(&neighbour.store_id) {
                held.clear();
            }
            let on_hand_milli = match held.get(&neighbour.store_id) {
                Some(known) => known.clone(),
                None => {
                    let known = on_hand(context, neighbour).await?;
                    held.insert(neighbour.store_id.clone(), known.clone());
                    known
                }
            };
            stock.stores.push(StoreStock {
                store_id: neighbour.store_id.clone(),
                name: neighbour.name.clone(),
                as_of_ms: neighbour.as_of_ms,
                on_hand_milli,
            });
        }
        tell(context, site.store_id.clone(), stock).await?;
        told += 1;
    }
    Ok(told)
}

/// Returns every store as its neighbours see it, by group and slug.
fn sites(context: &Context, tx: &mut Tx) -> Result<Vec<Site>, DbError> {
    let now_ms = context.now_ms();
    // Both come by slug, a row each.
    let named = stores::names(context, tx)?.into_iter();
    let mut sites: Vec<Site> = named
        .zip(stores::places(tx)?)
        .map(|(store, place)| Site {
            name: store.name,
            group: place.group,
            point: place.point,
            edges: store.edges,
            as_of_ms: store.seen.age_ms(now_ms).map(|age_ms| now_ms - age_ms),
            store_id: store.store_id,
        })
        .collect();
    sites.sort_by(|a, b| (&a.group, &a.store_id).cmp(&(&b.group, &b.store_id)));
    Ok(sites)
}

async fn is_due(context: &Context, store_id: &StoreId) -> Result<bool, DbError> {
    let scope = Scope::Store(store_id.clone());
    let last = context
        .db()
        .read(move |tx: &mut Tx| newest(tx, ReferenceKind::Neighbours, &scope));
    let last: Option<sync::Announced> = last.await?;
    let now_ms = context.now_ms();
    // A clock that was put back must not silence it.
    Ok(last.is_none_or(|last| (now_ms - last.published_at_ms).unsigned_abs() >= INTERVAL_MS))
}

async fn on_hand(context: &Context, site: &Site) -> Result<BTreeMap<Sku, Milli>, DbError> {
    let edges = site.edges.clone();
    let read = context
        .db()
        .read(move |tx| stock::on_hand_of(tx, &edges, SKUS_MAX));
    read.await
}

async fn tell(
    context: &Context,
    store_id: StoreId,
    stock: NeighbourStock,
) -> Result<(), NeighboursFailed> {
    let prepared = tokio::task::spawn_blocking(move || Prepared::of(&stock));
    let prepared = prepared.await.map_err(|_| NeighboursFailed::Stopping)??;
    let within = context.clone();
    let told = context.db().write(move |tx| {
        publish(&within, tx, &Scope::Store(store_id), &prepared)?;
        Ok::<_, NeighboursFailed>(())
    });
    told.await
}
