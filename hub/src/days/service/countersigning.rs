//! Compares seals with what is held, and countersigns those that are equal.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::days::DayCountersigned;
use counterpart_protocol::ids::FactId;

use super::DAYS;
use super::proving::of_seal;
use crate::context::{Context, Progress};
use crate::days::rules::Difference;
use crate::days::store;
use crate::sync::{edges, hearing};

/// Seals looked at in one turn.
const SEALS_AT_ONCE: u32 = 50;
/// How long a day that differs waits for the next look if nothing of it changed, in milliseconds:
/// a view may have been made anew meanwhile.
const LOOK_AGAIN_MS: i64 = 3_600_000;

/// Why a day could not be compared or countersigned.
#[derive(Debug, thiserror::Error)]
pub enum DaysFailed {
    /// The fact could not be stated.
    #[error("could not countersign a business day")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not compare a business day")]
    Db(#[from] DbError),
}

/// Compares every seal that waits and whose day has changed since it was last compared, and
/// countersigns those that hold: each in one transaction, so that of two hub processes one does it.
///
/// # Errors
/// [`DaysFailed`]; what was countersigned before stays so.
pub async fn run_once(context: &Context) -> Result<Progress, DaysFailed> {
    let now_ms = context.now_ms();
    let waiting = context
        .db()
        .read(|tx| store::waiting(tx, SEALS_AT_ONCE).map_err(DaysFailed::from))
        .await?;
    let mut progress = Progress::Idle;
    for seal in waiting {
        let is_as_before = seal.compared.as_ref().is_some_and(|(mark, at_ms)| {
            *mark == seal.mark && now_ms.saturating_sub(*at_ms) < LOOK_AGAIN_MS
        });
        if is_as_before {
            continue;
        }
        let within = context.clone();
        let looked = context
            .db()
            .write(move |tx| look(&within, tx, seal.seal, &seal.mark));
        if looked.await? {
            progress = Progress::Moved;
        }
    }
    Ok(progress)
}

/// Compares one seal; tells whether something about it is news.
fn look(context: &Context, tx: &mut Tx, seal: FactId, mark: &str) -> Result<bool, DaysFailed> {
    let Some(row) = store::seal(tx, seal)? else {
        return Ok(false);
    };
    // Another process may have come first.
    if row.sealed.countersigned_at_ms.is_some() {
        return Ok(false);
    }
    let Some(edge) = edges::by_number(tx, row.edge)? else {
        return Ok(false);
    };
    // A restored hub may have countersigned it already.
    if hearing::is_unheard(context, tx, row.edge)? {
        return Ok(false);
    }
    let proof = of_seal(context.replica(), tx, &row)?;
    let date = proof.business_date;
    let live = context.live().clone();
    if let Some(first) = proof.differences.first() {
        let count = i64::try_from(proof.differences.len()).unwrap_or(i64::MAX);
        let told = (count, first.sentence());
        let is_news = store::put_check(tx, &row, mark, (told.0, &told.1), context.now_ms())?;
        if is_news {
            let sentences = proof.differences.iter().map(Difference::sentence);
            tracing::warn!(
                store.id = %edge.store_id,
                edge.id = row.edge.0,
                business_date = %date,
                differences = %sentences.collect::<Vec<_>>().join("; "),
                "a business day is not here as the store sealed it"
            );
            tx.on_commit(Box::new(move || live.publish(DAYS)));
        }
        return Ok(is_news);
    }
    let body = DayCountersigned {
        business_date: date,
        seal: row.seal,
        run: row.sealed.run,
        digest: row.sealed.body.digest,
        receipts: proof.receipts.iter().map(|series| series.arrived).sum(),
    };
    let place = context.place_on(&edge.days);
    context.replica().record(tx, row.edge, place, &body)?;
    store::forget_check(tx, row.seal)?;
    tracing::info!(
        store.id = %edge.store_id,
        edge.id = row.edge.0,
        business_date = %date,
        "countersigned a business day"
    );
    tx.on_commit(Box::new(move || live.publish(DAYS)));
    Ok(true)
}
