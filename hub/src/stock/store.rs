//! The SQL of stock at every store.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, FactId, Sku};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::time::BusinessDate;

/// What one edge has on hand of one SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) edge: EdgeNumber,
    pub(super) sku: String,
    pub(super) on_hand_milli: i64,
    pub(super) moved_at_ms: i64,
}

/// One movement, as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Movement {
    pub(super) fact_id: FactId,
    pub(super) place: u32,
    pub(super) edge: EdgeNumber,
    pub(super) sku: String,
    pub(super) delta_milli: i64,
    pub(super) kind: String,
    pub(super) business_date: BusinessDate,
    pub(super) at_ms: i64,
    pub(super) hlc: i64,
    pub(super) register: Option<u16>,
    pub(super) staff_id: Option<[u8; 16]>,
    pub(super) reference: Option<String>,
    pub(super) sale_id: Option<[u8; 16]>,
}

/// Which levels are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct LevelFilter {
    /// Of these edges; of every edge if nothing.
    pub(super) edges: Option<Vec<EdgeNumber>>,
    /// Of these SKUs; of every SKU if nothing.
    pub(super) skus: Option<Vec<String>>,
    /// Less than nothing on hand.
    pub(super) below_zero: bool,
    /// After this SKU and edge.
    pub(super) after: Option<(String, u32)>,
}

fn level(row: &Row) -> Result<Level, DbError> {
    Ok(Level {
        edge: EdgeNumber(row.read(0)?),
        sku: row.read(1)?,
        on_hand_milli: row.read(2)?,
        moved_at_ms: row.read(3)?,
    })
}

/// Returns levels by SKU and edge, at most `limit`.
pub(super) fn levels(tx: &mut Tx, filter: &LevelFilter, limit: u32) -> Result<Vec<Level>, DbError> {
    let mut sql =
        "SELECT edge, sku, on_hand_milli, moved_at_ms FROM stock_levels WHERE 1 = 1".to_owned();
    let mut values: Vec<Value> = Vec::new();
    if let Some(edges) = &filter.edges {
        let numbers: Vec<String> = edges.iter().map(ToString::to_string).collect();
        sql += &format!(" AND edge IN ({})", numbers.join(", "));
    }
    if let Some(skus) = &filter.skus {
        let from = values.len() + 1;
        values.extend(skus.iter().map(Value::from));
        let places: Vec<String> = (from..=values.len()).map(|at| format!("${at}")).collect();
        sql += &format!(" AND sku IN ({})", places.join(", "));
    }
    if filter.below_zero {
        sql += " AND on_hand_milli < 0";
    }
    if let Some((sku, edge)) = &filter.after {
        values.push(sku.into());
        values.push((*edge).into());
        let place = values.len();
        sql += &format!(" AND (sku, edge) > (${}, ${place})", place - 1);
    }
    values.push(limit.into());
    sql += &format!(" ORDER BY sku, edge LIMIT ${}", values.len());
    let rows = tx.query_all(&sql, &values)?;
    rows.iter().map(level).collect()
}

/// Counts the levels below zero of these edges, or of every edge.
pub(super) fn below_zero(tx: &mut Tx, edges: Option<&[EdgeNumber]>) -> Result<i64, DbError> {
    let mut sql = "SELECT COUNT(*) FROM stock_levels WHERE on_hand_milli < 0".to_owned();
    if let Some(edges) = edges {
        let numbers: Vec<String> = edges.iter().map(ToString::to_string).collect();
        sql += &format!(" AND edge IN ({})", numbers.join(", "));
    }
    tx.query_one(&sql, params![])?.read(0)
}

/// Returns the movements of a SKU, the newest first, at most `limit`.
pub(super) fn movements(
    tx: &mut Tx,
    sku: &str,
    edges: &[EdgeNumber],
    limit: u32,
) -> Result<Vec<Movement>, DbError> {
    let numbers: Vec<String> = edges.iter().map(ToString::to_string).collect();
    let sql = format!(
        "SELECT fact_id, place, edge, sku, delta_milli, kind, business_date, at_ms, hlc, register,
             staff_id, reference, sale_id
         FROM stock_movements WHERE sku = $1 AND edge IN ({})
         ORDER BY hlc DESC, edge DESC, fact_id DESC, place DESC LIMIT $2",
        numbers.join(", ")
    );
    let rows = tx.query_all(&sql, params![sku, limit])?;
    rows.iter().map(movement).collect()
}

/// Returns the movements of one fact, in the order of its lines.
pub(super) fn movements_of(tx: &mut Tx, fact: FactId) -> Result<Vec<Movement>, DbError> {
    let rows = tx.query_all(
        "SELECT fact_id, place, edge, sku, delta_milli, kind, business_date, at_ms, hlc, register,
             staff_id, reference, sale_id
         FROM stock_movements WHERE fact_id = $1 ORDER BY place LIMIT 200",
        params![fact.to_bytes()],
    )?;
    rows.iter().map(movement).collect()
}

