//! Where stores are, when each is open and which belong together, for slices that look at them side
//! by side.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::Currency;
use counterpart_protocol::stores::{GeoPoint, OpeningHours};

use super::standing::zone_of;
use crate::context::StoreDays;
use crate::stores::store;

/// Where a store is, and when it is open.
#[derive(Debug, Clone)]
pub struct StorePlace {
    /// Its slug.
    pub store_id: StoreId,
    /// Its currency.
    pub currency: Currency,
    /// Its business days.
    pub days: StoreDays,
    /// Where it is, if anybody said.
    pub point: Option<GeoPoint>,
    /// When it is open.
    pub hours: OpeningHours,
    /// Its own pickup promise in minutes of opening time; the policy's if nothing.
    pub promise_minutes: Option<u32>,
    /// The group it shares with its neighbours.
    pub group: Option<String>,
}

/// Returns where every store is and when it is open, by slug.
///
/// # Errors
/// Those of the database.
pub fn places(tx: &mut Tx) -> Result<Vec<StorePlace>, DbError> {
    let stores = store::all(tx)?.into_iter();
    Ok(stores
        .map(|row| {
            let days = StoreDays {
                zone: zone_of(&row),
                end: row.identity.details.day_end,
            };
            let details = row.identity.details;
            StorePlace {
                store_id: row.identity.store_id,
                currency: row.identity.currency,
                days,
                point: details.point,
                hours: details.hours,
                promise_minutes: details.pickup_promise_minutes,
                group: details.neighbour_group,
            }
        })
        .collect())
}
