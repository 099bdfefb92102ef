//! The views of transfers, folded from facts, and what is being packed or counted.

mod differing;

pub use differing::{Difference, End, difference};

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{FactId, Sku, StoreId, TransferId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{TransferExpected, TransferReceived, TransferSent};

/// Which way goods go, as this store sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// To another store.
    Out,
    /// From another store.
    In,
}

/// A transfer that left, or that the hub told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) id: TransferId,
    pub(super) direction: Direction,
    pub(super) other_store: StoreId,
    pub(super) sent_at_ms: i64,
    pub(super) sent_fact: Option<FactId>,
    pub(super) received_at_ms: Option<i64>,
    pub(super) received_fact: Option<FactId>,
}

/// A product of a transfer: what was sent, and what was counted in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sku: Sku,
    pub(super) sent: Milli,
    pub(super) counted: Milli,
}

/// A transfer that is being packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packing {
    pub(super) id: TransferId,
    pub(super) to: StoreId,
    pub(super) begun_at_ms: i64,
}

/// Forgets what is being packed and counted: an earlier life of this store may have sent or
/// received it under its id.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    for table in ["transfer_counts", "transfers_packing"] {
        tx.execute(&format!("DELETE FROM {table}"), params![])?;
    }
    Ok(())
}

/// The views of transfers; calls `changed` once a fold is durable.
pub(super) struct Transfers {
    pub(super) changed: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for Transfers {
    fn name(&self) -> &'static str {
        "transfers"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::TransferSent,
            Kind::TransferExpected,
            Kind::TransferReceived,
        ]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let changed = self.changed.clone();
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit");
        let is_ours = replica::own_edge(tx)? == Some(projected.origin.writer.edge);
        match fact.kind() {
            Some(Kind::TransferSent) if is_ours => {
                let body: TransferSent = fact.read()?;
                let to = (Direction::Out, body.to);
                put_sent(tx, body.transfer_id, to, (at_ms, Some(fact.header.id)))?;
                for line in body.lines {
                    put_line(
                        tx,
                        body.transfer_id,
                        &line.sku,
                        line.quantity_milli,
                        Milli::ZERO,
                    )?;
                }
            }
            Some(Kind::TransferExpected) => {
                let body: TransferExpected = fact.read()?;
                if known(tx, body.transfer_id)? {
                    return Ok(());
                }
                let from = (Direction::In, body.from);
                put_sent(
                    tx,
                    body.transfer_id,
                    from,
                    (body.sent_at_ms, body.sent_fact),
                )?;
                for line in body.lines {
                    put_line(
                        tx,
                        body.transfer_id,
                        &line.sku,
                        line.quantity_milli,
                        Milli::ZERO,
                    )?;
                }
                differing::raise(tx, body.transfer_id)?;
            }
            Some(Kind::TransferReceived) if is_ours => {
                let body: TransferReceived = fact.read()?;
                put_received(tx, body.transfer_id, at_ms, fact.header.id)?;
                for line in body.lines {
                    put_line(
                        tx,
                        body.transfer_id,
                        &line.sku,
                        Milli::ZERO,
                        line.counted_milli,
                    )?;
                }
                differing::raise(tx, body.transfer_id)?;
            }
            Some(_) | None => return Ok(()),
        }
        tx.on_commit(Box::new(move || changed()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["transfer_lines", "transfers"]
    }
}

/// Whether the sending end is known, by whichever fact came first.
fn known(tx: &mut Tx, id: TransferId) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM transfers WHERE transfer_id = $1 AND direction IS NOT NULL";
    Ok(tx.query_opt(sql, params![id.to_bytes()])?.is_some())
}

fn put_sent(
    tx: &mut Tx,
    id: TransferId,
    (direction, other): (Direction, StoreId),
    (at_ms, fact): (i64, Option<FactId>),
) -> Result<(), DbError> {
    let word = match direction {
        Direction::Out => "out",
        Direction::In => "in",
    };
    tx.execute(
        "INSERT INTO transfers (transfer_id, direction, other_store, sent_at_ms, sent_fact)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (transfer_id) DO UPDATE SET direction = excluded.direction,
             other_store = excluded.other_store, sent_at_ms = excluded.sent_at_ms,
             sent_fact = excluded.sent_fact",
        params![
            id.to_bytes(),
            word,
            other.as_str(),
            at_ms,
            fact.map(FactId::to_bytes)
        ],
    )?;
    Ok(())
}

/// A rebuild may fold what was counted here before what the hub told.
fn put_received(tx: &mut Tx, id: TransferId, at_ms: i64, fact: FactId) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO transfers (transfer_id, other_store, received_at_ms, received_fact)
         VALUES ($1, '', $2, $3)
         ON CONFLICT (transfer_id) DO UPDATE SET
             received_at_ms = excluded.received_at_ms, received_fact = excluded.received_fact",
        params![id.to_bytes(), at_ms, fact.to_bytes()],
    )?;
    Ok(())
}

fn put_line(
    tx: &mut Tx,
    id: TransferId,
    sku: &Sku,
    sent: Milli,
    counted: Milli,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO transfer_lines (transfer_id, sku, sent_milli, counted_milli)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (transfer_id, sku) DO UPDATE SET
             sent_milli = sent_milli + excluded.sent_milli,
             counted_milli = counted_milli + excluded.counted_milli",
        params![id.to_bytes(), sku.as_str(), sent.0, counted.0],
    )?;
    Ok(())
}

