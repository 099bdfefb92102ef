//! What to count first after a restore: no record says what happened in the gap, but what sold most
//! before it most likely sold in it too.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::Replica;
use counterpart_protocol::quantity::Milli;
use serde::Serialize;
use utoipa::ToSchema;

use super::{StockLine, line_of};
use crate::reference;
use crate::stock::{rules, store};
use crate::written::moment;

/// How far back sales say how fast a product sells, in milliseconds: four weeks, so that every day
/// of the week counts alike.
const LOOKED_BACK_MS: i64 = 28 * 86_400_000;
/// Products listed: more than two people count in a day.
const LINES_MAX: u32 = 200;

/// What to count, and of which time nobody has a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Recount {
    /// Of the time from here, in RFC 3339, …
    pub from: String,
    /// … to here nobody has a record.
    pub to: String,
    /// The same, in milliseconds UTC.
    #[serde(skip)]
    pub span_ms: (i64, i64),
    /// What to count, the most doubtful first, at most 200. What was put right since is left out.
    pub lines: Vec<RecountLine>,
}

/// A product to count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RecountLine {
    /// The product and its number.
    #[serde(flatten)]
    pub stock: StockLine,
    /// How much left the shelf in the four weeks before.
    pub taken_milli: Milli,
    /// How much may have left it without a record, at the pace of those weeks.
    pub doubtful_milli: Milli,
}

/// Returns what to count after the last restore; nothing if there was none, or if it is not known
/// yet of which time records are missing.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn recount(tx: &mut Tx, replica: &Replica) -> Result<Option<Recount>, DbError> {
    let Some(recovery) = replica.recovery(tx)? else {
        return Ok(None);
    };
    let Some(from_ms) = recovery.unproven_from_ms else {
        return Ok(None);
    };
    let to_ms = recovery.opened_at_ms.max(from_ms);
    let begin_ms = from_ms.saturating_sub(LOOKED_BACK_MS);
    let taken = store::taken_between(tx, (begin_ms, from_ms), to_ms, LINES_MAX)?;
    let mut lines = Vec::with_capacity(taken.len());
    for (found, taken_milli) in taken {
        let product = reference::find_by_sku(tx, &found.sku)?;
        lines.push(RecountLine {
            stock: line_of(found.sku, product, found.on_hand_milli),
            taken_milli,
            doubtful_milli: rules::doubtful(taken_milli, LOOKED_BACK_MS, to_ms - from_ms),
        });
    }
    Ok(Some(Recount {
        from: moment(from_ms),
        to: moment(to_ms),
        span_ms: (from_ms, to_ms),
        lines,
    }))
}
