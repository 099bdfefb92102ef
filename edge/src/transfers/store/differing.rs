//! A parcel that was counted in otherwise than it was sent: both ends side by side, and the
//! exception they raise.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::exceptions::Raised;
use counterpart_protocol::ids::{FactId, Sku, StoreId, TransferId};
use counterpart_protocol::quantity::Milli;

use super::{Direction, by_id, lines};
use crate::exceptions;
use crate::transfers::rules;

/// A parcel of which both ends say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The exception it raises.
    pub raised: Raised,
    /// The store it came from.
    pub from: StoreId,
    /// What that store sent.
    pub sent: End,
    /// What was counted here.
    pub counted: End,
}

/// What one end of a parcel says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The fact that says it.
    pub fact_id: FactId,
    /// When it was stated, in milliseconds UTC.
    pub at_ms: i64,
    /// How much of what.
    pub lines: Vec<(Sku, Milli)>,
}

/// Returns in what a parcel that came differs, once both ends are known.
///
/// # Errors
///
/// Those of the database.
pub fn difference(tx: &mut Tx, id: TransferId) -> Result<Option<Difference>, DbError> {
    let Some(known) = by_id(tx, id)?.filter(|known| known.direction == Direction::In) else {
        return Ok(None);
    };
    let (Some(sent), Some(received)) = (known.sent_fact, known.received_fact) else {
        return Ok(None);
    };
    let said = lines(tx, id)?;
    let both: Vec<(Sku, Milli, Milli)> = said
        .iter()
        .map(|line| (line.sku.clone(), line.sent, line.counted))
        .collect();
    let Some(raised) = rules::raised((sent, received), &both) else {
        return Ok(None);
    };
    let end = |fact_id, at_ms, of: fn(&(Sku, Milli, Milli)) -> Milli| End {
        fact_id,
        at_ms,
        lines: both.iter().map(|line| (line.0.clone(), of(line))).collect(),
    };
    Ok(Some(Difference {
        raised,
        from: known.other_store,
        sent: end(sent, known.sent_at_ms, |line| line.1),
        counted: end(received, known.received_at_ms.unwrap_or(0), |line| line.2),
    }))
}

/// Puts a parcel that differs into the inbox of exceptions.
pub(super) fn raise(tx: &mut Tx, id: TransferId) -> Result<(), DbError> {
    let Some(found) = difference(tx, id)? else {
        return Ok(());
    };
    let raised_at_ms = found.sent.at_ms.max(found.counted.at_ms);
    exceptions::raise(tx, id, &found.raised, raised_at_ms)
}
