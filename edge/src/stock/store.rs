//! The views of stock, folded from facts, and the delivery that is being counted.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_daemon::seeded::{self, Bug};
use counterpart_protocol::days::StockCheckpoint;
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{DeliveryId, FactId, RegisterId, SaleId, Sku, StaffId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{movements, source};

/// What is on hand of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnHand {
    /// What.
    pub sku: Sku,
    /// How much, below nothing when more was sold than received.
    pub on_hand_milli: Milli,
    /// When it moved last, in milliseconds UTC.
    pub moved_at_ms: i64,
}

/// One movement and the fact it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    /// The fact.
    pub fact_id: FactId,
    /// Its kind.
    pub kind: Kind,
    /// How much more or less.
    pub delta_milli: Milli,
    /// When, in milliseconds UTC.
    pub moved_at_ms: i64,
    /// The register it happened at.
    pub register: Option<RegisterId>,
    /// Who did it.
    pub staff: Option<StaffId>,
    /// The receipt's number, or what stood on the delivery's paper.
    pub reference: Option<String>,
    /// The sale, if it was one.
    pub sale_id: Option<SaleId>,
}

/// Returns what is on hand of a product; one that never moved has none.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn on_hand(tx: &mut Tx, sku: &Sku) -> Result<Option<OnHand>, DbError> {
    let row = tx.query_opt(
        "SELECT sku, on_hand_milli, moved_at_ms FROM stock_on_hand WHERE sku = $1",
        params![sku.as_str()],
    )?;
    row.as_ref().map(on_hand_row).transpose()
}

/// Marks what is on hand of everything.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn checkpoint(tx: &mut Tx) -> Result<StockCheckpoint, DbError> {
    let rows = tx.query_all(
        "SELECT sku, on_hand_milli FROM stock_on_hand WHERE on_hand_milli <> 0",
        params![],
    )?;
    let mut shelf: Vec<(String, i64)> = Vec::with_capacity(rows.len());
    for row in &rows {
        shelf.push((row.read(0)?, row.read(1)?));
    }
    let shelf = shelf.iter().map(|(sku, milli)| (sku.as_str(), *milli));
    Ok(StockCheckpoint::of(shelf))
}

/// Returns what is on hand of the products after `after` by SKU, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn on_hand_after(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<OnHand>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, on_hand_milli, moved_at_ms FROM stock_on_hand
         WHERE sku > $1 ORDER BY sku LIMIT $2",
        params![after, limit],
    )?;
    rows.iter().map(on_hand_row).collect()
}

/// Returns the movements of a product, newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn movements_of(tx: &mut Tx, sku: &Sku, limit: u32) -> Result<Vec<Movement>, DbError> {
    let rows = tx.query_all(
        "SELECT fact_id, kind, delta_milli, moved_at_ms, register, staff_id, reference, sale_id
         FROM stock_movements WHERE sku = $1
         ORDER BY moved_at_ms DESC, fact_id DESC, line DESC LIMIT $2",
        params![sku.as_str(), limit],
    )?;
    rows.iter().map(movement).collect()
}

/// Returns the newest sale or adjustment that took units of a product.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn last_taker(tx: &mut Tx, sku: &Sku) -> Result<Option<FactId>, DbError> {
    let row = tx.query_opt(
        "SELECT fact_id FROM stock_movements
         WHERE sku = $1 AND delta_milli < 0 AND kind IN ($2, $3)
         ORDER BY moved_at_ms DESC, fact_id DESC LIMIT 1",
        params![
            sku.as_str(),
            Kind::SaleRecorded.number(),
            Kind::StockAdjusted.number(),
        ],
    )?;
    row.map(|row| row.read(0).map(FactId::from_bytes))
        .transpose()
}

/// Returns what left the shelf between two times, the most first, at most `limit` products; those
/// that were put right after `since_ms` are left out.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn taken_between(
    tx: &mut Tx,
    (from_ms, to_ms): (i64, i64),
    since_ms: i64,
    limit: u32,
) -> Result<Vec<(OnHand, Milli)>, DbError> {
    let rows = tx.query_all(
        "SELECT h.sku, h.on_hand_milli, h.moved_at_ms, t.taken FROM (
             SELECT sku, SUM(-delta_milli) AS taken FROM stock_movements
             WHERE delta_milli < 0 AND moved_at_ms >= $1 AND moved_at_ms <= $2
             GROUP BY sku) AS t
         JOIN stock_on_hand h ON h.sku = t.sku
         WHERE NOT EXISTS (
             SELECT 1 FROM stock_movements c
             WHERE c.sku = t.sku AND c.moved_at_ms >= $3 AND c.kind = $4)
         ORDER BY t.taken DESC, h.sku LIMIT $5",
        params![
            from_ms,
            to_ms,
            since_ms,
            Kind::StockAdjusted.number(),
            limit
        ],
    )?;
    rows.iter()
        .map(|row| Ok((on_hand_row(row)?, Milli(row.read(3)?))))
        .collect()
}

