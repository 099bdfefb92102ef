//! Puts the candidates together, lets the rule choose, and checks what the choice stands on.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::stores::GeoPoint;

use super::rules::{Candidate, Choice, Demand, Wanted, choose};
use crate::context::Context;
use crate::{availability, rights, stores};

/// Chooses who serves a demand. The rights of the chosen store suffice until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn decide(context: &Context, tx: &mut Tx, demand: &Demand) -> Result<Choice, DbError> {
    let skus: Vec<Sku> = demand.units.iter().map(|(sku, _)| sku.clone()).collect();
    let mut candidates = candidates(context, tx, demand, &skus)?;
    loop {
        let choice = choose(demand, &candidates);
        let Some((store_id, edge)) = &choice.chosen else {
            return Ok(choice);
        };
        // What may be believed of silent stores is one thing, what may be promised another.
        let sums = rights::to_reserve_from(tx, *edge, &skus)?;
        let suffices = demand.units.iter().all(|(sku, wanted)| {
            sums.get(sku)
                .is_some_and(|rights| rights.hub_may_promise() >= *wanted)
        });
        if suffices {
            return Ok(choice);
        }
        for candidate in candidates
            .iter_mut()
            .filter(|candidate| candidate.store_id == *store_id)
        {
            for (sku, rights) in &sums {
                let known = candidate.available.entry(sku.clone()).or_default();
                *known = (*known).min(rights.hub_may_promise());
            }
        }
    }
}

fn candidates(
    context: &Context,
    tx: &mut Tx,
    demand: &Demand,
    skus: &[Sku],
) -> Result<Vec<Candidate>, DbError> {
    let (only, distance_matters) = match &demand.wanted {
        Wanted::At(store) => (Some(store), false),
        Wanted::Near(point) => (None, point.is_some()),
    };
    let points: BTreeMap<StoreId, GeoPoint> = match distance_matters {
        true => stores::places(tx)?
            .into_iter()
            .filter_map(|place| Some((place.store_id, place.point?)))
            .collect(),
        false => BTreeMap::new(),
    };
    let at_stores = availability::at_stores(context, tx, skus, only)?;
    Ok(at_stores
        .into_iter()
        .map(|at| Candidate {
            point: points.get(&at.store_id).copied(),
            edge: at.edge,
            available: skus
                .iter()
                .cloned()
                .zip(at.lines.iter().map(|judged| judged.available))
                .collect(),
            store_id: at.store_id,
        })
        .collect())
}