fn movement(row: &Row) -> Result<Movement, DbError> {
    let days: i32 = row.read(6)?;
    Ok(Movement {
        fact_id: FactId::from_bytes(row.read(0)?),
        place: row.read(1)?,
        edge: EdgeNumber(row.read(2)?),
        sku: row.read(3)?,
        delta_milli: row.read(4)?,
        kind: row.read(5)?,
        business_date: BusinessDate::from_days(days).expect("only the dates of facts are stored"),
        at_ms: row.read(7)?,
        hlc: row.read(8)?,
        register: row.read(9)?,
        staff_id: row.read(10)?,
        reference: row.read(11)?,
        sale_id: row.read(12)?,
    })
}

/// Moves what an edge has on hand of a SKU, in one statement; false, and nothing is moved, if no
/// number holds the sum. Failing in SQL instead, it would fail the whole batch, for ever.
pub(super) fn move_level(
    tx: &mut Tx,
    edge: EdgeNumber,
    sku: &Sku,
    delta_milli: i64,
    at_ms: i64,
) -> Result<bool, DbError> {
    let (least, most) = room_for(delta_milli);
    let moved = tx.execute(
        "INSERT INTO stock_levels (edge, sku, on_hand_milli, moved_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (edge, sku) DO UPDATE
         SET on_hand_milli = stock_levels.on_hand_milli + excluded.on_hand_milli,
             moved_at_ms = CASE WHEN excluded.moved_at_ms > stock_levels.moved_at_ms
                 THEN excluded.moved_at_ms ELSE stock_levels.moved_at_ms END
         WHERE stock_levels.on_hand_milli BETWEEN $5 AND $6",
        params![edge.0, sku.as_str(), delta_milli, at_ms, least, most],
    )?;
    Ok(moved == 1)
}

/// Returns between which numbers one must be so that `delta` can be added to it.
const fn room_for(delta: i64) -> (i64, i64) {
    match delta < 0 {
        true => (i64::MIN - delta, i64::MAX),
        false => (i64::MIN, i64::MAX - delta),
    }
}

pub(super) fn put_movement(tx: &mut Tx, movement: &Movement) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stock_movements (fact_id, place, edge, sku, delta_milli, kind, business_date,
             at_ms, hlc, register, staff_id, reference, sale_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            movement.fact_id.to_bytes(),
            movement.place,
            movement.edge.0,
            &movement.sku,
            movement.delta_milli,
            &movement.kind,
            movement.business_date.days(),
            movement.at_ms,
            movement.hlc,
            movement.register,
            movement.staff_id,
            movement.reference.as_deref(),
            movement.sale_id,
        ],
    )?;
    Ok(())
}

/// Counts what was sold of a SKU in a week, in one statement; false, and nothing is counted, if no
/// number holds the sum.
pub(super) fn add_sold(
    tx: &mut Tx,
    edge: EdgeNumber,
    sku: &str,
    week: i32,
    sold_milli: i64,
) -> Result<bool, DbError> {
    let (least, most) = room_for(sold_milli);
    let counted = tx.execute(
        "INSERT INTO stock_weeks (sku, edge, week, sold_milli) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sku, edge, week) DO UPDATE
         SET sold_milli = stock_weeks.sold_milli + excluded.sold_milli
         WHERE stock_weeks.sold_milli BETWEEN $5 AND $6",
        params![sku, edge.0, week, sold_milli, least, most],
    )?;
    Ok(counted == 1)
}

/// Returns what these edges have on hand of a SKU.
///
/// # Errors
/// Those of the database.
pub fn on_hand(
    tx: &mut Tx,
    sku: &Sku,
    edges: &[EdgeNumber],
) -> Result<BTreeMap<EdgeNumber, Milli>, DbError> {
    let sql = "SELECT edge, on_hand_milli FROM stock_levels WHERE sku = $1 AND edge IN";
    sums(tx, sql, params![sku.as_str()], edges)
}

/// Returns what these edges sold of a SKU in the weeks from that of `since`, in days since 1970.
///
/// # Errors
/// Those of the database.
pub fn sold_since(
    tx: &mut Tx,
    sku: &Sku,
    edges: &[EdgeNumber],
    since: i32,
) -> Result<BTreeMap<EdgeNumber, Milli>, DbError> {
    let sql = "SELECT edge, sold_milli FROM stock_weeks
         WHERE sku = $1 AND week >= $2 AND edge IN";
    let week = since.div_euclid(7);
    sums(tx, sql, params![sku.as_str(), week], edges)
}

/// Adds up by edge here: in SQL an absurd number would fail the query.
fn sums(
    tx: &mut Tx,
    sql: &str,
    values: &[Value],
    edges: &[EdgeNumber],
) -> Result<BTreeMap<EdgeNumber, Milli>, DbError> {
    let mut sums = BTreeMap::new();
    for chunk in edges.chunks(500) {
        let numbers: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let sql = format!("{sql} ({})", numbers.join(", "));
        for row in tx.query_all(&sql, values)? {
            let sum: &mut Milli = sums.entry(EdgeNumber(row.read(0)?)).or_default();
            sum.0 = sum.0.saturating_add(row.read(1)?);
        }
    }
    Ok(sums)
}

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["stock_levels", "stock_weeks", "stock_movements"];
