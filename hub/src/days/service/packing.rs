//! Packs the records of stores' days that are over for good, so that old ones take little room.

use counterpart_daemon::db::DbError;
use counterpart_daemon::replica::{PackRefused, PackStep};
use counterpart_protocol::time::BusinessDate;

use crate::context::{Context, Progress};
use crate::days::store;
use crate::sync::edges;

/// How many steps one look takes at most. Each is a command of its own among the others.
const STEPS_MAX: u32 = 128;

/// Why days were not packed; what was packed before stays so.
#[derive(Debug, thiserror::Error)]
pub enum PackingFailed {
    /// One of them.
    #[error("could not pack the business day {date} of edge {edge}")]
    Day {
        /// The number of the edge whose day it is.
        edge: u32,
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

/// Packs records of days that are countersigned and at least `loose_days` days ago, edge after
/// edge and the oldest day first, in a bounded number of steps. Says whether any went into a pack.
///
/// # Errors
///
/// [`PackingFailed`]: the first, after the other days were packed.
pub async fn pack_once(context: &Context, loose_days: u16) -> Result<Progress, PackingFailed> {
    let edges = context.db().read(edges::all).await?;
    let (mut progress, mut steps, mut failed) = (Progress::Idle, 0, None);
    for edge in edges {
        let today = context.place_on(&edge.days).business_date;
        let before = BusinessDate::from_days(today.days() - i32::from(loose_days) + 1);
        let (Ok(before), true) = (before, steps < STEPS_MAX) else {
            continue;
        };
        let (replica, number) = (context.replica().clone(), edge.number);
        let due = context.db().read(move |tx| {
            let countersigned = store::countersigned(tx, number)?;
            replica.days_to_pack(tx, number, before, &countersigned)
        });
        for day in due.await? {
            while steps < STEPS_MAX {
                steps += 1;
                let replica = context.replica().clone();
                let step = context.db().write(move |tx| replica.pack_group(tx, &day));
                match step.await {
                    Ok(PackStep::Packed { .. }) => progress = Progress::Moved,
                    Ok(PackStep::Passed) => {}
                    Ok(PackStep::Over) => break,
                    // One day that stays loose keeps no other from its pack.
                    Err(refused) => {
                        let (edge, date) = (number.0, day.date());
                        let day = PackingFailed::Day {
                            edge,
                            date,
                            refused,
                        };
                        failed.get_or_insert(day);
                        break;
                    }
                }
            }
        }
    }
    failed.map_or(Ok(progress), Err)
}
