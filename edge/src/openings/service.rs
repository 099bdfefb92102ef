//! States what the hub told this store it began with, as this store's own facts.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine, StockReceived};
use tokio_util::sync::CancellationToken;

use super::store;
use crate::context::Context;
use crate::stock;

/// Why a balance was not stated.
#[derive(Debug, thiserror::Error)]
pub enum OpeningFailed {
    /// The fact could not be stated.
    #[error("could not state what this store began with")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read what this store began with")]
    Db(#[from] DbError),
}

/// States balances until `stop`: at the start, and whenever the hub sent something.
pub async fn keep(context: Context, stop: CancellationToken) {
    let mut received = context.link().received();
    loop {
        if let Err(error) = state_once(&context).await {
            tracing::error!(%error, "an opening balance waits");
        }
        match stop.run_until_cancelled(received.changed()).await {
            Some(Ok(())) => {}
            Some(Err(_)) | None => return,
        }
    }
}

/// States every balance the hub told and this store has not stated; returns how many.
///
/// # Errors
///
/// [`OpeningFailed`]; the rest waits for the next turn.
pub async fn state_once(context: &Context) -> Result<u64, OpeningFailed> {
    let mut stated = 0;
    loop {
        let within = context.clone();
        let one = context.db().write(move |tx| state_next(&within, tx));
        match one.await? {
            Some(lines) => {
                tracing::info!(lines, "stated what this store began with");
                stated += 1;
            }
            None => return Ok(stated),
        }
    }
}

/// States the next balance: the fact and the view that it was stated are one transaction.
fn state_next(context: &Context, tx: &mut Tx) -> Result<Option<usize>, OpeningFailed> {
    let Some(waiting) = store::next(tx)? else {
        return Ok(None);
    };
    let lines = waiting.lines.into_iter();
    let lines = lines.filter(|line| line.quantity_milli > Milli::ZERO);
    let received = StockReceived {
        delivery_id: waiting.delivery_id,
        received_as: ReceivedAs::Opening,
        reference: Some(waiting.reference),
        lines: lines
            .map(|line| ReceivedLine {
                sku: line.sku,
                quantity_milli: line.quantity_milli,
            })
            .collect(),
    };
    // Nobody counted it: it is what another system said.
    let place = context.place(None, None);
    context
        .replica()
        .record(tx, EdgeNumber::HUB, place, &received)?;
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.publish(stock::TOPIC)));
    Ok(Some(received.lines.len()))
}
