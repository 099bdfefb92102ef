//! What routing and promises need to know of the stores: where each is, and when it is open.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::Currency;
use counterpart_protocol::stores::{GeoPoint, OpeningHours};
use jiff::tz::TimeZone;

use super::standing::zone_of;
use crate::stores::store;

/// Where a store is, and when it is open.
#[derive(Debug, Clone)]
pub struct StorePlace {
    /// Its slug.
    pub store_id: StoreId,
    /// Its currency.
    pub currency: Currency,
    /// Its time zone.
    pub zone: TimeZone,
    /// Where it is, if anybody said.
    pub point: Option<GeoPoint>,
    /// When it is open.
    pub hours: OpeningHours,
    /// Its own pickup promise in minutes of opening time; the policy's if nothing.
    pub promise_minutes: Option<u32>,
}

/// Returns where every store is and when it is open, by slug.
///
/// # Errors
/// Those of the database.
pub fn places(tx: &mut Tx) -> Result<Vec<StorePlace>, DbError> {
    let stores = store::all(tx)?.into_iter();
    Ok(stores
        .map(|row| {
            let zone = zone_of(&row);
            let details = row.identity.details;
            StorePlace {
                store_id: row.identity.store_id,
                currency: row.identity.currency,
                zone,
                point: details.point,
                hours: details.hours,
                promise_minutes: details.pickup_promise_minutes,
            }
        })
        .collect())
}
