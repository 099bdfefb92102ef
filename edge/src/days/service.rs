//! Seals the days that are over.

mod packing;

pub use packing::{PackingFailed, keep_packing, pack_once};

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Replica, SealFailed, SealPoint};
use counterpart_protocol::days::{DaySealed, DaySums, DayTally};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::time::BusinessDate;
use tokio_util::sync::CancellationToken;

use super::rules::{DaysListed, PackedDays, listed};
use super::store;
use crate::context::Context;
use crate::{returns, sales, shifts, stock};

/// How often somebody looks whether a day is over.
const LOOK: Duration = Duration::from_secs(30);

/// Why a day was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum DaysFailed {
    /// The seal could not be written.
    #[error("could not seal a business day")]
    Seal(#[from] SealFailed),
    /// The database failed.
    #[error("could not read which business days are over")]
    Db(#[from] DbError),
}

/// Seals days until `stop`: what is over at the start, and then as days end.
pub async fn keep(context: Context, stop: CancellationToken) {
    loop {
        if let Err(error) = run_once(&context).await {
            tracing::error!(%error, "a business day waits for its seal");
        }
        let pause = tokio::time::sleep(LOOK);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

/// Seals every day of this store that is over and on which something happened, the oldest first,
/// each in its own transaction. Returns them.
///
/// # Errors
///
/// [`DaysFailed`]; what was sealed before stays sealed.
pub async fn run_once(context: &Context) -> Result<Vec<BusinessDate>, DaysFailed> {
    let mut sealed = Vec::new();
    loop {
        let within = context.clone();
        let today = context.business_date();
        let next = context.db().write(move |tx| seal_next(&within, tx, today));
        match next.await? {
            Some(date) => {
                tracing::info!(business_date = %date, "sealed a business day");
                sealed.push(date);
            }
            None => return Ok(sealed),
        }
    }
}

/// Lists the business days of this store: those that are open, and the newest `limit` that are
/// sealed.
///
/// # Errors
///
/// Those of the database.
pub fn list(replica: &Replica, tx: &mut Tx, limit: u32) -> Result<DaysListed, DbError> {
    let open = replica.open_days(tx)?;
    Ok(listed(
        open,
        &store::latest(tx, limit)?,
        packed(replica, tx)?,
    ))
}

/// Returns how many days are packed here, and what that saves.
///
/// # Errors
///
/// Those of the database.
pub fn packed(replica: &Replica, tx: &mut Tx) -> Result<PackedDays, DbError> {
    let packed = replica.packed(tx)?;
    Ok(PackedDays {
        days: replica.days_packed(tx, EdgeNumber::HUB)?,
        records: packed.changes,
        saved_bytes: packed.saved_bytes(),
    })
}

fn seal_next(
    context: &Context,
    tx: &mut Tx,
    today: BusinessDate,
) -> Result<Option<BusinessDate>, DaysFailed> {
    let replica = context.replica();
    let Some(date) = replica.days_to_seal(tx, today)?.into_iter().next() else {
        return Ok(None);
    };
    replica.seal(tx, date, |tx, point| body(tx, date, point))?;
    Ok(Some(date))
}

fn sums(tx: &mut Tx, date: BusinessDate) -> Result<DaySums, DbError> {
    let mut tally = DayTally::default();
    sales::tally_day(tx, date, &mut tally)?;
    returns::tally_day(tx, date, &mut tally)?;
    Ok(tally.sums())
}

fn body(tx: &mut Tx, date: BusinessDate, point: SealPoint) -> Result<DaySealed, DbError> {
    Ok(DaySealed {
        business_date: date,
        previous: point.previous,
        after_seq: point.after.seq,
        chain: point.after.chain,
        digest: point.held.digest,
        kinds: point.held.kinds,
        sums: sums(tx, date)?,
        stock: stock::checkpoint(tx)?,
        open_tills: shifts::open_tills(tx, date)?,
    })
}