const COLUMNS: &str = "transfer_id, direction, other_store, sent_at_ms, sent_fact,
    received_at_ms, received_fact FROM transfers WHERE direction IS NOT NULL";

/// Returns one transfer, once its sending end is known.
pub(super) fn by_id(tx: &mut Tx, id: TransferId) -> Result<Option<Transfer>, DbError> {
    let sql = format!("SELECT {COLUMNS} AND transfer_id = $1");
    let row = tx.query_opt(&sql, params![id.to_bytes()])?;
    row.as_ref().map(transfer).transpose()
}

/// Returns the newest transfers, at most `limit`, those still to be counted in here first.
pub(super) fn newest(tx: &mut Tx, limit: u32) -> Result<Vec<Transfer>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS}
         ORDER BY (direction = 'in' AND received_at_ms IS NULL) DESC, sent_at_ms DESC, transfer_id
         LIMIT $1"
    );
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(transfer).collect()
}

fn transfer(row: &Row) -> Result<Transfer, DbError> {
    let direction: String = row.read(1)?;
    let store: String = row.read(2)?;
    let fact = |bytes: Option<[u8; 16]>| bytes.map(FactId::from_bytes);
    Ok(Transfer {
        id: TransferId::from_bytes(row.read(0)?),
        direction: match direction.as_str() {
            "out" => Direction::Out,
            _ => Direction::In,
        },
        other_store: store.parse().expect("only checked stores are stored"),
        sent_at_ms: row.read(3)?,
        sent_fact: fact(row.read(4)?),
        received_at_ms: row.read(5)?,
        received_fact: fact(row.read(6)?),
    })
}

/// Returns the products of a transfer, by SKU.
pub(super) fn lines(tx: &mut Tx, id: TransferId) -> Result<Vec<Line>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, sent_milli, counted_milli FROM transfer_lines
         WHERE transfer_id = $1 ORDER BY sku",
        params![id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Line {
                sku: read_sku(row, 0)?,
                sent: Milli(row.read(1)?),
                counted: Milli(row.read(2)?),
            })
        })
        .collect()
}

/// Begins to pack.
pub(super) fn put_packing(tx: &mut Tx, packing: &Packing) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO transfers_packing (transfer_id, to_store, begun_at_ms) VALUES ($1, $2, $3)",
        params![
            packing.id.to_bytes(),
            packing.to.as_str(),
            packing.begun_at_ms
        ],
    )?;
    Ok(())
}

/// Returns every transfer that is being packed, the newest first.
pub(super) fn packing(tx: &mut Tx) -> Result<Vec<Packing>, DbError> {
    let rows = tx.query_all(
        "SELECT transfer_id, to_store, begun_at_ms FROM transfers_packing
         ORDER BY begun_at_ms DESC, transfer_id",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            let to: String = row.read(1)?;
            Ok(Packing {
                id: TransferId::from_bytes(row.read(0)?),
                to: to.parse().expect("only checked stores are stored"),
                begun_at_ms: row.read(2)?,
            })
        })
        .collect()
}

/// Forgets what was packed or counted.
pub(super) fn drop_work(tx: &mut Tx, id: TransferId) -> Result<(), DbError> {
    for table in ["transfer_counts", "transfers_packing"] {
        let sql = format!("DELETE FROM {table} WHERE transfer_id = $1");
        tx.execute(&sql, params![id.to_bytes()])?;
    }
    Ok(())
}

/// Returns what was counted so far, the newest first.
pub(super) fn counts(tx: &mut Tx, id: TransferId) -> Result<Vec<(Sku, Milli)>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, quantity_milli FROM transfer_counts
         WHERE transfer_id = $1 ORDER BY touched DESC",
        params![id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| Ok((read_sku(row, 0)?, Milli(row.read(1)?))))
        .collect()
}

/// Sets how much of a product was counted and makes it the newest line.
pub(super) fn put_count(
    tx: &mut Tx,
    id: TransferId,
    sku: &Sku,
    quantity: Milli,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO transfer_counts (transfer_id, sku, quantity_milli, touched)
         SELECT $1, $2, $3, COALESCE(MAX(touched), 0) + 1
         FROM transfer_counts WHERE transfer_id = $1
         ON CONFLICT (transfer_id, sku) DO UPDATE SET
             quantity_milli = excluded.quantity_milli, touched = excluded.touched",
        params![id.to_bytes(), sku.as_str(), quantity.0],
    )?;
    Ok(())
}

/// Takes a product out of what was counted.
pub(super) fn drop_count(tx: &mut Tx, id: TransferId, sku: &Sku) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM transfer_counts WHERE transfer_id = $1 AND sku = $2",
        params![id.to_bytes(), sku.as_str()],
    )?;
    Ok(())
}

/// Returns how much of a product lies ready to leave.
pub(super) fn set_aside(tx: &mut Tx, sku: &Sku) -> Result<Milli, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(SUM(c.quantity_milli), 0) FROM transfer_counts c
         JOIN transfers_packing p ON p.transfer_id = c.transfer_id WHERE c.sku = $1",
        params![sku.as_str()],
    )?;
    row.read(0).map(Milli)
}

fn read_sku(row: &Row, index: usize) -> Result<Sku, DbError> {
    let sku: String = row.read(index)?;
    Ok(sku.parse().expect("only checked SKUs are stored"))
}
