//! Packs the records of days that are over for good, so that old ones take little room.

use std::time::Duration;

use counterpart_daemon::db::DbError;
use counterpart_daemon::replica::{LOOSE_DAYS, PackRefused, PackStep};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::time::BusinessDate;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::days::store;

/// How often somebody looks whether a day can be packed.
const LOOK: Duration = Duration::from_secs(60);
/// How many steps one look takes at most. Each is a command of its own among those of the tills.
const STEPS_MAX: u32 = 32;

/// Why days were not packed; what was packed before stays so.
#[derive(Debug, thiserror::Error)]
pub enum PackingFailed {
    /// One of them.
    #[error("could not pack the business day {date}")]
    Day {
        /// The day.
        date: BusinessDate,
        /// Why.
        #[source]
        refused: PackRefused,
    },
    /// The database.
    #[error("could not read which business days may be packed")]
    Db(#[from] DbError),
}

/// Packs days until `stop`, a little at every look.
pub async fn keep_packing(context: Context, stop: CancellationToken) {
    loop {
        if let Err(error) = pack_once(&context, LOOSE_DAYS).await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "records of old days stay as they are");
        }
        let pause = tokio::time::sleep(LOOK);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

/// Packs records of days that the hub countersigned and that are at least `loose_days` days ago,
/// the oldest first, in a bounded number of steps. Returns how many went into packs.
///
/// # Errors
///
/// [`PackingFailed`]: the first, after the other days were packed.
pub async fn pack_once(context: &Context, loose_days: u16) -> Result<u64, PackingFailed> {
    let today = context.business_date();
    let Ok(before) = BusinessDate::from_days(today.days() - i32::from(loose_days) + 1) else {
        return Ok(0);
    };
    let replica = context.replica().clone();
    let due = context.db().read(move |tx| {
        let countersigned = store::countersigned(tx)?;
        replica.days_to_pack(tx, EdgeNumber::HUB, before, &countersigned)
    });
    let (mut packed, mut steps, mut failed) = (0, 0, None);
    for day in due.await? {
        while steps < STEPS_MAX {
            steps += 1;
            let replica = context.replica().clone();
            let step = context.db().write(move |tx| replica.pack_group(tx, &day));
            match step.await {
                Ok(PackStep::Packed { changes }) => packed += changes,
                Ok(PackStep::Passed) => {}
                Ok(PackStep::Over) => break,
                // One day that stays loose keeps no other from its pack.
                Err(refused) => {
                    let date = day.date();
                    failed.get_or_insert(PackingFailed::Day { date, refused });
                    break;
                }
            }
        }
    }
    if packed > 0 {
        tracing::info!(packed, "packed records of days that are over for good");
    }
    failed.map_or(Ok(packed), Err)
}
