//! The SQL of opening balances.

use std::collections::HashMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{DeliveryId, EdgeNumber, Sku};
use counterpart_protocol::quantity::Milli;

/// How the opening balances of one store stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOpenings {
    /// The store's slug.
    pub store_id: String,
    /// How many balances it has.
    pub balances: i64,
    /// How many of them it was told.
    pub sent: i64,
    /// How many of them it has stated.
    pub stated: i64,
}

pub(super) fn by_store(tx: &mut Tx) -> Result<Vec<StoreOpenings>, DbError> {
    let rows = tx.query_all(
        "SELECT o.store_id, COUNT(*), COUNT(o.sent_at_ms),
             SUM(CASE WHEN s.delivery_id IS NOT NULL
                    OR (o.delivery_id IS NULL AND o.sent_at_ms IS NOT NULL)
                 THEN 1 ELSE 0 END)
         FROM opening_balances o
         LEFT JOIN openings_stated s ON s.delivery_id = o.delivery_id
         GROUP BY o.store_id ORDER BY o.store_id",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            Ok(StoreOpenings {
                store_id: row.read(0)?,
                balances: row.read(1)?,
                sent: row.read(2)?,
                stated: row.read(3)?,
            })
        })
        .collect()
}

/// Returns every balance there is, by store and SKU.
pub(super) fn all(tx: &mut Tx) -> Result<HashMap<(String, String), Milli>, DbError> {
    let sql = "SELECT store_id, sku, quantity_milli FROM opening_balances";
    let rows = tx.query_all(sql, params![])?;
    rows.iter()
        .map(|row| Ok(((row.read(0)?, row.read(1)?), Milli(row.read(2)?))))
        .collect()
}

/// Adds a balance; 0 if the store has one of the SKU already. Nothing on hand needs no fact.
pub(super) fn add(
    tx: &mut Tx,
    (store_id, sku): (&str, &str),
    quantity: Milli,
    reference: &str,
    now_ms: i64,
) -> Result<u64, DbError> {
    let sent_at_ms = (quantity == Milli::ZERO).then_some(now_ms);
    tx.execute(
        "INSERT INTO opening_balances (store_id, sku, quantity_milli, reference, added_at_ms,
             sent_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (store_id, sku) DO NOTHING",
        params![store_id, sku, quantity.0, reference, now_ms, sent_at_ms],
    )
}

/// Returns the stores with balances that were not sent.
pub(super) fn waiting_stores(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT store_id FROM opening_balances WHERE sent_at_ms IS NULL
         ORDER BY store_id LIMIT 10000",
        params![],
    )?;
    rows.iter().map(|row| row.read(0)).collect()
}

/// A balance that was not sent.
pub(super) struct Unsent {
    pub(super) sku: Sku,
    pub(super) quantity_milli: Milli,
    pub(super) reference: String,
}

/// Returns balances of a store that were not sent, by SKU, at most `limit`, all of one reference.
pub(super) fn unsent(tx: &mut Tx, store_id: &str, limit: u32) -> Result<Vec<Unsent>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, quantity_milli, reference FROM opening_balances
         WHERE store_id = $1 AND sent_at_ms IS NULL
           AND reference = (SELECT reference FROM opening_balances
                            WHERE store_id = $1 AND sent_at_ms IS NULL ORDER BY sku LIMIT 1)
         ORDER BY sku LIMIT $2",
        params![store_id, limit],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            let mismatch = || DbError::Column {
                column: 0,
                sql: "opening_balances.sku".into(),
                mismatch: counterpart_daemon::db::ValueMismatch {
                    found: sku.clone(),
                    expected: "a SKU".to_owned(),
                },
            };
            Ok(Unsent {
                sku: sku.parse().map_err(|_| mismatch())?,
                quantity_milli: Milli(row.read(1)?),
                reference: row.read(2)?,
            })
        })
        .collect()
}

pub(super) fn mark_sent(
    tx: &mut Tx,
    (store_id, sku): (&str, &Sku),
    delivery_id: DeliveryId,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE opening_balances SET delivery_id = $3, sent_at_ms = $4
         WHERE store_id = $1 AND sku = $2",
        params![store_id, sku.as_str(), delivery_id.to_bytes(), now_ms],
    )?;
    Ok(())
}

/// Marks a balance as sent that is not marked so.
pub(super) fn note_sent(
    tx: &mut Tx,
    edge: EdgeNumber,
    sku: &Sku,
    delivery_id: DeliveryId,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE opening_balances SET delivery_id = $3, sent_at_ms = $4
         WHERE sku = $2 AND sent_at_ms IS NULL
             AND store_id = (SELECT store_id FROM edges WHERE edge = $1)",
        params![edge.0, sku.as_str(), delivery_id.to_bytes(), at_ms],
    )?;
    Ok(())
}

pub(super) fn note_stated(tx: &mut Tx, delivery_id: DeliveryId, at_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO openings_stated (delivery_id, stated_at_ms) VALUES ($1, $2)
         ON CONFLICT (delivery_id) DO NOTHING",
        params![delivery_id.to_bytes(), at_ms],
    )?;
    Ok(())
}

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["openings_stated"];
