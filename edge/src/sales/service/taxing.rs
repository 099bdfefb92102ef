//! By which taxes the store sells: its jurisdiction's, else the catalogue's.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::tax::Rate;

use crate::context::{Context, business_date_at};
use crate::reference;
use crate::sales::rules::Taxing;

/// Returns how a basket is taxed that was begun at `at_ms`, in milliseconds UTC.
pub(super) fn taxing_at(ctx: &Context, at_ms: i64) -> Taxing {
    let profile = ctx.profile();
    let date = business_date_at(at_ms, &profile.time_zone, profile.details.day_end);
    Taxing::by(profile.details.jurisdiction.clone(), date)
}

/// Returns what a tax class is taxed at today; nothing where nobody knows the class.
///
/// # Errors
///
/// Those of the database.
pub(super) fn rate_of(ctx: &Context, tx: &mut Tx, class: &str) -> Result<Option<Rate>, DbError> {
    let profile = ctx.profile();
    let jurisdiction = profile.details.jurisdiction.as_ref();
    match jurisdiction.and_then(|it| it.rate_of(class, ctx.business_date())) {
        Some(rate) => Ok(Some(rate)),
        None => reference::tax_rate(tx, class),
    }
}
