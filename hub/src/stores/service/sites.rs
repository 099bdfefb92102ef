//! Where stores are and which belong together, for slices that look at them side by side.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::stores::GeoPoint;

use super::standing::names;
use crate::context::Context;
use crate::stores::store;

/// A store as its neighbours see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its slug.
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
    /// The group it shares with its neighbours.
    pub group: Option<String>,
    /// Where it is.
    pub point: Option<GeoPoint>,
    /// Its edges, the newest last.
    pub edges: Vec<EdgeNumber>,
    /// When it was last heard of, in milliseconds UTC.
    pub as_of_ms: Option<i64>,
}

/// Returns every store with its place, by group and slug.
///
/// # Errors
/// Those of the database.
pub fn sites(context: &Context, tx: &mut Tx) -> Result<Vec<Site>, DbError> {
    let now_ms = context.now_ms();
    let rows = store::all(tx)?;
    let named = names(context, tx)?;
    let mut sites: Vec<Site> = named
        .into_iter()
        .filter_map(|store| {
            let row = rows
                .iter()
                .find(|row| row.identity.store_id == store.store_id)?;
            let details = &row.identity.details;
            Some(Site {
                name: store.name,
                group: details.neighbour_group.clone(),
                point: details.point,
                edges: store.edges,
                as_of_ms: store.seen.age_ms(now_ms).map(|age_ms| now_ms - age_ms),
                store_id: store.store_id,
            })
        })
        .collect();
    sites.sort_by(|a, b| (&a.group, &a.store_id).cmp(&(&b.group, &b.store_id)));
    Ok(sites)
}
