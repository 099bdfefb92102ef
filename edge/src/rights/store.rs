//! The view of rights, what waits to be looked at, and when the hub was asked.

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{EdgeNumber, Sku};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{Effect, Rights, effects};
use counterpart_protocol::stock::movements;

/// Returns the rights of a product at an edge; all nothing when none ever moved.
pub(super) fn rights_of(tx: &mut Tx, edge: EdgeNumber, sku: &Sku) -> Result<Rights, DbError> {
    let row = tx.query_opt(
        "SELECT granted_milli, returned_milli, reserved_milli, released_milli, consumed_milli
         FROM rights WHERE edge = $1 AND sku = $2",
        params![edge.0, sku.as_str()],
    )?;
    row.as_ref().map_or(Ok(Rights::default()), rights)
}

fn rights(row: &Row) -> Result<Rights, DbError> {
    Ok(Rights {
        granted: Milli(row.read(0)?),
        returned: Milli(row.read(1)?),
        reserved: Milli(row.read(2)?),
        released: Milli(row.read(3)?),
        consumed: Milli(row.read(4)?),
    })
}

/// Returns products to look at, at most `limit`.
pub(super) fn due(tx: &mut Tx, limit: u32) -> Result<Vec<Sku>, DbError> {
    let rows = tx.query_all(
        "SELECT sku FROM rights_due ORDER BY sku LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            Ok(sku.parse().expect("only checked SKUs are stored"))
        })
        .collect()
}

/// Notes that a product needs a look.
pub(super) fn put_due(tx: &mut Tx, sku: &Sku) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rights_due (sku) VALUES ($1) ON CONFLICT (sku) DO NOTHING",
        params![sku.as_str()],
    )?;
    Ok(())
}

/// Notes that a product was looked at.
pub(super) fn drop_due(tx: &mut Tx, sku: &Sku) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM rights_due WHERE sku = $1",
        params![sku.as_str()],
    )?;
    Ok(())
}

/// Returns when the hub was last asked for a product's rights, in milliseconds UTC.
pub(super) fn asked_at(tx: &mut Tx, sku: &Sku) -> Result<Option<i64>, DbError> {
    let row = tx.query_opt(
        "SELECT asked_at_ms FROM rights_asked WHERE sku = $1",
        params![sku.as_str()],
    )?;
    row.map(|row| row.read(0)).transpose()
}

/// Remembers that the hub was asked.
pub(super) fn put_asked(
    tx: &mut Tx,
    sku: &Sku,
    quantity: Milli,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rights_asked (sku, quantity_milli, asked_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (sku) DO UPDATE SET
             quantity_milli = excluded.quantity_milli, asked_at_ms = excluded.asked_at_ms",
        params![sku.as_str(), quantity.0, now_ms],
    )?;
    Ok(())
}

/// Forgets that the hub was asked.
pub(super) fn drop_asked(tx: &mut Tx, sku: &Sku) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM rights_asked WHERE sku = $1",
        params![sku.as_str()],
    )?;
    Ok(())
}

/// The hash of the policies under which products were taken up last, and the product after which
/// that goes on; none once all were.
pub(super) type LookedUnder = ([u8; 32], Option<String>);

/// Returns how far products were taken up, and under which policies.
pub(super) fn looked_under(tx: &mut Tx) -> Result<Option<LookedUnder>, DbError> {
    let row = tx.query_opt("SELECT sha256, after_sku FROM rights_policies", params![])?;
    row.map(|row| Ok((row.read(0)?, row.read(1)?))).transpose()
}

/// Remembers which policies products are taken up under, and which was the last one.
pub(super) fn put_looked_under(
    tx: &mut Tx,
    policies: [u8; 32],
    after: Option<&str>,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rights_policies (one, sha256, after_sku) VALUES (1, $1, $2)
         ON CONFLICT (one) DO UPDATE SET
             sha256 = excluded.sha256, after_sku = excluded.after_sku",
        params![policies, after],
    )?;
    Ok(())
}

/// Folds everything that changes rights, notes which products need a look, and calls `moved` once
/// that is durable.
pub(super) struct Sums {
    pub(super) moved: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for Sums {
    fn name(&self) -> &'static str {
        "rights"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::RightsGranted,
            Kind::RightsReturned,
            Kind::FulfilmentAllocated,
            Kind::AllocationWithdrawn,
            Kind::HandedOver,
            Kind::LinesShorted,
            Kind::UnitsReleased,
            Kind::AllocationBroken,
            Kind::SaleRecorded,
            Kind::ReturnRecorded,
            Kind::StockReceived,
            Kind::StockAdjusted,
            Kind::TransferSent,
            Kind::TransferReceived,
        ]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, writer) = (projected.fact, projected.origin.writer.edge);
        // The hub's journal here is about this edge alone.
        let about = own_edge(tx)?;
        for effect in effects(fact, writer, about)? {
            add(tx, &effect)?;
            put_due(tx, &effect.sku)?;
        }
        for moved in movements(fact)? {
            put_due(tx, &moved.sku)?;
        }
        let moved = self.moved.clone();
        tx.on_commit(Box::new(move || moved()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["rights"]
    }
}

/// Returns which edge this store is, once it is enrolled.
fn own_edge(tx: &mut Tx) -> Result<Option<EdgeNumber>, DbError> {
    let row = tx.query_opt("SELECT edge FROM replica_identity", params![])?;
    row.map(|row| row.read(0).map(EdgeNumber)).transpose()
}

fn add(tx: &mut Tx, effect: &Effect) -> Result<(), DbError> {
    let sums = rights_of(tx, effect.edge, &effect.sku)?.with(effect.term, effect.quantity_milli);
    tx.execute(
        "INSERT INTO rights (edge, sku, granted_milli, returned_milli, reserved_milli,
             released_milli, consumed_milli)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (edge, sku) DO UPDATE SET
             granted_milli = excluded.granted_milli, returned_milli = excluded.returned_milli,
             reserved_milli = excluded.reserved_milli, released_milli = excluded.released_milli,
             consumed_milli = excluded.consumed_milli",
        params![
            effect.edge.0,
            effect.sku.as_str(),
            sums.granted.0,
            sums.returned.0,
            sums.reserved.0,
            sums.released.0,
            sums.consumed.0,
        ],
    )?;
    Ok(())
}
