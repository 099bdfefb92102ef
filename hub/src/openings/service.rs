//! Keeps opening balances, sends each to its store once, and sees when the store has stated it.

use std::collections::HashMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, ReplicaFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{DeliveryId, DocumentId, Sku, StoreId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::SkuUnits;
use counterpart_protocol::stock::{OpeningBalanceSent, ReceivedAs, StockReceived};

use super::store;
use crate::context::Context;
use crate::sync::{edges, hearing};

/// Balances stored by one transaction.
const CHUNK: usize = 1_000;
/// Lines of one fact: the store states as many in one of its own, some 6 KB.
const LINES: u32 = 200;

/// Why balances were not sent.
#[derive(Debug, thiserror::Error)]
pub enum OpeningsFailed {
    /// A fact could not be stated.
    #[error("could not tell a store what it began with")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store opening balances")]
    Db(#[from] DbError),
}

/// What was in a store when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where.
    pub store_id: StoreId,
    /// What.
    pub sku: Sku,
    /// How much, 0 or more.
    pub quantity_milli: Milli,
}

/// Keeps balances and wakes who sends them; returns how many are new. One there is already stays
/// as it is. `progress` is told how far it is, in thousandths.
///
/// # Errors
/// Those of the database; doing it again goes on where it stopped.
pub async fn add(
    context: &Context,
    rows: Vec<Opening>,
    reference: String,
    progress: impl Fn(u64),
) -> Result<u64, DbError> {
    let (mut new, whole) = (0, rows.len().max(1));
    for (at, chunk) in rows.chunks(CHUNK).enumerate() {
        let (rows, reference, within) = (chunk.to_vec(), reference.clone(), context.clone());
        let added = context.db().write(move |tx| {
            let now_ms = within.now_ms();
            let mut added = 0;
            for row in &rows {
                let key = (row.store_id.as_str(), row.sku.as_str());
                added += store::add(tx, key, row.quantity_milli, &reference, now_ms)?;
            }
            tx.on_commit(Box::new(move || within.upkeep().wake.notify_one()));
            Ok::<_, DbError>(added)
        });
        new += added.await?;
        progress((at * CHUNK * 1_000 / whole) as u64);
    }
    Ok(new)
}

/// Returns every balance there is, by store and SKU.
///
/// # Errors
/// Those of the database.
pub fn added(tx: &mut Tx) -> Result<HashMap<(String, String), Milli>, DbError> {
    store::all(tx)
}

/// Sends what was not sent to stores that have an edge; returns how many balances.
///
/// # Errors
/// [`OpeningsFailed`]; doing it again goes on where it stopped.
pub async fn run_once(context: &Context) -> Result<u64, OpeningsFailed> {
    let mut sent = 0;
    for store_id in context.db().read(store::waiting_stores).await? {
        loop {
            let (within, slug) = (context.clone(), store_id.clone());
            let some = context.db().write(move |tx| send_some(&within, tx, &slug));
            match some.await? {
                0 => break,
                some => sent += some,
            }
        }
    }
    Ok(sent)
}

/// Sends some balances of a store as one fact: the marks and the fact are one transaction, so that
/// no balance is sent twice.
fn send_some(context: &Context, tx: &mut Tx, slug: &str) -> Result<u64, OpeningsFailed> {
    let Ok(store_id) = slug.parse::<StoreId>() else {
        return Ok(0);
    };
    let all = edges::of_store(tx, &store_id)?;
    let Some(edge) = edges::serving(&all) else {
        return Ok(0);
    };
    // A restored hub may have sent them already: the store says so first.
    if hearing::is_unheard(context, tx, edge.number)? {
        return Ok(0);
    }
    let unsent = store::unsent(tx, slug, LINES)?;
    let Some(first) = unsent.first() else {
        return Ok(0);
    };
    let delivery_id = DeliveryId::from_bytes(context.new_id());
    let reference = first.reference.clone();
    let count = unsent.len() as u64;
    let now_ms = context.now_ms();
    for balance in &unsent {
        store::mark_sent(tx, (slug, &balance.sku), delivery_id, now_ms)?;
    }
    let fact = OpeningBalanceSent {
        delivery_id,
        reference,
        lines: unsent
            .into_iter()
            .map(|balance| SkuUnits {
                sku: balance.sku,
                quantity_milli: balance.quantity_milli,
            })
            .collect(),
    };
    let place = context.place_on(&edge.days);
    context.replica().record(tx, edge.number, place, &fact)?;
    tracing::info!(store.id = slug, balances = count, "sent opening balances");
    Ok(count)
}

/// Returns the view of openings the stores have stated.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Stated), Box::new(Told)]
}

/// Marks what a restored hub hears that it had sent; otherwise the mark stands before the fact.
struct Told;

impl Projection for Told {
    fn name(&self) -> &'static str {
        "openings_told"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::OpeningBalanceSent]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let DocumentId::Segment(segment) = projected.document else {
            return Ok(());
        };
        let sent: OpeningBalanceSent = projected.fact.read()?;
        let at_ms = i64::try_from(projected.fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        let Some(edge) = segment.about else {
            return Ok(());
        };
        for line in &sent.lines {
            store::note_sent(tx, edge, &line.sku, sent.delivery_id, at_ms)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        // The marks are no view: they stand with what was imported.
        &[]
    }
}

struct Stated;

impl Projection for Stated {
    fn name(&self) -> &'static str {
        "openings_stated"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::StockReceived]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let received: StockReceived = projected.fact.read()?;
        if received.received_as == ReceivedAs::Opening {
            let at_ms = projected.fact.header.hlc.at_ms();
            let at_ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
            store::note_stated(tx, received.delivery_id, at_ms)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}