/// Folds everything that moves stock.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "stock"
    }

    fn kinds(&self) -> &'static [Kind] {
        const KINDS: [Kind; 8] = counterpart_protocol::stock::moving_kinds();
        &KINDS
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        // The hub forwards what other stores do with an order we read: their goods are not ours.
        if replica::own_edge(tx)? != Some(projected.origin.writer.edge)
            && !seeded::has(Bug::ForeignStockCounted)
        {
            return Ok(());
        }
        let Some(source) = source(fact)? else {
            return Ok(());
        };
        // What was put right has no paper: its reason says what to look for.
        let because = source.word.strip_prefix("adjusted_").map(str::to_owned);
        let reference = source.reference.or(because);
        for (line, moved) in (0_u32..).zip(movements(fact)?) {
            tx.execute(
                "INSERT INTO stock_movements (sku, moved_at_ms, fact_id, line, kind, delta_milli,
                     business_date, register, staff_id, reference, sale_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                params![
                    moved.sku.as_str(),
                    at_ms(fact),
                    fact.header.id.to_bytes(),
                    line,
                    fact.kind_number,
                    moved.delta_milli.0,
                    fact.header.business_date.days(),
                    fact.header.register.map(|register| register.0),
                    fact.header.staff.map(StaffId::to_bytes),
                    reference.clone(),
                    source.sale_id.map(SaleId::to_bytes),
                ],
            )?;
            tx.execute(
                "INSERT INTO stock_on_hand (sku, on_hand_milli, moved_at_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (sku) DO UPDATE SET
                     on_hand_milli = on_hand_milli + excluded.on_hand_milli,
                     moved_at_ms = MAX(moved_at_ms, excluded.moved_at_ms)",
                params![moved.sku.as_str(), moved.delta_milli.0, at_ms(fact)],
            )?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["stock_on_hand", "stock_movements"]
    }
}

/// A delivery that is being counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// What it becomes.
    pub delivery_id: DeliveryId,
    /// What was counted so far, the newest first.
    pub lines: Vec<(Sku, Milli)>,
}

/// Returns the delivery a person is counting, if they began one.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn draft(tx: &mut Tx, staff: StaffId) -> Result<Option<Draft>, DbError> {
    let row = tx.query_opt(
        "SELECT delivery_id FROM delivery_drafts WHERE staff_id = $1",
        params![staff.to_bytes()],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let lines = tx.query_all(
        "SELECT sku, quantity_milli FROM delivery_draft_lines
         WHERE staff_id = $1 ORDER BY touched DESC",
        params![staff.to_bytes()],
    )?;
    let lines: Result<Vec<_>, DbError> = lines
        .iter()
        .map(|row| Ok((read_sku(row, 0)?, Milli(row.read(1)?))))
        .collect();
    Ok(Some(Draft {
        delivery_id: DeliveryId::from_bytes(row.read(0)?),
        lines: lines?,
    }))
}

/// Begins a delivery, unless the person is counting one already.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn begin_draft(
    tx: &mut Tx,
    staff: StaffId,
    delivery_id: DeliveryId,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO delivery_drafts (staff_id, delivery_id, begun_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (staff_id) DO NOTHING",
        params![staff.to_bytes(), delivery_id.to_bytes(), now_ms],
    )?;
    Ok(())
}

/// Sets how much of a product was counted and makes it the newest line.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_draft_line(
    tx: &mut Tx,
    staff: StaffId,
    sku: &Sku,
    quantity: Milli,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO delivery_draft_lines (staff_id, sku, quantity_milli, touched)
         SELECT $1, $2, $3, COALESCE(MAX(touched), 0) + 1
         FROM delivery_draft_lines WHERE staff_id = $1
         ON CONFLICT (staff_id, sku) DO UPDATE SET
             quantity_milli = excluded.quantity_milli, touched = excluded.touched",
        params![staff.to_bytes(), sku.as_str(), quantity.0],
    )?;
    Ok(())
}

/// Takes a product off the delivery.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_draft_line(tx: &mut Tx, staff: StaffId, sku: &Sku) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM delivery_draft_lines WHERE staff_id = $1 AND sku = $2",
        params![staff.to_bytes(), sku.as_str()],
    )?;
    Ok(())
}

/// Forgets the delivery a person was counting.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_draft(tx: &mut Tx, staff: StaffId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM delivery_drafts WHERE staff_id = $1",
        params![staff.to_bytes()],
    )?;
    Ok(())
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}

fn read_sku(row: &Row, index: usize) -> Result<Sku, DbError> {
    let sku: String = row.read(index)?;
    Ok(sku.parse().expect("only checked SKUs are stored"))
}

fn on_hand_row(row: &Row) -> Result<OnHand, DbError> {
    Ok(OnHand {
        sku: read_sku(row, 0)?,
        on_hand_milli: Milli(row.read(1)?),
        moved_at_ms: row.read(2)?,
    })
}

fn movement(row: &Row) -> Result<Movement, DbError> {
    let kind: u32 = row.read(1)?;
    Ok(Movement {
        fact_id: FactId::from_bytes(row.read(0)?),
        kind: Kind::from_number(kind).expect("only known kinds move stock"),
        delta_milli: Milli(row.read(2)?),
        moved_at_ms: row.read(3)?,
        register: row.read::<Option<u16>>(4)?.map(RegisterId),
        staff: row.read::<Option<[u8; 16]>>(5)?.map(StaffId::from_bytes),
        reference: row.read(6)?,
        sale_id: row.read::<Option<[u8; 16]>>(7)?.map(SaleId::from_bytes),
    })
}
