//! The SQL of rights, and of what stores asked to have back.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;
use counterpart_daemon::replica::lacks_facts;
use counterpart_protocol::ids::{EdgeNumber, FactId, Sku};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{Rights, SkuUnits};

/// What the hub holds of one SKU at one edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose stock.
    pub edge: EdgeNumber,
    /// What.
    pub sku: Sku,
    /// The sums.
    pub rights: Rights,
}

const COLUMNS: &str = "edge, sku, granted_milli, returned_milli, reserved_milli, released_milli,
    consumed_milli";

fn held_row(row: &Row) -> Result<Held, DbError> {
    let sku: String = row.read(1)?;
    Ok(Held {
        edge: EdgeNumber(row.read(0)?),
        sku: sku.parse().expect("only the SKUs of facts are stored"),
        rights: Rights {
            granted: Milli(row.read(2)?),
            returned: Milli(row.read(3)?),
            reserved: Milli(row.read(4)?),
            released: Milli(row.read(5)?),
            consumed: Milli(row.read(6)?),
        },
    })
}

/// Returns what the hub holds of one SKU, edge by edge.
///
/// # Errors
/// Those of the database.
pub fn held(tx: &mut Tx, sku: &Sku) -> Result<Vec<Held>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM rights WHERE sku = $1 ORDER BY edge");
    let rows = tx.query_all(&sql, params![sku.as_str()])?;
    rows.iter().map(held_row).collect()
}

/// Returns what the hub holds at these edges of any SKU: for pages that list other things.
///
/// # Errors
/// Those of the database.
pub fn at(
    tx: &mut Tx,
    rows: &[(EdgeNumber, String)],
) -> Result<BTreeMap<(EdgeNumber, String), Rights>, DbError> {
    let mut all = BTreeMap::new();
    for chunk in rows.chunks(200) {
        let mut values: Vec<Value> = Vec::new();
        let mut places = Vec::new();
        for (edge, sku) in chunk {
            values.push(sku.into());
            values.push(edge.0.into());
            let place = values.len();
            places.push(format!("(sku = ${} AND edge = ${place})", place - 1));
        }
        let sql = format!("SELECT {COLUMNS} FROM rights WHERE {}", places.join(" OR "));
        for row in tx.query_all(&sql, &values)? {
            let held = held_row(&row)?;
            all.insert((held.edge, String::from(held.sku)), held.rights);
        }
    }
    Ok(all)
}

/// Returns the sums of these SKUs at one edge, to be reserved from: every engine lets one
/// transaction write at a time, so nobody else changes them before this one ends. They are nothing
/// while facts of this edge are damaged that the view was made anew without.
///
/// # Errors
/// Those of the database.
pub fn to_reserve_from(
    tx: &mut Tx,
    edge: EdgeNumber,
    skus: &[Sku],
) -> Result<BTreeMap<Sku, Rights>, DbError> {
    let mut sorted: Vec<&Sku> = skus.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    // A sum that lacks what was reserved or given back would be reserved from twice.
    let lacks = lacks_facts(tx, edge)?;
    let mut sums = BTreeMap::new();
    for sku in sorted {
        let rights = match lacks {
            true => Rights::default(),
            false => of_one(tx, edge, sku)?,
        };
        sums.insert(sku.clone(), rights);
    }
    Ok(sums)
}

/// Returns the sums of one SKU at one edge, made first if they are not there.
pub(super) fn of_one(tx: &mut Tx, edge: EdgeNumber, sku: &Sku) -> Result<Rights, DbError> {
    tx.execute(
        "INSERT INTO rights (sku, edge, granted_milli, returned_milli, reserved_milli,
             released_milli, consumed_milli)
         VALUES ($1, $2, 0, 0, 0, 0, 0) ON CONFLICT (sku, edge) DO NOTHING",
        params![sku.as_str(), edge.0],
    )?;
    let sql = format!("SELECT {COLUMNS} FROM rights WHERE sku = $1 AND edge = $2");
    let row = tx.query_one(&sql, params![sku.as_str(), edge.0])?;
    Ok(held_row(&row)?.rights)
}

pub(super) fn put(
    tx: &mut Tx,
    edge: EdgeNumber,
    sku: &Sku,
    rights: &Rights,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rights SET granted_milli = $3, returned_milli = $4, reserved_milli = $5,
             released_milli = $6, consumed_milli = $7
         WHERE sku = $1 AND edge = $2",
        params![
            sku.as_str(),
            edge.0,
            rights.granted.0,
            rights.returned.0,
            rights.reserved.0,
            rights.released.0,
            rights.consumed.0,
        ],
    )?;
    Ok(())
}

pub(super) fn put_asked(
    tx: &mut Tx,
    fact: FactId,
    place: u32,
    edge: EdgeNumber,
    line: &SkuUnits,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rights_asked (fact_id, place, edge, sku, quantity_milli)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            fact.to_bytes(),
            place,
            edge.0,
            line.sku.as_str(),
            line.quantity_milli.0,
        ],
    )?;
    Ok(())
}

/// Returns facts that ask for rights and were not answered, with who asked, at most `limit`.
pub(super) fn unanswered(tx: &mut Tx, limit: u32) -> Result<Vec<(FactId, EdgeNumber)>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT a.fact_id, a.edge FROM rights_asked a
         WHERE NOT EXISTS (SELECT 1 FROM rights_answered d WHERE d.fact_id = a.fact_id)
         ORDER BY a.fact_id LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| Ok((FactId::from_bytes(row.read(0)?), EdgeNumber(row.read(1)?))))
        .collect()
}

/// Returns what a fact asks for, by SKU.
pub(super) fn asked(tx: &mut Tx, fact: FactId) -> Result<Vec<SkuUnits>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, quantity_milli FROM rights_asked WHERE fact_id = $1 ORDER BY sku, place",
        params![fact.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            Ok(SkuUnits {
                sku: sku.parse().expect("only the SKUs of facts are stored"),
                quantity_milli: Milli(row.read(1)?),
            })
        })
        .collect()
}

/// Notes that a fact is answered; false if it was already.
pub(super) fn note_answered(tx: &mut Tx, fact: FactId, now_ms: i64) -> Result<bool, DbError> {
    let noted = tx.execute(
        "INSERT INTO rights_answered (fact_id, answered_at_ms) VALUES ($1, $2)
         ON CONFLICT (fact_id) DO NOTHING",
        params![fact.to_bytes(), now_ms],
    )?;
    Ok(noted == 1)
}

/// The tables of the sums.
pub(super) const VIEWS: &[&str] = &["rights"];

/// The tables of what stores asked for.
pub(super) const ASKED_VIEWS: &[&str] = &["rights_asked"];
