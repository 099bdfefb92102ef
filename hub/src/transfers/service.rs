//! Folds both ends of a transfer, tells the receiving store what comes, and compares.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, ReplicaFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{EdgeNumber, Sku, StoreId, TransferId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::SkuUnits;
use counterpart_protocol::stock::{TransferExpected, TransferReceived, TransferSent};

use super::rules::{self, Line};
use super::store::{self, Received, Sent, Transfer, Which};
use crate::context::{Context, Progress};
use crate::exceptions::{self, Subject};
use crate::orders::ToldFact;
use crate::sync::edges::{self, Edge};
use crate::sync::hearing;

/// Transfers looked at by one reading.
const PAGE: u32 = 200;

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Transfers)]
}

/// The views of transfers.
struct Transfers;

const KINDS: [Kind; 3] = [
    Kind::TransferSent,
    Kind::TransferExpected,
    Kind::TransferReceived,
];

impl Projection for Transfers {
    fn name(&self) -> &'static str {
        "transfers"
    }

    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let (id, by) = (fact.header.id, projected.origin.writer.edge);
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        match fact.kind() {
            Some(Kind::TransferSent) => {
                let body: TransferSent = fact.read()?;
                let sent = Sent {
                    by,
                    to_store: body.to.to_string(),
                    at_ms,
                    fact: id,
                };
                store::put_sent(tx, body.transfer_id, &sent)?;
                let lines = body
                    .lines
                    .into_iter()
                    .map(|line| (line.sku, line.quantity_milli));
                put_lines(tx, body.transfer_id, lines, |line| &mut line.sent)?;
                compare(tx, body.transfer_id)
            }
            Some(Kind::TransferReceived) => {
                let body: TransferReceived = fact.read()?;
                let received = Received {
                    by,
                    at_ms,
                    fact: id,
                };
                store::put_received(tx, body.transfer_id, &received)?;
                let lines = body
                    .lines
                    .into_iter()
                    .map(|line| (line.sku, line.counted_milli));
                put_lines(tx, body.transfer_id, lines, |line| &mut line.counted)?;
                compare(tx, body.transfer_id)
            }
            Some(Kind::TransferExpected) => {
                let body: TransferExpected = fact.read()?;
                let about = match projected.document {
                    counterpart_protocol::ids::DocumentId::Segment(segment) => segment.about,
                    counterpart_protocol::ids::DocumentId::Order(_) => None,
                };
                match about {
                    Some(edge) => Ok(store::put_told(tx, body.transfer_id, edge)?),
                    None => Ok(()),
                }
            }
            Some(_) | None => Ok(()),
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

fn put_lines(
    tx: &mut Tx,
    id: TransferId,
    said: impl Iterator<Item = (Sku, Milli)>,
    end: impl Fn(&mut Line) -> &mut Milli,
) -> Result<(), DbError> {
    let known = store::lines(tx, id)?.into_iter();
    let mut lines: BTreeMap<Sku, Line> = known.map(|line| (line.sku.clone(), line)).collect();
    for (sku, quantity) in said {
        let line = lines.entry(sku.clone()).or_insert_with(|| Line {
            sku,
            sent: Milli::ZERO,
            counted: Milli::ZERO,
        });
        let sum = end(line);
        sum.0 = sum.0.saturating_add(quantity.0);
    }
    lines
        .values()
        .try_for_each(|line| store::put_line(tx, id, line))
}

fn compare(tx: &mut Tx, id: TransferId) -> Result<(), ProjectionFailed> {
    let both = store::by_id(tx, id)?.and_then(|transfer| transfer.sent.zip(transfer.received));
    let Some((sent, received)) = both else {
        return Ok(());
    };
    let lines = store::lines(tx, id)?;
    if let Some(raised) = rules::discrepancy(sent.fact, received.fact, &lines) {
        let at_ms = sent.at_ms.max(received.at_ms);
        exceptions::raise(tx, Subject::Transfer(id), received.by, raised, at_ms)?;
    }
    Ok(())
}

/// Tells stores what is on its way to them, each transfer once: that it was told is read from the
/// fact that tells it.
///
/// # Errors
/// [`ReplicaFailed`]; what was told before stays told.
pub async fn run_once(context: &Context) -> Result<Progress, ReplicaFailed> {
    let mut progress = Progress::Idle;
    let mut after = None;
    loop {
        let page = context
            .db()
            .read(move |tx| store::untold(tx, after, PAGE).map_err(ReplicaFailed::from))
            .await?;
        let Some(last) = page.last() else {
            return Ok(progress);
        };
        after = Some(*last);
        for (_, id) in page {
            let within = context.clone();
            let told = context.db().write(move |tx| tell(&within, tx, id)).await?;
            if told == Progress::Moved {
                progress = Progress::Moved;
            }
        }
    }
}

fn tell(context: &Context, tx: &mut Tx, id: TransferId) -> Result<Progress, ReplicaFailed> {
    let Some(transfer) = store::by_id(tx, id)? else {
        return Ok(Progress::Idle);
    };
    let (Some(sent), None) = (transfer.sent, transfer.told_edge) else {
        return Ok(Progress::Idle);
    };
    // A store without an edge is told once it has one.
    let Some(reader) = reader_at(tx, &sent.to_store)? else {
        return Ok(Progress::Idle);
    };
    // A restored hub may have told it already.
    if hearing::is_unheard(context, tx, reader.number)? {
        return Ok(Progress::Idle);
    }
    let Some(from) = edges::by_number(tx, sent.by)? else {
        return Ok(Progress::Idle);
    };
    let lines = store::lines(tx, id)?.into_iter();
    let lines = lines
        .filter(|line| line.sent != Milli::ZERO)
        .map(|line| SkuUnits {
            sku: line.sku,
            quantity_milli: line.sent,
        });
    let body = TransferExpected {
        transfer_id: id,
        from: from.store_id,
        from_edge: sent.by,
        lines: lines.collect(),
        sent_at_ms: sent.at_ms,
        sent_fact: Some(sent.fact),
    };
    let place = context.place_on(&reader.days);
    context.replica().record(tx, reader.number, place, &body)?;
    tracing::info!(transfer.id = %id, edge.id = reader.number.0, "told a store what comes to it");
    Ok(Progress::Moved)
}

fn reader_at(tx: &mut Tx, store: &str) -> Result<Option<Edge>, DbError> {
    let Ok(store) = store.parse::<StoreId>() else {
        return Ok(None);
    };
    let mut edges = edges::of_store(tx, &store)?;
    edges.retain(|edge| edge.blocked_at_ms.is_none());
    Ok(edges::serving(&edges).cloned())
}

/// A transfer with its lines.
pub(super) struct View {
    pub(super) transfer: Transfer,
    pub(super) lines: Vec<Line>,
    /// The edges' stores.
    pub(super) stores: BTreeMap<EdgeNumber, StoreId>,
}

/// Returns a page of transfers, the newest first.
pub(super) fn views(
    tx: &mut Tx,
    which: Which,
    after: Option<(i64, TransferId)>,
    limit: u32,
) -> Result<Vec<View>, DbError> {
    let stores = edges_stores(tx)?;
    let mut views = Vec::new();
    for transfer in store::listed(tx, which, after, limit)? {
        views.push(View {
            lines: store::lines(tx, transfer.id)?,
            stores: stores.clone(),
            transfer,
        });
    }
    Ok(views)
}

/// Returns one transfer, if the hub has heard of it from its sender.
pub(super) fn view(tx: &mut Tx, id: TransferId) -> Result<Option<View>, DbError> {
    let Some(transfer) = store::by_id(tx, id)?.filter(|known| known.sent.is_some()) else {
        return Ok(None);
    };
    Ok(Some(View {
        lines: store::lines(tx, id)?,
        stores: edges_stores(tx)?,
        transfer,
    }))
}

fn edges_stores(tx: &mut Tx) -> Result<BTreeMap<EdgeNumber, StoreId>, DbError> {
    let edges = edges::all(tx)?.into_iter();
    Ok(edges.map(|edge| (edge.number, edge.store_id)).collect())
}

/// Returns both ends of a transfer in words.
///
/// # Errors
/// Those of the database.
pub fn told(tx: &mut Tx, id: TransferId) -> Result<Vec<ToldFact>, DbError> {
    let Some(transfer) = store::by_id(tx, id)? else {
        return Ok(Vec::new());
    };
    let lines = store::lines(tx, id)?;
    let said = |end: fn(&Line) -> Milli| {
        let each: Vec<String> = lines
            .iter()
            .map(|line| format!("{} {}", end(line), line.sku))
            .collect();
        each.join(", ")
    };
    let sent = transfer.sent.map(|sent| ToldFact {
        fact_id: sent.fact,
        at_ms: sent.at_ms,
        edge: sent.by,
        title: "Sent".to_owned(),
        detail: format!("{}, to {}", said(|line| line.sent), sent.to_store),
    });
    let received = transfer.received.map(|received| ToldFact {
        fact_id: received.fact,
        at_ms: received.at_ms,
        edge: received.by,
        title: "Counted in".to_owned(),
        detail: said(|line| line.counted),
    });
    Ok(sent.into_iter().chain(received).collect())
}
